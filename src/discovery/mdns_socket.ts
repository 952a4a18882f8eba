/**
 * The socket under the DNS-SD library: opened and bound before the library sees it, so that what
 * goes wrong is told to us and not thrown in the middle of nowhere; and with a filter to each side.
 */
import type { Buffer } from "node:buffer";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { EventEmitter } from "node:events";
import type { InterfaceAddress } from "./broadcast.ts";
import { judge, type OwnNames, pruned } from "./mdns_packets.ts";
import type { PacketsHeard } from "./mdns_port.ts";
import { isWithin } from "./networks.ts";
import type { Time } from "./time.ts";

/** Port of multicast DNS. */
export const MDNS_PORT = 5_353;

/** IPv4 group of multicast DNS. */
export const MDNS_GROUP = "224.0.0.251";

/** As RFC 6762 section 11 has it. */
const TTL = 255;

/** Packets looked at in a second, and at once (a guess: a busy home network has a few). */
export const MAX_PACKETS_A_SECOND = 64;

/** Packets sent in a second: RFC 6762 section 6 wants one second between two equal answers. */
const MAX_SENT_A_SECOND = 1;

/** Packets sent at once after a silence: what a start takes, announcement and question together. */
const MAX_SENT_AT_ONCE = 6;

/** Opens and binds a socket on one network. Rejects when another program doesn't share the port. */
export async function openMdnsSocket(
  network: InterfaceAddress,
  options: { readonly own: OwnNames; readonly time: Time },
): Promise<MdnsSocket> {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      // Not to the address alone: what is sent to a group comes to no such socket.
      socket.bind(MDNS_PORT, "0.0.0.0", () => resolve());
    });
    socket.addMembership(MDNS_GROUP, network.address);
    socket.setMulticastInterface(network.address);
    socket.setMulticastTTL(TTL);
    socket.setMulticastLoopback(true);
  } catch (error) {
    socket.close();
    throw error;
  }
  return new MdnsSocket(socket, { ...options, network });
}

/** What the library takes for a socket of `node:dgram`. */
export class MdnsSocket extends EventEmitter {
  readonly #socket: Socket;
  readonly #network: InterfaceAddress;
  readonly #own: OwnNames;
  readonly #heard: Bucket;
  readonly #sent: Bucket;
  #closed = false;
  #isGoodbye = false;
  #echoed = 0;
  #others = 0;

  /** Wraps a bound socket. */
  constructor(
    socket: Socket,
    { network, own, time }: {
      readonly network: InterfaceAddress;
      readonly own: OwnNames;
      readonly time: Time;
    },
  ) {
    super();
    this.#socket = socket;
    this.#network = network;
    this.#own = own;
    this.#heard = new Bucket(time, { size: MAX_PACKETS_A_SECOND, each: MAX_PACKETS_A_SECOND });
    this.#sent = new Bucket(time, { size: MAX_SENT_AT_ONCE, each: MAX_SENT_A_SECOND });
    socket.on("message", (bytes: Buffer, from: RemoteInfo) => this.#receive(bytes, from));
    // A network that is gone is noticed by looking at the interfaces; the library would throw this.
    socket.on("error", () => {});
  }

  /** What came in from the network so far. */
  get packets(): PacketsHeard {
    return { echoed: this.#echoed, others: this.#others };
  }

  /** Nothing: it was bound before. */
  bind(_port: number, _host: string, done: () => void): void {
    queueMicrotask(() => {
      this.emit("listening");
      done();
    });
  }

  /** What the library sends, less what must not leave. Errors are kept from it: it throws them. */
  send(
    ...[message, _offset, _length, _port, _host, done]: readonly [
      Uint8Array,
      number,
      number,
      number,
      string,
      ((error?: Error | null) => void)?,
    ]
  ): void {
    const ok = (): void => done?.(null);
    // A goodbye is never held back: what stays behind in others' caches is dialled for an hour.
    const bytes = this.#closed ? undefined : pruned(message, this.#network.address);
    if (bytes === undefined || !(this.#isGoodbye || this.#sent.take())) return queueMicrotask(ok);
    this.#socket.send(bytes, 0, bytes.length, MDNS_PORT, MDNS_GROUP, ok);
  }

  /** From here on nothing is held back. */
  sayGoodbye(): void {
    this.#isGoodbye = true;
  }

  /** Joins the group again: no harm where the membership still stands. */
  rejoin(): void {
    if (this.#closed) return;
    try {
      this.#socket.addMembership(MDNS_GROUP, this.#network.address);
      this.#socket.setMulticastInterface(this.#network.address);
    } catch {
      // Still a member, or the network is going.
    }
  }

  /** Closes the socket; may be called again. */
  close(done?: () => void): void {
    if (this.#closed) return queueMicrotask(() => done?.());
    this.#closed = true;
    this.#socket.close(done);
  }

  /** Done before. */
  addMembership(): void {}
  /** Closing does it. */
  dropMembership(): void {}
  /** Done before. */
  setMulticastTTL(): void {}
  /** Done before. */
  setMulticastLoopback(): void {}
  /** Done before. */
  setMulticastInterface(): void {}

  #receive(bytes: Uint8Array, from: RemoteInfo): void {
    // By the source's network, since sockets on one port hear what comes in anywhere; and nothing
    // from beyond, which multicast DNS never has to do with.
    if (this.#closed || from.port !== MDNS_PORT || !isWithin(from.address, this.#network)) return;
    if (from.address === this.#network.address) this.#echoed++;
    else this.#others++;
    if (!this.#heard.take() || judge(bytes, this.#own) === "ignore") return;
    try {
      this.emit("message", bytes, from);
    } catch {
      // The library fell over somebody's packet: that one is dropped, the node goes on.
    }
  }
}

class Bucket {
  readonly #time: Time;
  readonly #size: number;
  readonly #each: number;
  #tokens: number;
  #filledAt: number;

  /** Holds `size` tokens, full at the start, and gains `each` a second. */
  constructor(time: Time, { size, each }: { readonly size: number; readonly each: number }) {
    this.#time = time;
    this.#size = size;
    this.#each = each;
    this.#tokens = size;
    this.#filledAt = time.now();
  }

  take(): boolean {
    const now = this.#time.now();
    this.#tokens = Math.min(
      this.#size,
      this.#tokens + Math.max(0, now - this.#filledAt) * this.#each / 1_000,
    );
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
