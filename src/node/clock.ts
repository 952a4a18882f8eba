/** The node's one source of time: the machine's clock, as far as it is believed. */
import type { ClockReading } from "../gossip/mod.ts";
import type { UnixMs } from "../wire/time.ts";

/** Where the node takes its time from. */
export interface Clock {
  /** Milliseconds since 1970, as this node believes. */
  now(): UnixMs;
  /** The same, with how far it is to be believed. */
  reading(): ClockReading;
}

/** The machine's clocks, unjudged. */
export interface Machine {
  /** Milliseconds since 1970. */
  now(): UnixMs;
  /** Milliseconds since any fixed moment, by a clock that nobody sets. */
  steady(): number;
}

/** The machine that this process runs on. */
export const systemClock: Machine = {
  now: () => Date.now() as UnixMs,
  steady: () => performance.now(),
};

/**
 * The month in which this version was made, in milliseconds since 1970 (2026-11-01; to be raised with
 * each release). A clock before it is wrong: machines without a battery boot in the past.
 */
export const BUILD_TIME_MS = 1_793_491_200_000;
