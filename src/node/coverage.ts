/** How complete the store is, as far as this node's own reconciliations show it. */
import type { SyncSummary } from "../gossip/mod.ts";
import type { CoverageView } from "./api.ts";

const HOUR_S = 3_600;
/** Reconciliations of the last hour at most: four may begin in a minute. */
const MAX_KEPT = 240;

interface Ended {
  readonly at: number;
  readonly finished: boolean;
  readonly received: number;
}

/** Keeps what the last hour's reconciliations brought. Times are seconds of a clock that may be set. */
export class Coverage {
  readonly #ended: Ended[] = [];
  #finished: number | undefined;
  #complete: number | undefined;

  /** Takes one that ended; those that peers began show what they miss, not this node. */
  reconciled({ outbound, finished, received, refused }: SyncSummary, at: number): void {
    if (!outbound) return;
    this.#ended.push({ at, finished, received: received + refused });
    if (this.#ended.length > MAX_KEPT) this.#ended.shift();
    if (finished) this.#finished = at;
    if (finished && received + refused === 0) this.#complete = at;
  }

  /** As `status` shows it. */
  view(now: number): CoverageView {
    const lately = this.#ended.filter(({ at }) => at > now - HOUR_S && at <= now);
    const finished = lately.filter((one) => one.finished);
    return {
      finished: this.#finished ?? null,
      complete: this.#complete ?? null,
      lastHour: {
        finished: finished.length,
        complete: finished.filter(({ received }) => received === 0).length,
        received: lately.reduce((sum, { received }) => sum + received, 0),
      },
    };
  }
}
