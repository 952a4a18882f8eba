/**
 * Blocks of slots in few large arrays, each block with the sum of its ids: the leaves of
 * `SyncTree`. An array of its own for each block would cost as much again in headers.
 */
import { LIMBS, type SumPlace } from "./sync_sum.ts";

/** Slots that fit in a block: halves take a few microseconds to add up again. */
export const BLOCK_SLOTS = 256;

/** Blocks in one array. */
const SEGMENT_BLOCKS = 64;

/** Blocks by number. Numbers of released blocks are used again. */
export class SlotBlocks {
  readonly #segments: Uint32Array[] = [];
  #counts = new Uint16Array(SEGMENT_BLOCKS);
  #sums = new Uint32Array(SEGMENT_BLOCKS * LIMBS);
  readonly #free: number[] = [];
  #used = 0;

  /** An empty block. */
  acquire(): number {
    const block = this.#free.pop() ?? this.#used++;
    if (block >= this.#segments.length * SEGMENT_BLOCKS) {
      this.#segments.push(new Uint32Array(SEGMENT_BLOCKS * BLOCK_SLOTS));
    }
    if (block >= this.#counts.length) this.#grow();
    return block;
  }

  /** Gives a block up, with what is in it. */
  release(block: number): void {
    this.truncate(block, 0);
    this.#sums.fill(0, block * LIMBS, (block + 1) * LIMBS);
    this.#free.push(block);
  }

  /** Slots in a block. */
  count(block: number): number {
    return this.#counts[block] ?? 0;
  }

  /** The slot at an index below the block's count. */
  get(block: number, index: number): number {
    const segment = this.#segments[Math.floor(block / SEGMENT_BLOCKS)];
    return segment?.[block % SEGMENT_BLOCKS * BLOCK_SLOTS + index] ?? 0;
  }

  /** The sum of the block's ids, which is the caller's to keep right; valid till the next `acquire`. */
  sum(block: number): SumPlace {
    return { limbs: this.#sums, at: block * LIMBS };
  }

  /** Puts a slot in at an index; the block isn't full. */
  insert(block: number, index: number, slot: number): void {
    const slots = this.#slots(block);
    slots.copyWithin(index + 1, index, this.count(block));
    slots[index] = slot;
    this.#counts[block] = this.count(block) + 1;
  }

  /** Takes the slot at an index out. */
  delete(block: number, index: number): void {
    this.#slots(block).copyWithin(index, index + 1, this.count(block));
    this.#counts[block] = this.count(block) - 1;
  }

  /** Puts slots after those that are there; they fit. */
  append(block: number, slots: Uint32Array): void {
    this.#slots(block).set(slots, this.count(block));
    this.#counts[block] = this.count(block) + slots.length;
  }

  /** Forgets the slots from an index on. */
  truncate(block: number, count: number): void {
    this.#counts[block] = count;
  }

  /** A view of the block's slots; valid till it changes. */
  view(block: number): Uint32Array {
    return this.#slots(block).subarray(0, this.count(block));
  }

  #slots(block: number): Uint32Array {
    const segment = this.#segments[Math.floor(block / SEGMENT_BLOCKS)];
    if (segment === undefined) throw new RangeError(`There is no block ${block}`);
    const at = block % SEGMENT_BLOCKS * BLOCK_SLOTS;
    return segment.subarray(at, at + BLOCK_SLOTS);
  }

  #grow(): void {
    const counts = new Uint16Array(this.#counts.length * 2);
    counts.set(this.#counts);
    this.#counts = counts;
    const sums = new Uint32Array(this.#sums.length * 2);
    sums.set(this.#sums);
    this.#sums = sums;
  }
}
