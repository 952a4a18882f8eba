/** Constants of reconciliation (docs/PROTOCOL.md section 8). "A guess": any value near it would do. */

/** What a node allows itself and others when it reconciles. */
export interface ReconcileConfig {
  /** Periodic exchanges from one that asks for a reconciliation to the next: section 8, simulated. */
  readonly every: number;
  /** Reconciliations that this node begins in any minute: section 8. */
  readonly perMinute: number;
  /** Reconciliations in a row that ended early and brought nothing, after which the next waits: a guess. */
  readonly maxFruitless: number;
  /** Time of one reconciliation, ms: section 8. */
  readonly deadlineMs: number;
  /** Time before that at which the initiator asks for nothing more, ms: a guess. */
  readonly windUpMs: number;
  /** Reconciliations served at a time; more are answered by `bye`: a guess. */
  readonly maxServed: number;
  /** Sync frames taken in one: a million ids are 600 frames; more is a peer that makes ids up. */
  readonly maxRounds: number;
  /** Ids that wait to be fetched, and ids that wait to be offered, beyond which more are left: a guess. */
  readonly maxWaiting: number;
  /** Below so many ids waiting to be fetched the initiator goes on finding differences: a guess. */
  readonly fewWaiting: number;
  /** Messages fetched and not yet checked: less than a payer may have waiting for the store. */
  readonly maxChecking: number;
  /** The same in bytes: a guess. */
  readonly maxCheckingBytes: number;
  /** Messages on their way from the disk to the session at a time: a guess. */
  readonly maxSending: number;
  /** Messages fetched that turned out to be no longer held, after which the peer isn't believed: a guess. */
  readonly maxMissing: number;
  /** How many more for each novel one that came, as from a peer that dropped much: a guess. */
  readonly missingPerReceived: number;
  /** However many came, no more than this: a guess. */
  readonly maxMissingInAll: number;
  /** What was stored less than this ago is left out, ms, and what a draw for each epoch adds: section 8. */
  readonly quietMs: number;
  /** See `quietMs`. */
  readonly quietJitterMs: number;
  /** Time for which one draw holds, ms: section 8. */
  readonly quietEpochMs: number;
}

/** The values of section 8. */
export const RECONCILE_CONFIG: ReconcileConfig = {
  every: 4,
  perMinute: 4,
  maxFruitless: 3,
  deadlineMs: 120_000,
  windUpMs: 10_000,
  maxServed: 8,
  maxRounds: 2_048,
  maxWaiting: 16_384,
  fewWaiting: 1_024,
  maxChecking: 448,
  maxCheckingBytes: 4_194_304,
  maxSending: 64,
  maxMissing: 1_024,
  missingPerReceived: 16,
  maxMissingInAll: 65_536,
  quietMs: 120_000,
  quietJitterMs: 120_000,
  quietEpochMs: 600_000,
};
