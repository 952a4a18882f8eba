/** The order of the blocks of a `SyncTree`, and how many ids with what sum lie before each. */
import type { SlotBlocks } from "./slot_blocks.ts";
import { addSum, LIMBS, type SumPlace } from "./sync_sum.ts";

const FIRST_CAPACITY = 64;

/** Blocks by position. Ranks and sums are made when asked for, from the first change on. */
export class BlockOrder {
  readonly #blocks: SlotBlocks;
  #order = new Uint32Array(FIRST_CAPACITY);
  #ranks = new Uint32Array(FIRST_CAPACITY + 1);
  #sums = new Uint32Array((FIRST_CAPACITY + 1) * LIMBS);
  #length = 0;
  /** Positions up to this one have the right rank and sum. */
  #right = 0;

  /** Of no blocks as yet; counts and sums of those to come are read here. */
  constructor(blocks: SlotBlocks) {
    this.#blocks = blocks;
  }

  /** How many blocks there are. */
  get length(): number {
    return this.#length;
  }

  /** The block at a position below `length`. */
  at(position: number): number {
    return this.#order[position] ?? 0;
  }

  /** Puts a block in before the one at a position. */
  insert(position: number, block: number): void {
    if (this.#length === this.#order.length) this.#grow();
    this.#order.copyWithin(position + 1, position, this.#length++);
    this.#order[position] = block;
    this.changed(position);
  }

  /** Takes out the block at a position. */
  remove(position: number): void {
    this.#order.copyWithin(position, position + 1, this.#length--);
    this.changed(position);
  }

  /** Has to be called when the block at a position got another count or sum. */
  changed(position: number): void {
    this.#right = Math.min(this.#right, position);
  }

  /** Ids in the blocks before a position, which may be `length`. */
  rank(position: number): number {
    this.#makeRight(position);
    return this.#ranks[position] ?? 0;
  }

  /** The sum of those ids; valid until something changes. */
  sum(position: number): SumPlace {
    this.#makeRight(position);
    return { limbs: this.#sums, at: position * LIMBS };
  }

  /** The position of the block that holds the id of a rank; the last one for higher ranks. */
  find(rank: number): number {
    this.#makeRight(this.#length);
    let [low, high] = [0, Math.max(0, this.#length - 1)];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#ranks[middle] ?? 0) <= rank) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #makeRight(position: number): void {
    for (; this.#right < position; this.#right++) {
      const [block, next] = [this.at(this.#right), this.#right + 1];
      this.#ranks[next] = (this.#ranks[this.#right] ?? 0) + this.#blocks.count(block);
      this.#sums.copyWithin(next * LIMBS, this.#right * LIMBS, next * LIMBS);
      addSum({ limbs: this.#sums, at: next * LIMBS }, this.#blocks.sum(block));
    }
  }

  #grow(): void {
    const capacity = this.#order.length * 2;
    const order = new Uint32Array(capacity);
    order.set(this.#order);
    const ranks = new Uint32Array(capacity + 1);
    ranks.set(this.#ranks);
    const sums = new Uint32Array((capacity + 1) * LIMBS);
    sums.set(this.#sums);
    [this.#order, this.#ranks, this.#sums] = [order, ranks, sums];
  }
}
