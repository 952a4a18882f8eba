/** What the tests of transport and session share. */
import { concatBytes } from "@noble/hashes/utils.js";
import { tcpTransport } from "../../src/node/transport_tcp.ts";
import type { Connection } from "../../src/node/transport_port.ts";
import { addressOf } from "../../src/wire/address.ts";
import { labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";
import {
  handshakeLength,
  NoiseHandshake,
  type NoiseLink,
  type NoiseRole,
} from "../../src/wire/noise.ts";
import { prefixLength } from "../../src/wire/record.ts";

/** Labels of the network that the tests run on. */
export const LABELS = labelsOf(MAIN_NETWORK);

/** Fresh random bytes. */
export function random(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Two ends of a real TCP connection on loopback, the dialling one first. */
export async function tcpPair(): Promise<readonly [Connection, Connection]> {
  const transport = tcpTransport();
  const accepted = Promise.withResolvers<Connection>();
  const listener = transport.listen({
    hosts: ["127.0.0.1"],
    port: 0,
    onConnection: accepted.resolve,
  });
  const near = await transport.dial(addressOf("127.0.0.1", listener.port)!);
  const far = await accepted.promise;
  await listener.close();
  return [near, far];
}

/** A peer that speaks the protocol by hand, byte by byte if it must. */
export class RawPeer {
  readonly connection: Connection;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** Exactly that many bytes, or `undefined` when the connection ended before. */
  async take(count: number): Promise<Uint8Array | undefined> {
    while (this.#rest.length < count) {
      const chunk = await this.connection.read();
      if (chunk === null) return undefined;
      this.#rest = concatBytes(this.#rest, chunk);
    }
    const taken = this.#rest.slice(0, count);
    this.#rest = this.#rest.slice(count);
    return taken;
  }

  /** The next record without its length, or `undefined` at the end. */
  async takeRecord(): Promise<Uint8Array | undefined> {
    const header = await this.take(2);
    return header && await this.take(header[0]! * 256 + header[1]!);
  }

  /** A correct handshake; the keys. */
  async shake(role: NoiseRole, psk?: Uint8Array): Promise<NoiseLink> {
    const machine = new NoiseHandshake({
      role,
      prologue: LABELS.noise,
      ephemeralSecret: random(32),
      psk,
    });
    const steps = role === "initiator" ? ["write", "read"] : ["read", "write"];
    for (const [i, step] of steps.entries()) {
      if (step === "write") {
        await this.connection.write(prefixLength(machine.write()));
      } else {
        const length = handshakeLength(i === 0 ? 1 : 2, { psk: psk !== undefined });
        machine.read((await this.take(2 + length))!.subarray(2));
      }
    }
    return machine.split();
  }
}
