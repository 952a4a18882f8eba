/**
 * Every constant of the engine with its unit and where it comes from. "Section 6" is that of
 * docs/PROTOCOL.md; "simulated" means chosen by the simulation whose figures stand there;
 * "a guess" means that any value near it would do.
 */
import { EXCHANGE_BODY_BYTES, OFFER_IDS } from "../wire/limits.ts";
import type { LinkClass } from "./budgets.ts";
import { RECONCILE_CONFIG, type ReconcileConfig } from "./reconcile_config.ts";
import type { BucketRule } from "./token_bucket.ts";

/** Additions to the plain rule of the seed, one by one, so that their effect can be measured. */
export interface Refinements {
  /** A message loses freshness once per prefix, and by inbound exchanges only down to 2. */
  readonly limits: boolean;
  /** The owner's message waits for the next exchange; off, it starts one at once (`--eager`). */
  readonly ride: boolean;
  /** A message that was asked for elsewhere is waited for. */
  readonly hold: boolean;
  /** Whoever delivered something novel goes on at once too, not only who learned something. */
  readonly delivered: boolean;
}

/** What a prefix may cost us in an hour; peers that were dialled have the same once more. */
export interface BudgetRules {
  /** Novel messages, stems included: 20 a second on average, section 6; the burst is a guess. */
  readonly messageBudget: BucketRule;
  /** Novel candidates: section 6. */
  readonly addressBudget: BucketRule;
  /** Novel statements, each costing one or two signature checks: one a message on average, a guess. */
  readonly statementBudget: BucketRule;
  /** Bytes of reconciliation: section 6. All of an hour at once, for that is how catching up comes. */
  readonly syncBudget: Readonly<Record<LinkClass, BucketRule>>;
}

/** What the engine can be told to do differently; the simulator does, nodes only by `--eager`. */
export interface GossipConfig {
  /** F, the freshest: section 6, simulated. */
  readonly fullFreshness: number;
  /** A fact at freshness f is drawn with weight this^f: section 6, simulated. */
  readonly weightBase: number;
  /** K, ids offered by each side: section 6, simulated. */
  readonly offerIds: number;
  /** Bytes of messages each way in an exchange: section 6. */
  readonly bodyBytes: number;
  /** Time after storing at which a message is at freshness 0 whatever happened, ms: section 6. */
  readonly freshForMs: number;
  /** Messages above freshness 0; beyond it the oldest goes to 0. An hour at 36 a second: a guess. */
  readonly maxFresh: number;
  /** Prefixes remembered per message to have known it; beyond it the oldest is forgotten: a guess. */
  readonly maxPlaces: number;

  /** How long an id that was asked for elsewhere is in flight, ms: section 6. */
  readonly holdMs: number;
  /** How often an id is said to be in flight, in all: section 6. */
  readonly maxHolds: number;
  /** Ids whose asking is remembered; beyond it the prefix with most of them gives way: a guess. */
  readonly maxHeldIds: number;

  /** Time from one periodic exchange to the next, ms, and what a uniform draw adds: seed, "Gossip Triggers". */
  readonly periodMs: number;
  /** See `periodMs`. */
  readonly jitterMs: number;
  /** Outbound exchanges at a time, of those dialled less than `slowAfterMs` ago: section 6, simulated. */
  readonly maxOutbound: number;
  /** Of them with candidates: a guess. */
  readonly maxCandidateDials: number;
  /** Time after which an exchange leaves its slot to another, ms: that of one frame on a bad line. */
  readonly slowAfterMs: number;
  /** Outbound connections in all: as many as 60 s of peers that stall may hold at one start in 2 s. */
  readonly maxOutboundInAll: number;
  /** Outbound exchanges started in any second: section 6, simulated. */
  readonly startsPerSecond: number;
  /** Other peers tried in place of one that couldn't be reached: section 6, simulated. */
  readonly retries: number;

  /** Handshake and hello, ms: section 6. */
  readonly helloDeadlineMs: number;
  /** Any later frame that is due, ms: section 6. */
  readonly frameDeadlineMs: number;
  /** The whole exchange from connecting to the last result, ms: section 6. */
  readonly exchangeDeadlineMs: number;

  /** Inbound connections open at a time: section 6. */
  readonly maxInbound: number;
  /** Of them from one prefix: section 6. */
  readonly maxInboundPerPrefix: number;
  /** Of them from one group: section 6. */
  readonly maxInboundPerGroup: number;
  /** New inbound connections a second from one prefix, also the most in one burst: section 6. */
  readonly inboundPerSecond: number;
  /** Prefixes whose connections, and whose spending, are counted; beyond it the longest unseen is forgotten: a guess. */
  readonly maxBuckets: number;

  /** What a link may cost us in an hour: section 6. */
  readonly budgets: BudgetRules;

