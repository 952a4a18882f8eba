/** Locks a node's keys when its owner hasn't needed them for a while. */

/** How often it is looked whether it's time, in milliseconds: so much later it may be. */
export const LOOK_MS = 5_000;

/** What the lock is made with. */
export interface AutoLockOptions {
  /** After how long without use, in milliseconds. */
  readonly afterMs: number;
  /**
   * Clocks in milliseconds; the one on which most time passed counts. A machine's time goes on while
   * it sleeps but can be set back, its count since start can't but may stand still in sleep.
   */
  readonly clocks: readonly (() => number)[];
  /** Calls `f` again and again until what it answers is called. */
  readonly every: (ms: number, f: () => void) => () => void;
  /** Takes the keys away; more than once does no harm. Must not throw. */
  readonly lock: () => void;
}

/** A countdown that each use of the keys begins anew. It goes on while nothing is unlocked, to no effect. */
export class AutoLock {
  readonly #options: AutoLockOptions;
  readonly #cancel: () => void;
  #used: readonly number[];

  /** Begins to count. */
  constructor(options: AutoLockOptions) {
    this.#options = options;
    this.#used = options.clocks.map((now) => now());
    this.#cancel = options.every(LOOK_MS, () => this.#look());
  }

  /** The owner needed the keys just now. */
  touch(): void {
    this.#used = this.#options.clocks.map((now) => now());
  }

  /** Stops counting. */
  stop(): void {
    this.#cancel();
  }

  #look(): void {
    const { clocks, afterMs, lock } = this.#options;
    const passed = clocks.map((now, i) => now() - (this.#used[i] ?? 0));
    if (Math.max(...passed) < afterMs) return;
    this.touch();
    lock();
  }
}
