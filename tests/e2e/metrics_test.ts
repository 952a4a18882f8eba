/** Metrics of a real node: scraped, printed, and exported by Deno's OpenTelemetry. */
import assert from "node:assert/strict";
import { parsePrometheus } from "../node/prometheus_parser.ts";
import { Machine, text } from "./harness/node.ts";

const OTEL = {
  OTEL_DENO: "true",
  OTEL_DENO_TRACING: "false",
  OTEL_DENO_CONSOLE: "ignore",
  OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  OTEL_METRIC_EXPORT_INTERVAL: "300",
};

/** What a collector was sent. */
interface Sent {
  readonly path: string;
  readonly body: string;
}

/** A collector on loopback; `until` resolves once something was sent that fits. */
function collector(): {
  readonly endpoint: string;
  readonly sent: readonly Sent[];
  until(fits: (sent: Sent) => boolean): Promise<Sent>;
  close(): Promise<void>;
} {
  const sent: Sent[] = [];
  let look = (): void => {};
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      sent.push({ path: new URL(request.url).pathname, body: await request.text() });
      look();
      return Response.json({});
    },
  );
  return {
    endpoint: `http://127.0.0.1:${server.addr.port}`,
    sent,
    until: (fits) =>
      new Promise((resolve) => {
        look = () => {
          const found = sent.find(fits);
          if (found !== undefined) resolve(found);
        };
        look();
      }),
    close: () => server.shutdown(),
  };
}

Deno.test("a node's metrics count what it did, name nobody, and reach a collector", async () => {
  await using a = await Machine.make();
  await using b = await Machine.make();
  const ada = await a.identity("Adalind");
  const nodeB = await b.start();
  const portB = await nodeB.port();
  await a.start(["--unlock", "--eager", "--join", `g:?a=127.0.0.1:${portB}`], { unlock: true });
  const id = text(await a.object(["post", "Heron over the weir"]), "id");
  await nodeB.event("message", (event) => event["id"] === id);

  const { stdout, code, stderr } = await b.run(["metrics"]);
  assert.equal(code, 0, stderr);
  const families = parsePrometheus(`${stdout}\n`);
  const received = families.get("gossamer_messages_received_total")?.samples ?? [];
  assert.equal(received.reduce((sum, { value }) => sum + value, 0), 1);
  const memory = families.get("gossamer_memory_bytes")?.samples[0]?.value ?? 0;
  assert.ok(memory > 20e6, "privileges are shed, and it still knows its memory");
  for (const secret of [ada, id, "Adalind", "weir", String(portB), "127.0.0.1", b.folder, "main"]) {
    assert.ok(!stdout.includes(secret), secret);
  }

  const collects = collector();
  const env = { ...OTEL, OTEL_EXPORTER_OTLP_ENDPOINT: collects.endpoint };
  await using exporting = await b.watch(["metrics", "--otlp", "--interval", "1"], { env });
  const { body } = await collects.until(({ path, body }) =>
    path === "/v1/metrics" && body.includes("gossamer.messages.received") &&
    body.includes("gossamer.exchange.duration")
  );
  const found = JSON.parse(body);
  const scope = found.resourceMetrics[0].scopeMetrics
    .find((one: { scope: { name: string } }) => one.scope.name === "gossamer");
  const metric = (name: string): Record<string, unknown> =>
    scope.metrics.find((one: { name: string }) => one.name === name);
  assert.equal(metric("gossamer.storage.used")["unit"], "By");
  assert.ok("sum" in metric("gossamer.messages.received"));
  assert.ok("histogram" in metric("gossamer.exchange.duration"));
  exporting.process.signal("SIGTERM");
  assert.equal((await exporting.process.end()).code, 0);

  // What the runtime would tell of by itself: no paths, no methods, no lines of ours.
  const all = collects.sent.map((one) => `${one.path} ${one.body}`).join("\n");
  for (const told of ["http.", "url.", "/v1/status", ada, id, "127.0.0.1", b.folder, "weir"]) {
    assert.ok(!all.includes(told), told);
  }
  assert.deepEqual(new Set(collects.sent.map(({ path }) => path)), new Set(["/v1/metrics"]));

  // Nothing else runs so: when the owner posts is nobody's business.
  const before = collects.sent.length;
  const refused = await a.run(["post", "Another"], { unlock: true, env });
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /OTEL_DENO/);
  const tracing = { ...env, OTEL_DENO_TRACING: "true", OTEL_DENO_CONSOLE: "capture" };
  assert.equal((await a.run(["node"], { env: tracing })).code, 2);
  const late = collects.sent.slice(before).map((one) => `${one.path} ${one.body}`).join("\n");
  for (const told of ["post", "Another", "sock", "url.full"]) assert.ok(!late.includes(told), told);
  await collects.close();
});
