/**
 * TCP (docs/PROTOCOL.md section 6) behind the transport port. Only IP addresses are dialled; no name
 * is ever looked up.
 */
import { addressOf, hostPort, type NodeAddress } from "../wire/address.ts";
import type {
  Connection,
  DialOptions,
  Listener,
  ListenOptions,
  Transport,
} from "./transport_port.ts";

/** Milliseconds to connect (docs/PROTOCOL.md section 6, deadlines). */
const DIAL_TIMEOUT_MS = 5_000;
/** Bytes of a connection's read buffer, made at its first read. */
const READ_BYTES = 32_768;
/** First and longest pause after a failed accept. With no free descriptor it would fail at once again. */
const ACCEPT_PAUSE_MS = { first: 50, longest: 1_000 } as const;

/** What is used of a `Deno.TcpConn`. */
export type Socket = Pick<
  Deno.TcpConn,
  "remoteAddr" | "read" | "write" | "closeWrite" | "close" | "setNoDelay"
>;

/** What is used of a `Deno.TcpListener`. */
export interface SocketListener {
  /** Where it listens. */
  readonly addr: Deno.Addr;
  /** The next connection. Rejects after `close`, and when the system has no room for it. */
  accept(): Promise<Socket>;
  /** Listens no more. */
  close(): void;
}

/** The system's calls, as a parameter so that a test can make them fail. */
export interface TcpSystem {
  /** As `Deno.connect`. */
  connect(options: Deno.ConnectOptions & { signal: AbortSignal }): Promise<Socket>;
  /** As `Deno.listen`. */
  listen(options: { hostname: string; port: number }): SocketListener;
}

/** The TCP of this machine. Needs the permission `net`. */
export function tcpTransport(system: TcpSystem = Deno): Transport {
  return {
    dial: (address, options) => dial(system, { address, ...options }),
    listen: (options) => listen(system, options),
  };
}

async function dial(
  system: TcpSystem,
  options: DialOptions & { readonly address: NodeAddress },
): Promise<Connection> {
  const { address, timeoutMs = DIAL_TIMEOUT_MS, signal } = options;
  const { host: hostname, port } = hostPort(address);
  if (hostname.endsWith(".onion")) throw new Error("No way to dial an onion address");
  return await dialTcp(system, { address, hostname, port, timeoutMs, signal });
}

/** A connection to make, perhaps by way of another machine. */
export interface TcpDial {
  /** With whom the connection is in the end. */
  readonly address: NodeAddress;
  /** IP address that is connected to. */
  readonly hostname: string;
  /** Its port. */
  readonly port: number;
  /** Milliseconds for all of it. */
  readonly timeoutMs: number;
  /** Gives it up earlier. */
  readonly signal: AbortSignal | undefined;
  /** What is said first; must read none of what comes after. */
  readonly prepare?: (socket: Pick<Socket, "read" | "write">) => Promise<void>;
}

/** Connects, and has said what is to be said first. Rejects with nothing left open. */
export async function dialTcp(system: TcpSystem, dial: TcpDial): Promise<Connection> {
  const { address, hostname, port, timeoutMs, signal, prepare } = dial;
  signal?.throwIfAborted();
  // Deno.connect ignores its own `timeout` option (2.9.6), but not a signal.
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(new Error("Connecting took too long")), timeoutMs);
  const forward = (): void => giveUp.abort(signal?.reason);
  signal?.addEventListener("abort", forward);
  try {
    const socket = await system.connect({ hostname, port, signal: giveUp.signal });
    const connection = new TcpConnection(socket, address);
    const close = (): void => connection.close();
    giveUp.signal.addEventListener("abort", close);
    try {
      // Given up while it connected: nobody would end what is said first.
      giveUp.signal.throwIfAborted();
      await prepare?.(socket);
      giveUp.signal.throwIfAborted();
      return connection;
    } catch (error) {
      connection.close();
      giveUp.signal.throwIfAborted();
      throw error;
    } finally {
      giveUp.signal.removeEventListener("abort", close);
    }
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", forward);
  }
}

