/**
 * The network through a SOCKS5 proxy: every dial goes to it, and nothing beside it (docs/PROTOCOL.md
 * section 6). Listening is that of TCP.
 */
import { hostPort, type NodeAddress } from "../wire/address.ts";
import type { HostNames } from "./host_names.ts";
import type { Credentials, Proxy } from "./proxy.ts";
import { askProxy } from "./socks5.ts";
import { dialTcp, type TcpSystem, tcpTransport } from "./transport_tcp.ts";
import type { Connection, DialOptions, Transport } from "./transport_port.ts";

/** Milliseconds to connect: an onion service takes its time. */
const DIAL_TIMEOUT_MS = 30_000;
/** Bytes of a made-up user name or password. */
const CREDENTIAL_BYTES = 16;

/** What the transport works with. */
export interface SocksOptions {
  /** Where the proxy is. */
  readonly proxy: Proxy;
  /** Which addresses stand in for names. */
  readonly names: HostNames;
  /** That many fresh bytes from a cryptographic generator. */
  readonly random: (length: number) => Uint8Array;
  /** The system's calls; a test's own. */
  readonly system?: TcpSystem;
}

/** A transport through a proxy. */
export function socksTransport(options: SocksOptions): Transport {
  const { system = Deno } = options;
  return {
    dial: (address, dialOptions) => dial(system, { address, ...options, ...dialOptions }),
    listen: (listenOptions) => tcpTransport(system).listen(listenOptions),
  };
}

async function dial(
  system: TcpSystem,
  options: SocksOptions & DialOptions & { readonly address: NodeAddress },
): Promise<Connection> {
  const { address, proxy, names, random, signal, timeoutMs = DIAL_TIMEOUT_MS } = options;
  const target = hostPort(address);
  const host = names.nameOf(address) ?? target.host;
  const optional = proxy.credentials === undefined;
  return await dialTcp(system, {
    address,
    hostname: proxy.host,
    port: proxy.port,
    timeoutMs,
    signal,
    prepare: (socket) =>
      askProxy(socket, {
        host,
        port: target.port,
        credentials: proxy.credentials?.reveal() ?? unique(random),
        optional,
      }),
  });
}

/** Tor gives connections with differing credentials differing circuits: no exit sees two of ours. */
function unique(random: (length: number) => Uint8Array): Credentials {
  const hex = (): Uint8Array => new TextEncoder().encode(random(CREDENTIAL_BYTES).toHex());
  return { user: hex(), password: hex() };
}
