/**
 * A queue that is served in turns, by deficit round robin (Shreedhar and Varghese, 1995): whoever
 * sends much waits behind its own, not in front of others. Each payer in its turn may have as many
 * bytes served as the quantum says; what it doesn't use, since the next item is larger, it keeps for
 * its next turn as long as it has something waiting.
 */

/** Bounds of a queue. */
export interface FairQueueRules {
  /** Bytes served in one turn. */
  readonly quantum: number;
  /** Items that may wait in all. */
  readonly most: number;
  /** Items of one payer that may wait. */
  readonly mostPerPayer: number;
  /** Items of one payer that count as load; those beyond hold up nobody but their payer. */
  readonly loadPerPayer: number;
}

/** By whom something waits, and what it takes to serve it. */
export interface Fare {
  /** Whose turn it waits for: a prefix, for one. */
  readonly payer: string;
  /** Bytes. */
  readonly bytes: number;
}

interface Line<T> {
  readonly items: { readonly item: T; readonly bytes: number }[];
  deficit: number;
}

/** What waits, in line by payer. */
export class FairQueue<T> {
  readonly #rules: FairQueueRules;
  /** Whose turn it is stands first. */
  readonly #lines = new Map<string, Line<T>>();
  #size = 0;
  #load = 0;

  /** Starts empty. */
  constructor(rules: FairQueueRules) {
    this.#rules = rules;
  }

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  /** How many wait, of each payer no more than `loadPerPayer` counted. */
  get load(): number {
    return this.#load;
  }

  /** Whether one more by this payer would be refused. */
  isFull(payer: string): boolean {
    return this.#size >= this.#rules.most ||
      (this.#lines.get(payer)?.items.length ?? 0) >= this.#rules.mostPerPayer;
  }

  /** Puts something last in its payer's line; false, and nothing is done, where that is full. */
  push(item: T, { payer, bytes }: Fare): boolean {
    if (this.isFull(payer)) return false;
    const line = this.#lines.get(payer) ?? { items: [], deficit: 0 };
    line.items.push({ item, bytes });
    this.#lines.set(payer, line);
    this.#size++;
    if (line.items.length <= this.#rules.loadPerPayer) this.#load++;
    return true;
  }

  /** Takes what is next, at most so many; each payer's items in the order in which they came. */
  take(most: number): T[] {
    const taken: T[] = [];
    while (taken.length < most) {
      const [next] = this.#lines;
      if (next === undefined) break;
      const [payer, line] = next;
      line.deficit += this.#rules.quantum;
      this.#serve(line, { taken, most });
      this.#lines.delete(payer);
      // Last again; and whoever waits for nothing saves nothing up.
      if (line.items.length > 0) this.#lines.set(payer, line);
    }
    return taken;
  }

  #serve(line: Line<T>, { taken, most }: { readonly taken: T[]; readonly most: number }): void {
    while (taken.length < most) {
      const head = line.items[0];
      if (head === undefined || head.bytes > line.deficit) return;
      line.items.shift();
      line.deficit -= head.bytes;
      this.#size--;
      if (line.items.length < this.#rules.loadPerPayer) this.#load--;
      taken.push(head.item);
    }
    // Broken off by the end of the batch: a turn that was paid for isn't saved up.
    line.deficit = Math.min(line.deficit, this.#rules.quantum);
  }
}