  /** Known nodes: section 6. */
  readonly maxKnown: number;
  /** Candidates: section 6. */
  readonly maxCandidates: number;
  /** Known nodes, and candidates, of one group: section 6. */
  readonly maxPerGroup: number;
  /** Nodes below which candidates are looked at in a hurry: section 6. */
  readonly fewKnown: number;
  /** Time between candidates dialled, ms: section 6. */
  readonly candidatePeriodMs: number;
  /** The same in a hurry, ms: a guess. */
  readonly hurryPeriodMs: number;
  /** Failures after which a candidate is given up: section 6. */
  readonly candidateFailures: number;
  /** For how long peers can't name a candidate anew that was given up, ms: a guess. */
  readonly givenUpMs: number;
  /** First pause of a candidate that failed, ms; each further failure multiplies it by 4: a guess. */
  readonly backoffMs: number;
  /** Longest pause of a candidate, ms: a guess. */
  readonly maxBackoffMs: number;
  /** Nodes last completed with that are never given up: section 6. */
  readonly keptKnown: number;
  /** With nothing completed for so long, failures to reach others say nothing of them, ms: section 6. */
  readonly offlineAfterMs: number;

  /** Whether messages have a stem; off only to measure what it costs. */
  readonly stem: boolean;
  /** Time for which stem peers and who is mapped to which stay, ms: section 6 and Dandelion++. */
  readonly stemEpochMs: number;
  /** Stem peers in an epoch, and how many a message is tried with: section 6 and Dandelion++. */
  readonly stemPeers: number;
  /** Probability with which somebody else's stem message goes on: section 6, Dandelion++. */
  readonly stemProbability: number;
  /** Shortest time for which a message is held before it becomes normal by itself, ms: section 6. */
  readonly stemEmbargoMs: number;
  /** Mean of the exponential time on top of it, ms: section 6. */
  readonly stemEmbargoMeanMs: number;
  /** First mean time for which a message is held again that the store had no room for, ms; it doubles. A guess. */
  readonly stemRetryMs: number;
  /** Times that it is held again: for five minutes in all. A guess. */
  readonly stemRetries: number;
  /** Messages held on their stems: section 6. */
  readonly maxStems: number;
  /** Bytes of them: section 6. */
  readonly maxStemBytes: number;
  /** What this node allows itself and others when it reconciles: section 8. */
  readonly reconcile: ReconcileConfig;

  /** Which additions to the plain rule are on: section 6, all of them. */
  readonly refinements: Refinements;
}

/** 1 MiB in bytes. */
const MIB = 1_048_576;

function hourOf(perHour: number): BucketRule {
  return { burst: perHour, perHour };
}

/** The values of section 6. */
export const DEFAULT_CONFIG: GossipConfig = {
  fullFreshness: 6,
  weightBase: 16,
  offerIds: OFFER_IDS,
  bodyBytes: EXCHANGE_BODY_BYTES,
  freshForMs: 3_600_000,
  maxFresh: 131_072,
  maxPlaces: 64,
  holdMs: 3_000,
  maxHolds: 2,
  maxHeldIds: 8_192,
  periodMs: 15_000,
  jitterMs: 15_000,
  maxOutbound: 4,
  maxCandidateDials: 2,
  slowAfterMs: 5_000,
  maxOutboundInAll: 32,
  startsPerSecond: 4,
  retries: 3,
  helloDeadlineMs: 5_000,
  frameDeadlineMs: 10_000,
  exchangeDeadlineMs: 60_000,
  maxInbound: 64,
  maxInboundPerPrefix: 4,
  maxInboundPerGroup: 8,
  inboundPerSecond: 4,
  maxBuckets: 4_096,
  budgets: {
    messageBudget: { burst: 1_200, perHour: 72_000 },
    addressBudget: hourOf(16),
    statementBudget: { burst: 1_200, perHour: 72_000 },
    syncBudget: {
      inbound: hourOf(64 * MIB),
      dialled: hourOf(256 * MIB),
      "dialled-private": hourOf(1_024 * MIB),
    },
  },
  maxKnown: 1_024,
  maxCandidates: 1_024,
  maxPerGroup: 8,
  fewKnown: 4,
  candidatePeriodMs: 30_000,
  hurryPeriodMs: 1_000,
  candidateFailures: 4,
  givenUpMs: 3_600_000,
  backoffMs: 15_000,
  maxBackoffMs: 300_000,
  keptKnown: 64,
  offlineAfterMs: 120_000,
  stem: true,
  stemEpochMs: 600_000,
  stemPeers: 2,
  stemProbability: 0.9,
  stemEmbargoMs: 15_000,
  stemEmbargoMeanMs: 15_000,
  stemRetryMs: 5_000,
  stemRetries: 6,
  maxStems: 1_024,
  maxStemBytes: 8_388_608,
  reconcile: RECONCILE_CONFIG,
  refinements: { limits: true, ride: true, hold: true, delivered: true },
};
