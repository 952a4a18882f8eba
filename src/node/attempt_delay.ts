/** Slows down guesses at a passphrase: after each wrong one in a row the next has to wait longer. */

/** Wait after the first wrong attempt, in milliseconds; each further one doubles it. */
export const FIRST_DELAY_MS = 1_000;
/** It grows to this: 10 minutes, in milliseconds. So a day sees about 150 guesses. */
export const MAX_DELAY_MS = 600_000;

/** Counts wrong attempts. Pure: time is passed in, of a clock that can't be set back, in milliseconds. */
export class AttemptDelay {
  #wrong = 0;
  #notBefore = 0;

  /** Milliseconds until an attempt is allowed; 0 when it is. */
  wait(now: number): number {
    return this.#wrong === 0 ? 0 : Math.max(0, this.#notBefore - now);
  }

  /** An attempt was wrong. */
  failed(now: number): void {
    // Beyond that the power would only grow over all numbers.
    const doublings = Math.min(this.#wrong, 30);
    this.#wrong++;
    this.#notBefore = now + Math.min(FIRST_DELAY_MS * 2 ** doublings, MAX_DELAY_MS);
  }

  /** An attempt was right: counting begins anew. */
  succeeded(): void {
    this.#wrong = 0;
  }
}
