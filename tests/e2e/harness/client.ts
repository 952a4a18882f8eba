/**
 * A peer that does what a test tells it to, good or bad: a TCP connection, the handshake, and then
 * any frames, records or bytes. It stands on `src/wire` alone, so that a mistake of the node's own
 * session code doesn't hide itself.
 */
import { addressOf } from "../../../src/wire/address.ts";
import {
  ANSWER,
  type AnswerCode,
  decodeFrame,
  encodeFrame,
  type Frame,
  type HelloFrame,
} from "../../../src/wire/frame.ts";
import type { MessageId } from "../../../src/wire/ids.ts";
import { labelsOf, MAIN_NETWORK, type NetworkName } from "../../../src/wire/labels.ts";
import { HELLO_GRAIN_S } from "../../../src/wire/limits.ts";
import {
  handshakeLength,
  NoiseHandshake,
  type NoiseLink,
  type NoiseRole,
} from "../../../src/wire/noise.ts";
import { encode } from "../../../src/wire/msgpack.ts";
import { asPublic } from "../../../src/wire/privacy.ts";
import { openRecord, prefixLength, RecordReader, sealRecord } from "../../../src/wire/record.ts";
import { ruleDigest } from "../../../src/wire/rules.ts";
import { floorTo, toSeconds, type UnixMs, type UnixSeconds } from "../../../src/wire/time.ts";
import { connectFrom, type PlainConnection } from "./connect_from.ts";
import { DEADLINE_MS } from "./process.ts";

/** Where to connect, and as a member of which network. */
export interface ClientOptions {
  readonly port: number;
  readonly hostname?: string;
  /** Address of this machine to connect from. */
  readonly from?: string | undefined;
  readonly network?: NetworkName;
  /** Network key, 32 bytes. */
  readonly psk?: Uint8Array;
}

/** A connection to a node, kept by the test. */
export class RawClient implements Disposable {
  readonly #connection: PlainConnection;
  readonly #records = new RecordReader();
  readonly #buffer = new Uint8Array(65_536);
  #link: NoiseLink | undefined;
  #closed = false;

  private constructor(connection: PlainConnection) {
    this.#connection = connection;
  }

  /** Connects and does nothing more: for what comes before, or in place of, a handshake. */
  static async connect(options: ClientOptions): Promise<RawClient> {
    const { hostname = "127.0.0.1", port, from } = options;
    return new RawClient(
      from === undefined
        ? await Deno.connect({ hostname, port })
        : await connectFrom(from, { hostname, port }),
    );
  }

  /** Connects and shakes hands as the initiator. Throws a `WireError` for another network. */
  static async open(options: ClientOptions): Promise<RawClient> {
    const client = await RawClient.connect(options);
    try {
      await client.handshake(options);
      return client;
    } catch (error) {
      client[Symbol.dispose]();
      throw error;
    }
  }

  /** Takes a connection that the node dialled and shakes hands as the responder. */
  static async accept(
    listener: Deno.Listener,
    options: Pick<ClientOptions, "network" | "psk"> = {},
  ): Promise<RawClient> {
    const client = new RawClient(await listener.accept());
    try {
      await client.handshake({ ...options, role: "responder" });
      return client;
    } catch (error) {
      client[Symbol.dispose]();
      throw error;
    }
  }

  /** Shakes hands. Throws when the node ends the connection instead. */
  async handshake(
    options: Pick<ClientOptions, "network" | "psk"> & { role?: NoiseRole } = {},
  ): Promise<void> {
    const { network = MAIN_NETWORK, psk, role = "initiator" } = options;
    const handshake = new NoiseHandshake({
      role,
      prologue: labelsOf(network).noise,
      ephemeralSecret: crypto.getRandomValues(new Uint8Array(32)),
      psk,
    });
    if (role === "initiator") await this.sendRaw(prefixLength(handshake.write()));
    const expected = handshakeLength(role === "initiator" ? 2 : 1, { psk: psk !== undefined });
    const message = await this.#record((length) => length === expected);
    if (message === undefined) throw new Error("The node closed during the handshake");
    handshake.read(message);
    if (role === "responder") await this.sendRaw(prefixLength(handshake.write()));
    this.#link = handshake.split();
  }

