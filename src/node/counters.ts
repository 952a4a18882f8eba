/** What the node did since it started, for `status`. */
import type { ExchangeSummary, SyncSummary } from "../gossip/mod.ts";
import type { StatusView } from "./api.ts";

/** Counts ended exchanges and reconciliations. */
export class Counters {
  #completed = 0;
  #failed = 0;
  #inbound = 0;
  #outbound = 0;
  #received = 0;
  #delivered = 0;
  #refused = 0;
  readonly #reconciliation = { completed: 0, cutShort: 0, served: 0, received: 0, delivered: 0 };

  /** Counts an exchange that ended. */
  count(summary: ExchangeSummary): void {
    if (summary.completed) this.#completed++;
    else this.#failed++;
    if (summary.outbound) this.#outbound++;
    else this.#inbound++;
    this.#received += summary.received;
    this.#delivered += summary.delivered;
    this.#refused += summary.refused;
  }

  /** Counts a message that came by a stem, became normal here and was stored. */
  endedStem(): void {
    this.#received++;
  }

  /** Counts a reconciliation that ended. */
  reconciled({ outbound, finished, received, delivered }: SyncSummary): void {
    if (outbound && finished) this.#reconciliation.completed++;
    else if (outbound) this.#reconciliation.cutShort++;
    else this.#reconciliation.served++;
    this.#reconciliation.received += received;
    this.#reconciliation.delivered += delivered;
  }

  /** Reconciliations, as `status` shows them. */
  reconciliation(): StatusView["reconciliation"] {
    return { ...this.#reconciliation };
  }

  /** As `status` shows them. */
  view(): StatusView["exchanges"] {
    return {
      completed: this.#completed,
      failed: this.#failed,
      inbound: this.#inbound,
      outbound: this.#outbound,
      received: this.#received,
      delivered: this.#delivered,
      refused: this.#refused,
    };
  }
}
