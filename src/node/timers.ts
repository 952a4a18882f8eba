/** The engine's wake-ups in real time: the only place of the node core that sets a timeout. */
import type { Timer } from "../gossip/events.ts";

/** Timers by what they are for; setting one again moves it. */
export class Timers {
  readonly #handles = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #fire: (timer: Timer) => void;

  /** `fire` is called when a timer runs out, once. */
  constructor(fire: (timer: Timer) => void) {
    this.#fire = fire;
  }

  /** Sets or moves a timer. */
  set(timer: Timer, afterMs: number): void {
    const key = keyOf(timer);
    clearTimeout(this.#handles.get(key));
    this.#handles.set(
      key,
      setTimeout(() => {
        this.#handles.delete(key);
        this.#fire(timer);
      }, afterMs),
    );
  }

  /** Takes a timer back; it may not be set. */
  clear(timer: Timer): void {
    const key = keyOf(timer);
    clearTimeout(this.#handles.get(key));
    this.#handles.delete(key);
  }

  /** Takes all back. */
  clearAll(): void {
    for (const handle of this.#handles.values()) clearTimeout(handle);
    this.#handles.clear();
  }
}

function keyOf(timer: Timer): string {
  return "session" in timer ? `${timer.kind} ${timer.session}` : timer.kind;
}
