/** Opens the node's TCP listener, and says plainly why it can't. */
import { DEFAULT_PORT } from "../wire/limits.ts";
import type { Log } from "./log.ts";
import type { Connection, Listener, Transport } from "./transport_port.ts";
import { UserError } from "./user_error.ts";

/** Milliseconds between two lines of the log on connections that couldn't be accepted. */
const TELL_EVERY_MS = 60_000;

/** Where to listen and what to do with what comes. */
export interface Listening {
  /** Local IP addresses; empty means all. */
  readonly bind: readonly string[];
  /** TCP port; 0 takes any free one, absent means the protocol's default. */
  readonly port: number | undefined;
  /** Takes errors that don't end the listening. */
  readonly log: Log;
  /** Takes each connection. */
  readonly onConnection: (connection: Connection) => void;
}

/** Listens; answers with the hosts that it bound in the end. Throws a `UserError`. */
export function listen(
  transport: Transport,
  { bind, port = DEFAULT_PORT, log, onConnection }: Listening,
): { listener: Listener; hosts: readonly string[] } {
  let told = -TELL_EVERY_MS;
  const onError = (error: unknown): void => {
    // With too many connections open it fails each second, for as long as others want.
    if (performance.now() - told < TELL_EVERY_MS) return;
    told = performance.now();
    log.failed("warn", { what: "Accepting connections failed", error });
  };
  const on = (hosts: readonly string[]): { listener: Listener; hosts: readonly string[] } => ({
    listener: transport.listen({ hosts, port, onConnection, onError }),
    hosts,
  });
  try {
    return on(bind.length > 0 ? bind : ["::"]);
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) {
      throw new UserError(
        "failed",
        `The node cannot listen there: ${reason(error)}. Nothing was changed; choose a --port of ` +
          "1024 or more, and for --bind an address of this machine.",
      );
    }
    throw new UserError(
      "failed",
      `Port ${port} is in use by another program, perhaps another node. Nothing was changed; ` +
        "choose another with --port (0 takes any free one).",
    );
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : "unknown error";
}
