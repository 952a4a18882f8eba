/** How a node reaches others: by itself, or through a proxy and nothing beside it. */
import type { NodeAddress } from "../wire/address.ts";
import { HostNames, isOnion } from "./host_names.ts";
import { lookUp } from "./look_up.ts";
import type { NodeOptions } from "./node_options.ts";
import type { Sourced } from "./choose_addresses.ts";
import { givenAddresses, ownAddresses } from "./own_addresses.ts";
import { parseProxy } from "./proxy.ts";
import { socksTransport } from "./transport_socks.ts";
import { tcpTransport } from "./transport_tcp.ts";
import type { Transport } from "./transport_port.ts";

/** All that differs with a proxy. */
export interface WaysOut {
  /** Dials and listens. */
  readonly transport: Transport;
  /** The proxy's host and port, without its credentials; null without one. */
  readonly proxy: string | null;
  /** Local addresses to listen on; empty means all. */
  readonly bind: readonly string[];
  /** Whether the local network may be spoken to, by broadcast. */
  readonly lan: boolean;
  /** Whether it may be by mDNS. */
  readonly mdns: boolean;
  /** Whether the router may be asked to map the port. */
  readonly portMapping: boolean;
  /** Names that stand behind addresses; none without a proxy. */
  readonly names: HostNames;
  /** Whether an address can be dialled. */
  canDial(address: NodeAddress): boolean;
  /** IP addresses for a host name that the owner gave. Rejects with a `UserError`. */
  lookUp(host: string): Promise<readonly string[]>;
  /** The port to name in a hello: a peer would look for it where the proxy ends. */
  helloPort(listening: number): number;
  /** Addresses that lead to this node, as far as its owner and its machine know, the owner's first. */
  own(hosts: readonly string[], port: number): readonly Sourced[];
}

/** Settles it for a node. Throws a `UserError` of code `usage` for a wrong proxy or address. */
export function waysOut(options: NodeOptions): WaysOut {
  const given = givenAddresses(options.addresses ?? []).map(from("given"));
  const names = new HostNames();
  if (options.proxy === undefined) {
    const own: WaysOut["own"] = (hosts, port) => [
      ...given,
      ...ownAddresses(hosts, port).map(from("interface")),
    ];
    return {
      transport: tcpTransport(),
      proxy: null,
      bind: options.bind,
      lan: options.lan,
      mdns: options.mdns,
      portMapping: options.portMapping,
      names,
      canDial: (address) => !isOnion(address),
      lookUp,
      helloPort: (listening) => listening,
      own,
    };
  }
  const proxy = parseProxy(options.proxy);
  const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
  return {
    transport: socksTransport({ proxy, names, random }),
    proxy: proxy.host.includes(":")
      ? `[${proxy.host}]:${proxy.port}`
      : `${proxy.host}:${proxy.port}`,
    bind: options.bind.length > 0 ? options.bind : ["127.0.0.1"],
    lan: false,
    mdns: false,
    portMapping: false,
    names,
    canDial: () => true,
    lookUp: (host) => Promise.resolve().then(() => [names.standIn(host)]),
    helloPort: () => 0,
    // What the machine's interfaces have would tell who it is.
    own: () => given,
  };
}

function from(source: Sourced["source"]): (address: NodeAddress) => Sourced {
  return (address) => ({ address, source });
}
