/** What a running node did since it started, and is doing: for `status` and `metrics`. */
import {
  type EngineSizes,
  type ExchangeSummary,
  type SyncSummary,
  trimOldest,
} from "../gossip/mod.ts";
import type { ActivityView, BudgetsView } from "./api.ts";
import { Coverage } from "./coverage.ts";
import { Histogram } from "./histogram.ts";

/** Seconds: a quiet exchange takes two round trips, the deadline is a minute. */
const DURATION_BOUNDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** Exchanges whose beginning is remembered: more than are ever open. */
const MAX_OPEN = 256;

/** What an activity works with. */
export interface ActivityPorts {
  /** Its sizes and budgets are shown. */
  readonly engine: {
    readonly sizes: Pick<EngineSizes, "sessions">;
    readonly budgets: BudgetsView;
  };
  /** Milliseconds of a clock that never goes back. */
  readonly steady: () => number;
  /** Seconds since 1970, as the node believes. */
  readonly now: () => number;
}

/** Counts what the status of exchanges alone doesn't. */
export class Activity {
  readonly #ports: ActivityPorts;
  readonly #coverage = new Coverage();
  readonly #durations = new Histogram(DURATION_BOUNDS);
  readonly #began = new Map<number, number>();
  readonly #outcomes = {
    inbound: { completed: 0, failed: 0 },
    outbound: { completed: 0, failed: 0 },
  };
  readonly #syncBytes = { in: 0, out: 0 };
  #offeredKnown = 0;
  #stems = 0;

  /** Starts with nothing. */
  constructor(ports: ActivityPorts) {
    this.#ports = ports;
  }

  /** A peer said hello. */
  greeted({ session }: { readonly session: number }): void {
    this.#began.set(session, this.#ports.steady());
    trimOldest(this.#began, MAX_OPEN);
  }

  /** An exchange ended. */
  ended({ session, outbound, completed, known }: ExchangeSummary): void {
    this.#outcomes[outbound ? "outbound" : "inbound"][completed ? "completed" : "failed"]++;
    this.#offeredKnown += known;
    const began = this.#began.get(session);
    this.#began.delete(session);
    if (began !== undefined) this.#durations.add((this.#ports.steady() - began) / 1000);
  }

  /** A message came by a stem, became normal here and was stored. */
  endedStem(): void {
    this.#stems++;
  }

  /** A reconciliation ended. */
  reconciled(summary: SyncSummary): void {
    this.#syncBytes.in += summary.bytesIn;
    this.#syncBytes.out += summary.bytesOut;
    this.#coverage.reconciled(summary, this.#ports.now());
  }

  /** As `status` shows it. */
  view(): ActivityView {
    const { engine, now } = this.#ports;
    const { rss, heapUsed } = Deno.memoryUsage();
    const { inbound, outbound } = this.#outcomes;
    return {
      connections: engine.sizes.sessions,
      memory: { resident: rss, heap: heapUsed },
      offeredKnown: this.#offeredKnown,
      outcomes: { inbound: { ...inbound }, outbound: { ...outbound } },
      durations: this.#durations.view(),
      stems: this.#stems,
      syncBytes: { ...this.#syncBytes },
      budgets: engine.budgets,
      coverage: this.#coverage.view(now()),
    };
  }
}
