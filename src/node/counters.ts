/** What the node did since it started, for `status`. */
import type { ExchangeSummary } from "../gossip/mod.ts";
import type { StatusView } from "./api.ts";

/** Counts ended exchanges. */
export class Counters {
  #completed = 0;
  #failed = 0;
  #inbound = 0;
  #outbound = 0;
  #received = 0;
  #delivered = 0;
  #refused = 0;

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
