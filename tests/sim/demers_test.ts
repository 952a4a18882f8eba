/** The classic rules where their course is known beforehand; `bands_test.ts` has their figures. */
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
