/** A token bucket: how much of something may pass, on average and at once. */
import type { UnixMs } from "../wire/time.ts";

/** How a bucket fills. */
export interface BucketRule {
  /** Tokens in a full bucket: the most that may pass at once. */
  readonly burst: number;
  /** Tokens added in an hour, evenly. */
  readonly perHour: number;
}

const HOUR_MS = 3_600_000;

/**
 * Starts full. In any hour at most `burst + perHour` pass, but for what is charged. Times must not go back; if they do, nothing
 * is added.
 */
export class TokenBucket {
  readonly #rule: BucketRule;
  #tokens: number;
  #at: UnixMs;

  /** A full bucket. */
  constructor(rule: BucketRule, now: UnixMs) {
    this.#rule = rule;
    this.#tokens = rule.burst;
    this.#at = now;
  }

  /** Takes so many tokens if all of them are there; else takes none. */
  take(count: number, now: UnixMs): boolean {
    this.#fill(now);
    if (this.#tokens < count) return false;
    this.#tokens -= count;
    return true;
  }

  /** How many whole tokens there are. */
  left(now: UnixMs): number {
    this.#fill(now);
    return Math.max(0, Math.floor(this.#tokens));
  }

  /** The share of a full bucket that there is, 0 when not one whole token is left. */
  share(now: UnixMs): number {
    const left = this.left(now);
    return left === 0 ? 0 : Math.min(1, this.#tokens / this.#rule.burst);
  }

  /** Takes so many tokens though they be not there: what is owed fills up first. Answers whether they were. */
  charge(count: number, now: UnixMs): boolean {
    this.#fill(now);
    this.#tokens -= count;
    return this.#tokens >= 0;
  }

  /** Puts back what was taken and not used. */
  giveBack(count: number): void {
    this.#tokens = Math.min(this.#rule.burst, this.#tokens + count);
  }

  /** Whether it would make no difference to forget it. */
  full(now: UnixMs): boolean {
    this.#fill(now);
    return this.#tokens >= this.#rule.burst;
  }

  #fill(now: UnixMs): void {
    const passed = Math.max(0, now - this.#at);
    this.#at = Math.max(this.#at, now) as UnixMs;
    this.#tokens = Math.min(
      this.#rule.burst,
      this.#tokens + passed * this.#rule.perHour / HOUR_MS,
    );
  }
}
