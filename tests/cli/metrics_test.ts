import assert from "node:assert/strict";
import * as fc from "fast-check";
import { newValues } from "../../src/cli/otlp_export.ts";
import { Histogram } from "../../src/node/histogram.ts";
import { activityView } from "../node/activity_helpers.ts";
import { parsePrometheus } from "../node/prometheus_parser.ts";
import { runIn, statusView } from "./fakes.ts";

const answers = { status: () => statusView({ activity: activityView() }) };

Deno.test("metrics prints what Prometheus reads, and with --json the families", async () => {
  const text = await runIn({ answers }, "metrics");
  assert.equal(text.code, 0, text.stderr);
  assert.ok(parsePrometheus(text.stdout).has("gossamer_exchanges_total"));
  assert.deepEqual(text.calls, [["status", {}], ["close"]]);
  const json = await runIn({ answers }, "metrics", "--json");
  const [first] = JSON.parse(json.stdout);
  assert.equal(first.name, "gossamer.exchanges");
});

Deno.test("metrics without a node exits 4", async () => {
  const { code, stderr } = await runIn({ answers, running: false }, "metrics");
  assert.equal(code, 4);
  assert.match(stderr, /No node is running/);
});

Deno.test("with OpenTelemetry switched on nothing runs but metrics --otlp, which needs it", async () => {
  const commands = [
    ["metrics"],
    ["status"],
    ["post", "hello"],
    ["node"],
    ["unlock"],
    ["identity", "create"],
    ["version"],
    ["simulate", "--runs", "1"],
  ];
  for (const command of commands) {
    const { code, stderr, calls, places } = await runIn({ answers, telemetry: true }, ...command);
    assert.equal(code, 2, command.join(" "));
    assert.match(stderr, /OTEL_DENO/);
    assert.deepEqual([calls, places], [[], []], "nothing was done");
  }
  const off = await runIn({ answers }, "metrics", "--otlp");
  assert.equal(off.code, 2);
  assert.match(off.stderr, /OTEL_DENO=true/);
  for (const interval of ["0", "3601", "x"]) {
    const { code } = await runIn({ answers }, "metrics", "--otlp", "--interval", interval);
    assert.equal(code, 2, interval);
  }
});

Deno.test("values are found that make one histogram of another, with its counts and its sum", () => {
  const bounds = [0.05, 0.5, 1, 30];
  const values = fc.array(fc.double({ min: 0.001, max: 300, noNaN: true }), { maxLength: 40 });
  fc.assert(fc.property(values, values, (first, second) => {
    const real = new Histogram(bounds);
    for (const value of first) real.add(value);
    const before = real.view();
    for (const value of second) real.add(value);
    const now = real.view();
    const copy = new Histogram(bounds);
    for (const value of newValues(before)) copy.add(value);
    for (const value of newValues(now, before)) copy.add(value);
    assert.deepEqual(copy.view().counts, now.counts);
    assert.ok(Math.abs(copy.view().sum - now.sum) <= 1e-3 * Math.max(1, now.sum));
  }));
});
