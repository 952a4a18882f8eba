/**
 * The ids that a node holds in the order that reconciliation needs, with sums, kept up to date one by
 * one (docs/PROTOCOL.md section 8, docs/decisions/0011-sums-over-blocks.md). Two levels:
 *
 * ```
 * order     block 7 │ block 2 │ block 9 │ …     with rank and sum of what is before, made when asked
 *              │                                for, from the first block that changed
 * block 7   slot slot slot … up to 256          with the sum of its ids
 * ```
 */
import type { SyncBound, SyncItem, SyncItems } from "../wire/negentropy.ts";
import { BlockOrder } from "./block_order.ts";
import { BLOCK_SLOTS, SlotBlocks } from "./slot_blocks.ts";
import type { SyncColumns } from "./sync_columns.ts";
import { sortSlots } from "./sync_sort.ts";
import { addSum, IdSum, newSum, subtractSum, sumBytes, sumOf, type SumPlace } from "./sync_sum.ts";

export type { SyncColumns } from "./sync_columns.ts";

/** Slots that a block gets when many are added: room for a few more without splitting. */
const FILL = 224;
/** Neighbours with no more than this together become one block: blocks stay over 7/16 full. */
const MERGE = 224;
/** Up to so many ids of one block are added up one by one. */
const FEW_IDS = 64;
/** More than this part of the set is added by sorting all anew. */
const BULK_SHARE = 1 / 32;

/** A set of slots: any number of ids at 4 to 9 bytes each, changed in microseconds. */
export class SyncTree implements SyncItems {
  readonly #columns: SyncColumns;
  #blocks = new SlotBlocks();
  #order = new BlockOrder(this.#blocks);
  #size = 0;
  /** The last answer of {@linkcode #sumBefore}, until something changes. */
  #last: { readonly rank: number; readonly sum: SumPlace } | undefined;

  /** Orders slots by what these columns say of them, as long as they are in the set. */
  constructor(columns: SyncColumns) {
    this.#columns = columns;
  }

  /** Ids in the set. */
  get size(): number {
    return this.#size;
  }

