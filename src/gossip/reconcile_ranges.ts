/**
 * In which pieces of time a node reconciles (docs/PROTOCOL.md section 8): the last day first, up to
 * as far ahead as clocks may be, then older days. After a piece in which both sides turned out to have
 * the same, all that is older is the next one: two nodes with nothing to tell each other are done in
 * two round trips, not thirty.
 */
import { LIFETIME_S, MAX_FUTURE_S } from "../wire/limits.ts";
import type { UnixSeconds } from "../wire/time.ts";

/** From the first second to before the last. */
export interface TimeRange {
  /** First second of it. */
  readonly from: UnixSeconds;
  /** First second after it. */
  readonly to: UnixSeconds;
}

/** Seconds in a day. */
const DAY_S = 86_400;

/** The pieces, newest first. */
export class TimeRanges {
  readonly #end: UnixSeconds;
  #to: UnixSeconds;
  #days = 1;
  #first = true;

  /** From now down to a horizon, or to the end of all messages' life if that comes first. */
  constructor(now: UnixSeconds, horizon: UnixSeconds) {
    this.#to = now + MAX_FUTURE_S + 1 as UnixSeconds;
    this.#end = Math.max(0, horizon, now - LIFETIME_S) as UnixSeconds;
  }

  /** Whether all pieces were taken. */
  get done(): boolean {
    return this.#to <= this.#end;
  }

  /** The next piece; `undefined` when that was all. */
  next(): TimeRange | undefined {
    if (this.done) return undefined;
    const to = this.#to;
    const length = this.#days * DAY_S + (this.#first ? MAX_FUTURE_S + 1 : 0);
    const from = Math.max(this.#end, to - length) as UnixSeconds;
    this.#first = false;
    this.#to = from;
    return { from, to };
  }

  /** Says of the piece taken last whether anything in it was different. */
  found(differences: boolean): void {
    this.#days = differences ? 1 : Infinity;
  }
}
