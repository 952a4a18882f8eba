/**
 * A binary heap of things to happen, by time; those of the same time in the order they came in.
 * Times, orders and things stand in arrays of their own: numbers side by side need no objects.
 */

/** Things to happen; always knows the next one. */
export class EventHeap<T> {
  readonly #times: number[] = [];
  readonly #orders: number[] = [];
  readonly #things: T[] = [];
  #nextOrder = 0;

  /** How many things are to happen. */
  get size(): number {
    return this.#things.length;
  }

  /** Time of the next thing. */
  next(): number | undefined {
    return this.#times[0];
  }

  /** Adds something that is to happen at a time. */
  push(at: number, what: T): void {
    const order = this.#nextOrder++;
    let hole = this.#things.length;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      // It came in last, so it goes before nothing of its own time.
      if (this.#times[parent]! <= at) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#put(hole, { at, order, what });
  }

  /** Takes the next thing out. Throws a `RangeError` when there is none. */
  pop(): T {
    const first = this.#things[0];
    const what = this.#things.pop();
    const at = this.#times.pop();
    const order = this.#orders.pop();
    if (first === undefined || what === undefined || at === undefined || order === undefined) {
      throw new RangeError("Nothing to happen");
    }
    const size = this.#things.length;
    if (size === 0) return first;
    let hole = 0;
    while (true) {
      let child = 2 * hole + 1;
      if (child >= size) break;
      if (
        child + 1 < size && this.#isBefore(child + 1, this.#times[child]!, this.#orders[child]!)
      ) {
        child++;
      }
      if (!this.#isBefore(child, at, order)) break;
      this.#move(child, hole);
      hole = child;
    }
    this.#put(hole, { at, order, what });
    return first;
  }

  #isBefore(index: number, at: number, order: number): boolean {
    const time = this.#times[index]!;
    return time < at || (time === at && this.#orders[index]! < order);
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from]!;
    this.#orders[to] = this.#orders[from]!;
    this.#things[to] = this.#things[from]!;
  }

  #put(to: number, { at, order, what }: { at: number; order: number; what: T }): void {
    this.#times[to] = at;
    this.#orders[to] = order;
    this.#things[to] = what;
  }
}
