/**
 * Facts sorted by freshness so that one can be drawn with weight base^freshness in O(F)
 * (docs/PROTOCOL.md section 6, "Freshness"): pick the bucket by its total weight, then anything in
 * it, since all in a bucket weigh the same.
 */
import type { Rng } from "./rng.ts";

/** Something with a freshness of 1 to F. The buckets keep both fields. */
export interface Weighted {
  /** Only {@linkcode WeightedBuckets} writes it. */
  freshness: number;
  /** Position in its bucket; only {@linkcode WeightedBuckets} reads or writes it. */
  slot: number;
}

/** A set of facts to draw from. */
export class WeightedBuckets<T extends Weighted> {
  readonly #buckets: T[][];
  readonly #weights: readonly number[];
  #size = 0;

  /** Buckets for freshness 1 to `full`, with weights `base`^freshness. */
  constructor({ full, base }: { readonly full: number; readonly base: number }) {
    this.#buckets = Array.from({ length: full + 1 }, () => []);
    this.#weights = this.#buckets.map((_, freshness) => base ** freshness);
  }

  /** How many there are. */
  get size(): number {
    return this.#size;
  }

  /** Adds a fact at its freshness. */
  add(fact: T): void {
    const bucket = this.#bucket(fact.freshness);
    fact.slot = bucket.length;
    bucket.push(fact);
    this.#size++;
  }

  /** Removes a fact that is in. */
  remove(fact: T): void {
    const bucket = this.#bucket(fact.freshness);
    this.#swap(bucket, { from: fact.slot, to: bucket.length - 1 });
    bucket.pop();
    this.#size--;
  }

  /** Gives a fact that is in another freshness, of at least 1. */
  move(fact: T, freshness: number): void {
    this.remove(fact);
    fact.freshness = freshness;
    this.add(fact);
  }

  /**
   * Draws without putting back, each next one only when asked for. The set must not change
   * meanwhile.
   */
  *draw(rng: Rng): Generator<T, void, void> {
    const left = this.#buckets.map((bucket) => bucket.length);
    for (let drawn = 0; drawn < this.#size; drawn++) {
      const freshness = this.#pickBucket(rng, left);
      const bucket = this.#bucket(freshness);
      const last = --left[freshness]!;
      this.#swap(bucket, { from: rng.below(last + 1), to: last });
      yield bucket[last]!;
    }
  }

  #pickBucket(rng: Rng, left: readonly number[]): number {
    const weightOf = (f: number): number => this.#weights[f]! * left[f]!;
    let total = 0;
    for (let f = 1; f < left.length; f++) total += weightOf(f);
    let point = rng.next() * total;
    let picked = 0;
    for (let f = left.length - 1; f >= 1; f--) {
      if (left[f] === 0) continue;
      picked = f;
      point -= weightOf(f);
      if (point < 0) break;
    }
    return picked;
  }

  #bucket(freshness: number): T[] {
    const bucket = freshness >= 1 ? this.#buckets[freshness] : undefined;
    if (bucket === undefined) throw new RangeError(`No such freshness: ${freshness}`);
    return bucket;
  }

  #swap(bucket: T[], { from, to }: { readonly from: number; readonly to: number }): void {
    const a = bucket[from]!;
    const b = bucket[to]!;
    bucket[to] = a;
    bucket[from] = b;
    b.slot = from;
    a.slot = to;
  }
}