function listen(system: TcpSystem, options: ListenOptions): Listener {
  const sockets: SocketListener[] = [];
  let port = options.port;
  try {
    for (const hostname of options.hosts) {
      const socket = bind(system, { hostname, port });
      sockets.push(socket);
      const bound = socket.addr as Deno.NetAddr;
      port = bound.port;
      const beside = bound.hostname === "::" ? bindIpv4Too(system, port) : undefined;
      if (beside !== undefined) sockets.push(beside);
    }
  } catch (error) {
    for (const socket of sockets) socket.close();
    throw error;
  }
  const stop = new AbortController();
  const loops = sockets.map((socket) => acceptLoop(socket, { ...options, stop: stop.signal }));
  return {
    port,
    async close(): Promise<void> {
      if (!stop.signal.aborted) {
        stop.abort();
        for (const socket of sockets) socket.close();
      }
      await Promise.all(loops);
    },
  };
}

/** Binds; a machine without IPv6 gets all of IPv4 for `::`. */
function bind(
  system: TcpSystem,
  where: { readonly hostname: string; readonly port: number },
): SocketListener {
  try {
    return system.listen(where);
  } catch (error) {
    if (where.hostname !== "::" || error instanceof Deno.errors.AddrInUse) throw error;
    return system.listen({ hostname: "0.0.0.0", port: where.port });
  }
}

/**
 * IPv4 beside `::`, where the system (Windows, OpenBSD, Linux with net.ipv6.bindv6only) doesn't take
 * both on one socket; elsewhere the port is in use by that very socket.
 */
function bindIpv4Too(system: TcpSystem, port: number): SocketListener | undefined {
  try {
    return system.listen({ hostname: "0.0.0.0", port });
  } catch {
    return undefined;
  }
}

async function acceptLoop(
  listener: SocketListener,
  options: ListenOptions & { readonly stop: AbortSignal },
): Promise<void> {
  const { onConnection, onError, stop } = options;
  let pauseMs: number = ACCEPT_PAUSE_MS.first;
  while (!stop.aborted) {
    try {
      const socket = await listener.accept();
      pauseMs = ACCEPT_PAUSE_MS.first;
      const connection = stop.aborted ? undefined : accepted(socket);
      if (connection === undefined) socket.close();
      else onConnection(connection);
    } catch (error) {
      if (stop.aborted) return;
      // Whoever hangs up at once must neither hold up those behind nor fill the log.
      if (isOneLost(error)) continue;
      onError?.(error);
      await pause(pauseMs, stop);
      pauseMs = Math.min(2 * pauseMs, ACCEPT_PAUSE_MS.longest);
    }
  }
}

/** Whether it is a connection that failed, gone before it was taken, and not the listening. */
function isOneLost(error: unknown): boolean {
  return error instanceof Deno.errors.NotConnected ||
    error instanceof Deno.errors.ConnectionAborted ||
    error instanceof Deno.errors.ConnectionReset;
}

function accepted(socket: Socket): Connection | undefined {
  const { hostname, port } = socket.remoteAddr as Deno.NetAddr;
  // An IPv4 peer of a `::` listener shows as ::ffff:a.b.c.d; addressOf makes it IPv4 again.
  const remote = addressOf(hostname, port);
  return remote && new TcpConnection(socket, remote);
}

/** Waits that long, or until the signal aborts. */
async function pause(ms: number, stop: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = (): void => resolve();
  const timer = setTimeout(done, ms);
  stop.addEventListener("abort", done);
  await promise;
  clearTimeout(timer);
  stop.removeEventListener("abort", done);
}

class TcpConnection implements Connection {
  readonly remote: NodeAddress;
  readonly #socket: Socket;
  #buffer: Uint8Array<ArrayBuffer> | undefined;
  #closed = false;

  constructor(socket: Socket, remote: NodeAddress) {
    this.#socket = socket;
    this.remote = remote;
    try {
      // Frames are few and awaited: holding small ones back would only add to the latency.
      socket.setNoDelay(true);
    } catch {
      // Some systems refuse this on a connection that is already reset; the first read will tell.
    }
  }

  async read(): Promise<Uint8Array | null> {
    this.#buffer ??= new Uint8Array(READ_BYTES);
    const count = await this.#socket.read(this.#buffer);
    return count === null ? null : this.#buffer.subarray(0, count);
  }

  async write(bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    while (rest.length > 0) rest = rest.subarray(await this.#socket.write(rest));
  }

  closeWrite(): Promise<void> {
    return this.#socket.closeWrite();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }
}
