/**
 * Figures that the real engine and the classic rules must reach, made by a simulation that shares no
 * code with this one (for Demers' rules also published), and how far from them is accepted. A figure
 * outside its band means that the rule is misread somewhere, not that the band is too narrow.
 */
import { DEFAULT_CONFIG, type GossipConfig, type Refinements } from "../src/gossip/mod.ts";
import {
  type DemersRule,
  type Figures,
  type GossipFigures,
  PLAIN_SCENARIO,
  type Scenario,
  simulateDemers,
  simulateGossip,
  type Simulation,
} from "../src/sim/mod.ts";

/** One figure and where it has to lie. */
export interface Band<F extends Figures> {
  /** Its name. */
  readonly figure: string;
  /** Picks it. */
  readonly of: (figures: F) => number | undefined;
  /** What the other simulation has. */
  readonly reference: number | string;
  /** The least and the most that is accepted. */
  readonly accept: readonly [number, number];
}

/** One simulation and its figures. */
export interface Trial {
  /** For the command line. */
  readonly name: string;
  /** Runs, or with a rate seconds in which messages are measured, that the bands are meant for. */
  readonly length: string;
  /** Makes the simulation; with `quick` a short one, of the same kind. */
  readonly simulate: (quick: boolean) => Simulation;
  /** Judges what came out. */
  readonly judge: (figures: Figures) => readonly Judgement[];
  /** Whether the short one is good for the tests. */
  readonly quick: boolean;
}

/** A figure as it came out. */
export interface Judgement {
  /** Its name. */
  readonly figure: string;
  /** What came out. */
  readonly measured: number | undefined;
  /** What the other simulation has. */
  readonly reference: number | string;
  /** The least and the most that is accepted. */
  readonly accept: readonly [number, number];
  /** Whether it lies within. */
  readonly ok: boolean;
}

function judge<F extends Figures>(bands: readonly Band<F>[], figures: F): readonly Judgement[] {
  return bands.map(({ figure, of, reference, accept }) => {
    const measured = of(figures);
    const ok = measured !== undefined && measured >= accept[0] && measured <= accept[1];
    return { figure, measured, reference, accept, ok };
  });
}

type Gossip = Band<GossipFigures>;

const residue = (reference: number | string, most: number, least = 0): Gossip => (
  { figure: "residue", of: (f) => f.residue, reference, accept: [least, most] }
);
const offers = (reference: number | string, least: number, most: number): Gossip => (
  { figure: "offers", of: (f) => f.offers, reference, accept: [least, most] }
);
const spread = (
  share: "t50" | "t90" | "t99",
  reference: number | string,
  ...accept: [number, number]
): Gossip => ({ figure: share, of: (f) => f.spread[share], reference, accept });
const latency = (
  share: "p50" | "p99" | "p999",
  reference: number | string,
  ...accept: [number, number]
): Gossip => ({ figure: `latency ${share}`, of: (f) => f.latency[share], reference, accept });
const delivered = (reference: number | string, ...accept: [number, number]): Gossip => (
  { figure: "delivered", of: (f) => f.delivered, reference, accept }
);

/** As nodes are. */
const WHOLE: Partial<Scenario> = { config: DEFAULT_CONFIG, sync: true };

function withOn(...on: readonly (keyof Refinements)[]): Pick<Scenario, "config"> {
  const has = (name: keyof Refinements): boolean => on.includes(name);
  const refinements = {
    limits: has("limits"),
    ride: has("ride"),
    hold: has("hold"),
    delivered: has("delivered"),
  };
  return { config: { ...DEFAULT_CONFIG, stem: false, refinements } };
}

function withoutQuiet(config: GossipConfig): GossipConfig {
  return { ...config, reconcile: { ...config.reconcile, quietMs: 0, quietJitterMs: 0 } };
}

