/**
 * Hands the metrics of a running node to Deno's OpenTelemetry, from a process of its own: the node's
 * would tell of requests on its control socket, too. Loaded only when asked for.
 */
import { type Histogram, metrics, type ObservableResult } from "@opentelemetry/api";
import type { HistogramView } from "../node/api.ts";
import type { MetricFamily } from "../node/mod.ts";
import { VERSION } from "../node/version.ts";

/** Takes what was measured and has it exported. */
export class OtlpExport {
  readonly #meter = metrics.getMeter("gossamer", VERSION);
  readonly #latest = new Map<string, MetricFamily>();
  readonly #histograms = new Map<string, Histogram>();

  /** Takes the present metrics. What was not there before is made known to the exporter. */
  take(families: readonly MetricFamily[]): void {
    for (const family of families) {
      const before = this.#latest.get(family.name);
      this.#latest.set(family.name, family);
      if (family.type === "histogram") this.#record(family, before);
      else if (before === undefined) this.#observe(family);
    }
  }

  #observe({ name, type, unit, help }: MetricFamily): void {
    const options = { unit, description: help };
    const instrument = type === "counter"
      ? this.#meter.createObservableCounter(name, options)
      : this.#meter.createObservableGauge(name, options);
    instrument.addCallback((result: ObservableResult) => {
      const family = this.#latest.get(name);
      if (family === undefined || family.type === "histogram") return;
      for (const { labels, value } of family.samples) result.observe(value, { ...labels });
    });
  }

  /** A histogram can't be observed: what is new since the last time is recorded, value by value. */
  #record(family: MetricFamily & { type: "histogram" }, before: MetricFamily | undefined): void {
    const { name, unit, help, values } = family;
    const known = this.#histograms.get(name) ?? this.#meter.createHistogram(name, {
      unit,
      description: help,
      advice: { explicitBucketBoundaries: [...values.bounds] },
    });
    this.#histograms.set(name, known);
    const old = before?.type === "histogram" ? before.values : undefined;
    for (const value of newValues(values, old)) known.record(value);
  }
}

/**
 * Values that make one histogram of another: in each stretch as many as there are new ones, their sum
 * that of the new ones. Which values they were, a histogram doesn't know.
 */
export function newValues(now: HistogramView, before?: HistogramView): readonly number[] {
  const { bounds } = now;
  const counts = now.counts.map((count, i) => count - (before?.counts[i] ?? 0));
  const lows = counts.map((_, i) => bounds[i - 1] ?? 0);
  // Beyond the last bound there is no end: what the sum has more is put there.
  const highs = counts.map((_, i) => bounds[i] ?? 2 * (bounds[i - 1] ?? 0));
  const total = (ends: readonly number[]): number =>
    counts.reduce((sum, count, i) => sum + count * (ends[i] ?? 0), 0);
  const [low, high] = [total(lows), total(highs)];
  const sum = now.sum - (before?.sum ?? 0);
  // Not 0: a bound itself belongs to the stretch below it.
  const part = Math.min(1, Math.max(1e-6, high > low ? (sum - low) / (high - low) : 1));
  const beyond = counts.at(-1) ?? 0;
  const more = beyond > 0 ? Math.max(0, sum - high) / beyond : 0;
  return counts.flatMap((count, i) => {
    const [from = 0, to = 0] = [lows[i], highs[i]];
    const value = from + part * (to - from) + (i === bounds.length ? more : 0);
    return new Array<number>(Math.max(0, count)).fill(value);
  });
}
