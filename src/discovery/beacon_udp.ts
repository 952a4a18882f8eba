/**
 * Beacons over UDP broadcast (docs/PROTOCOL.md section 10). IPv4 only: IPv6 has no
 * broadcast.
 */
import { DEFAULT_PORT, MAX_BEACON_BYTES } from "../wire/limits.ts";
import type { Public } from "../wire/privacy.ts";
import type { BeaconPort, Datagram, Sent } from "./beacon_port.ts";
import { broadcastAddresses, LIMITED_BROADCAST } from "./broadcast.ts";

/** Pause after a failed receive, in milliseconds, so that a broken socket can't keep a core busy. */
const RETRY_MS = 1_000;

/**
 * Opens the socket on all interfaces; several nodes on one machine share the port. `port` is where
 * to listen and where to send, `DEFAULT_PORT` unless told otherwise. Throws what
 * `Deno.listenDatagram` throws, e.g. `Deno.errors.AddrInUse` when a program that doesn't share has
 * the port; after that nothing throws: networks come and go while a node runs.
 */
export function openUdpBeacon(
  { port = DEFAULT_PORT }: { readonly port?: number } = {},
): BeaconPort {
  // SO_BROADCAST is set by Deno. Interfaces aren't bound one by one, or new ones would be missed.
  const socket = Deno.listenDatagram({
    transport: "udp",
    hostname: "0.0.0.0",
    port,
    reuseAddress: true,
  });
  return new UdpBeacon(socket, port);
}

class UdpBeacon implements BeaconPort {
  readonly #socket: Deno.DatagramConn;
  readonly #port: number;
  /** One byte more than the longest beacon, so that a longer datagram isn't cut into one. */
  readonly #buffer = new Uint8Array(MAX_BEACON_BYTES + 1);
  #closed = false;
  #endPause: (() => void) | undefined;

  constructor(socket: Deno.DatagramConn, port: number) {
    this.#socket = socket;
    this.#port = port;
  }

  async send(bytes: Public<Uint8Array>): Promise<Sent> {
    const said = { networks: 0, sent: 0 };
    let error: string | undefined;
    // Read at each send: a cable may have been plugged in since the last one.
    for (const hostname of broadcastAddresses(readInterfaces())) {
      if (this.#closed) break;
      // Without a default route the limited broadcast fails, which means nothing.
      const counts = hostname !== LIMITED_BROADCAST;
      if (counts) said.networks++;
      try {
        await this.#socket.send(bytes, { transport: "udp", hostname, port: this.#port });
        if (counts) said.sent++;
      } catch (failure) {
        // No route, interface just gone, forbidden by a firewall: the others are tried all the same.
        if (counts) error = failure instanceof Error ? failure.message : "unknown error";
      }
    }
    return error === undefined ? said : { ...said, error };
  }

  async receive(): Promise<Datagram | undefined> {
    while (!this.#closed) {
      try {
        const [bytes, from] = await this.#socket.receive(this.#buffer);
        if (from.transport === "udp") return { host: from.hostname, bytes: bytes.slice() };
      } catch {
        if (!this.#closed) await this.#pause();
      }
    }
    return undefined;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
    this.#endPause?.();
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, RETRY_MS);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function readInterfaces(): readonly Deno.NetworkInterfaceInfo[] {
  try {
    return Deno.networkInterfaces();
  } catch {
    // Not permitted, or not to be had on this system: the limited broadcast remains.
    return [];
  }
}
