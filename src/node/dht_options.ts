/** What `--dht` may be given with, and which nodes of the DHT are named to it. */
import { addressOf, splitPort } from "../wire/address.ts";
import { isHostName } from "../wire/locator.ts";
import type { NodeOptions } from "./node_options.ts";
import { UserError } from "./user_error.ts";

/** Names and addresses by which the DHT can be entered. */
export const MAX_BOOTSTRAP = 16;

/** UDP port of a DHT node unless its owner says otherwise. */
const DHT_PORT = 6_881;

const WITH_PROXY =
  "--dht can't be had with --proxy: the DHT works by UDP, which would go beside the proxy and show " +
  "this machine's address";
const WITH_KEY =
  "--dht can't be had with --network-key: whoever runs a node of the DHT would see which addresses " +
  "belong together, and a closed network tells no stranger that";
const WITHOUT_IPV4 = "--dht needs IPv4, and --bind names IPv6 addresses only";

/**
 * Checks that the options suit each other. Throws a `UserError` of code `usage` with a proxy, a
 * network key, without IPv4, and for a bootstrap that is neither host nor host and port.
 */
export function checkDht(
  { dht, proxy, networkKeyFile, bind }: Pick<
    NodeOptions,
    "dht" | "proxy" | "networkKeyFile" | "bind"
  >,
): void {
  if (dht === undefined) return;
  if (proxy !== undefined) throw new UserError("usage", WITH_PROXY);
  if (networkKeyFile !== undefined) throw new UserError("usage", WITH_KEY);
  if (bind.length > 0 && ipv4Of(bind) === undefined) throw new UserError("usage", WITHOUT_IPV4);
  if (dht.bootstrap.length > MAX_BOOTSTRAP) {
    throw new UserError("usage", `--dht-bootstrap can be given ${MAX_BOOTSTRAP} times at most`);
  }
  const wrong = dht.bootstrap.find((text) => bootstrapPlace(text) === undefined);
  if (wrong !== undefined) {
    throw new UserError(
      "usage",
      `--dht-bootstrap: ${wrong} is not HOST:PORT, with a name or an IPv4 address`,
    );
  }
}

/** A DHT node as its owner names it: by IPv4 address or name, with or without a port. */
export function bootstrapPlace(
  text: string,
): { readonly host: string; readonly port: number } | undefined {
  const { host, port = DHT_PORT } = splitPort(text) ?? { host: "", port: undefined };
  const name = host.toLowerCase();
  if (name.includes(":") || name.endsWith(".onion")) return undefined;
  return addressOf(name, port) !== undefined || isHostName(name) ? { host: name, port } : undefined;
}

/** The IPv4 address to bind to for a listener on these; `undefined` when it has none. */
export function ipv4Of(hosts: readonly string[]): string | undefined {
  if (hosts.some((host) => host === "::" || host === "0.0.0.0")) return "0.0.0.0";
  return hosts.find((host) => !host.includes(":"));
}
