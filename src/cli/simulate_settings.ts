/** What `simulate`'s options say, settled: which of the rules is to be run, and how. */
import { DEFAULT_CONFIG, type Refinements } from "../gossip/mod.ts";
import { UserError } from "../node/user_error.ts";
import type { DemersOptions, DemersRule, Hostility, Scenario } from "../sim/mod.ts";

/** The options as commander leaves them. */
export interface SimulateFlags {
  /** `--nodes`. */
  readonly nodes: number;
  /** `--rule`. */
  readonly rule: string;
  /** `--runs`. */
  readonly runs: number;
  /** `--seed`. */
  readonly seed: number;
  /** `--counter`. */
  readonly counter?: number;
  /** `--rate`. */
  readonly rate?: number;
  /** `--duration`. */
  readonly duration?: number;
  /** `--follow`. */
  readonly follow?: number;
  /** `--warm-up`. */
  readonly warmUp?: number;
  /** `--refinements`. */
  readonly refinements?: Refinements;
  /** `--freshness`. */
  readonly freshness?: number;
  /** `--no-stem`. */
  readonly stem: boolean;
  /** `--no-sync`. */
  readonly sync: boolean;
  /** `--delay`. */
  readonly delay?: number;
  /** `--delay-spread`. */
  readonly delaySpread?: number;
  /** `--loss`. */
  readonly loss?: number;
  /** `--nat`. */
  readonly nat?: number;
  /** `--offline`. */
  readonly offline?: number;
  /** `--session`. */
  readonly session?: number;
  /** `--partition`. */
  readonly partition?: readonly [number, number];
  /** `--view`. */
  readonly view?: number;
  /** `--hostile`. */
  readonly hostile?: number;
  /** `--hostile-kind`. */
  readonly hostileKind?: string;
  /** `--spies`. */
  readonly spies?: number;
  /** `--polls`. */
  readonly polls?: number;
  /** `--svg`. */
  readonly svg?: string;
}

/** What is to be run. */
export type Settings =
  | { readonly rule: DemersRule; readonly options: DemersOptions }
  | { readonly rule: "gossamer"; readonly scenario: Scenario };

/** Arrivals that are kept in memory, at most: 160 MB. */
const MAX_ARRIVALS = 20_000_000;

/** Options that say nothing to Demers' rules, which know only cycles. */
const GOSSAMER_ONLY: readonly (keyof SimulateFlags)[] = [
  "rate",
  "duration",
  "follow",
  "warmUp",
  "refinements",
  "freshness",
  "delay",
  "delaySpread",
  "loss",
  "nat",
  "offline",
  "session",
  "partition",
  "view",
  "hostile",
  "hostileKind",
  "spies",
  "polls",
];

/** Settles the options. Throws a `UserError` of code `usage` when they don't go together. */
export function settle(flags: SimulateFlags): Settings {
  const { rule, nodes, runs, seed } = flags;
  const messages = flags.rate === undefined ? 1 : flags.rate * (flags.duration ?? DURATION_S);
  if (nodes * runs * messages > MAX_ARRIVALS) {
    throw new UserError(
      "usage",
      "That is more than can be kept in memory: lower --nodes, --runs, --rate or --duration.",
    );
  }
  if (rule === "gossamer") return { rule, scenario: scenario(flags) };
  if (rule !== "demers-push" && rule !== "demers-pull") throw new RangeError(`No rule: ${rule}`);
  const name = !flags.stem
    ? "noStem"
    : !flags.sync
    ? "noSync"
    : GOSSAMER_ONLY.find((name) => flags[name] !== undefined);
  if (name !== undefined) {
    const option = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new UserError("usage", `--${option} goes with --rule gossamer only.`);
  }
  return { rule, options: { rule, nodes, runs, seed, counter: flags.counter ?? 1 } };
}

const DURATION_S = 120;

function scenario(flags: SimulateFlags): Scenario {
  const { nodes, runs, seed, rate, stem, sync, partition } = flags;
  if (flags.counter !== undefined) {
    throw new UserError("usage", "--counter goes with --rule demers-push and demers-pull only.");
  }
  if (flags.duration !== undefined && rate === undefined) {
    throw new UserError("usage", "--duration goes with --rate: without it a run has one message.");
  }
  const { hostile = 0, spies = 0, nat = 0, offline = 0 } = flags;
  if (Math.round(nodes * (1 - hostile - spies - nat)) < 2) {
    throw new UserError("usage", "Of --hostile, --spies and --nat fewer than two nodes are left.");
  }
  const hostility = hostilityOf(flags);
  return {
    nodes,
    runs,
    seed,
    config: {
      ...DEFAULT_CONFIG,
      stem,
      fullFreshness: flags.freshness ?? DEFAULT_CONFIG.fullFreshness,
      refinements: flags.refinements ?? DEFAULT_CONFIG.refinements,
    },
    sync,
    rate,
    warmUpS: flags.warmUp ?? 90,
    durationS: flags.duration ?? DURATION_S,
    followS: flags.follow ?? 600,
    delayMs: flags.delay ?? 50,
    delaySpread: flags.delaySpread ?? 0,
    loss: flags.loss ?? 0,
    nat,
    offline,
    sessionS: flags.session ?? 3_600,
    partition,
    view: flags.view ?? (hostile > 0 && hostility === "addresses" ? LIARS_VIEW : undefined),
    hostile,
    hostility,
    spies,
    polls: flags.polls ?? 4,
  };
}

/** Lies about addresses need nodes that listen to what they are told: a real address book. */
const LIARS_VIEW = 8;

function hostilityOf({ hostile, hostileKind }: SimulateFlags): Hostility {
  if (hostileKind !== undefined && hostile === undefined) {
    throw new UserError("usage", "--hostile-kind goes with --hostile.");
  }
  switch (hostileKind) {
    case "known":
    case "addresses":
      return hostileKind;
    default:
      return "silent";
  }
}