  /** Adds an id. Answers false, and does nothing, if the same one is there. */
  add(slot: number): boolean {
    if (this.#order.length === 0) this.#order.insert(0, this.#blocks.acquire());
    const position = this.#positionOf(slot);
    const block = this.#order.at(position);
    const index = this.#indexOf(block, slot);
    if (this.#isThere(block, index, slot)) return false;
    if (this.#blocks.count(block) === BLOCK_SLOTS) {
      this.#split(position, index);
      return this.add(slot);
    }
    this.#blocks.insert(block, index, slot);
    addSum(this.#blocks.sum(block), sumOf(this.#columns.idOf(slot)));
    this.#changed(position, 1);
    return true;
  }

  /** Adds many, in any order: much cheaper than one by one. Those that are there are left alone. */
  addAll(slots: Iterable<number>): void {
    const added = Uint32Array.from(slots);
    if (added.length < this.#size * BULK_SHARE) {
      for (const slot of added) this.add(slot);
    } else if (added.length > 0) {
      this.#rebuild(added);
    }
  }

  /** Takes an id out, before its columns change. Answers false if it isn't there. */
  remove(slot: number): boolean {
    if (this.#size === 0) return false;
    const position = this.#positionOf(slot);
    const block = this.#order.at(position);
    const index = this.#indexOf(block, slot);
    if (!this.#isThere(block, index, slot)) return false;
    this.#blocks.delete(block, index);
    subtractSum(this.#blocks.sum(block), sumOf(this.#columns.idOf(slot)));
    this.#changed(position, -1);
    this.#merge(position);
    return true;
  }

  /** See {@linkcode SyncItems.rank}. */
  rank(bound: SyncBound): number {
    if (this.#size === 0) return 0;
    const position = Math.max(
      0,
      countBefore(this.#order.length, (p) => this.#isBefore(this.#first(p), bound)) - 1,
    );
    const block = this.#order.at(position);
    return this.#order.rank(position) +
      countBefore(
        this.#blocks.count(block),
        (i) => this.#isBefore(this.#blocks.get(block, i), bound),
      );
  }

  /** See {@linkcode SyncItems.at}. */
  at(rank: number): SyncItem {
    if (!(rank >= 0 && rank < this.#size)) throw new RangeError(`There is no rank ${rank}`);
    const position = this.#order.find(rank);
    const slot = this.#blocks.get(this.#order.at(position), rank - this.#order.rank(position));
    return { created: this.#columns.createdOf(slot), id: this.#columns.idOf(slot) };
  }

  /** See {@linkcode SyncItems.sum}. */
  sum(fromRank: number, toRank: number): Uint8Array {
    if (!(fromRank >= 0 && fromRank <= toRank && toRank <= this.#size)) {
      throw new RangeError(`There are no ranks ${fromRank} to ${toRank}`);
    }
    const few = this.#sumOfFew(fromRank, toRank);
    if (few !== undefined) return sumBytes(few);
    const before = this.#sumBefore(fromRank);
    const sum = newSum();
    addSum(sum, this.#sumBefore(toRank));
    subtractSum(sum, before);
    return sumBytes(sum);
  }

  /** The sum of ids that lie in one block, if that is less work than {@linkcode #sumBefore}. */
  #sumOfFew(fromRank: number, toRank: number): SumPlace | undefined {
    if (toRank - fromRank > FEW_IDS) return undefined;
    if (fromRank === toRank) return newSum();
    const position = this.#order.find(fromRank);
    const first = this.#order.rank(position);
    if (toRank > this.#order.rank(position + 1)) return undefined;
    return this.#sumWithin(this.#order.at(position), fromRank - first, toRank - first);
  }

  /** The sum of the ids of all ranks below one; ranges mostly begin where the last one ended. */
  #sumBefore(rank: number): SumPlace {
    if (this.#last?.rank !== rank) this.#last = { rank, sum: this.#addUpBefore(rank) };
    return this.#last.sum;
  }

  #addUpBefore(rank: number): SumPlace {
    const sum = newSum();
    if (rank === 0) return sum;
    const position = this.#order.find(rank);
    const block = this.#order.at(position);
    const index = rank - this.#order.rank(position);
    const count = this.#blocks.count(block);
    // From the nearer end of the block.
    if (index <= count / 2) {
      addSum(sum, this.#order.sum(position));
      addSum(sum, this.#sumWithin(block, 0, index));
    } else {
      addSum(sum, this.#order.sum(position + 1));
      subtractSum(sum, this.#sumWithin(block, index, count));
    }
    return sum;
  }

  #sumWithin(block: number, from: number, to: number): SumPlace {
    const sum = new IdSum();
    for (let i = from; i < to; i++) sum.add(this.#columns.idOf(this.#blocks.get(block, i)));
    return sum.result();
  }

  /** The last block that doesn't begin after the slot, or the first one. */
  #positionOf(slot: number): number {
    const columns = this.#columns;
    return Math.max(
      0,
      countBefore(this.#order.length, (p) => columns.compare(this.#first(p), slot) <= 0) - 1,
    );
  }

  /** How many slots of a block come before a slot. */
  #indexOf(block: number, slot: number): number {
    const columns = this.#columns;
    return countBefore(
      this.#blocks.count(block),
      (i) => columns.compare(this.#blocks.get(block, i), slot) < 0,
    );
  }

  #isThere(block: number, index: number, slot: number): boolean {
    return index < this.#blocks.count(block) &&
      this.#columns.compare(this.#blocks.get(block, index), slot) === 0;
  }

  #isBefore(slot: number, { timestamp, prefix }: SyncBound): boolean {
    const created = this.#columns.createdOf(slot);
    if (created !== timestamp) return created < timestamp;
    const id = this.#columns.idOf(slot);
    for (let i = 0; i < prefix.length; i++) {
      const difference = (id[i] ?? 0) - (prefix[i] ?? 0);
      if (difference !== 0) return difference < 0;
    }
    return false;
  }

  #changed(position: number, more: number): void {
    this.#order.changed(position);
    this.#size += more;
    this.#last = undefined;
  }

  #first(position: number): number {
    return this.#blocks.get(this.#order.at(position), 0);
  }

  /** Makes room in a full block, for a slot that is to come at an index. */
  #split(position: number, index: number): void {
    const block = this.#order.at(position);
    // The newest mostly come last: there, what is full stays full.
    const atEnd = position === this.#order.length - 1 && index === BLOCK_SLOTS;
    const keep = atEnd ? BLOCK_SLOTS - 1 : BLOCK_SLOTS / 2;
    const moved = this.#sumWithin(block, keep, BLOCK_SLOTS);
    const next = this.#blocks.acquire();
    this.#blocks.append(next, this.#blocks.view(block).slice(keep));
    this.#blocks.truncate(block, keep);
    addSum(this.#blocks.sum(next), moved);
    subtractSum(this.#blocks.sum(block), moved);
    this.#order.insert(position + 1, next);
    this.#order.changed(position);
  }

  /** Drops a block that became empty, or joins it with a neighbour if both are small. */
  #merge(position: number): void {
    const count = this.#blocks.count(this.#order.at(position));
    if (count === 0) return this.#drop(position);
    for (const left of [position - 1, position]) {
      if (left < 0 || left + 1 >= this.#order.length) continue;
      const [block, next] = [this.#order.at(left), this.#order.at(left + 1)];
      if (this.#blocks.count(block) + this.#blocks.count(next) > MERGE) continue;
      this.#blocks.append(block, this.#blocks.view(next));
      addSum(this.#blocks.sum(block), this.#blocks.sum(next));
      this.#order.changed(left);
      return this.#drop(left + 1);
    }
  }

  #drop(position: number): void {
    this.#blocks.release(this.#order.at(position));
    this.#order.remove(position);
  }

  /** All that is there, and more, sorted into new blocks. */
  #rebuild(added: Uint32Array): void {
    const all = new Uint32Array(this.#size + added.length);
    let length = 0;
    for (let position = 0; position < this.#order.length; position++) {
      const slots = this.#blocks.view(this.#order.at(position));
      all.set(slots, length);
      length += slots.length;
    }
    all.set(added, length);
    sortSlots(all, this.#columns);
    const distinct = all.subarray(0, this.#dropEqual(all));
    this.#blocks = new SlotBlocks();
    this.#order = new BlockOrder(this.#blocks);
    this.#size = distinct.length;
    this.#last = undefined;
    for (let from = 0; from < distinct.length; from += FILL) {
      const block = this.#blocks.acquire();
      this.#blocks.append(block, distinct.subarray(from, from + FILL));
      addSum(this.#blocks.sum(block), this.#sumWithin(block, 0, this.#blocks.count(block)));
      this.#order.insert(this.#order.length, block);
    }
  }

  /** Moves sorted slots that equal no neighbour to the front; answers how many they are. */
  #dropEqual(sorted: Uint32Array): number {
    let kept = 0;
    for (const slot of sorted) {
      if (kept > 0 && this.#columns.compare(sorted[kept - 1] ?? 0, slot) === 0) continue;
      sorted[kept++] = slot;
    }
    return kept;
  }
}

/** How many of the first indices fulfil what holds for a beginning of them only. */
function countBefore(count: number, isBefore: (index: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
