/**
 * The ids that a node holds, in the order that reconciliation needs, kept up to date
 * (docs/PROTOCOL.md section 8).
 */
import type { SyncBound, SyncItem, SyncItems } from "../wire/negentropy.ts";

/** Where the ids themselves are: columns that slots, small whole numbers, point into. */
export interface SyncColumns {
  /** Whether one slot comes before (< 0) or after (> 0) another by created, then id; 0 for equal ones. */
  compare(slotA: number, slotB: number): number;
  /** When that message was created, in whole seconds. */
  createdOf(slot: number): number;
  /** The 32 bytes of its id; a view, which the caller doesn't keep. */
  idOf(slot: number): Uint8Array;
}

/** A set of slots, for any number of ids. */
export class SyncTree implements SyncItems {
  readonly #columns: SyncColumns;
  #slots: number[] = [];

  /** Orders slots by what these columns say of them. */
  constructor(columns: SyncColumns) {
    this.#columns = columns;
  }

  /** Ids in the set. */
  get size(): number {
    return this.#slots.length;
  }

  /** Adds an id. Answers false, and does nothing, if the same one is there. */
  add(slot: number): boolean {
    const at = this.#slots.findIndex((other) => this.#columns.compare(other, slot) >= 0);
    const there = this.#slots[at];
    if (there !== undefined && this.#columns.compare(there, slot) === 0) return false;
    this.#slots.splice(at < 0 ? this.size : at, 0, slot);
    return true;
  }

  /** Adds many, in any order: much cheaper than one by one. None is there yet. */
  addAll(slots: Iterable<number>): void {
    for (const slot of slots) this.add(slot);
  }

  /** Takes an id out, before its columns change. Answers false if it isn't there. */
  remove(slot: number): boolean {
    const at = this.#slots.indexOf(slot);
    if (at >= 0) this.#slots.splice(at, 1);
    return at >= 0;
  }

  /** See {@linkcode SyncItems.rank}. */
  rank({ timestamp, prefix }: SyncBound): number {
    let rank = 0;
    while (rank < this.size) {
      const { created, id } = this.at(rank);
      if (created > timestamp) break;
      if (created === timestamp && !isLess(id, prefix)) break;
      rank++;
    }
    return rank;
  }

  /** See {@linkcode SyncItems.at}. */
  at(rank: number): SyncItem {
    const slot = this.#slots[rank];
    if (slot === undefined) throw new RangeError(`There is no rank ${rank}`);
    return { created: this.#columns.createdOf(slot), id: this.#columns.idOf(slot) };
  }

  /** See {@linkcode SyncItems.sum}. */
  sum(fromRank: number, toRank: number): Uint8Array {
    const sum = new Uint8Array(32);
    for (let rank = fromRank; rank < toRank; rank++) {
      const { id } = this.at(rank);
      let carry = 0;
      for (let i = 0; i < 32; i++) {
        carry += (sum[i] ?? 0) + (id[i] ?? 0);
        sum[i] = carry;
        carry >>= 8;
      }
    }
    return sum;
  }
}

function isLess(id: Uint8Array, prefix: Uint8Array): boolean {
  for (let i = 0; i < prefix.length; i++) {
    const difference = (id[i] ?? 0) - (prefix[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
