/** One engine that reconciles with a peer made by the test. */
import assert from "node:assert/strict";
import {
  DEFAULT_CONFIG,
  type GossipConfig,
  type OutEvent,
  RECONCILE_CONFIG,
  type ReconcileConfig,
  type SessionId,
  type SyncSource,
  type SyncSummary,
} from "../../src/gossip/mod.ts";
import { type AnswerCode, type Frame, RESULT, type SyncFrame } from "../../src/wire/frame.ts";
import { type MessageId, messageId } from "../../src/wire/ids.ts";
import { initiate, type SyncItem } from "../../src/wire/negentropy.ts";
import type { UnixSeconds } from "../../src/wire/time.ts";
import { ArrayItems, item } from "../wire/sync_items.ts";
import {
  answer,
  type Bench,
  hello,
  IN,
  initiator,
  offer,
  OTHER,
  OUT,
  PEER,
  responder,
} from "./fixture.ts";

/** Seconds at which the tests begin. */
export const S0 = 1_800_000_000;

/** Items created a second apart, the first an hour ago. */
export function items(count: number, from = 0): SyncItem[] {
  return Array.from({ length: count }, (_, i) => item(S0 - 3_600 + i, from + i));
}

/** Their ids. */
export function idsOf(all: readonly SyncItem[]): MessageId[] {
  return all.map(({ id }) => messageId(id));
}

/** Some changes to the constants of reconciliation. */
export function reconcileWith(changes: Partial<ReconcileConfig>): GossipConfig {
  return { ...DEFAULT_CONFIG, reconcile: { ...RECONCILE_CONFIG, ...changes } };
}

/** A node's messages, all of them to be reconciled. */
export function sourceOf(held: readonly SyncItem[]): SyncSource {
  const set = new ArrayItems(held);
  const ids = new Set(idsOf(held));
  return { items: () => set, holds: (id) => ids.has(id) };
}

/** The frames that an answer of the engine sends on a session. */
export function sentIn(out: readonly OutEvent[], session: SessionId): Frame[] {
  return out.flatMap((event) =>
    event.kind === "send" && event.session === session ? [event.frame] : []
  );
}

/** The ids that it sends messages of. */
export function givenIn(out: readonly OutEvent[]): MessageId[] {
  return out.flatMap((event) => event.kind === "send-message" ? [event.id] : []);
}

/** The ids that it has checked. */
export function checkedIn(out: readonly OutEvent[]): (MessageId | undefined)[] {
  return out.flatMap((event) => event.kind === "admit" ? [event.expected] : []);
}

/** What is told of a reconciliation that ended. */
export function summaryIn(out: readonly OutEvent[]): SyncSummary | undefined {
  return out.flatMap((event) => event.kind === "sync-ended" ? [event.summary] : [])[0];
}

/** Whether the engine lowers the peer's address: blame, or a failure. */
export function lowers(out: readonly OutEvent[]): boolean {
  return out.some((event) => event.kind === "address-changed" && event.freshness < 6);
}

/** A node with these messages, whose exchange with a peer that came to it is complete. */
export function serving(held: readonly SyncItem[], config = DEFAULT_CONFIG): Bench {
  // The peer is known, so that it shows when it is blamed.
  const bench = responder({ sync: sourceOf(held), config, nodes: { [PEER]: 6 } });
  for (const id of idsOf(held)) bench.stored.add(id);
  bench.frame(IN, hello(14_677));
  bench.frame(IN, offer());
  bench.frame(IN, answer());
  return bench;
}

/** The first sync frame of a peer with these messages, about the last day. */
export function syncOf(held: readonly SyncItem[]): SyncFrame {
  const range = { from: S0 - 86_400 as UnixSeconds, to: S0 + 901 as UnixSeconds };
  return { kind: "sync", ...range, bytes: initiate(new ArrayItems(held), range) };
}

/** A node with these messages that has just begun to reconcile with PEER, and what it said. */
export function catching(
  held: readonly SyncItem[],
  config = DEFAULT_CONFIG,
): { bench: Bench; sync: SyncFrame } {
  const nodes = { [PEER]: 6, [OTHER]: 0 };
  const bench = initiator({ sync: sourceOf(held), config, nodes });
  for (const id of idsOf(held)) bench.stored.add(id);
  bench.frame(OUT, hello(14_677));
  bench.frame(OUT, answer());
  const sync = sentIn(bench.frame(OUT, offer()), OUT).at(-1);
  assert.ok(sync?.kind === "sync");
  return { bench, sync };
}

/** A message frame of that many bytes. */
export function message(bytes = 600): Frame {
  return { kind: "message", bytes: new Uint8Array(bytes) };
}

/** An answer of one code for each id. */
export function answerAll(code: AnswerCode, count: number): Frame {
  return { kind: "answer", codes: Array(count).fill(code), knewAddress: false, stems: 0 };
}

/** Says of the oldest message that is being checked that it was stored. */
export function stored(bench: Bench, session: SessionId, id: MessageId): OutEvent[] {
  bench.stored.add(id);
  const message = { id, created: S0 as UnixSeconds, size: 600 };
  return bench.feed({ kind: "admitted", session, code: RESULT.accepted, purpose: "sync", message });
}
