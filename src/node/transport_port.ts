/**
 * What the node needs of a network: connections that carry bytes, a way to make them and a way to
 * take them. Implemented by `transport_tcp.ts` for real and `transport_memory.ts` for tests; both
 * pass the same suite (tests/node/transport_test.ts).
 */
import type { NodeAddress } from "../wire/address.ts";

/** A stream of bytes in each direction. Whoever holds it closes it. */
export interface Connection {
  /** The other side as seen from here: its port is that of this connection, not one it listens on. */
  readonly remote: NodeAddress;

  /**
   * The next bytes, at least one, or `null` when the other side has finished sending. The array may
   * be used again by the next `read`; one at a time. Rejects when the connection broke or was closed
   * here.
   */
  read(): Promise<Uint8Array | null>;

  /**
   * Sends all the bytes; resolves when the next may come, so a receiver that doesn't read holds it up.
   * One at a time. Rejects when the connection broke or was closed here.
   */
  write(bytes: Uint8Array): Promise<void>;

  /** Says that nothing more will be sent; reading goes on. Rejects when the connection broke. */
  closeWrite(): Promise<void>;

  /** Gives the connection up at once; reads and writes under way reject. Harmless when repeated. */
  close(): void;
}

/** A limit to the time that a dial may take. */
export interface DialOptions {
  /** Milliseconds until it is given up; 5,000 (docs/PROTOCOL.md section 6) unless said. */
  readonly timeoutMs?: number;
  /** Gives it up earlier. */
  readonly signal?: AbortSignal;
}

/** Where to listen, and what to do with what comes. */
export interface ListenOptions {
  /** IP addresses to bind, IPv6 without brackets; `::` takes IPv4 as well. At least one. */
  readonly hosts: readonly string[];
  /** Port for all of them; 0 lets the system choose one for the first, which the others take too. */
  readonly port: number;
  /** Called with each connection, which is then the callee's to close. Must not throw. */
  readonly onConnection: (connection: Connection) => void;
  /** Told of errors that don't end the listening, such as no free file descriptor. Must not throw. */
  readonly onError?: (error: unknown) => void;
}

/** An open listener. */
export interface Listener {
  /** The port that it has. */
  readonly port: number;
  /** Takes no more connections; those handed out live on. Resolves when nothing runs any more. */
  close(): Promise<void>;
}

/** A way to connect and to be connected to. */
export interface Transport {
  /** Connects. Rejects when that fails, takes too long, or can't be done for this kind of address. */
  dial(address: NodeAddress, options?: DialOptions): Promise<Connection>;
  /** Listens. Throws when an address can't be bound; then none is. */
  listen(options: ListenOptions): Listener;
}
