/**
 * One whole exchange, byte for byte: two engines, the frame codec, handshake and records, with fixed
 * ephemeral keys, times and seeds. `docs/PROTOCOL.md` shows it; `tests/vectors/exchange.json` has all
 * of it. To write that file anew: `deno run -A tests/node/exchange_transcript_test.ts`.
 */
import assert from "node:assert/strict";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import {
  Engine,
  type ExchangeSummary,
  type InEvent,
  type MessageFact,
  type OutEvent,
  seededRng,
  type SessionId,
} from "../../src/gossip/mod.ts";
import { createVerifier, publicKeyOf, sign } from "../../src/keystore/ed25519.ts";
import { compose, EMPTY_PROFILE } from "../../src/node/compose.ts";
import { factOf } from "../../src/node/message_fact.ts";
import { type NodeAddress, parseAddress } from "../../src/wire/address.ts";
import { admit, type Verdict } from "../../src/wire/admit.ts";
import { type Markup, MARKUP_TYPES } from "../../src/wire/body.ts";
import { decodeFrame, encodeFrame, type Frame, RESULT } from "../../src/wire/frame.ts";
import { type MessageId, parseMessageId } from "../../src/wire/ids.ts";
import { labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";
import { DEFAULT_PORT, HELLO_GRAIN_S } from "../../src/wire/limits.ts";
import { NoiseHandshake, type NoiseLink, type NoiseRole } from "../../src/wire/noise.ts";
import type { Public } from "../../src/wire/privacy.ts";
import { openRecord, prefixLength, RecordReader, sealRecord } from "../../src/wire/record.ts";
import { ruleDigest } from "../../src/wire/rules.ts";
import { floorTo, type UnixMs, unixSeconds } from "../../src/wire/time.ts";
import vector from "../vectors/exchange.json" with { type: "json" };

const LABELS = labelsOf(MAIN_NETWORK);
const NOW = unixSeconds(1_800_000_123);
const NOW_MS = NOW * 1000 as UnixMs;
/** When both stored their messages: less than an hour ago, or they would be at freshness 0. */
const INITIATOR_SESSION = 1 as SessionId;
const RESPONDER_SESSION = 2 ** 40 as SessionId;
const verify = createVerifier();

/** What is fixed of one side. */
const SIDES = {
  initiator: {
    address: "192.168.1.2:14677",
    source: "192.168.1.2:50000",
    seed: 1,
    ephemeral: 0xa1,
  },
  responder: { address: "192.168.1.3:14677", source: undefined, seed: 2, ephemeral: 0xb2 },
} as const;
/** The node that the responder tells the initiator of. */
const THIRD = "192.168.1.4:14677";

interface Author {
  readonly seed: Uint8Array;
  readonly created: number;
  readonly text: string;
  readonly markup: readonly Markup[];
  readonly name: string;
  readonly bio: string;
}

const AUTHORS: Readonly<Record<NoiseRole, Author>> = {
  initiator: {
    seed: new Uint8Array(32).fill(1),
    created: 1_800_000_060,
    text: "Good morning",
    markup: [],
    name: "Alice",
    bio: "",
  },
  responder: {
    seed: new Uint8Array(32).fill(2),
    created: 1_800_000_000,
    text: "Grüße 🌻 from the garden, where the first crocuses are out",
    markup: [{ start: 0, end: 0, type: MARKUP_TYPES.language, value: "en" }],
    name: "Bob",
    bio: "Grows vegetables",
  },
};

function address(text: string): NodeAddress {
  const read = parseAddress(text);
  assert.ok(read);
  return read;
}

/** The message that a side holds and the other wants, made as an author makes it. */
function messageOf(role: NoiseRole): Promise<Public<Uint8Array>> {
  const { seed, text, markup, name, bio, ...rest } = AUTHORS[role];
  const created = unixSeconds(rest.created);
  const profile = { ...EMPTY_PROFILE, updated: unixSeconds(1_790_000_000), name, bio };
  const signer = { key: publicKeyOf(seed), sign: (data: Uint8Array) => sign(seed, data) };
  const pause = (): Promise<void> => Promise.resolve();
  const body = { kind: "status", created, text, markup, attachments: [], profile } as const;
  return compose(body, { labels: LABELS, signer, pause });
}

function judge(bytes: Uint8Array, known: ReadonlyMap<MessageId, unknown>): Verdict {
  return admit(bytes, {
    labels: LABELS,
    now: NOW,
    known: (id) => known.has(id),
    verify,
    extraStampBits: 0,
  });
}

/** A frame as the vectors write it: bytes in hex, no address as null. */
function toJson(frame: Frame): unknown {
  const hex = (_: string, value: unknown): unknown =>
    value instanceof Uint8Array ? bytesToHex(value) : value;
  const missing = "address" in frame && frame.address === undefined ? { address: null } : {};
  return JSON.parse(JSON.stringify({ ...frame, ...missing }, hex));
}

/** One node: its engine, its store, and its end of the connection. */
class Side {
  readonly role: NoiseRole;
  readonly engine: Engine;
  readonly session: SessionId;
  readonly stored = new Map<MessageId, Uint8Array>();
  readonly reader = new RecordReader();
  link: NoiseLink | undefined;
  summary: ExchangeSummary | undefined;
  closed = false;

  constructor(role: NoiseRole, own: Public<Uint8Array>) {
    this.role = role;
    this.session = role === "initiator" ? INITIATOR_SESSION : RESPONDER_SESSION;
    const fact = this.store(own);
    const known = role === "initiator" ? SIDES.responder.address : THIRD;
    const { address: here, seed } = SIDES[role];
    this.engine = new Engine({
      rng: seededRng(seed),
      self: { port: DEFAULT_PORT, addresses: [address(here)] },
      known: this.stored,
      messages: [{ message: fact, freshness: 6 }],
      addresses: [{ address: address(known), freshness: 6, locator: false }],
      hello: () => ({
        capabilities: 0,
        extraStampBits: 0,
        time: floorTo(NOW, HELLO_GRAIN_S),
        horizon: unixSeconds(0),
        digest: ruleDigest(),
      }),
    });
  }

  /** Admits and keeps a message. */
  store(bytes: Uint8Array): MessageFact {
    const verdict = judge(bytes, this.stored);
    assert.ok(verdict.kind === "accept");
    this.stored.set(verdict.message.id, verdict.message.bytes);
    return factOf(verdict.message);
  }
}

/** Runs the exchange; what is done goes through one queue, so its order is fixed. */
class Run {
  readonly initiator: Side;
  readonly responder: Side;
  readonly handshake: { from: NoiseRole; hex: string }[] = [];
  readonly records: { from: NoiseRole; hex: string; frameHex: string; frame: unknown }[] = [];
  handshakeHash = "";
  readonly #queue: (() => void)[] = [];

  constructor(initiator: Public<Uint8Array>, responder: Public<Uint8Array>) {
    this.initiator = new Side("initiator", initiator);
    this.responder = new Side("responder", responder);
  }

  run(): void {
    this.#feed(this.responder, { kind: "start" });
    this.#feed(this.initiator, { kind: "start" });
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) next();
  }

  #feed(side: Side, event: InEvent): void {
    for (const out of side.engine.handle(event, NOW_MS)) this.#perform(side, out);
  }

  #later(side: Side, event: InEvent): void {
    this.#queue.push(() => this.#feed(side, event));
  }

  #perform(side: Side, out: OutEvent): void {
    const { session } = side;
    switch (out.kind) {
      case "dial":
        // The responder's own dial, of the third node, is still under way when all this is over.
        if (side === this.initiator) {
          const remote = address(SIDES.initiator.source);
          this.#later(this.responder, { kind: "accepted", session: RESPONDER_SESSION, remote });
        }
        return;
      case "handshake":
        return this.#shakeHands();
      case "send":
        return this.#send(side, out.frame);
      case "send-message":
        return this.#send(side, {
          kind: "message",
          bytes: side.stored.get(out.id) ?? new Uint8Array(),
        });
      case "admit": {
        const verdict = judge(out.bytes, side.stored);
        assert.ok(verdict.kind === "accept" && verdict.message.id === out.expected);
        const message = side.store(out.bytes);
        const { purpose } = out;
        const code = RESULT.accepted;
        return this.#later(side, { kind: "admitted", session, code, purpose, message });
      }
      case "exchange-ended":
        side.summary = out.summary;
        return;
      case "close":
        side.closed = true;
        return;
      default:
        // Timers and what is to be remembered.
        return;
    }
  }

  #shakeHands(): void {
    const machine = (role: NoiseRole): NoiseHandshake =>
      new NoiseHandshake({
        role,
        prologue: LABELS.noise,
        ephemeralSecret: new Uint8Array(32).fill(SIDES[role].ephemeral),
      });
    const [a, b] = [machine("initiator"), machine("responder")];
    const first = a.write();
    b.read(first);
    const second = b.write();
    a.read(second);
    this.handshake.push(
      { from: "initiator", hex: bytesToHex(prefixLength(first)) },
      { from: "responder", hex: bytesToHex(prefixLength(second)) },
    );
    this.initiator.link = a.split();
    this.responder.link = b.split();
    this.handshakeHash = bytesToHex(this.initiator.link.handshakeHash);
    this.#later(this.responder, { kind: "opened", session: RESPONDER_SESSION });
    this.#later(this.initiator, { kind: "opened", session: INITIATOR_SESSION });
  }

  #send(from: Side, frame: Frame): void {
    assert.ok(from.link);
    const bytes = encodeFrame(frame);
    const record = sealRecord(from.link.sending, bytes);
    this.records.push({
      from: from.role,
      hex: bytesToHex(record),
      frameHex: bytesToHex(bytes),
      frame: toJson(frame),
    });
    const to = from === this.initiator ? this.responder : this.initiator;
    this.#queue.push(() => {
      to.reader.push(record);
      const ciphertext = to.reader.next();
      assert.ok(ciphertext && to.link);
      const received = decodeFrame(openRecord(to.link.receiving, ciphertext));
      this.#feed(to, { kind: "frame", session: to.session, frame: received });
    });
  }
}

