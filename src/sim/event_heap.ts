/** A binary heap of things to happen, by time; those of the same time in the order they came in. */

interface Item<T> {
  readonly at: number;
  readonly order: number;
  readonly what: T;
}

/** Things to happen; always knows the next one. */
export class EventHeap<T> {
  readonly #items: Item<T>[] = [];
  #order = 0;

  /** How many things are to happen. */
  get size(): number {
    return this.#items.length;
  }

  /** Time of the next thing. */
  next(): number | undefined {
    return this.#items[0]?.at;
  }

  /** Adds something that is to happen at a time. */
  push(at: number, what: T): void {
    const items = this.#items;
    const item = { at, order: this.#order++, what };
    let i = items.length;
    items.push(item);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(item, items[parent]!)) break;
      items[i] = items[parent]!;
      i = parent;
    }
    items[i] = item;
  }

  /** Takes the next thing out. Throws a `RangeError` when there is none. */
  pop(): T {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (first === undefined || last === undefined) throw new RangeError("Nothing to happen");
    if (items.length > 0) {
      let i = 0;
      while (true) {
        let child = 2 * i + 1;
        if (child >= items.length) break;
        if (child + 1 < items.length && before(items[child + 1]!, items[child]!)) child++;
        if (!before(items[child]!, last)) break;
        items[i] = items[child]!;
        i = child;
      }
      items[i] = last;
    }
    return first.what;
  }
}

function before<T>(a: Item<T>, b: Item<T>): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
