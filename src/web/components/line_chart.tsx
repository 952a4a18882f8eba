/**
 * Numbers over time as one line. By hand, since a line is one SVG path: the charting library that the
 * simulator draws with would keep 38 MB in the node for ever (docs/decisions/0033).
 */
import type { Html } from "../layout.tsx";

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [640, 180, 64, 24];
/** Lines across, at round numbers. */
const TICKS = 3;
const HOUR_S = 3_600;

/** One number at one time. */
export interface Point {
  /** Seconds since 1970. */
  readonly at: number;
  /** What it was then; not negative. */
  readonly value: number;
}

/** What is drawn. */
export interface LineChartOptions {
  /** What the numbers are. */
  readonly title: string;
  /** In the order of time. */
  readonly points: readonly Point[];
  /** A number as people read it. */
  readonly format: (value: number) => string;
}

/** The line, and in words where it begins, ends, and is highest. */
export function LineChart({ title, points, format }: LineChartOptions): Html {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.length < 2) {
    return (
      <figure class="chart">
        <figcaption>
          {`${title}: a line is drawn once the node has run for two minutes.`}
        </figcaption>
      </figure>
    );
  }
  const highest = Math.max(...points.map(({ value }) => value));
  const step = roundStep(highest / TICKS);
  const top = Math.max(step * Math.ceil(highest / step), step);
  const x = (at: number): number =>
    LEFT + (WIDTH - LEFT - 8) * (at - first.at) / Math.max(1, last.at - first.at);
  const y = (value: number): number => 8 + (HEIGHT - BOTTOM - 8) * (1 - value / top);
  const line = points.map(({ at, value }) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`);
  return (
    <figure class="chart">
      <figcaption>
        {`${title}: now ${format(last.value)}, ${ago(last.at - first.at)} ${
          format(first.value)
        }, ` +
          `at most ${format(highest)}`}
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        {Array.from({ length: Math.round(top / step) + 1 }, (_, i) => i * step).map((value) => (
          <>
            <path class="grid" d={`M${LEFT} ${y(value).toFixed(1)}H${WIDTH - 8}`} />
            <text x={LEFT - 6} y={(y(value) + 4).toFixed(1)} text-anchor="end">
              {format(value)}
            </text>
          </>
        ))}
        <path class="line" d={`M${line.join("L")}`} />
        <text x={LEFT} y={HEIGHT - 6}>{ago(last.at - first.at)}</text>
        <text x={WIDTH - 8} y={HEIGHT - 6} text-anchor="end">now</text>
      </svg>
    </figure>
  );
}

/** 1, 2 or 5 times a power of ten, at least 1 and not below `value`. */
export function roundStep(value: number): number {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= value) ?? 10);
}

function ago(seconds: number): string {
  const [many, unit] = seconds < 2 * HOUR_S
    ? [Math.round(seconds / 60), "minute"]
    : [Math.round(seconds / HOUR_S), "hour"];
  return `${many} ${unit}${many === 1 ? "" : "s"} ago`;
}
