/** Draws what a simulation found out, as SVG text. Loaded only when a plot is asked for. */
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, TitleComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { Outcome } from "../sim/mod.ts";

const WIDTH = 900;
const HEIGHT = 760;
/** Points of the curve. */
const POINTS = 300;
/** Bars of the distribution, at most. */
const BARS = 60;

/** What to draw. */
export interface PlotOptions {
  /** What stands above it. */
  readonly title: string;
  /** What times are in. */
  readonly unit: "seconds" | "cycles";
  /** What came out. */
  readonly outcome: Outcome;
}

/** The share of nodes without the message over time, and how long messages took, one below the other. */
export function plot({ title, unit, outcome }: PlotOptions): string {
  use([BarChart, LineChart, GridComponent, TitleComponent, SVGRenderer]);
  const chart = init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height: HEIGHT });
  const { times, counts } = distribution(outcome, unit);
  chart.setOption({
    animation: false,
    backgroundColor: "#fff",
    title: [
      { text: title, left: "center", top: 10 },
      {
        text: "Share of nodes without the message",
        left: 70,
        top: 45,
        textStyle: { fontSize: 14 },
      },
      {
        text: "Time to arrival, share of arrivals",
        left: 70,
        top: 405,
        textStyle: { fontSize: 14 },
      },
    ],
    grid: [
      { left: 80, right: 40, top: 80, height: 270 },
      { left: 80, right: 40, top: 440, height: 250 },
    ],
    xAxis: [
      { gridIndex: 0, type: "value", name: unit, nameLocation: "middle", nameGap: 28 },
      {
        gridIndex: 1,
        type: "category",
        data: times,
        name: unit,
        nameLocation: "middle",
        nameGap: 28,
      },
    ],
    yAxis: [{ gridIndex: 0, type: "log", max: 1 }, { gridIndex: 1, type: "value" }],
    series: [
      {
        type: "line",
        xAxisIndex: 0,
        yAxisIndex: 0,
        showSymbol: false,
        data: residueOverTime(outcome),
      },
      { type: "bar", xAxisIndex: 1, yAxisIndex: 1, barCategoryGap: "5%", data: counts },
    ],
  });
  const svg = renumbered(chart.renderToSVGString());
  chart.dispose();
  return `${svg}\n`;
}

/** Names are numbered throughout the process; the same figures are to give the same text. */
function renumbered(svg: string): string {
  const names = new Map<string, string>();
  return svg.replace(/\bzr\d+-[a-z]+(?:-?\d+)\b/g, (name) => {
    const known = names.get(name) ?? `n${names.size}`;
    names.set(name, known);
    return known;
  });
}

/** As far as anybody is without it: a logarithm has no room for nobody. */
function residueOverTime({ arrivals, possible }: Outcome): [number, number][] {
  const sorted = arrivals.sorted();
  const last = sorted.at(-1) ?? 0;
  const points: [number, number][] = [[0, 1]];
  let arrived = 0;
  for (let i = 1; i <= POINTS; i++) {
    const time = last * i / POINTS;
    while (arrived < sorted.length && sorted[arrived]! <= time) arrived++;
    if (arrived >= possible) break;
    points.push([Number(time.toPrecision(6)), 1 - arrived / possible]);
  }
  return points;
}

/** The next number of the kind 1, 2, 5, 10, 20: widths that people can read. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5].find((step) => step * power >= value) ?? 10);
}

/** Arrivals in equal stretches of time, but for the slowest of a thousand. */
function distribution({ arrivals }: Outcome, unit: PlotOptions["unit"]): {
  readonly times: readonly string[];
  readonly counts: readonly number[];
} {
  const end = arrivals.quantile(0.999) ?? 1;
  const width = unit === "cycles" ? Math.max(1, Math.ceil(end / BARS)) : roundUp(end / BARS) || 1;
  const counts = new Array<number>(Math.ceil(end / width)).fill(0);
  for (const time of arrivals.sorted()) {
    const at = Math.ceil(time / width) - 1;
    if (at < counts.length) counts[Math.max(0, at)]! += 1 / arrivals.size;
  }
  const times = counts.map((_, i) => String(Number(((i + 1) * width).toPrecision(3))));
  return { times, counts };
}
