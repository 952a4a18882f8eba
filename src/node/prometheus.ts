/** Metrics as Prometheus reads them: the text format, version 0.0.4. */
import type { HistogramView } from "./api.ts";
import type { Labels, MetricFamily } from "./metrics.ts";

/** Content type of the format. */
export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Units that a name ends with; what is counted in braces and plain numbers have none. */
const SUFFIX: Readonly<Record<string, string>> = { s: "_seconds", By: "_bytes" };

/** The text of a scrape. */
export function prometheusText(families: readonly MetricFamily[]): string {
  return families.map(familyText).join("");
}

/** The name that Prometheus has for a metric of OpenTelemetry. */
function prometheusName({ name, unit, type }: MetricFamily): string {
  const base = name.replaceAll(".", "_") + (SUFFIX[unit] ?? "");
  return type === "counter" ? `${base}_total` : base;
}

function familyText(family: MetricFamily): string {
  const name = prometheusName(family);
  const lines = family.type === "histogram"
    ? histogramLines(name, family.values)
    : family.samples.map(({ labels, value }) => sample(name, labels, value));
  if (lines.length === 0) return "";
  const head = [`# HELP ${name} ${escaped(family.help)}`, `# TYPE ${name} ${family.type}`];
  return [...head, ...lines].map((line) => `${line}\n`).join("");
}

function histogramLines(name: string, { bounds, counts, sum }: HistogramView): readonly string[] {
  let below = 0;
  const buckets = counts.map((count, i) => {
    below += count;
    return `${name}_bucket{le="${numberText(bounds[i] ?? Infinity)}"} ${below}`;
  });
  return [...buckets, `${name}_sum ${numberText(sum)}`, `${name}_count ${below}`];
}

function sample(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, word]) => `${label}="${word}"`);
  const where = pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
  return `${name}${where} ${numberText(value)}`;
}

function numberText(value: number): string {
  return value === Infinity ? "+Inf" : String(value);
}

/** In a help text only these two have a meaning. */
function escaped(help: string): string {
  return help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
