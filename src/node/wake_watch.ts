/** Notices that the machine slept or stood still: what happened on the network meanwhile is missing. */

/** How often it is looked, in milliseconds. */
const LOOK_MS = 5_000;
/** Milliseconds that a look may be late without anything having happened but much work. */
const LATE_MS = 30_000;

/** What the watch is made with. */
export interface WakeWatchOptions {
  /**
   * Clocks in milliseconds; the one on which most time passed counts. A machine's count since start
   * may stand still in sleep, its time goes on.
   */
  readonly clocks: readonly (() => number)[];
  /** Calls `f` again and again until what it answers is called. */
  readonly every: (ms: number, f: () => void) => () => void;
  /** Is told after each sleep. Must not throw. */
  readonly woke: () => void;
}

/** Looks often, and sees when a look comes late. A clock that is set forward looks like sleep; no harm. */
export class WakeWatch {
  readonly #options: WakeWatchOptions;
  readonly #cancel: () => void;
  #last: readonly number[];

  /** Begins to look. */
  constructor(options: WakeWatchOptions) {
    this.#options = options;
    this.#last = options.clocks.map((now) => now());
    this.#cancel = options.every(LOOK_MS, () => this.#look());
  }

  /** Stops looking. */
  stop(): void {
    this.#cancel();
  }

  #look(): void {
    const now = this.#options.clocks.map((clock) => clock());
    const passed = Math.max(...now.map((time, i) => time - (this.#last[i] ?? time)));
    this.#last = now;
    if (passed > LOOK_MS + LATE_MS) this.#options.woke();
  }
}