function gossip(
  name: string,
  changes: Partial<Scenario>,
  { bands, quick }: { readonly bands: readonly Gossip[]; readonly quick?: Partial<Scenario> },
): Trial {
  const scenario = { ...PLAIN_SCENARIO, ...changes };
  return {
    name,
    length: scenario.rate === undefined
      ? `${scenario.runs} runs`
      : `${scenario.runs} x ${scenario.durationS} s`,
    simulate: (short) => simulateGossip(short ? { ...scenario, ...quick } : scenario),
    judge: (figures) => "offers" in figures ? judge(bands, figures as GossipFigures) : [],
    quick: quick !== undefined,
  };
}

function demers(
  [rule, counter]: readonly [DemersRule, number],
  { residue, traffic, within }: {
    readonly residue: number;
    readonly traffic: number;
    readonly within: readonly [number, number];
  },
): Trial {
  const bands: Band<Figures>[] = [
    {
      figure: "residue",
      of: (f) => f.residue,
      reference: residue,
      accept: around(residue, within),
    },
    {
      figure: "traffic",
      of: (f) => f.traffic,
      reference: traffic,
      accept: around(traffic, [0.97, 1.03]),
    },
  ];
  return {
    name: `${rule}-${counter}`,
    length: "300 runs",
    simulate: () => simulateDemers({ rule, nodes: 1_000, counter, runs: 300, seed: 1 }),
    judge: (figures) => judge(bands, figures),
    quick: true,
  };
}

function around(reference: number, [least, most]: readonly [number, number]): [number, number] {
  return [Number((reference * least).toPrecision(4)), Number((reference * most).toPrecision(4))];
}

/** Many networks rather than long runs: whom an author's messages go to first stays for ten minutes. */
function spies(share: number, { stem = true, reference, accept }: {
  readonly stem?: boolean;
  readonly reference: number | string;
  readonly accept: readonly [number, number];
}): Trial {
  const scenario = {
    ...WHOLE,
    config: { ...DEFAULT_CONFIG, stem },
    nodes: 400,
    spies: share,
    rate: 3,
    runs: 4,
    durationS: 150,
    followS: 60,
  };
  const of = (f: GossipFigures): number | undefined => f.firstSpy?.precision;
  const name = `spies-${Math.round(100 * share)}${stem ? "" : "-plain"}`;
  return gossip(name, scenario, { bands: [{ figure: "first spy", of, reference, accept }] });
}

const STEADY: Partial<Scenario> = { nodes: 500, runs: 1, rate: 1, durationS: 300 };
const QUICK_STEADY: Partial<Scenario> = { nodes: 300, durationS: 100, followS: 60 };

