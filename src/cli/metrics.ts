/** `metrics`: what a running node measures, for a monitoring system. */
import type { MetricFamily } from "../node/mod.ts";
import { UserError } from "../node/user_error.ts";
import type { Context, Register } from "./context.ts";
import { wholeNumber } from "./option_values.ts";
import { type Session, withSession } from "./session.ts";
import { waitFor } from "./wait.ts";

const DEFAULT_INTERVAL_S = 15;
const MAX_INTERVAL_S = 3_600;

interface Flags {
  readonly otlp?: true;
  readonly interval: number;
}

/** Adds `metrics`. */
export const registerMetrics: Register = (program, context) => {
  program.command("metrics")
    .description("print what the running node measures, as Prometheus reads it")
    .option("--otlp", "hand it to OpenTelemetry instead, again and again until Ctrl-C")
    .option(
      "--interval <seconds>",
      "with --otlp, how often the node is asked",
      wholeNumber(1, MAX_INTERVAL_S),
      DEFAULT_INTERVAL_S,
    )
    .addHelpText(
      "after",
      "\nNothing in it names an identity, an address or a network; docs/PRIVACY.md says what it reveals all\n" +
        "the same. --otlp needs Deno's OpenTelemetry, which no other command runs with:\n" +
        "  OTEL_DENO=true OTEL_DENO_TRACING=false OTEL_DENO_CONSOLE=ignore gossamer metrics --otlp\n" +
        "sends to http://localhost:4318, or where OTEL_EXPORTER_OTLP_ENDPOINT says.\n\n" +
        "Example:\n  gossamer metrics > /var/lib/node_exporter/gossamer.prom",
    )
    .action((flags) => flags.otlp ? exportMetrics(context(), flags) : printMetrics(context()));
};

async function printMetrics(context: Context): Promise<void> {
  const families = await withSession(context, measured);
  const { prometheusText } = await import("../node/mod.ts");
  await context.out.result(families, (all) => prometheusText(all).trimEnd());
}

async function exportMetrics(context: Context, { interval }: Flags): Promise<void> {
  const { deps, out } = context;
  if (!deps.telemetry()) {
    throw new UserError(
      "usage",
      "OpenTelemetry isn't switched on in this process, so nothing would be exported. Start it as " +
        "OTEL_DENO=true OTEL_DENO_TRACING=false OTEL_DENO_CONSOLE=ignore gossamer metrics --otlp",
    );
  }
  const { OtlpExport } = await import("./otlp_export.ts");
  const exported = new OtlpExport();
  const interrupt = deps.interrupt();
  try {
    await withSession(context, async (session) => {
      for (let first = true; !interrupt.signal.aborted; first = false) {
        exported.take(await measured(session));
        if (first) await out.note("Metrics are being exported. Ctrl-C ends it.");
        await waitFor(interval * 1000, interrupt.signal);
      }
    });
  } finally {
    interrupt.dispose();
  }
}

async function measured({ backend }: Session): Promise<readonly MetricFamily[]> {
  if (!backend.running) {
    throw new UserError("noNode", "No node is running here, so there is nothing to measure.");
  }
  const { metricsOf } = await import("../node/mod.ts");
  return metricsOf(await backend.call("status", {}));
}
