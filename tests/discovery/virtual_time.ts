/** A clock that stands still until it is turned, with its alarms in order. */
import type { Time } from "../../src/discovery/time.ts";

/** Time for tests. */
export class VirtualTime implements Time {
  #now = 0;
  readonly #alarms = new Map<() => void, number>();

  now(): number {
    return this.#now;
  }

  after(ms: number, call: () => void): () => void {
    const alarm = (): void => call();
    this.#alarms.set(alarm, this.#now + ms);
    return () => this.#alarms.delete(alarm);
  }

  /** Alarms that are set. */
  get pending(): number {
    return this.#alarms.size;
  }

  /** Lets so much time pass, and after each alarm everything happen that it set off. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#alarms].sort(([, a], [, b]) => a - b);
      if (next === undefined || next[1] > end) break;
      this.#alarms.delete(next[0]);
      this.#now = next[1];
      next[0]();
      await settle();
    }
    this.#now = end;
    await settle();
  }
}

/** Lets all promises settle that depend on nothing but each other. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
