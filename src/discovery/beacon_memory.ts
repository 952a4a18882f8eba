/** A local network that exists in memory only, for tests and for simulations of whole nodes. */
import type { Public } from "../wire/privacy.ts";
import type { BeaconPort, Datagram, Sent } from "./beacon_port.ts";

/** Datagrams that wait in a port; as in a socket's buffer, what comes on top is lost. */
const MAX_WAITING = 64;

/** A broadcast domain: what one port sends, all hear, the sender included. */
export class MemoryLan {
  readonly #ports = new Map<MemoryPort, string>();

  /** Plugs in a machine with this IP address. */
  join(host: string): BeaconPort {
    const port = new MemoryPort({
      send: (bytes) => this.broadcast(host, bytes),
      leave: () => this.#ports.delete(port),
    });
    this.#ports.set(port, host);
    return port;
  }

  /** Sends any bytes from any address, as anybody on a real network can. */
  broadcast(host: string, bytes: Uint8Array): void {
    for (const port of this.#ports.keys()) port.deliver({ host, bytes: bytes.slice() });
  }
}

class MemoryPort implements BeaconPort {
  readonly #send: (bytes: Uint8Array) => void;
  readonly #leave: () => void;
  readonly #waiting: Datagram[] = [];
  #wake: ((datagram: Datagram | undefined) => void) | undefined;
  #closed = false;

  constructor(
    lan: { readonly send: (bytes: Uint8Array) => void; readonly leave: () => void },
  ) {
    this.#send = lan.send;
    this.#leave = lan.leave;
  }

  send(bytes: Public<Uint8Array>): Promise<Sent> {
    if (!this.#closed) this.#send(bytes);
    return Promise.resolve({ networks: 1, sent: this.#closed ? 0 : 1 });
  }

  receive(): Promise<Datagram | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    const next = this.#waiting.shift();
    if (next !== undefined) return Promise.resolve(next);
    return new Promise((resolve) => this.#wake = resolve);
  }

  close(): void {
    this.#closed = true;
    this.#leave();
    this.#resume(undefined);
  }

  deliver(datagram: Datagram): void {
    if (this.#wake !== undefined) this.#resume(datagram);
    else if (this.#waiting.length < MAX_WAITING) this.#waiting.push(datagram);
  }

  #resume(datagram: Datagram | undefined): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.(datagram);
  }
}