/** The whole transcript as the file has it. */
async function transcript(): Promise<Record<string, unknown>> {
  const messages = {
    initiator: await messageOf("initiator"),
    responder: await messageOf("responder"),
  };
  const run = new Run(messages.initiator, messages.responder);
  run.run();
  const side = (role: NoiseRole): Record<string, unknown> => ({
    address: SIDES[role].address,
    source: SIDES[role].source ?? null,
    ephemeralSecret: bytesToHex(new Uint8Array(32).fill(SIDES[role].ephemeral)),
    authorSeed: bytesToHex(AUTHORS[role].seed),
    message: bytesToHex(messages[role]),
    stores: [...run[role].stored.keys()],
    // Which own address the peer says to have dialled stands in its hello.
    summary: { ...run[role].summary, reason: run[role].summary?.reason ?? null, seenAs: undefined },
    closed: run[role].closed,
  });
  return {
    about:
      "One whole exchange (docs/PROTOCOL.md section 6). hex is what goes over the connection, " +
      "lengths included; frameHex the frame within; frame the same as in frame.json. Each side " +
      "holds one message, in message, which the other wants; stores is what each has in the end. " +
      "Only ephemeralSecret, message and now are needed to check it; the two directions of steps 5 and " +
      "6 may come in another order between other nodes.",
    network: LABELS.network,
    networkKey: null,
    now: NOW,
    initiator: side("initiator"),
    responder: side("responder"),
    handshake: run.handshake,
    handshakeHash: run.handshakeHash,
    records: run.records,
  };
}

