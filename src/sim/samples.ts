/** Numbers that were measured, as many as come, and what can be said of them together. */

const FIRST_CAPACITY = 1_024;

/** A growing list of numbers. */
export class Samples {
  #values = new Float64Array(FIRST_CAPACITY);
  #size = 0;
  #sum = 0;
  #sorted = true;

  /** How many there are. */
  get size(): number {
    return this.#size;
  }

  /** Their mean, or `undefined` of none. */
  get mean(): number | undefined {
    return this.#size === 0 ? undefined : this.#sum / this.#size;
  }

  /** Adds one. */
  add(value: number): void {
    if (this.#size === this.#values.length) {
      const larger = new Float64Array(2 * this.#size);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#size++] = value;
    this.#sum += value;
    this.#sorted = false;
  }

  /** The value that a share of them, 0 to 1, doesn't exceed; `undefined` of none. */
  quantile(share: number): number | undefined {
    const values = this.sorted();
    return values[Math.max(0, Math.ceil(share * values.length) - 1)];
  }

  /** All of them, rising; valid until the next one is added. */
  sorted(): Float64Array {
    const values = this.#values.subarray(0, this.#size);
    if (!this.#sorted) values.sort();
    this.#sorted = true;
    return values;
  }
}
