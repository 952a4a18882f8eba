/** Counts values by stretches: how they are distributed, in a few numbers. */
import type { HistogramView } from "./api.ts";

/** Values so far. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  /** Stretches that end at these bounds, which rise, and one without an end. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  /** Counts a value. */
  add(value: number): void {
    const at = this.#bounds.findIndex((bound) => value <= bound);
    const stretch = at < 0 ? this.#bounds.length : at;
    this.#counts[stretch] = (this.#counts[stretch] ?? 0) + 1;
    this.#sum += value;
  }

  /** All of it. */
  view(): HistogramView {
    return { bounds: this.#bounds, counts: [...this.#counts], sum: this.#sum };
  }
}
