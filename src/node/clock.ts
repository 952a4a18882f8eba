/** Real time, and the least of it that is believed. */
import type { UnixMs } from "../wire/time.ts";

/** Where the node takes its time from. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): UnixMs;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() as UnixMs };

/**
 * When this version was made, in milliseconds since 1970 (2026-11-22). A clock before it is wrong:
 * machines without a battery boot in the past.
 */
export const BUILD_TIME_MS = 1_795_305_600_000;

/** Whether a clock can be right at all. With one that can't, nothing is signed. */
export function plausible(now: UnixMs): boolean {
  return now >= BUILD_TIME_MS;
}