/** JSON with one line for each handshake message and record. */
function format(parts: Record<string, unknown>): string {
  const lines = Object.entries(parts).map(([key, value]) => {
    if (!Array.isArray(value)) return `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`;
    const items = value.map((item) => `    ${JSON.stringify(item)}`).join(",\n");
    return `  ${JSON.stringify(key)}: [\n${items}\n  ]`;
  });
  return `{\n${lines.join(",\n")}\n}\n`;
}

if (import.meta.main) {
  const file = new URL("../vectors/exchange.json", import.meta.url);
  await Deno.writeTextFile(file, format(await transcript()));
}

Deno.test("two engines make the frozen exchange, byte for byte", async () => {
  assert.deepEqual(JSON.parse(JSON.stringify(await transcript())), vector);
});

Deno.test("the frozen exchange goes through the steps of the protocol", () => {
  const steps = vector.records.map(({ from, frame }) => `${from} ${frame.kind}`);
  const of = (role: NoiseRole): string[] =>
    steps.filter((step) => step.startsWith(role)).map((step) => step.slice(role.length + 1));
  assert.deepEqual(of("initiator"), ["hello", "offer", "answer", "message", "result", "bye"]);
  assert.deepEqual(of("responder"), ["hello", "answer", "offer", "message", "result"]);
});

