/**
 * Rumour mongering with feedback and counters, as Demers et al. describe it ("Epidemic Algorithms for
 * Replicated Database Maintenance", 1987, section 1.4): what this network's own rule is measured
 * against. Time goes in cycles in which every node acts at once.
 *
 * Two details stand between the paper's lines, and its figures come out with these readings: a
 * useful contact sets a node's counter back to 0, and whether a node knew the rumour is judged by the
 * state at the cycle's start.
 */
import { type Rng, seededRng } from "../gossip/mod.ts";
import { type Figures, type Outcome, percentiles, type Simulation } from "./report.ts";
import { Samples } from "./samples.ts";

/** How the rumour travels: to a node drawn at random, or from it. */
export type DemersRule = "demers-push" | "demers-pull";

/** What to simulate. */
export interface DemersOptions {
  /** Push or pull. */
  readonly rule: DemersRule;
  /** How many nodes, at least 2. */
  readonly nodes: number;
  /** Useless contacts in a row after which a node loses interest, at least 1. */
  readonly counter: number;
  /** How many rumours, each alone in the network. */
  readonly runs: number;
  /** Same seed, same figures. */
  readonly seed: number;
}

/** One rumour's way. */
interface Course {
  /** The cycle in which each node first heard it, or -1. */
  readonly heardAt: Int32Array;
  /** Useless contacts in a row of each node. */
  readonly useless: Int32Array;
  /** Who has it and still talks of it. */
  active: number[];
  /** How often it was sent. */
  sent: number;
  cycle: number;
}

/** Runs the rule; yields after each run. */
export function* simulateDemers(options: DemersOptions): Simulation {
  const { nodes, runs, seed } = options;
  const totals = { residue: 0, sent: 0, last: 0, runs: 0 };
  const arrivals = new Samples();
  for (let run = 0; run < runs; run++) {
    const course = spread(options, seededRng(seed + run));
    totals.runs++;
    totals.sent += course.sent / nodes;
    let last = 0;
    for (const cycle of course.heardAt) {
      if (cycle < 0) totals.residue += 1 / nodes;
      // The origin has known it all along.
      if (cycle > 0) arrivals.add(cycle);
      last = Math.max(last, cycle);
    }
    totals.last += last;
    const told = yield { runs: totals.runs, time: course.cycle };
    if (told === "stop") break;
  }
  return outcome({ ...totals, nodes, arrivals });
}

function spread(options: DemersOptions, rng: Rng): Course {
  const { nodes, rule } = options;
  const course: Course = {
    heardAt: new Int32Array(nodes).fill(-1),
    useless: new Int32Array(nodes),
    active: [0],
    sent: 0,
    cycle: 0,
  };
  course.heardAt[0] = 0;
  while (course.active.length > 0) {
    course.cycle++;
    if (rule === "demers-push") push(course, options, rng);
    else pull(course, options, rng);
  }
  return course;
}

/** Everybody active sends to somebody. */
function push(course: Course, { nodes, counter }: DemersOptions, rng: Rng): void {
  const { heardAt, useless, cycle } = course;
  const next: number[] = [];
  for (const node of course.active) {
    const target = otherThan(node, { nodes, rng });
    course.sent++;
    if (heardAt[target] === -1) {
      heardAt[target] = cycle;
      next.push(target);
    }
    // Also when somebody else was first within this cycle.
    if (heardAt[target] === cycle) useless[node] = 0;
    else useless[node]!++;
    if (useless[node]! < counter) next.push(node);
  }
  course.active = next;
}

/** Everybody asks somebody; of the answers of one node in a cycle a single useful one is enough. */
function pull(course: Course, { nodes, counter }: DemersOptions, rng: Rng): void {
  const { heardAt, useless, cycle } = course;
  const active = new Set(course.active);
  const asked = new Map<number, boolean>();
  const next: number[] = [];
  for (let node = 0; node < nodes; node++) {
    const source = otherThan(node, { nodes, rng });
    if (!active.has(source)) continue;
    course.sent++;
    const novel = heardAt[node] === -1;
    asked.set(source, novel || asked.get(source) === true);
    if (!novel) continue;
    heardAt[node] = cycle;
    next.push(node);
  }
  for (const source of course.active) {
    const useful = asked.get(source);
    if (useful === true) useless[source] = 0;
    else if (useful === false) useless[source]!++;
    if (useless[source]! < counter) next.push(source);
  }
  course.active = next;
}

function otherThan(node: number, { nodes, rng }: { nodes: number; rng: Rng }): number {
  return (node + 1 + rng.below(nodes - 1)) % nodes;
}

function outcome({ runs, residue, sent, last, nodes, arrivals }: {
  readonly runs: number;
  readonly residue: number;
  readonly sent: number;
  readonly last: number;
  readonly nodes: number;
  readonly arrivals: Samples;
}): Outcome<Figures> {
  const figures = {
    residue: residue / runs,
    traffic: sent / runs,
    tAverage: arrivals.mean,
    tLast: last / runs,
    latency: percentiles(arrivals),
  };
  return { runs, figures, arrivals, possible: runs * (nodes - 1) };
}
