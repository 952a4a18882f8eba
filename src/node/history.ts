/**
 * How the node did in the last day, for its owner's eyes: a sample a minute, in memory only. It holds
 * what metrics may tell anyway (docs/decisions/0030) and nothing of the owner's.
 */
import type { HistorySample, StatusView } from "./api.ts";

/** Seconds from one sample to the next. */
const SAMPLE_S = 60;

/** Samples kept: a day of them. */
export const MAX_SAMPLES = 1_440;

/** The samples. */
export class History {
  readonly #samples: HistorySample[] = [];

  /** Takes a sample of the node's health at a time, seconds since 1970; beyond a day the oldest goes. */
  add(at: number, status: StatusView): void {
    const { peers, messages, bytes, exchanges } = status;
    const { completed, failed, received, delivered } = exchanges;
    this.#samples.push({ at, peers, messages, bytes, completed, failed, received, delivered });
    if (this.#samples.length > MAX_SAMPLES) this.#samples.shift();
  }

  /** All of them, the oldest first. */
  view(): readonly HistorySample[] {
    return [...this.#samples];
  }
}

/** Takes a sample now and every minute. `stop` ends it; a sample that fails is left out. */
export function keepHistory(
  history: History,
  { status, now }: { readonly status: () => Promise<StatusView>; readonly now: () => number },
): { stop(): void } {
  const sample = async (): Promise<void> => {
    try {
      history.add(now(), await status());
    } catch {
      // The next one may be had.
    }
  };
  void sample();
  const timer = setInterval(() => void sample(), SAMPLE_S * 1_000);
  return { stop: () => clearInterval(timer) };
}
