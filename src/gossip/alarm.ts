/** One of the engine's own timers, which is set anew only when its time changes. */
import type { UnixMs } from "../wire/time.ts";
import type { OutEvent, Timer } from "./events.ts";

/** A wake-up at a time. */
export class Alarm {
  readonly #timer: Timer;
  readonly #emit: (event: OutEvent) => void;
  #at: UnixMs | undefined;

  /** Starts unset. */
  constructor(timer: Timer, emit: (event: OutEvent) => void) {
    this.#timer = timer;
    this.#emit = emit;
  }

  /** Whether it is set. */
  get armed(): boolean {
    return this.#at !== undefined;
  }

  /** Sets or moves it; with `undefined` it is cleared. */
  set(at: UnixMs | undefined, now: UnixMs): void {
    if (at === this.#at) return;
    this.#at = at;
    if (at === undefined) this.#emit({ kind: "clear-timer", timer: this.#timer });
    else this.#emit({ kind: "set-timer", timer: this.#timer, afterMs: Math.max(0, at - now) });
  }

  /** Clears it. */
  clear(): void {
    if (this.#at !== undefined) this.#emit({ kind: "clear-timer", timer: this.#timer });
    this.#at = undefined;
  }

  /** It went off. */
  fired(): void {
    this.#at = undefined;
  }
}
