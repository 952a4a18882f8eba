/** Runs a simulation for `simulate`: in steps, so that it can be watched and called off. */
import { UserError } from "../node/user_error.ts";
import { type Outcome, simulateDemers, simulateGossip, type Simulation } from "../sim/mod.ts";
import type { Context } from "./context.ts";
import { startProgress } from "./progress.ts";
import { type Settings, settle, type SimulateFlags } from "./simulate_settings.ts";
import { type Simulated, toJson, toText } from "./simulate_text.ts";

/** How long it computes before it looks whether somebody wants it to stop, ms. */
const SLICE_MS = 100;

/** Runs what the options say and prints what came out. */
export async function runSimulation(context: Context, flags: SimulateFlags): Promise<void> {
  const { out, deps } = context;
  const settings = settle(flags);
  if (flags.svg !== undefined) await refuseExisting(context, flags.svg);
  const outcome = await drive(context, settings, flags.runs);
  if (outcome === undefined) throw new UserError("failed", "Stopped before a run was finished.");
  const { rule, nodes, seed } = flags;
  const unit = settings.rule === "gossamer" ? "seconds" : "cycles";
  const { runs, figures } = outcome;
  if (runs < flags.runs) await out.note(`Stopped after ${runs} of ${flags.runs} runs.`);
  const simulated: Simulated = { rule, nodes, runs, seed, unit, figures };
  if (flags.svg !== undefined) {
    const { plot } = await import("./simulate_plot.ts");
    const title = `${rule}, ${nodes} nodes, ${runs} runs, seed ${seed}`;
    const bytes = new TextEncoder().encode(plot({ title, unit, outcome }));
    if (!await deps.writeNewFile(flags.svg, bytes)) throw existing(flags.svg);
  }
  await out.result(toJson(simulated), () => toText(simulated));
}

async function drive(
  context: Context,
  settings: Settings,
  runs: number,
): Promise<Outcome | undefined> {
  const interrupt = context.deps.interrupt();
  const progress = startProgress(context, "Simulating");
  const simulation: Simulation = settings.rule === "gossamer"
    ? simulateGossip(settings.scenario)
    : simulateDemers(settings.options);
  const unit = settings.rule === "gossamer" ? "s" : "cycles";
  try {
    let step = simulation.next();
    let sliceEnd = performance.now() + SLICE_MS;
    while (!step.done) {
      if (performance.now() > sliceEnd) {
        const { runs: finished, time } = step.value;
        const detail = `run ${Math.min(runs, finished + 1)} of ${runs} at ${time} ${unit}`;
        progress.at({ share: finished / runs, detail });
        // Lets signals in, and the line be drawn.
        await new Promise((resolve) => setTimeout(resolve, 0));
        sliceEnd = performance.now() + SLICE_MS;
      }
      step = simulation.next(interrupt.signal.aborted ? "stop" : undefined);
    }
    return step.value;
  } finally {
    interrupt.dispose();
    await progress.end();
  }
}

/** Before any work is done for it. */
async function refuseExisting({ deps }: Context, file: string): Promise<void> {
  try {
    await deps.readFile(file, 0);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  throw existing(file);
}

function existing(file: string): UserError {
  return new UserError("failed", `${file} is there already, and nothing is overwritten.`);
}