Deno.test("the frozen exchange can be read with nothing but its ephemeral secrets", () => {
  const machine = (role: NoiseRole): NoiseHandshake =>
    new NoiseHandshake({
      role,
      prologue: LABELS.noise,
      ephemeralSecret: hexToBytes(vector[role].ephemeralSecret),
    });
  const [a, b] = [machine("initiator"), machine("responder")];
  const [first, second] = vector.handshake.map(({ hex }) => hexToBytes(hex).subarray(2));
  assert.ok(first && second);
  assert.deepEqual(a.write(), first);
  b.read(first);
  assert.deepEqual(b.write(), second);
  a.read(second);
  const links = { initiator: a.split(), responder: b.split() };
  assert.equal(bytesToHex(links.responder.handshakeHash), vector.handshakeHash);

  const readers = { initiator: new RecordReader(), responder: new RecordReader() };
  for (const { from, hex, frameHex, frame } of vector.records) {
    const to = from === "initiator" ? "responder" : "initiator";
    readers[to].push(hexToBytes(hex));
    const ciphertext = readers[to].next();
    assert.ok(ciphertext);
    const bytes = openRecord(links[to].receiving, ciphertext);
    assert.equal(bytesToHex(bytes), frameHex);
    assert.deepEqual(toJson(decodeFrame(bytes)), frame);
    assert.equal(readers[to].partial, false);
  }
});

Deno.test("both messages of the frozen exchange are admitted, and both sides end with both", () => {
  const ids = [vector.initiator, vector.responder].map(({ message }) => {
    const verdict = judge(hexToBytes(message), new Map());
    assert.ok(verdict.kind === "accept");
    return verdict.message.id;
  });
  for (const { stores, summary, closed } of [vector.initiator, vector.responder]) {
    assert.deepEqual(new Set(stores.map(parseMessageId)), new Set(ids));
    const { completed, received, delivered, known, refused } = summary;
    assert.deepEqual({ completed, received, delivered, known, refused }, {
      completed: true,
      received: 1,
      delivered: 1,
      known: 0,
      refused: 0,
    });
    assert.equal(closed, true);
  }
});

Deno.test("docs/PROTOCOL.md shows the frozen exchange", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/PROTOCOL.md", import.meta.url));
  const [, shown = ""] = page.split("## One exchange in full");
  const bare = shown.replace(/\s/g, "");
  for (const { hex } of vector.handshake) assert.ok(bare.includes(hex.slice(0, 68)), hex);
  assert.ok(bare.includes(vector.handshakeHash));
  assert.ok(page.includes(bytesToHex(ruleDigest())));
  for (const { hex, frameHex, frame } of vector.records) {
    assert.ok(bare.includes(hex.slice(0, 20)), `record of ${frame.kind}`);
    // Messages are cut short on the page.
    const start = frame.kind === "message" ? frameHex.slice(0, 58) : frameHex;
    assert.ok(bare.includes(start), `frame of ${frame.kind}`);
  }
});
