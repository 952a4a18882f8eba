/** Runs a scenario as often as it says and puts together what came out. */
import { runOnce } from "./one_run.ts";
import type { Simulation } from "./report.ts";
import type { Scenario } from "./scenario.ts";
import { type GossipFigures, Summary } from "./summary.ts";

/** Runs a scenario; yields every virtual second. */
export function* simulateGossip(scenario: Scenario): Simulation<GossipFigures> {
  const summary = new Summary(scenario);
  for (let run = 0; run < scenario.runs; run++) {
    const steps = runOnce(scenario, scenario.seed + run);
    let step = steps.next();
    while (!step.done) step = steps.next(yield { runs: run, time: step.value });
    if (step.value === undefined) break;
    summary.add(step.value);
  }
  return summary.outcome();
}
