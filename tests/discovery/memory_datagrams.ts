/** A UDP socket without a network: what is sent is answered by a function of the test. */
import type { DatagramPort, DhtDatagram } from "../../src/discovery/dht_port.ts";

/** Whoever is out there. Answers with datagrams that come back. */
export type World = (sent: DhtDatagram) => readonly DhtDatagram[];

/** The socket; it keeps all that was sent. */
export class MemoryDatagrams implements DatagramPort {
  readonly sent: DhtDatagram[] = [];
  readonly #world: World;
  readonly #waiting: DhtDatagram[] = [];
  #closed = false;
  #wake: () => void = () => {};

  constructor(world: World) {
    this.#world = world;
  }

  send(datagram: DhtDatagram): void {
    this.sent.push(datagram);
    for (const answer of this.#world(datagram)) this.deliver(answer);
  }

  /** Lets a datagram come in. */
  deliver(datagram: DhtDatagram): void {
    this.#waiting.push(datagram);
    this.#wake();
  }

  async receive(): Promise<DhtDatagram | undefined> {
    while (this.#waiting.length === 0 && !this.#closed) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.#waiting.shift();
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }
}