  /** Sends a well-formed frame. */
  async send(...frames: readonly Frame[]): Promise<void> {
    for (const frame of frames) await this.sendBytes(encodeFrame(frame));
  }

  /** Sends any bytes in the place of a frame, well padded and encrypted. */
  async sendBytes(frame: Uint8Array): Promise<void> {
    await this.sendRaw(sealRecord(this.#sending(), asPublic(frame)));
  }

  /** Sends any plaintext as a record, encrypted: for bad padding and lengths. */
  async sendPlaintext(plaintext: Uint8Array): Promise<void> {
    await this.sendRaw(prefixLength(this.#sending().encrypt(plaintext)));
  }

  /** Sends bytes as they are. */
  async sendRaw(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) {
      sent += await this.#connection.write(bytes.subarray(sent));
    }
  }

  /** The node's next frame; `undefined` when it closed the connection. Throws at the deadline. */
  async next(): Promise<Frame | undefined> {
    const record = await this.#record();
    const receiving = this.#link?.receiving;
    if (receiving === undefined) throw new Error("No handshake yet");
    return record === undefined ? undefined : decodeFrame(openRecord(receiving, record));
  }

  /** The node's next frame, which must be of this kind. */
  async expect<K extends Frame["kind"]>(kind: K): Promise<Extract<Frame, { kind: K }>> {
    const frame = await this.next();
    if (!isKind(frame, kind)) {
      throw new Error(`Expected ${kind}, got ${frame?.kind ?? "the end of the connection"}`);
    }
    return frame;
  }

  /** Frames until the node closes the connection. */
  async rest(): Promise<Frame[]> {
    const frames: Frame[] = [];
    for (let frame = await this.next(); frame !== undefined; frame = await this.next()) {
      frames.push(frame);
    }
    return frames;
  }

  /** Step 3: hello and offer. `port` is where this client claims to listen. */
  async greet(ids: readonly MessageId[], options: { port?: number } = {}): Promise<void> {
    await this.send(helloFrame(options), { kind: "offer", ids, address: undefined });
  }

  /**
   * Offers one message, hands these bytes over when they are wanted, wants nothing in return and
   * ends the exchange. Answers what the node said: to the offer, and of the message.
   */
  async deliver(
    id: MessageId,
    bytes: Uint8Array,
    options: { port?: number } = {},
  ): Promise<{ answer: AnswerCode | undefined; frames: readonly Frame[] }> {
    await this.greet([id], options);
    await this.expect("hello");
    const { codes } = await this.expect("answer");
    const { ids } = await this.expect("offer");
    await this.send({
      kind: "answer",
      codes: ids.map(() => ANSWER.notNow),
      knewAddress: false,
      stems: 0,
    });
    // Not as a frame: its encoder would refuse a message over the cap.
    if (codes[0] === ANSWER.want) await this.sendBytes(encode([3, bytes]));
    const frames: Frame[] = [];
    for (let frame = await this.next(); frame !== undefined; frame = await this.next()) {
      frames.push(frame);
      if (frame.kind === "result") await this.send({ kind: "bye" });
    }
    return { answer: codes[0], frames };
  }

  /**
   * Offers up to 16 messages, hands over those that are wanted, wants nothing in return and ends the
   * exchange. Answers the code of each offer, and the results of those that were wanted in order.
   */
  async deliverAll(
    messages: readonly { readonly id: MessageId; readonly bytes: Uint8Array }[],
  ): Promise<{ codes: readonly AnswerCode[]; results: readonly number[] }> {
    await this.greet(messages.map(({ id }) => id));
    await this.expect("hello");
    const { codes } = await this.expect("answer");
    const { ids } = await this.expect("offer");
    const notNow = ids.map(() => ANSWER.notNow);
    await this.send({ kind: "answer", codes: notNow, knewAddress: false, stems: 0 });
    const wanted = messages.filter((_, i) => codes[i] === ANSWER.want);
    for (const { bytes } of wanted) await this.sendBytes(encode([3, bytes]));
    const results: number[] = [];
    while (results.length < wanted.length) results.push((await this.expect("result")).code);
    await this.send({ kind: "bye" });
    return { codes, results };
  }

  /** Closes the connection, at once. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.close();
  }

  async #record(accept?: (length: number) => boolean): Promise<Uint8Array | undefined> {
    const timer = setTimeout(() => this[Symbol.dispose](), DEADLINE_MS);
    try {
      while (true) {
        const record = this.#records.next(accept);
        if (record !== undefined) return record;
        const count = await this.#connection.read(this.#buffer).catch((error: unknown) => {
          if (error instanceof Deno.errors.ConnectionReset) return null;
          throw error;
        });
        if (count === null) return undefined;
        this.#records.push(this.#buffer.slice(0, count));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #sending(): NoiseLink["sending"] {
    if (this.#link === undefined) throw new Error("No handshake yet");
    return this.#link.sending;
  }
}

/**
 * An honest peer with nothing to tell: answers whoever dials it, takes nothing, offers nothing.
 * Counts the exchanges that it saw to their end.
 */
export class PlainPeer implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<RawClient>();
  readonly #serving: Promise<void>;
  readonly #hello: Partial<HelloFrame>;
  /** Exchanges that the other side ended as it should. */
  completed = 0;

  /** Starts listening; `hello` is what it says otherwise than an honest node. */
  constructor(hello: Partial<HelloFrame> = {}) {
    this.#hello = hello;
    this.#serving = this.#serve();
  }

  /** Where it listens. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Its address as nodes write it. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Stops listening and closes what is open. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const client of this.#open) client[Symbol.dispose]();
    await this.#serving;
  }

  async #serve(): Promise<void> {
    const exchanges: Promise<void>[] = [];
    try {
      while (true) exchanges.push(this.#exchange(await RawClient.accept(this.#listener)));
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted)) {
        throw error;
      }
    }
    await Promise.all(exchanges);
  }

  async #exchange(client: RawClient): Promise<void> {
    this.#open.add(client);
    try {
      await client.expect("hello");
      const { ids } = await client.expect("offer");
      const codes = ids.map(() => ANSWER.notNow);
      await client.send(
        { ...helloFrame({ port: this.port }), ...this.#hello },
        { kind: "answer", codes, knewAddress: false, stems: 0 },
        { kind: "offer", ids: [], address: undefined },
      );
      await client.expect("answer");
      await client.expect("bye");
      this.completed++;
    } catch {
      // The node broke off, or the test is over. Whoever waits for `completed` will notice.
    } finally {
      this.#open.delete(client);
      client[Symbol.dispose]();
    }
  }
}

/** A hello as an honest node says it. */
export function helloFrame(options: { port?: number } = {}): Extract<Frame, { kind: "hello" }> {
  const now = toSeconds(Date.now() as UnixMs);
  const observed = addressOf("127.0.0.1", 14_677);
  if (observed === undefined) throw new Error("Not an address");
  return {
    kind: "hello",
    port: options.port ?? 0,
    observed,
    capabilities: 0,
    extraStampBits: 0,
    time: floorTo(now, HELLO_GRAIN_S),
    horizon: 0 as UnixSeconds,
    digest: ruleDigest(),
  };
}

function isKind<K extends Frame["kind"]>(
  frame: Frame | undefined,
  kind: K,
): frame is Extract<Frame, { kind: K }> {
  return frame?.kind === kind;
}
