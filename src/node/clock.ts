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
 * The month in which this version was made, in milliseconds since 1970 (2026-11-01; to be raised with
 * each release). A clock before it is wrong:
 * machines without a battery boot in the past.
 */
export const BUILD_TIME_MS = 1_793_491_200_000;

/** Whether a clock can be right at all. With one that can't, nothing is signed. */
export function plausible(now: UnixMs): boolean {
  return now >= BUILD_TIME_MS;
}