/** Every row of the reference. */
export const TRIALS: readonly Trial[] = [
  gossip("plain", withOn(), {
    bands: [
      residue(0.0001, 0.0004),
      offers(4.55, 4.45, 4.65),
      spread("t50", 13.8, 12.8, 14.8),
      spread("t90", 29.1, 28, 30.5),
      spread("t99", 44.2, 42, 46.5),
    ],
    quick: { runs: 6 },
  }),
  gossip("plain-10000", { ...withOn(), nodes: 10_000, runs: 20 }, {
    bands: [
      spread("t50", 18, 16.8, 19),
      spread("t99", 48.5, 46, 51),
      offers(4.56, 4.45, 4.65),
    ],
  }),
  gossip("plain-f3", { config: { ...withOn().config, fullFreshness: 3 } }, {
    bands: [residue(0.018, 0.021, 0.015), offers(2.88, 2.8, 2.96)],
  }),
  gossip("delivered", withOn("delivered"), {
    bands: [
      residue(0.0003, 0.001),
      offers(4.6, 4.53, 4.63),
      spread("t50", 2.85, 2.6, 3.3),
      spread("t90", 11.6, 10.4, 13.4),
      spread("t99", 27.1, 25, 30),
    ],
    quick: { runs: 4, seed: 3 },
  }),
  gossip("limits-ride-hold", withOn("limits", "ride", "hold"), {
    bands: [
      residue(3e-6, 6e-5),
      offers(5.43, 5.4, 5.47),
      spread("t50", 22.9, 20, 26),
      spread("t90", 38.2, 34, 42),
      spread("t99", 52.6, 48, 57),
    ],
  }),
  gossip("delivered-30", { ...withOn("delivered"), nodes: 30, runs: 1_000 }, {
    bands: [
      { figure: "toAll p50", of: (f) => f.toAll.p50, reference: 20.1, accept: [18.8, 21.6] },
      { figure: "toAll p95", of: (f) => f.toAll.p95, reference: 39.7, accept: [33, 51] },
    ],
    quick: { runs: 200 },
  }),
  gossip("steady-plain", { ...STEADY, ...withOn() }, {
    bands: [
      delivered(0.996, 0.993, 0.998),
      latency("p50", 3.5, 3, 4),
      latency("p99", 13.4, 11, 16),
    ],
    quick: QUICK_STEADY,
  }),
  gossip("steady-delivered", { ...STEADY, ...withOn("delivered") }, {
    bands: [
      delivered(0.995, 0.992, 0.997),
      latency("p50", 1.96, 1.7, 2.1),
      latency("p99", 6.4, 5, 8),
    ],
  }),
  gossip("steady-limits-ride-hold", { ...STEADY, ...withOn("limits", "ride", "hold") }, {
    bands: [
      delivered(0.9989, 0.998, 1),
      latency("p50", 5.4, 4.5, 6.3),
      latency("p99", 17.7, 12, 23.5),
    ],
  }),
  gossip("busy-plain", { ...STEADY, ...withOn(), rate: 20, durationS: 60, followS: 300 }, {
    bands: [
      delivered(0.9998, 0.999, 1),
      latency("p50", 1.53, 0.9, 1.7),
      latency("p99", 2.18, 0, 3),
    ],
  }),
  gossip("nat", { ...STEADY, ...WHOLE, config: withoutQuiet(DEFAULT_CONFIG), nat: 0.2 }, {
    bands: [residue(0, 0), latency("p999", "104 to 110", 0, 138)],
  }),
  // What is stored takes part in reconciliation after 2 to 4 minutes only, which the reference lacks.
  gossip("nat-quiet", { ...STEADY, ...WHOLE, nat: 0.2 }, {
    bands: [residue("none", 0), latency("p999", "none", 0, 138 + 240)],
  }),
  gossip("churn", { ...STEADY, ...WHOLE, offline: 0.3, rate: 0.1, durationS: 3_600 }, {
    bands: [
      residue(0, 0),
      { figure: "returning p50", of: (f) => f.returning?.p50, reference: 0.3, accept: [0, 2] },
    ],
  }),
  spies(0.05, { reference: "none", accept: [0, 0.08] }),
  spies(0.1, { reference: 0.104, accept: [0, 0.13] }),
  spies(0.2, { reference: 0.202, accept: [0, 0.23] }),
  spies(0.3, { reference: 0.298, accept: [0, 0.33] }),
  // What the stem is for: without it, and with own messages that wait for an exchange to ride on.
  spies(0.1, { stem: false, reference: "none", accept: [0.2, 1] }),
  gossip("all", { ...withOn("limits", "ride", "hold", "delivered") }, {
    bands: [residue("none", 0.001), offers("none", 0, 5.73)],
  }),
  gossip("steady-all", { ...STEADY, ...withOn("limits", "ride", "hold", "delivered") }, {
    bands: [delivered("none", 0.992, 1)],
  }),
  demers(["demers-push", 1], { residue: 0.174, traffic: 1.745, within: [0.9, 1.1] }),
  demers(["demers-push", 2], { residue: 0.037, traffic: 3.3, within: [0.9, 1.1] }),
  demers(["demers-push", 3], { residue: 0.0107, traffic: 4.53, within: [0.9, 1.1] }),
  demers(["demers-push", 4], { residue: 0.0035, traffic: 5.64, within: [0.75, 1.25] }),
  demers(["demers-push", 5], { residue: 0.0012, traffic: 6.68, within: [0.75, 1.25] }),
  demers(["demers-pull", 1], { residue: 0.0316, traffic: 2.7, within: [0.9, 1.1] }),
  demers(["demers-pull", 2], { residue: 5.7e-4, traffic: 4.49, within: [0.7, 1.3] }),
  demers(["demers-pull", 3], { residue: 3.8e-6, traffic: 6.09, within: [0.1, 10] }),
];
