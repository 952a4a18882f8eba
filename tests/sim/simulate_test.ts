/** Scenarios: what each of them does to a network, and that it is counted. */
import assert from "node:assert/strict";
import { DEFAULT_CONFIG } from "../../src/gossip/mod.ts";
import {
  type GossipFigures,
  type Outcome,
  PLAIN_SCENARIO,
  type Scenario,
  simulateGossip,
} from "../../src/sim/mod.ts";

/** Small and short. */
const BASE: Scenario = {
  ...PLAIN_SCENARIO,
  nodes: 100,
  runs: 1,
  seed: 5,
  warmUpS: 60,
  durationS: 60,
  followS: 300,
};

function simulate(changes: Partial<Scenario>): Outcome<GossipFigures> {
  const simulation = simulateGossip({ ...BASE, ...changes });
  let step = simulation.next();
  while (!step.done) step = simulation.next();
  assert.ok(step.value);
  return step.value;
}

Deno.test("one message, nothing in its way: everybody has it, and each arrival is counted", () => {
  const { figures, arrivals, possible } = simulate({ runs: 3 });
  assert.equal(figures.messages, 3);
  assert.equal(figures.residue, 0);
  assert.equal(figures.delivered, 1);
  assert.equal(figures.toAll.share, 1);
  assert.equal(arrivals.size, 3 * 99);
  assert.equal(possible, 3 * 99);
  assert.ok(figures.traffic >= 0.99 && figures.traffic < 1.1, `${figures.traffic}`);
  assert.ok(figures.offers > 3 && figures.offers < 8, `${figures.offers}`);
});

Deno.test("same seed, same figures; another seed, others", () => {
  const [a, b, c] = [simulate({}), simulate({}), simulate({ seed: 6 })];
  assert.deepEqual(a.figures, b.figures);
  assert.notDeepEqual(a.figures, c.figures);
});

Deno.test("slow links delay everything by what they take", () => {
  // Two and a half round trips from connecting to the message.
  assert.ok(simulate({ delayMs: 400 }).arrivals.sorted()[0]! >= 2);
  assert.ok(simulate({ delayMs: 1 }).arrivals.sorted()[0]! >= 0.005);
  const even = simulate({ seed: 1 }).figures.latency.p50;
  const spread = simulate({ seed: 1, delaySpread: 1 }).figures.latency.p50;
  assert.notEqual(even, spread);
});

Deno.test("lost packets cost time, and hardly anybody the message", () => {
  const load = { nodes: 50, rate: 1, followS: 90 };
  const { figures } = simulate({ ...load, loss: 0.3 });
  assert.ok(figures.residue < 0.03, `${figures.residue}`);
  assert.ok(figures.tAverage! > 1.1 * simulate(load).figures.tAverage!);
});

Deno.test("a split keeps a message in its half for as long as it lasts", () => {
  const { arrivals, figures } = simulate({ partition: [0, 60], runs: 2 });
  const late = [...arrivals.sorted()].filter((time) => time > 60).length;
  // Forty-nine of the other half, a run.
  assert.ok(late >= 2 * 49, `${late} after the split`);
  assert.ok(figures.residue < 0.05, `${figures.residue}`);
  const never = simulate({ partition: [0, 600] }).figures.residue;
  assert.ok(never >= 0.5 && never < 0.53, `${never}`);
});

Deno.test("nodes that know eight others find the rest", () => {
  const { figures } = simulate({ view: 8, runs: 2 });
  assert.ok(figures.residue < 0.02, `${figures.residue}`);
});

Deno.test("nodes behind NAT are dialled by nobody, and miss nothing once they reconcile", () => {
  const scenario = { nodes: 50, nat: 0.3, rate: 1, durationS: 30 };
  const without = simulate({ ...scenario, followS: 60 }).figures;
  assert.ok(without.messages > 10);
  assert.ok(without.delivered > 0.6 && without.delivered < 0.99, `${without.delivered}`);
  assert.equal(simulate({ ...scenario, sync: true, followS: 400 }).figures.residue, 0);
});

Deno.test("nodes that come and go: what they missed is told apart from what they were there for", () => {
  const { figures } = simulate({ offline: 0.3, sessionS: 120, rate: 0.5, followS: 120 });
  assert.ok(figures.returning?.p50 !== undefined);
  assert.ok(figures.delivered > 0.9, `${figures.delivered}`);
});

Deno.test("once all were on for ten minutes nothing is missing", () => {
  const churn = { offline: 0.3, sessionS: 300, rate: 0.05, durationS: 600, followS: 60 };
  const { figures } = simulate({ nodes: 30, ...churn, sync: true });
  assert.ok(figures.messages > 10);
  assert.equal(figures.residue, 0);
});

Deno.test("hostile nodes: those that send nothing don't stop a message", () => {
  const { figures } = simulate({ hostile: 0.2, hostility: "silent", runs: 3 });
  assert.ok(figures.residue < 0.02, `${figures.residue}`);
});

Deno.test("hostile nodes: the limits hold against those that claim to know everything", () => {
  const residue = (limits: boolean): number => {
    const refinements = { ...DEFAULT_CONFIG.refinements, limits };
    const config = { ...BASE.config, refinements };
    const scenario = { hostile: 0.2, hostility: "known", runs: 4, followS: 90, config } as const;
    return simulate({ nodes: 60, ...scenario }).figures.residue;
  };
  const [on, off] = [residue(true), residue(false)];
  assert.ok(on < 0.05 && off > 3 * on, `${on} with limits, ${off} without`);
});

Deno.test("hostile nodes: whom liars name is dialled no more than a trickle", () => {
  const { figures } = simulate({
    nodes: 40,
    hostile: 0.2,
    hostility: "addresses",
    view: 8,
    rate: 0.1,
    followS: 900,
  });
  // One candidate is dialled in 30 s: more than 120 an hour can't be.
  assert.ok(figures.victimDials! > 0 && figures.victimDials! < 120, `${figures.victimDials}`);
});

Deno.test("spies name the author of a plain message more often than of one with a stem", () => {
  const precision = (stem: boolean): number => {
    const config = { ...DEFAULT_CONFIG, stem };
    const scenario = { nodes: 60, spies: 0.1, rate: 2, durationS: 60, followS: 45, config };
    return simulate(scenario).figures.firstSpy!.precision;
  };
  const [plain, stem] = [precision(false), precision(true)];
  assert.ok(plain > 0.2, `${plain} without a stem`);
  assert.ok(stem < plain - 0.08, `${stem} with a stem, ${plain} without`);
});

Deno.test("told to stop, it gives the runs that are finished, or nothing", () => {
  const simulation = simulateGossip({ ...BASE, runs: 5 });
  let step = simulation.next();
  while (!step.done && step.value.runs < 2) step = simulation.next();
  step = simulation.next("stop");
  assert.ok(step.done);
  assert.equal(step.value?.runs, 2);

  const early = simulateGossip(BASE);
  early.next();
  assert.equal(early.next("stop").value, undefined);
});
