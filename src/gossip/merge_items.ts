/** Two sets of ids as one for reconciliation: what is stored, and what is remembered. */
import {
  compareBounds,
  type SyncBound,
  type SyncItem,
  type SyncItems,
} from "../wire/negentropy.ts";
import { addSum, sumBytes, sumOf } from "./sync_sum.ts";

/** The union of two sets that share no id; it follows both as they change. */
export function mergeItems(a: SyncItems, b: SyncItems): SyncItems {
  return new MergedItems(a, b);
}

/** How many ids of a union's beginning belong to which set. */
interface Cut {
  readonly a: number;
  readonly b: number;
}

class MergedItems implements SyncItems {
  readonly #a: SyncItems;
  readonly #b: SyncItems;
  /** Where the union was cut last: ranks mostly come one after the other. */
  #last: Cut = { a: 0, b: 0 };

  constructor(a: SyncItems, b: SyncItems) {
    this.#a = a;
    this.#b = b;
  }

  get size(): number {
    return this.#a.size + this.#b.size;
  }

  rank(bound: SyncBound): number {
    return this.#a.rank(bound) + this.#b.rank(bound);
  }

  at(rank: number): SyncItem {
    if (rank < 0 || rank >= this.size) throw new RangeError(`There is no rank ${rank}`);
    const { a, b } = this.#cut(rank);
    if (a === this.#a.size) return this.#b.at(b);
    if (b === this.#b.size) return this.#a.at(a);
    const [ofA, ofB] = [this.#a.at(a), this.#b.at(b)];
    return compareItems(ofA, ofB) < 0 ? ofA : ofB;
  }

  sum(fromRank: number, toRank: number): Uint8Array {
    if (fromRank < 0 || fromRank > toRank || toRank > this.size) {
      throw new RangeError(`There are no ranks ${fromRank} to ${toRank}`);
    }
    const from = this.#cut(fromRank);
    const to = this.#cut(toRank);
    const sum = sumOf(this.#a.sum(from.a, to.a));
    addSum(sum, sumOf(this.#b.sum(from.b, to.b)));
    return sumBytes(sum);
  }

  /** The first `rank` ids of the union by set. */
  #cut(rank: number): Cut {
    const { a } = this.#last;
    // What is remembered may be out of date, so it is only a guess.
    for (const guess of [a, a + rank - this.#last.a - this.#last.b]) {
      if (this.#isCut({ a: guess, b: rank - guess })) {
        return this.#last = { a: guess, b: rank - guess };
      }
    }
    let low = Math.max(0, rank - this.#b.size);
    let high = Math.min(rank, this.#a.size);
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      // Too few of a, if its next id comes before the last one taken from b.
      if (compareItems(this.#a.at(middle), this.#b.at(rank - middle - 1)) < 0) low = middle + 1;
      else high = middle;
    }
    return this.#last = { a: low, b: rank - low };
  }

  #isCut({ a, b }: Cut): boolean {
    if (a < 0 || b < 0 || a > this.#a.size || b > this.#b.size) return false;
    return this.#inOrder({ a: a - 1, b }) && this.#inOrder({ a, b: b - 1 }, true);
  }

  /** Whether the id of a (or of b, if `turned`) comes first of these two; an absent one is in order. */
  #inOrder({ a, b }: Cut, turned = false): boolean {
    if (a < 0 || b < 0 || a >= this.#a.size || b >= this.#b.size) return true;
    return compareItems(this.#a.at(a), this.#b.at(b)) < 0 !== turned;
  }
}

function compareItems(a: SyncItem, b: SyncItem): number {
  return compareBounds({ timestamp: a.created, prefix: a.id }, {
    timestamp: b.created,
    prefix: b.id,
  });
}
