/** Sets of ids for tests of reconciliation, plain and slow. */
import { sha256 } from "@noble/hashes/sha2.js";
import { type MessageId, messageId } from "../../src/wire/ids.ts";
import { initiate, reconcile, respond, type SyncOptions } from "../../src/wire/negentropy.ts";
import {
  compareBounds,
  type SyncBound,
  type SyncItem,
  type SyncItems,
  type SyncRange,
} from "../../src/wire/negentropy_items.ts";

/** Every second there is. */
export const ALL: SyncRange = { from: 0, to: Infinity };

/** An item whose id is a hash of a number. */
export function item(created: number, number: number): SyncItem {
  return { created, id: sha256(new Uint8Array(new Uint32Array([number]).buffer)) };
}

/** A sorted array as a set: what every other structure has to agree with. */
export class ArrayItems implements SyncItems {
  readonly #items: readonly SyncItem[];

  constructor(items: Iterable<SyncItem>) {
    this.#items = [...items].sort((a, b) => compareBounds(asBound(a), asBound(b)));
  }

  get size(): number {
    return this.#items.length;
  }

  rank(bound: SyncBound): number {
    const rank = this.#items.findIndex((item) => compareBounds(asBound(item), bound) >= 0);
    return rank < 0 ? this.size : rank;
  }

  at(rank: number): SyncItem {
    const found = this.#items[rank];
    if (found === undefined) throw new RangeError("no such rank");
    return found;
  }

  sum(fromRank: number, toRank: number): Uint8Array {
    if (fromRank < 0 || toRank > this.size || fromRank > toRank) throw new RangeError("no rank");
    let sum = 0n;
    for (const { id } of this.#items.slice(fromRank, toRank)) sum += toNumber(id);
    return Uint8Array.from({ length: 32 }, (_, i) => Number(sum >> BigInt(8 * i) & 255n));
  }
}

/** What a whole reconciliation did. */
export interface Outcome {
  /** Ids that only the initiator had, as often as it was told, sorted. */
  readonly have: readonly MessageId[];
  /** Ids that only the responder had. */
  readonly need: readonly MessageId[];
  /** Messages each way. */
  readonly messages: readonly Uint8Array[];
}

/** Lets two sets reconcile to the end, at most `rounds` times there and back. */
export function runBoth(
  ours: SyncItems,
  theirs: SyncItems,
  options: SyncOptions & { readonly range?: SyncRange; readonly rounds?: number } = {},
): Outcome {
  const { range = ALL, rounds = 1_000 } = options;
  const have: MessageId[] = [];
  const need: MessageId[] = [];
  const messages: Uint8Array[] = [];
  const differences = {
    ...options,
    have: (id: MessageId): void => void have.push(id),
    need: (id: MessageId): void => void need.push(id),
  };
  let message: Uint8Array | undefined = initiate(ours, range, options);
  while (message !== undefined) {
    if (messages.length > 2 * rounds) throw new Error("the reconciliation does not end");
    const answer = respond(theirs, range, message, options);
    messages.push(message, answer);
    message = reconcile(ours, range, answer, differences);
  }
  return { have: have.sort(), need: need.sort(), messages };
}

/** The ids of the first that aren't in the second, within a range, sorted. */
export function missing(
  from: Iterable<SyncItem>,
  others: Iterable<SyncItem>,
  range: SyncRange = ALL,
): MessageId[] {
  const held = new Set([...others].map(({ id }) => messageId(id)));
  return [...from].filter(({ created }) => created >= range.from && created < range.to)
    .map(({ id }) => messageId(id)).filter((id) => !held.has(id)).sort();
}

function asBound({ created, id }: SyncItem): SyncBound {
  return { timestamp: created, prefix: id };
}

function toNumber(id: Uint8Array): bigint {
  return id.reduceRight((sum, byte) => sum << 8n | BigInt(byte), 0n);
}
