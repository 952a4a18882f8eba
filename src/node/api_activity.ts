/** What `status` and `metrics` show of a running node's work. Nothing in it names a peer, an identity or a message. */

/** How much of one budget is spent, over all prefixes that have one. */
export interface BudgetView {
  /** Prefixes that have nothing left of it now. */
  readonly spent: number;
  /** The smallest share that any prefix has left, 0 to 1; 1 when none spent anything. */
  readonly least: number;
}

/** What peers may still cost this node in this hour: docs/PROTOCOL.md section 6. */
export interface BudgetsView {
  /** Prefixes of peers that came to this node and whose spending is remembered. */
  readonly inbound: number;
  /** The same of peers that it dialled. */
  readonly dialled: number;
  /** Novel messages. */
  readonly messages: BudgetView;
  /** Addresses of other nodes. */
  readonly addresses: BudgetView;
  /** Statements. */
  readonly statements: BudgetView;
  /** Bytes of reconciliation. */
  readonly sync: BudgetView;
}

/**
 * What reconciliations that this node began have shown of how complete its store is. It knows only what
 * the peers that it asked have: what no peer of this node has, nobody can tell it to miss.
 */
export interface CoverageView {
  /** When the last one finished, seconds since 1970; null before the first. */
  readonly finished: number | null;
  /** When the last one finished that found nothing missing here; null before the first. */
  readonly complete: number | null;
  /** In the last hour: how many finished, how many of these found nothing missing, and what all of them brought. */
  readonly lastHour: {
    readonly finished: number;
    readonly complete: number;
    readonly received: number;
  };
}

/** A distribution: how many values were at most each bound, the last without a bound. */
export interface HistogramView {
  /** Upper bounds, rising. */
  readonly bounds: readonly number[];
  /** Values in each stretch, one more than bounds. */
  readonly counts: readonly number[];
  /** Sum of all values. */
  readonly sum: number;
}

/** A running node's work. Counters begin with the node. */
export interface ActivityView {
  /** Connections at this moment. */
  readonly connections: number;
  /** Bytes of memory: what the process has in the machine's, and what of it is the program's heap. */
  readonly memory: { readonly resident: number; readonly heap: number };
  /** Messages that this node offered in exchanges: how many the peers had already. */
  readonly offeredKnown: number;
  /** Exchanges by who began them and how they ended. */
  readonly outcomes: {
    readonly inbound: { readonly completed: number; readonly failed: number };
    readonly outbound: { readonly completed: number; readonly failed: number };
  };
  /** Seconds from the peer's hello to the end of an exchange. */
  readonly durations: HistogramView;
  /** Messages that came by stems and became normal here. */
  readonly stems: number;
  /** Bytes that reconciliations cost. */
  readonly syncBytes: { readonly in: number; readonly out: number };
  /** What peers may still cost. */
  readonly budgets: BudgetsView;
  /** How complete the store is, as far as it is known. */
  readonly coverage: CoverageView;
}
