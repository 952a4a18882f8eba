/** BitTorrent's DHT over this machine's network. */
import type { DatagramPort, DhtPort } from "./dht_port.ts";
import { MAX_DATAGRAM_BYTES } from "./dht_packets.ts";
import type { DhtSocketOptions } from "./dht_socket.ts";

/** Pause after a failed receive, in milliseconds, so that a broken socket can't keep a core busy. */
const RETRY_MS = 1_000;

/**
 * Loads the library, late, since only `node --dht` needs it, and at the start, since later a node may
 * read no files; then binds a UDP port that the system chooses. Rejects when either can't be done.
 */
export async function systemDht(
  { hostname, ...options }: Omit<DhtSocketOptions, "datagrams"> & { readonly hostname: string },
): Promise<DhtPort> {
  const { openDht } = await import("./dht_bittorrent.ts");
  return openDht({ ...options, datagrams: openDatagrams(hostname) });
}

/** Binds a socket to an IPv4 address. Throws what `Deno.listenDatagram` throws. */
function openDatagrams(hostname: string): DatagramPort {
  const socket = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
  // One byte more than is looked at, so that a longer datagram isn't cut into a right one.
  const buffer = new Uint8Array(MAX_DATAGRAM_BYTES + 1);
  let closed = false;
  let endPause = (): void => {};
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, RETRY_MS);
      endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  return {
    send: ({ host, port, bytes }) => {
      // No route, forbidden by a firewall: it counts as an answer that doesn't come.
      socket.send(bytes, { transport: "udp", hostname: host, port }).catch(() => {});
    },
    receive: async () => {
      while (!closed) {
        try {
          const [bytes, from] = await socket.receive(buffer);
          if (from.transport === "udp") {
            return { host: from.hostname, port: from.port, bytes: bytes.slice() };
          }
        } catch {
          if (!closed) await pause();
        }
      }
      return undefined;
    },
    close: () => {
      if (closed) return;
      closed = true;
      socket.close();
      endPause();
    },
  };
}
