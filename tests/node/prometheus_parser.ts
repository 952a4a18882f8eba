/**
 * Reads Prometheus' text format 0.0.4 as strictly as the format is meant: families whole and once,
 * HELP and TYPE before samples, names and label values of the grammar, histograms cumulative and
 * consistent. Throws on anything else.
 */
import assert from "node:assert/strict";

/** One line with a number. */
export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A family with all of its lines. */
export interface ParsedFamily {
  readonly type: string;
  readonly help: string;
  readonly samples: ParsedSample[];
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"/y;
const NUMBER = /^[+-]?(?:Inf|\d+(?:\.\d+)?(?:e[+-]?\d+)?)$|^NaN$/;
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`);

/** All families of a scrape by name. */
export function parsePrometheus(text: string): ReadonlyMap<string, ParsedFamily> {
  const families = new Map<string, ParsedFamily>();
  assert.ok(text.endsWith("\n") || text === "", "the last line has no end");
  let current: string | undefined;
  let help: { name: string; text: string } | undefined;
  for (const line of text.split("\n").slice(0, -1)) {
    const helps = new RegExp(`^# HELP (${NAME}) ([^\\n]*)$`).exec(line);
    const types = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram)$`).exec(line);
    if (helps !== null) {
      help = { name: helps[1] ?? "", text: helps[2] ?? "" };
    } else if (types !== null) {
      const [, name = "", type = ""] = types;
      assert.equal(help?.name, name, "TYPE without its HELP");
      assert.ok(!families.has(name), `${name} twice`);
      families.set(name, { type, help: help?.text ?? "", samples: [] });
      current = name;
      help = undefined;
    } else {
      assert.ok(help === undefined && current !== undefined, `out of place: ${line}`);
      families.get(current)?.samples.push(parseSample(line));
    }
  }
  assert.equal(help, undefined, "HELP without TYPE");
  for (const [name, family] of families) checkFamily(name, family);
  return families;
}

function parseSample(line: string): ParsedSample {
  const match = SAMPLE.exec(line);
  assert.ok(match !== null, `no sample: ${line}`);
  const [, name = "", inner, number = ""] = match;
  assert.match(number, NUMBER, line);
  return { name, labels: inner === undefined ? {} : parseLabels(inner), value: toNumber(number) };
}

function toNumber(text: string): number {
  return text.endsWith("Inf") ? (text.startsWith("-") ? -Infinity : Infinity) : Number(text);
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const at = LABEL.lastIndex;
    const match = LABEL.exec(text);
    assert.ok(match !== null, `bad labels from ${at}: ${text}`);
    const [, name = "", value = ""] = match;
    assert.ok(!Object.hasOwn(labels, name), `label ${name} twice`);
    labels[name] = value;
    if (LABEL.lastIndex === text.length) break;
    assert.equal(text[LABEL.lastIndex], ",", `bad labels: ${text}`);
    LABEL.lastIndex++;
    assert.ok(LABEL.lastIndex < text.length, `a comma at the end: ${text}`);
  }
  return labels;
}

function checkFamily(name: string, { type, samples }: ParsedFamily): void {
  assert.ok(samples.length > 0, `${name} is empty`);
  const keys = samples.map((one) => JSON.stringify([one.name, Object.entries(one.labels).sort()]));
  assert.equal(new Set(keys).size, keys.length, `${name} has a sample twice`);
  if (type === "histogram") return checkHistogram(name, samples);
  for (const sample of samples) assert.equal(sample.name, name);
  if (type !== "counter") return;
  assert.ok(name.endsWith("_total"), name);
  for (const { value } of samples) assert.ok(value >= 0, name);
}

function checkHistogram(name: string, samples: readonly ParsedSample[]): void {
  const buckets = samples.filter((sample) => sample.name === `${name}_bucket`);
  const rest = samples.filter((sample) => sample.name !== `${name}_bucket`).map((one) => one.name);
  assert.deepEqual(rest, [`${name}_sum`, `${name}_count`]);
  const bounds = buckets.map(({ labels }) => toNumber(labels["le"] ?? ""));
  assert.equal(bounds.at(-1), Infinity);
  for (const [i, { value }] of buckets.entries()) {
    if (i === 0) continue;
    assert.ok((bounds[i] ?? 0) > (bounds[i - 1] ?? 0), "bounds rise");
    assert.ok(value >= (buckets[i - 1]?.value ?? 0), "buckets are cumulative");
  }
  assert.equal(buckets.at(-1)?.value, samples.at(-1)?.value);
}
