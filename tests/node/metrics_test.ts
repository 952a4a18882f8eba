import assert from "node:assert/strict";
import type { StatusView } from "../../src/node/api.ts";
import { metricsOf } from "../../src/node/metrics.ts";
import { prometheusText } from "../../src/node/prometheus.ts";
import { statusView } from "../cli/fakes.ts";
import { activityView } from "./activity_helpers.ts";
import { parsePrometheus } from "./prometheus_parser.ts";

function whole(given: Partial<StatusView> = {}): StatusView {
  return statusView({
    network: "secret-garden",
    addresses: ["203.0.113.9:14677"],
    proxy: "127.0.0.1:9050",
    mapping: { by: "upnp", router: "192.168.1.1", address: null },
    warnings: ["Swap is on (/home/alice/swap)."],
    clock: { standing: "agreed", ahead: -20, groups: 6 },
    activity: activityView(),
    ...given,
  });
}

Deno.test("metrics are what a strict reader of Prometheus' format takes", () => {
  const families = parsePrometheus(prometheusText(metricsOf(whole())));
  const value = (name: string, labels: Record<string, string> = {}): number | undefined => {
    const family = [...families.values()].flatMap(({ samples }) => samples);
    const wanted = JSON.stringify(labels);
    return family.find((one) => one.name === name && JSON.stringify(one.labels) === wanted)?.value;
  };
  assert.equal(families.get("gossamer_exchanges_total")?.type, "counter");
  assert.equal(
    value("gossamer_exchanges_total", { direction: "outbound", outcome: "failed" }),
    4,
  );
  assert.equal(
    value("gossamer_messages_received_total", { by: "exchange" }),
    5,
    "7 less 2 by stems",
  );
  assert.equal(value("gossamer_messages_received_total", { by: "stem" }), 2);
  assert.equal(value("gossamer_reconciliation_io_bytes_total", { direction: "out" }), 2_000);
  assert.equal(value("gossamer_clock_offset_seconds"), -20);
  assert.equal(value("gossamer_storage_limit_bytes"), 5_000_000_000);
  assert.equal(value("gossamer_budget_exhausted", { kind: "sync" }), 2);
  assert.equal(value("gossamer_exchange_duration_seconds_bucket", { le: "0.5" }), 2);
  assert.equal(value("gossamer_exchange_duration_seconds_bucket", { le: "+Inf" }), 4);
  assert.equal(value("gossamer_exchange_duration_seconds_sum"), 9.5);
});

Deno.test("what isn't known yet is left out, and without a node there is nothing", () => {
  const coverage = { ...activityView().coverage, finished: null, complete: null };
  const text = prometheusText(metricsOf(whole({ activity: activityView({ coverage }) })));
  assert.doesNotMatch(text, /coverage/);
  parsePrometheus(text);
  assert.deepEqual(metricsOf(whole({ activity: null })), []);
  assert.equal(prometheusText([]), "");
});

Deno.test("metrics name nobody, and are the same whatever the owner has and does", () => {
  const text = prometheusText(metricsOf(whole()));
  for (const secret of ["garden", "203.0", "9050", "192.168", "alice", "swap"]) {
    assert.ok(!text.includes(secret), secret);
  }
  const stored = { ...whole().storage, used: 2 ** 21 + 5 };
  const before = prometheusText(metricsOf(whole({ storage: stored })));
  // A post of the owner's: pending, then stored, with the keys open.
  const own = { unlocked: true, pending: 3, messages: 4, bytes: 1_500_900, warnings: ["x", "y"] };
  const after = whole({ ...own, storage: { ...stored, used: stored.used + 900, days: 12 } });
  assert.equal(prometheusText(metricsOf(after)), before);
});

Deno.test("the reader is strict", () => {
  const head = "# HELP a_total A.\n# TYPE a_total counter\n";
  parsePrometheus(`${head}a_total{b="c",d="e\\n"} 1\n`);
  const bad = [
    `${head}a_total 1`,
    "a_total 1\n",
    "# TYPE a_total counter\na_total 1\n",
    head,
    `${head}b_total 1\n`,
    `${head}a_total -1\n`,
    `${head}a_total 1\na_total 2\n`,
    `${head}a_total{b="c",} 1\n`,
    `${head}a_total{b="c" d="e"} 1\n`,
    `${head}a_total{b=c} 1\n`,
    `${head}a_total{b="c",b="d"} 1\n`,
    `${head}a_total 0x1\n`,
    `${head}a_total 1\n\n`,
    `${head}a_total 1\n${head}a_total 1\n`,
    '# HELP h H.\n# TYPE h histogram\nh_bucket{le="1"} 1\nh_sum 1\nh_count 1\n',
    '# HELP h H.\n# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n',
    '# HELP h H.\n# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 2\n',
  ];
  for (const text of bad) {
    assert.throws(() => parsePrometheus(text), (error) => error instanceof Error, text);
  }
});
