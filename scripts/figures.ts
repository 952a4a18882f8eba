/**
 * Runs the short simulations of `band_table.ts` and compares each figure with the one of `figures.json`, which are
 * those of the last change that was meant to move them. Bands say whether the rules are right; this, whether
 * something made them a little worse. Prints a table in Markdown; exit code 1 when a figure moved or left its band.
 *
 *   deno run -P=bench scripts/figures.ts [--write]     --write keeps today's as the ones to compare with
 */
import { type Judgement, TRIALS } from "./band_table.ts";

/** Figures by trial and name. */
export type Figures = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** One of them, now and before. */
export interface Compared {
  readonly trial: string;
  readonly figure: string;
  readonly before: number | undefined;
  readonly now: number | undefined;
  readonly accept: readonly [number, number];
  /** Where it lies too far from before. */
  readonly moved: boolean;
  /** Whether it lies in its band. */
  readonly inBand: boolean;
}

/** What a figure may differ by: a twentieth of itself, or of its band for those near zero. */
const SLACK = 0.05;

/** Compares what a trial gave with what it gave before. A figure that is new has not moved. */
export function compare(
  trial: string,
  judgements: readonly Judgement[],
  before: Figures,
): readonly Compared[] {
  return judgements.map(({ figure, measured: now, accept, ok: inBand }) => {
    const was = before[trial]?.[figure];
    const slack = SLACK * Math.max(Math.abs(was ?? 0), accept[1] - accept[0]);
    const moved = was !== undefined && (now === undefined || Math.abs(now - was) > slack);
    return { trial, figure, before: was, now, accept, moved, inBand };
  });
}

/** The table, one row a figure. */
export function table(rows: readonly Compared[]): string {
  const number = (value: number | undefined): string =>
    value === undefined ? "none" : String(Number(value.toPrecision(4)));
  const lines = rows.map(({ trial, figure, before, now, accept, moved, inBand }) => {
    const said = !inBand ? "**outside**" : moved ? "**moved**" : "";
    const cells = [
      trial,
      figure,
      number(before),
      number(now),
      `${accept[0]} to ${accept[1]}`,
      said,
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const head = ["| simulation | figure | before | now | band | |", "|---|---|---|---|---|---|"];
  return [...head, ...lines, ""].join("\n");
}

/** Runs the short ones. */
function run(before: Figures): Compared[] {
  return TRIALS.filter(({ quick }) => quick).flatMap((trial) => {
    const simulation = trial.simulate(true);
    let step = simulation.next();
    while (!step.done) step = simulation.next();
    if (step.value === undefined) throw new Error(`${trial.name} ended without a run`);
    return compare(trial.name, trial.judge(step.value.figures), before);
  });
}

function toKeep(rows: readonly Compared[]): Figures {
  const kept: Record<string, Record<string, number>> = {};
  for (const { trial, figure, now } of rows) {
    if (now !== undefined) (kept[trial] ??= {})[figure] = Number(now.toPrecision(5));
  }
  return kept;
}

if (import.meta.main) {
  const path = new URL("./figures.json", import.meta.url);
  const write = Deno.args.includes("--write");
  const before: Figures = write ? {} : JSON.parse(await Deno.readTextFile(path));
  const rows = run(before);
  if (write) await Deno.writeTextFile(path, `${JSON.stringify(toKeep(rows), null, 2)}\n`);
  Deno.stdout.writeSync(new TextEncoder().encode(table(rows)));
  Deno.exit(rows.some(({ moved, inBand }) => moved || !inBand) ? 1 : 0);
}
