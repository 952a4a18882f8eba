/** What a simulation found out, as JSON and as lines for people. */
import type { Figures, GossipFigures, Percentiles } from "../sim/mod.ts";

/** Significant digits that are printed: more would be noise. */
const JSON_DIGITS = 6;
const TEXT_DIGITS = 3;

/** A simulation that is over. */
export interface Simulated {
  /** `gossamer`, or one of Demers'. */
  readonly rule: string;
  /** How many nodes. */
  readonly nodes: number;
  /** Runs that were finished. */
  readonly runs: number;
  /** By which it can be repeated. */
  readonly seed: number;
  /** What times are in. */
  readonly unit: "seconds" | "cycles";
  /** What came out. */
  readonly figures: Figures | GossipFigures;
}

/** The JSON of `--json`. */
export function toJson({ figures, ...rest }: Simulated): Record<string, unknown> {
  return { ...rest, ...rounded(figures) };
}

/** Lines for people. */
export function toText({ rule, nodes, runs, seed, unit, figures }: Simulated): string {
  const time = (value: number | undefined): string =>
    value === undefined
      ? "-"
      : unit === "cycles"
      ? `${number(value)} cycles`
      : `${number(value)} s`;
  const times = ({ p50, p90, p99, p999 }: Percentiles): string =>
    `p50 ${time(p50)}, p90 ${time(p90)}, p99 ${time(p99)}, p99.9 ${time(p999)}`;
  const lines: [string, string][] = [
    ["residue", `${number(figures.residue)} of the nodes never got a message`],
    ["traffic", `${number(figures.traffic)} bodies sent per node and message`],
    ["tAverage", `${time(figures.tAverage)} until a node has a message`],
    ["tLast", `${time(figures.tLast)} until the last one has`],
    ["latency", times(figures.latency)],
    ...("offers" in figures ? gossipLines(figures, time, times) : []),
  ];
  const head = `${rule}, ${nodes} nodes, ${runs} ${runs === 1 ? "run" : "runs"}, seed ${seed}`;
  return [head, ...lines.map(([name, text]) => `  ${name.padEnd(10)} ${text}`)].join("\n");
}

function gossipLines(
  figures: GossipFigures,
  time: (value: number | undefined) => string,
  times: (percentiles: Percentiles) => string,
): [string, string][] {
  const { spread, toAll, firstSpy, returning, victimDials } = figures;
  const lines: [string, string][] = [
    [
      "spread",
      `half of the nodes after ${time(spread.t50)}, 90% ${time(spread.t90)}, 99% ${
        time(spread.t99)
      }`,
    ],
    [
      "to all",
      `${percent(toAll.share)} of messages; p50 ${time(toAll.p50)}, p95 ${time(toAll.p95)}`,
    ],
    [
      "offers",
      `${number(figures.offers)} per node and message, ${percent(figures.wastedOffers)} wasted`,
    ],
    ["duplicates", `${percent(figures.duplicates)} of bodies`],
  ];
  if (firstSpy !== undefined) {
    lines.push(["first spy", `names the author in ${percent(firstSpy.precision)}`]);
  }
  if (returning !== undefined) lines.push(["returning", times(returning)]);
  if (victimDials !== undefined) {
    lines.push(["victim", `dialled ${number(victimDials)} times per node and hour`]);
  }
  return lines;
}

function number(value: number): string {
  return String(Number(value.toPrecision(TEXT_DIGITS)));
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(TEXT_DIGITS))}%`;
}

function rounded(value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, roundedPart(part)]),
  );
}

function roundedPart(part: unknown): unknown {
  if (typeof part === "number") return Number(part.toPrecision(JSON_DIGITS));
  return typeof part === "object" && part !== null ? rounded(part) : part;
}
