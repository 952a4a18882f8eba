/** Asks a router by NAT-PMP (RFC 6886). Only datagrams from that router's address and port count. */
import type { InterfaceAddress } from "./broadcast.ts";
import { type Router, RouterError } from "./mapping_port.ts";
import { ADDRESS_REQUEST, addressAnswer, mapAnswer, mapRequest } from "./nat_pmp_codec.ts";

/** UDP port on which routers listen. */
export const NAT_PMP_PORT = 5_351;

/** Pauses after which a request is sent again, the last one before giving up, in milliseconds. */
const PAUSES_MS = [250, 500, 1_000];

/** Longest answer that is looked at, in bytes. */
const MAX_ANSWER_BYTES = 64;

/** A machine that may be a router, asked from the own address on that network. */
export function natPmpRouter(host: string, network: InterfaceAddress): Router {
  const ask = <T>(request: Uint8Array, read: (bytes: Uint8Array) => T | undefined): Promise<T> =>
    exchange(request, { host, from: network.address, read });
  const set = async (
    port: number,
    leaseSeconds: number,
  ): Promise<{ external: number; leaseSeconds: number }> => {
    const answer = await ask(
      mapRequest(port, leaseSeconds),
      (bytes) => pick(mapAnswer(bytes), (one) => one.result !== 0 || one.internal === port),
    );
    if (answer.result !== 0) {
      throw new RouterError(`The router refuses, with result ${answer.result}`);
    }
    return answer;
  };
  return {
    by: "nat-pmp",
    host,
    map: async ({ mappedPort: port }, leaseSeconds) => {
      const external = await ask(ADDRESS_REQUEST, addressAnswer);
      const granted = await set(port, leaseSeconds);
      if (granted.external === port) return { external, leaseSeconds: granted.leaseSeconds };
      await set(port, 0);
      throw new RouterError("The router has another port only");
    },
    unmap: async ({ mappedPort: port }) => void await set(port, 0),
  };
}

function pick<T>(value: T | undefined, fits: (value: T) => boolean): T | undefined {
  return value !== undefined && fits(value) ? value : undefined;
}

async function exchange<T>(
  request: Uint8Array,
  { host, from, read }: {
    readonly host: string;
    readonly from: string;
    readonly read: (bytes: Uint8Array) => T | undefined;
  },
): Promise<T> {
  const socket = Deno.listenDatagram({ transport: "udp", hostname: from, port: 0 });
  const to = { transport: "udp", hostname: host, port: NAT_PMP_PORT } as const;
  const timers = PAUSES_MS.slice(0, -1).map((_, n) =>
    setTimeout(() => void socket.send(request, to).catch(() => {}), sum(n))
  );
  timers.push(setTimeout(() => socket.close(), sum(PAUSES_MS.length - 1)));
  try {
    await socket.send(request, to);
    // Ends with the socket: then `receive` throws.
    for (;;) {
      const [bytes, source] = await socket.receive(new Uint8Array(MAX_ANSWER_BYTES));
      if (source.transport !== "udp" || source.hostname !== host) continue;
      const answer = source.port === NAT_PMP_PORT ? read(bytes) : undefined;
      if (answer !== undefined) return answer;
    }
  } finally {
    for (const timer of timers) clearTimeout(timer);
    try {
      socket.close();
    } catch {
      // Time was up: it is closed.
    }
  }
}

/** Milliseconds from the start to the end of pause number `n`. */
function sum(n: number): number {
  return PAUSES_MS.slice(0, n + 1).reduce((a, b) => a + b);
}
