/** What a simulation found out. Times are in seconds, or in cycles where a rule has no other time. */
import type { Samples } from "./samples.ts";

/** Times that shares of something don't exceed. */
export interface Percentiles {
  /** Half of it. */
  readonly p50: number | undefined;
  /** 90%. */
  readonly p90: number | undefined;
  /** 99%. */
  readonly p99: number | undefined;
  /** 99.9%. */
  readonly p999: number | undefined;
}

/** Figures that every rule has. */
export interface Figures {
  /** Share of nodes that a message never reached, mean over messages. */
  readonly residue: number;
  /** How often a message's body was sent, per node and message. */
  readonly traffic: number;
  /** Mean time from posting to arrival. */
  readonly tAverage: number | undefined;
  /** Time from posting to the last arrival, mean over messages. */
  readonly tLast: number | undefined;
  /** Time from posting to arrival, over all arrivals. */
  readonly latency: Percentiles;
}

/** Figures, and the times they were made from, for the plot. */
export interface Outcome<F extends Figures = Figures> {
  /** Runs that were finished. */
  readonly runs: number;
  /** What came out. */
  readonly figures: F;
  /** Time from posting to each arrival. */
  readonly arrivals: Samples;
  /** How many arrivals there would be if every message had reached every node. */
  readonly possible: number;
}

/** How far a simulation is. */
export interface Progress {
  /** Runs that are finished. */
  readonly runs: number;
  /** Virtual seconds, or cycles, of the present one. */
  readonly time: number;
}

/**
 * A simulation that can be watched, and be told to stop, at each step. Its value is what the finished
 * runs brought, or `undefined` when there were none.
 */
export type Simulation<F extends Figures = Figures> = Generator<
  Progress,
  Outcome<F> | undefined,
  "stop" | undefined
>;

/** Percentiles of measured times. */
export function percentiles(samples: Samples): Percentiles {
  return {
    p50: samples.quantile(0.5),
    p90: samples.quantile(0.9),
    p99: samples.quantile(0.99),
    p999: samples.quantile(0.999),
  };
}
