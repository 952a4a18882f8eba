/** A network inside the process, for tests: the transport port without sockets. */
import { addressOf, type NodeAddress } from "../wire/address.ts";
import type { Connection, Transport } from "./transport_port.ts";

/** Bytes that one direction of a connection holds before its writer has to wait. */
const PIPE_BYTES = 65_536;
/** First port that is given to a dialler, or to a listener that asks for port 0. */
const FIRST_FREE_PORT = 49_152;

/** How a pair behaves. */
export interface MemoryPairOptions {
  /** Address of the first end; the second sees it as its remote. */
  readonly first: NodeAddress;
  /** Address of the second end. */
  readonly second: NodeAddress;
  /** Numbers in [0, 1), seeded; when given, reads come in chunks of random size. */
  readonly random?: (() => number) | undefined;
}

/** Two connections, each the other's other side. */
export function memoryPair(options: MemoryPairOptions): readonly [Connection, Connection] {
  const [there, back] = [new Pipe(options.random), new Pipe(options.random)];
  return [
    new MemoryConnection({ remote: options.second, incoming: back, outgoing: there }),
    new MemoryConnection({ remote: options.first, incoming: there, outgoing: back }),
  ];
}

/** Hosts that reach each other by their addresses, and nobody else. */
export class MemoryNetwork {
  readonly #listeners = new Map<NodeAddress, (connection: Connection) => void>();
  readonly #random: (() => number) | undefined;
  #nextPort = FIRST_FREE_PORT;

  /** `random` as in {@linkcode MemoryPairOptions}. */
  constructor(random?: () => number) {
    this.#random = random;
  }

  /** The network as seen by the machine with this IP address. It listens there, whatever `hosts` says. */
  transportOf(host: string): Transport {
    return {
      dial: async (address, { signal } = {}) => {
        await Promise.resolve();
        signal?.throwIfAborted();
        const onConnection = this.#listeners.get(address);
        if (onConnection === undefined) throw new Error("Connection refused");
        const [near, far] = memoryPair({
          first: at(host, this.#nextPort++),
          second: address,
          random: this.#random,
        });
        onConnection(far);
        return near;
      },
      listen: ({ port: asked, onConnection }) => {
        const port = asked === 0 ? this.#nextPort++ : asked;
        const address = at(host, port);
        if (this.#listeners.has(address)) throw new Deno.errors.AddrInUse("Address already in use");
        this.#listeners.set(address, onConnection);
        return {
          port,
          close: () => {
            this.#listeners.delete(address);
            return Promise.resolve();
          },
        };
      },
    };
  }
}

function at(host: string, port: number): NodeAddress {
  const address = addressOf(host, port);
  if (address === undefined) throw new TypeError(`Not an address: ${host} ${port}`);
  return address;
}

/** One direction: a bounded buffer with one reader and one writer. */
class Pipe {
  readonly #random: (() => number) | undefined;
  #bytes = new Uint8Array(0);
  #state: "open" | "ended" | "broken" = "open";
  #changed = Promise.withResolvers<void>();

  constructor(random: (() => number) | undefined) {
    this.#random = random;
  }

  async read(): Promise<Uint8Array | null> {
    while (this.#state === "open" && this.#bytes.length === 0) await this.#changed.promise;
    if (this.#state === "broken") throw new Error("Connection closed");
    if (this.#bytes.length === 0) return null;
    const share = this.#random?.() ?? 1;
    const count = Math.max(1, Math.ceil(this.#bytes.length * share));
    const chunk = this.#bytes.slice(0, count);
    this.#bytes = this.#bytes.slice(count);
    this.#wake();
    return chunk;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      while (this.#state === "open" && this.#bytes.length >= PIPE_BYTES) {
        await this.#changed.promise;
      }
      if (this.#state !== "open") throw new Error("Connection closed");
      const count = Math.min(rest.length, PIPE_BYTES - this.#bytes.length);
      const joined = new Uint8Array(this.#bytes.length + count);
      joined.set(this.#bytes);
      joined.set(rest.subarray(0, count), this.#bytes.length);
      this.#bytes = joined;
      rest = rest.subarray(count);
      this.#wake();
    }
  }

  /** The writer is done: what it wrote can still be read. */
  end(): void {
    if (this.#state === "open") this.#state = "ended";
    this.#wake();
  }

  /** The reader is gone: nothing can be read or written. */
  break(): void {
    this.#state = "broken";
    this.#wake();
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

interface Ends {
  readonly remote: NodeAddress;
  readonly incoming: Pipe;
  readonly outgoing: Pipe;
}

class MemoryConnection implements Connection {
  readonly remote: NodeAddress;
  readonly #incoming: Pipe;
  readonly #outgoing: Pipe;

  constructor(ends: Ends) {
    this.remote = ends.remote;
    this.#incoming = ends.incoming;
    this.#outgoing = ends.outgoing;
  }

  read(): Promise<Uint8Array | null> {
    return this.#incoming.read();
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#outgoing.write(bytes);
  }

  closeWrite(): Promise<void> {
    this.#outgoing.end();
    return Promise.resolve();
  }

  close(): void {
    this.#outgoing.end();
    this.#incoming.break();
  }
}
