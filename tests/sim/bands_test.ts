/**
 * The real engine against the reference figures for its rule, in fewer runs than these are meant for:
 * `deno task bands` has all of them. With these seeds repeatable.
 */
import assert from "node:assert/strict";
import { TRIALS } from "../../scripts/band_table.ts";

for (const trial of TRIALS.filter(({ quick }) => quick)) {
  Deno.test(`bands: ${trial.name}`, () => {
    const simulation = trial.simulate(true);
    let step = simulation.next();
    while (!step.done) step = simulation.next();
    assert.ok(step.value);
    const judgements = trial.judge(step.value.figures);
    assert.ok(judgements.length > 1);
    assert.deepEqual(judgements.filter(({ ok }) => !ok), []);
  });
}
