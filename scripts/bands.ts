/**
 * Runs the simulations of `band_table.ts`, all or those named, and prints a line of JSON for each
 * figure: what was measured, what is accepted, whether it fits. Exit code 1 if one doesn't.
 *
 *   deno task bands [--quick] [NAME…]
 */
import { type Trial, TRIALS } from "./band_table.ts";

const quick = Deno.args.includes("--quick");
const names = Deno.args.filter((name) => name !== "--quick");
const unknown = names.filter((name) => !TRIALS.some((trial) => trial.name === name));
if (unknown.length > 0) {
  say(Deno.stderr, `No such trial: ${unknown.join(", ")}. There are: ${allNames()}`);
  Deno.exit(2);
}

let failed = 0;
for (const trial of TRIALS) {
  if (names.length > 0 ? names.includes(trial.name) : !quick || trial.quick) run(trial);
}
Deno.exit(failed > 0 ? 1 : 0);

function run(trial: Trial): void {
  const since = performance.now();
  const simulation = trial.simulate(quick);
  let step = simulation.next();
  while (!step.done) step = simulation.next();
  if (step.value === undefined) throw new Error(`${trial.name} ended without a run`);
  const seconds = Math.round((performance.now() - since) / 1000);
  const { name } = trial;
  const length = quick ? "quick" : trial.length;
  for (const { measured, ...judgement } of trial.judge(step.value.figures)) {
    if (!judgement.ok) failed++;
    const value = measured === undefined ? null : Number(measured.toPrecision(5));
    say(Deno.stdout, JSON.stringify({ name, length, seconds, measured: value, ...judgement }));
  }
}

function allNames(): string {
  return TRIALS.map(({ name }) => name).join(", ");
}

function say(stream: typeof Deno.stdout | typeof Deno.stderr, line: string): void {
  stream.writeSync(new TextEncoder().encode(`${line}\n`));
}
