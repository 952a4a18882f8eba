/**
 * The socket under the DHT library: lets out questions to addresses that section 6 allows, within
 * bounds, and lets in nothing but answers to them (dht_packets.ts). What the library throws at an
 * answer stays here.
 */
import { bytesToHex } from "@noble/hashes/utils.js";
import { Buffer } from "node:buffer";
import { EventEmitter } from "node:events";
import { addressOf, type NodeAddress } from "../wire/address.ts";
import { scopeOf } from "../wire/address_rules.ts";
import { questionOf, readAnswer, TRANSACTION_BYTES } from "./dht_packets.ts";
import type { DatagramPort, DhtDatagram } from "./dht_port.ts";
import type { Time } from "./time.ts";

/** Datagrams sent in a minute, and at once (a guess: a lookup takes 40 to 100). */
export const MAX_SENT_A_MINUTE = 256;

/** Of them to one host, so that answers can't aim many at a third machine; loopback aside. */
export const MAX_SENT_TO_HOST = 32;

/** Questions open at a time; the library has 16 of its own accord. */
export const MAX_OPEN = 128;

/** Milliseconds for which an answer is waited for: longer than the library does. */
export const OPEN_MS = 5_000;

const MINUTE_MS = 60_000;

/** What the socket works with. */
export interface DhtSocketOptions {
  /** The real one. */
  readonly datagrams: DatagramPort;
  /** Whether anything may be sent to an address. */
  readonly mayAsk: (address: NodeAddress) => boolean;
  /** Clock. */
  readonly time: Time;
  /** Random bytes. */
  readonly random: (length: number) => Uint8Array;
  /** Takes what the library throws. */
  readonly onTrouble: (error: unknown) => void;
}

interface Open {
  readonly to: NodeAddress;
  readonly id: Uint8Array;
  readonly until: number;
}

/** What the library takes for a socket of `node:dgram`. */
export class DhtSocket extends EventEmitter {
  readonly #options: DhtSocketOptions;
  /** By transaction id in hex, oldest first. */
  readonly #open = new Map<string, Open>();
  readonly #sentTo = new Map<string, number>();
  #windowEnds = -Infinity;
  #tokens = MAX_SENT_A_MINUTE;
  #filledAt: number;
  #closed = false;

  /** Begins to listen. */
  constructor(options: DhtSocketOptions) {
    super();
    this.#options = options;
    this.#filledAt = options.time.now();
    void this.#listen();
  }

  /** Nothing: it was bound before. */
  bind(): void {
    queueMicrotask(() => this.emit("listening"));
  }

  /** Where it is bound; the library wants to know, and does nothing with it. */
  address(): { readonly address: string; readonly port: number } {
    return { address: "0.0.0.0", port: 0 };
  }

  /** Sends what the library made, or what may leave of it. Never throws. */
  send(
    ...[message, _offset, _length, port, host, done]: readonly [
      Uint8Array,
      number,
      number,
      number,
      string,
      (() => void)?,
    ]
  ): void {
    const to = addressOf(host, port);
    if (!this.#closed && to !== undefined) this.#ask(message, { to, host, port });
    if (done !== undefined) queueMicrotask(done);
  }

  /** Closes it; nothing is sent or heard any more. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#open.clear();
    this.#options.datagrams.close();
    this.emit("close");
  }

  #ask(
    message: Uint8Array,
    { to, host, port }: {
      readonly to: NodeAddress;
      readonly host: string;
      readonly port: number;
    },
  ): void {
    const { mayAsk, random, time, datagrams } = this.#options;
    if (!mayAsk(to)) return;
    const transaction = random(TRANSACTION_BYTES);
    const question = questionOf(message, transaction);
    const now = time.now();
    this.#expire(now);
    if (question === undefined || this.#open.size >= MAX_OPEN || !this.#take(to, { host, now })) {
      return;
    }
    this.#open.set(bytesToHex(transaction), { to, id: question.id, until: now + OPEN_MS });
    datagrams.send({ host, port, bytes: question.bytes });
  }

  async #listen(): Promise<void> {
    for (;;) {
      const datagram = await this.#options.datagrams.receive();
      if (datagram === undefined || this.#closed) return;
      try {
        this.#hear(datagram);
      } catch (error) {
        this.#options.onTrouble(error);
      }
    }
  }

  #hear({ host, port, bytes }: DhtDatagram): void {
    const from = addressOf(host, port);
    this.#expire(this.#options.time.now());
    // Looked at before it is read: most of what strangers send costs no more than this.
    if (from === undefined || ![...this.#open.values()].some(({ to }) => to === from)) return;
    const answer = readAnswer(bytes, from);
    if (answer === undefined) return;
    const key = bytesToHex(answer.transaction);
    const open = this.#open.get(key);
    if (open?.to !== from) return;
    this.#open.delete(key);
    const forLibrary = Buffer.from(answer.forLibrary(open.id));
    this.emit("message", forLibrary, { address: host, port, family: "IPv4", size: bytes.length });
  }

  #expire(now: number): void {
    for (const [key, { until }] of this.#open) {
      if (until > now) return;
      this.#open.delete(key);
    }
  }

  #take(to: NodeAddress, { host, now }: { readonly host: string; readonly now: number }): boolean {
    if (now >= this.#windowEnds) {
      this.#sentTo.clear();
      this.#windowEnds = now + MINUTE_MS;
    }
    const refill = Math.max(0, now - this.#filledAt) * MAX_SENT_A_MINUTE / MINUTE_MS;
    this.#tokens = Math.min(MAX_SENT_A_MINUTE, this.#tokens + refill);
    this.#filledAt = now;
    const sent = this.#sentTo.get(host) ?? 0;
    if (this.#tokens < 1 || (sent >= MAX_SENT_TO_HOST && scopeOf(to) !== "loopback")) return false;
    this.#tokens--;
    this.#sentTo.set(host, sent + 1);
    return true;
  }
}
