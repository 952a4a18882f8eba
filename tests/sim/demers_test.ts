/**
 * The classic rules against their published figures (Demers et al. 1987, tables 1 and 3) and against
 * those of a simulation that shares no code with this one; n = 1,000, 300 runs.
 */
import assert from "node:assert/strict";
import { type DemersOptions, type Outcome, simulateDemers } from "../../src/sim/mod.ts";

function finish(options: Partial<DemersOptions>): Outcome {
  const simulation = simulateDemers({
    rule: "demers-push",
    nodes: 1_000,
    counter: 1,
    runs: 300,
    seed: 1,
    ...options,
  });
  let step = simulation.next();
  while (!step.done) step = simulation.next();
  assert.ok(step.value);
  return step.value;
}

function near(value: number, reference: number, share: number): void {
  assert.ok(Math.abs(value / reference - 1) <= share, `${value} isn't near ${reference}`);
}

for (
  const { rule, counter, residue, traffic, share } of [
    { rule: "demers-push", counter: 1, residue: 0.174, traffic: 1.745, share: 0.1 },
    { rule: "demers-push", counter: 2, residue: 0.037, traffic: 3.3, share: 0.1 },
    { rule: "demers-push", counter: 3, residue: 0.0107, traffic: 4.53, share: 0.1 },
    { rule: "demers-push", counter: 4, residue: 0.0035, traffic: 5.64, share: 0.25 },
    { rule: "demers-push", counter: 5, residue: 0.0012, traffic: 6.68, share: 0.25 },
    { rule: "demers-pull", counter: 1, residue: 0.0316, traffic: 2.7, share: 0.1 },
    { rule: "demers-pull", counter: 2, residue: 5.7e-4, traffic: 4.49, share: 0.3 },
  ] as const
) {
  Deno.test(`${rule}, counter ${counter}: residue ${residue}, traffic ${traffic}`, () => {
    const { figures } = finish({ rule, counter });
    near(figures.residue, residue, share);
    near(figures.traffic, traffic, 0.03);
  });
}

Deno.test("demers-pull, counter 3: a residue of some millionths", () => {
  const { figures } = finish({ rule: "demers-pull", counter: 3 });
  assert.ok(figures.residue < 3.8e-5, `${figures.residue}`);
  near(figures.traffic, 6.09, 0.03);
});

Deno.test("two nodes: the first contact is useful, the next one ends it", () => {
  const { figures, arrivals, possible } = finish({ nodes: 2, runs: 5 });
  assert.equal(figures.residue, 0);
  assert.deepEqual([...arrivals.sorted()], [1, 1, 1, 1, 1]);
  assert.equal(possible, 5);
  // One push that brings it, then one in vain by each of the two.
  assert.equal(figures.traffic, 3 / 2);
});

Deno.test("told to stop, it gives the runs that are finished, or nothing", () => {
  const options = { rule: "demers-push", nodes: 50, counter: 1, runs: 9, seed: 1 } as const;
  const simulation = simulateDemers(options);
  assert.deepEqual(simulation.next().done, false);
  simulation.next();
  const last = simulation.next("stop");
  assert.ok(last.done);
  assert.equal(last.value?.runs, 2);
});
