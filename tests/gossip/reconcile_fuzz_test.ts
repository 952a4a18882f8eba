/**
 * Any frames in any order during a reconciliation, on either side of it: the engine never throws, and
 * what a peer can make wait stays within its bounds.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { InEvent, OutEvent } from "../../src/gossip/mod.ts";
import { ANSWER, type Frame, RESULT, type SyncFrame } from "../../src/wire/frame.ts";
import { SYNC_FETCHES, SYNC_IDS } from "../../src/wire/limits.ts";
import { initiate, respond } from "../../src/wire/negentropy.ts";
import type { UnixSeconds } from "../../src/wire/time.ts";
import { ArrayItems } from "../wire/sync_items.ts";
import { answer, type Bench, idOf, IN, OUT } from "./fixture.ts";
import { catching, idsOf, items, reconcileWith, S0, serving } from "./reconcile_fixture.ts";

const OURS = items(60);
const THEIRS = items(90, 40);
const SET = new ArrayItems(THEIRS);
const IDS = [...idsOf(THEIRS), ...idsOf(OURS)];
const DAY = { from: S0 - 86_400 as UnixSeconds, to: S0 + 901 as UnixSeconds };

/** Something that a peer says; `last` is the sync frame that the engine sent last. */
type Act = (last: SyncFrame | undefined) => Frame;

const lists = fc.uniqueArray(fc.constantFrom(...IDS), { minLength: 1, maxLength: 64 });
const acts: fc.Arbitrary<Act> = fc.oneof(
  // What the rules say, oftener than not.
  {
    weight: 4,
    arbitrary: fc.constant<Act>((last) => ({
      ...{ kind: "sync", ...DAY, ...last },
      bytes: last === undefined ? initiate(SET, DAY) : respond(SET, last, last.bytes),
    })),
  },
  { weight: 4, arbitrary: lists.map((ids): Act => () => ({ kind: "fetch", ids })) },
  {
    weight: 4,
    arbitrary: lists.map((ids): Act => () => ({ kind: "offer", ids, address: undefined })),
  },
  { weight: 8, arbitrary: fc.nat(700).map((n): Act => () => messageOf(n)) },
  { weight: 4, arbitrary: fc.nat(64).map((n): Act => () => answerOf(n)) },
  fc.constant<Act>(() => ({ kind: "result", code: RESULT.accepted })),
  fc.uint8Array({ maxLength: 40 }).map((bytes): Act => () => ({ kind: "sync", ...DAY, bytes })),
  fc.constant<Act>(() => ({ kind: "sync", ...DAY, bytes: new Uint8Array() })),
  fc.constant<Act>(() => ({ kind: "offer", ids: [idOf(1)], address: undefined })),
);

function messageOf(n: number): Frame {
  return { kind: "message", bytes: new Uint8Array(n) };
}

function answerOf(count: number): Frame {
  return { ...answer(), codes: Array(count).fill(ANSWER.want) } as Frame;
}

/** A frame of its own choice, the one that it owes, or what the node says. */
type Step = { readonly act: Act } | { readonly event: "owed" | "sent" | "admitted" | "late" };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 1, arbitrary: acts.map((act) => ({ act })) },
    { weight: 40, arbitrary: fc.constant({ event: "owed" as const }) },
    { weight: 20, arbitrary: fc.constant({ event: "sent" as const }) },
    { weight: 20, arbitrary: fc.constant({ event: "admitted" as const }) },
    { weight: 1, arbitrary: fc.constant({ event: "late" as const }) },
  ),
  { maxLength: 200, size: "max" },
);

function responseTo(frame: SyncFrame): SyncFrame {
  return { ...frame, bytes: respond(SET, frame, frame.bytes) };
}

/** Plays a peer on one session until the engine closes it; answers how many messages it gave or took. */
function play(bench: Bench, all: readonly Step[], asked?: SyncFrame): number {
  let [sending, checking, moved, open] = [0, 0, 0, true];
  // Only the engine's own reconciliation begins with a frame of its own, whose answer is owed.
  const session = asked === undefined ? IN : OUT;
  let last = asked;
  const owed: Frame[] = asked === undefined ? [] : [responseTo(asked)];
  const heed = (out: readonly OutEvent[]): void => {
    for (const event of out) {
      if (!("session" in event) || event.session !== session) continue;
      if (event.kind === "close") open = false;
      if (event.kind === "send-message") sending++;
      if (event.kind === "admit") checking++;
      if (event.kind !== "send") continue;
      const { frame } = event;
      if (frame.kind === "sync" && frame.bytes.length > 0) {
        last = frame;
        if (session === OUT) owed.push(responseTo(frame));
      }
      if (frame.kind === "fetch") owed.push(...frame.ids.map(() => messageOf(600)));
      if (frame.kind === "offer") owed.push(answerOf(frame.ids.length));
      if (frame.kind === "answer") {
        owed.push(...frame.codes.filter((code) => code === ANSWER.want).map(() => messageOf(600)));
      }
    }
  };
  const eventOf = (step: Step): InEvent | undefined => {
    if ("act" in step) return { kind: "frame", session, frame: step.act(last) };
    if (step.event === "owed") {
      const frame = owed.shift();
      return frame && { kind: "frame", session, frame };
    }
    if (step.event === "late") {
      return { kind: "timer", timer: { kind: "frame-deadline", session } };
    }
    if (step.event === "sent" && sending > 0) {
      sending--;
      moved++;
      return { kind: "sent", session, bytes: 700 };
    }
    if (step.event === "admitted" && checking > 0) {
      checking--;
      moved++;
      const code = RESULT.accepted;
      return { kind: "admitted", session, code, purpose: "sync", message: undefined };
    }
    return undefined;
  };
  for (const step of all) {
    if (!open) break;
    const event = eventOf(step);
    if (event !== undefined) heed(bench.feed(event, 10));
    assert.ok(sending <= 64, "sending");
    assert.ok(checking <= 2 * SYNC_FETCHES * SYNC_IDS, "checking");
  }
  heed(bench.feed({ kind: "closed", session }));
  assert.equal(bench.engine.sizes.served, 0);
  return moved;
}

for (const side of ["serving", "catching"] as const) {
  Deno.test(`any frames in any order while ${side}: no throw, bounded, over when closed`, () => {
    let moved = 0;
    fc.assert(
      fc.property(fc.nat(40), steps, (rounds, strange) => {
        const config = reconcileWith({ maxMissing: 20 });
        const all = [...honest(rounds), ...strange];
        if (side === "serving") {
          moved += play(serving(OURS, config), syncFirst(all));
        } else {
          const { bench, sync } = catching(OURS, config);
          moved += play(bench, all, sync);
        }
      }),
      { numRuns: 200 },
    );
    // Or nothing would be tried but first frames: a tenth of what honest rounds alone bring about.
    assert.ok(moved > 1_000, `${moved}`);
  });
}

/** As the rules say for so many rounds, so that what comes after meets every stage of a reconciliation. */
function honest(rounds: number): Step[] {
  const events = ["owed", "sent", "admitted"] as const;
  return Array.from({ length: rounds }, () => events.map((event) => ({ event }))).flat();
}

/** A responder is asked by a sync first, or it isn't one; then something is asked and offered. */
function syncFirst(all: readonly Step[]): readonly Step[] {
  return [
    { act: () => ({ kind: "sync", ...DAY, bytes: initiate(SET, DAY) }) },
    { act: () => ({ kind: "fetch", ids: idsOf(OURS) }) },
    { act: () => ({ kind: "offer", ids: idsOf(THEIRS).slice(0, 64), address: undefined }) },
    ...all,
  ];
}
