/**
 * Deno's own OpenTelemetry, which an environment variable switches on for the whole process: then the
 * runtime exports by itself the path, time and size of each request on the control socket, so when its
 * owner posts, unlocks or reads. No command runs so but the one that is for it.
 */
import { UserError } from "../node/user_error.ts";

/** Where the runtime registers what it offers to programs. */
const REGISTERED = Symbol.for("opentelemetry.js.api.1");

/** Whether the runtime exports telemetry of this process. Needs no permission. */
export function isExporting(): boolean {
  return REGISTERED in globalThis;
}

/** What a command fails with that the runtime would tell of. */
export function toldOf(): UserError {
  return new UserError(
    "usage",
    "OpenTelemetry is switched on (OTEL_DENO, OTEL_DENO_METRICS or OTEL_DENO_TRACING): this command " +
      "would tell its collector when you use Gossamer, and for what. Nothing was done. Unset these " +
      "variables; for metrics they are for `gossamer metrics --otlp` alone.",
  );
}
