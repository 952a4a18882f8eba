import assert from "node:assert/strict";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { parseAddress } from "../../src/wire/address.ts";
import { labelsOf, parseNetworkName } from "../../src/wire/labels.ts";
import { MAX_FRAME_BYTES, RECORD_SIZES } from "../../src/wire/limits.ts";
import { WireError } from "../../src/wire/errors.ts";
import { NoiseHandshake, type NoiseRole } from "../../src/wire/noise.ts";
import { asPublic, type Public } from "../../src/wire/privacy.ts";
import { padFrame, prefixLength, sealRecord } from "../../src/wire/record.ts";
import { MAX_QUEUED_BYTES, QUEUED_FRAME_BYTES } from "../../src/node/send_queue.ts";
import {
  HandshakeError,
  openSession,
  type Session,
  type SessionOptions,
} from "../../src/node/session.ts";
import { memoryPair } from "../../src/node/transport_memory.ts";
import type { Connection } from "../../src/node/transport_port.ts";
import { LABELS, random, RawPeer, seeded, tcpPair } from "./link_helpers.ts";

const KEY = new Uint8Array(32).fill(9);

function frame(length: number, fill = 0): Public<Uint8Array> {
  return asPublic(Uint8Array.from({ length }, (_, i) => (i + fill) % 251));
}

function text(value: string): Public<Uint8Array> {
  return asPublic(utf8ToBytes(value));
}

function responder(): NoiseHandshake {
  return new NoiseHandshake({
    role: "responder",
    prologue: LABELS.noise,
    ephemeralSecret: random(32),
  });
}

function open(
  connection: Connection,
  role: NoiseRole,
  options: Partial<SessionOptions> = {},
): Promise<Session> {
  return openSession({ connection, role, labels: LABELS, random, ...options });
}

/** The reason why a handshake failed, or "open". */
async function outcome(opening: Promise<Session>): Promise<string> {
  try {
    (await opening).destroy();
    return "open";
  } catch (error) {
    return error instanceof HandshakeError ? error.reason : String(error);
  }
}

/** All frames, and how the reading ended: "done", or the code of a `WireError`. */
async function collect(session: Session): Promise<[string[], string]> {
  const frames: string[] = [];
  try {
    for await (const bytes of session.frames()) frames.push(new TextDecoder().decode(bytes));
    return [frames, "done"];
  } catch (error) {
    return [frames, error instanceof WireError ? error.code : String(error)];
  }
}

function pair(numbers?: () => number): readonly [Connection, Connection] {
  return memoryPair({
    first: parseAddress("192.0.2.1:50000")!,
    second: parseAddress("192.0.2.2:14677")!,
    random: numbers,
  });
}

async function sessions(
  ends: readonly [Connection, Connection],
  options: Partial<SessionOptions> = {},
): Promise<readonly [Session, Session]> {
  return await Promise.all([
    open(ends[0], "initiator", options),
    open(ends[1], "responder", options),
  ]);
}

/** Lets everything happen that needs no time. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  await turn();
  return await Promise.race([promise.then(() => false), turn().then(() => true)]);
}

// Both ways

for (const networkKey of [undefined, KEY]) {
  const what = networkKey === undefined ? "without a network key" : "with one";
  Deno.test(`Session carries frames both ways over TCP ${what}`, async () => {
    const [a, b] = await sessions(await tcpPair(), { networkKey });
    const [atA, atB] = [a.frames()[Symbol.asyncIterator](), b.frames()[Symbol.asyncIterator]()];
    for (const word of ["hello", "offer", ""]) a.send(text(word));
    for (const word of ["hello", "offer", ""]) {
      assert.deepEqual(await atB.next(), { done: false, value: utf8ToBytes(word) });
    }
    b.send(text("answer"));
    assert.deepEqual(await atA.next(), { done: false, value: utf8ToBytes("answer") });
    const closed = a.close();
    assert.deepEqual(await atB.next(), { done: true, value: undefined });
    assert.deepEqual(await Promise.all([closed, b.close()]), ["closed", "closed"]);
    assert.deepEqual(await atA.next(), { done: true, value: undefined });
  });
}

Deno.test("Session: close sends all that waits, and ends the other side's frames", async () => {
  const [a, b] = await sessions(await tcpPair());
  const sent = Array.from({ length: 16 }, (_, i) => "x".repeat(4_000 * i));
  for (const word of sent) a.send(text(word));
  const closed = a.close();
  a.send(text("too late"));
  assert.deepEqual(await collect(b), [sent, "done"]);
  assert.equal(await b.close(), "closed");
  assert.equal(await closed, "closed");
});

Deno.test("Session: close loses nothing although it never read what came in", async () => {
  const [near, far] = await tcpPair();
  const finished = Promise.withResolvers<void>();
  const watched: Connection = {
    remote: near.remote,
    read: () => near.read(),
    write: (bytes) => near.write(bytes),
    closeWrite: () => near.closeWrite().then(finished.resolve),
    close: () => near.close(),
  };
  const [a, b] = await sessions([watched, far]);
  for (let i = 0; i < 4; i++) b.send(frame(60_000));
  const sent = Array.from({ length: 15 }, (_, i) => String(i).repeat(30_000));
  for (const word of sent) a.send(text(word));
  const closed = a.close();
  // Far more than b's receive window is on its way. A plain close would now reset the connection.
  await finished.promise;
  await turn();
  assert.deepEqual(await collect(b), [sent, "done"]);
  assert.deepEqual(await Promise.all([b.close(), closed]), ["closed", "closed"]);
});

Deno.test("Session: frames end after close is done, so that destroying then cuts nothing off", async () => {
  const [near, far] = pair();
  const opening = open(near, "initiator");
  const peer = new RawPeer(far);
  await peer.shake("responder");
  const session = await opening;
  for (let i = 0; i < 10; i++) session.send(frame(60_000));
  const reading = collect(session).then(() => session.destroy());
  const closed = session.close();
  await far.closeWrite();
  await turn();
  let records = 0;
  while (await peer.takeRecord() !== undefined) records++;
  assert.equal(records, 10);
  await reading;
  assert.equal(await closed, "closed");
  far.close();
});

Deno.test("Session carries any sizes through any chunks, in order", async () => {
  const edges = RECORD_SIZES.flatMap((size) => [size - 3, size - 2, size - 1]);
  const length = fc.oneof(
    fc.constantFrom(0, 1, ...edges.filter((n) => n <= MAX_FRAME_BYTES)),
    fc.integer({ min: 0, max: 3_000 }),
    fc.integer({ min: 0, max: MAX_FRAME_BYTES }),
  );
  const lengths = fc.array(length, { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(lengths, lengths, fc.integer(), async (there, back, seed) => {
      const [a, b] = await sessions(pair(seeded(seed)));
      for (const [i, n] of there.entries()) a.send(frame(n, i));
      for (const [i, n] of back.entries()) b.send(frame(n, i));
      const read = async (from: Session, expected: number[]) => {
        const frames: Uint8Array[] = [];
        if (expected.length === 0) return frames;
        for await (const bytes of from.frames()) {
          if (frames.push(bytes) === expected.length) break;
        }
        return frames;
      };
      const [gotThere, gotBack] = await Promise.all([read(b, there), read(a, back)]);
      assert.deepEqual(gotThere, there.map(frame));
      assert.deepEqual(gotBack, back.map(frame));
      a.destroy();
      b.destroy();
    }),
    { numRuns: 20 },
  );
});

Deno.test("Session puts only records of the five sizes on the wire", async () => {
  const [near, far] = await tcpPair();
  const opening = open(near, "initiator");
  const peer = new RawPeer(far);
  await peer.shake("responder");
  const session = await opening;
  const lengths = [0, 1, 254, 255, 1_022, 1_023, 4_094, 4_095, 16_382, 16_383, MAX_FRAME_BYTES];
  for (const n of lengths) session.send(frame(n));
  const closed = session.close();
  const seen: number[] = [];
  for (let record; (record = await peer.takeRecord()) !== undefined;) seen.push(record.length);
  const [s, m, l, xl, xxl] = RECORD_SIZES.map((size) => size + 16);
  assert.deepEqual(seen, [s, s, s, m, m, l, l, xl, xl, xxl, xxl]);
  far.close();
  await closed;
});

Deno.test("Session takes a frame of MAX_FRAME_BYTES and throws for one byte more", async () => {
  const [a, b] = await sessions(pair());
  a.send(frame(MAX_FRAME_BYTES));
  assert.throws(() => a.send(frame(MAX_FRAME_BYTES + 1)), RangeError);
  for await (const bytes of b.frames()) {
    assert.equal(bytes.length, MAX_FRAME_BYTES);
    break;
  }
  a.destroy();
  b.destroy();
});

// Handshakes that fail

Deno.test("openSession refuses other networks and network keys", async () => {
  const other = labelsOf(parseNetworkName("other")!);
  const key2 = new Uint8Array(32).fill(8);
  const cases: [Partial<SessionOptions>, Partial<SessionOptions>][] = [
    [{}, { labels: other }],
    [{ networkKey: KEY }, { networkKey: key2 }],
    [{ networkKey: KEY }, { networkKey: KEY, labels: other }],
    [{}, { networkKey: KEY }],
    [{ networkKey: KEY }, {}],
  ];
  const outcomes = [];
  for (const [ours, theirs] of cases) {
    const [near, far] = await tcpPair();
    outcomes.push(
      await Promise.all([
        outcome(open(near, "initiator", ours)),
        outcome(open(far, "responder", theirs)),
      ]),
    );
  }
  assert.deepEqual(outcomes, [
    // Without a network key the first message can't be wrong: only the initiator finds out.
    ["refused", "open"],
    ["lost", "refused"],
    ["lost", "refused"],
    ["lost", "refused"],
    ["lost", "refused"],
  ]);
});

Deno.test("openSession answers garbage with nothing but the end", async () => {
  const low = concatBytes(Uint8Array.of(0, 32), new Uint8Array(32));
  const garbage: [string, Uint8Array][] = [
    ["an HTTP request", utf8ToBytes("GET / HTTP/1.1\r\nHost: example\r\n\r\n")],
    ["a TLS hello", Uint8Array.of(0x16, 0x03, 0x01, 0x02, 0x00, 0x01)],
    ["a zero length", Uint8Array.of(0, 0)],
    ["a length one short", Uint8Array.of(0, 31)],
    ["a length one over", Uint8Array.of(0, 33)],
    ["a greatest length", Uint8Array.of(0xff, 0xff)],
    ["an ephemeral key of low order", low],
    ["a megabyte of noise", concatBytes(...Array.from({ length: 16 }, () => random(65_536)))],
  ];
  for (const [name, bytes] of garbage) {
    const [near, far] = await tcpPair();
    const writing = near.write(bytes).catch(() => {});
    assert.equal(await outcome(open(far, "responder")), "refused", name);
    await writing;
    assert.equal(await near.read().catch(() => null), null, name);
    near.close();
  }
});

Deno.test("openSession refuses answers that are not to its own first message", async () => {
  const flipped = (first: Uint8Array): Uint8Array => {
    const machine = responder();
    machine.read(first.subarray(2));
    const message = machine.write();
    return prefixLength(message.with(47, message[47]! ^ 1));
  };
  const answers: [string, (first: Uint8Array) => Uint8Array][] = [
    ["flipped bit", flipped],
    ["low order", () => prefixLength(new Uint8Array(48))],
    ["echo", (first) => concatBytes(Uint8Array.of(0, 48), first.subarray(2), random(16))],
    ["record", () => prefixLength(random(272))],
  ];
  for (const [name, answer] of answers) {
    const [near, far] = await tcpPair();
    const opening = outcome(open(near, "initiator"));
    const peer = new RawPeer(far);
    await far.write(answer((await peer.take(34))!));
    assert.equal(await opening, "refused", name);
    far.close();
  }
});

Deno.test("openSession: two initiators don't get on", async () => {
  const [near, far] = await tcpPair();
  const outcomes = await Promise.all([
    outcome(open(near, "initiator")),
    outcome(open(far, "initiator")),
  ]);
  assert.ok(outcomes.includes("refused"));
  assert.ok(!outcomes.includes("open"));
});

Deno.test("openSession ends in time when the peer says nothing, or too little", async () => {
  for (const bytes of [0, 1, 2, 33]) {
    const [near, far] = await tcpPair();
    await near.write(prefixLength(random(32)).subarray(0, bytes));
    assert.equal(await outcome(open(far, "responder", { handshakeTimeoutMs: 5 })), "timeout");
    assert.equal(await near.read().catch(() => null), null);
    near.close();
  }
});

Deno.test("openSession notices an end in the middle", async () => {
  for (const bytes of [0, 1, 33]) {
    const [near, far] = await tcpPair();
    await near.write(prefixLength(random(32)).subarray(0, bytes));
    near.close();
    assert.equal(await outcome(open(far, "responder")), "lost");
  }
});

// A peer that finished the handshake, and then misbehaves

/** Runs a hostile peer against a session; what the session read and how it ended. */
async function against(
  hostile: (peer: RawPeer, seal: (value: string) => Uint8Array) => Promise<void>,
): Promise<[string[], string, string]> {
  const [near, far] = await tcpPair();
  const opening = open(far, "responder");
  const peer = new RawPeer(near);
  const link = await peer.shake("initiator");
  const session = await opening;
  const reading = collect(session);
  await hostile(peer, (value) => sealRecord(link.sending, text(value))).catch(() => {});
  const [frames, how] = await reading;
  session.destroy();
  near.close();
  return [frames, how, await session.ended];
}

/** What a session says of a bad record: the frames before it, the error, the end. */
const BAD = [["good"], "malformed", "bad-record"];

Deno.test("Session ends on lengths that no record has", async () => {
  for (const length of [[0, 0], [0, 16], [1, 0], [1, 15], [1, 17], [0xff, 0xfe]]) {
    const seen = await against(async (peer, seal) => {
      await peer.connection.write(concatBytes(seal("good"), Uint8Array.from(length)));
    });
    assert.deepEqual(seen, BAD, `length ${length}`);
  }
});

Deno.test("Session ends on a flipped bit in a ciphertext or its tag", async () => {
  for (const at of [2, 100, 257, 258, 273]) {
    const seen = await against(async (peer, seal) => {
      await peer.connection.write(seal("good"));
      const record = seal("changed");
      record[at]! ^= 1;
      await peer.connection.write(record);
    });
    assert.deepEqual(seen, BAD, `byte ${at}`);
  }
});

Deno.test("Session ends on a record that is repeated, or missing before the next", async () => {
  const repeated = await against(async (peer, seal) => {
    const record = seal("good");
    await peer.connection.write(concatBytes(record, record));
  });
  assert.deepEqual(repeated, BAD);
  const missing = await against(async (peer, seal) => {
    await peer.connection.write(seal("good"));
    seal("missing");
    await peer.connection.write(seal("after"));
  });
  assert.deepEqual(missing, BAD);
});

Deno.test("Session ends on its own record sent back", async () => {
  const [near, far] = await tcpPair();
  const opening = open(far, "responder");
  const peer = new RawPeer(near);
  await peer.shake("initiator");
  const session = await opening;
  session.send(text("mine"));
  await near.write(prefixLength((await peer.takeRecord())!));
  assert.deepEqual(await collect(session), [[], "malformed"]);
  assert.equal(await session.ended, "bad-record");
  near.close();
});

Deno.test("Session ends on authentic records that are badly padded", async () => {
  const changes: [string, (padded: Uint8Array) => Uint8Array][] = [
    ["not zeros", (padded) => padded.with(padded.length - 1, 1)],
    ["frame longer than the record", (padded) => padded.with(0, 0xff)],
    ["larger than need be", (padded) => concatBytes(padded, new Uint8Array(768))],
  ];
  for (const [name, change] of changes) {
    const [near, far] = await tcpPair();
    const opening = open(far, "responder");
    const link = await new RawPeer(near).shake("initiator");
    const session = await opening;
    await near.write(prefixLength(link.sending.encrypt(change(padFrame(text("bad"))))));
    assert.deepEqual(await collect(session), [[], "malformed"], name);
    assert.equal(await session.ended, "bad-record", name);
    near.close();
  }
});

Deno.test("Session tells a stream that ends between records from one cut within", async () => {
  const cut = (bytes: number) =>
    against(async (peer, seal) => {
      await peer.connection.write(seal("good"));
      await peer.connection.write(seal("cut").subarray(0, bytes));
      await peer.connection.closeWrite();
    });
  assert.deepEqual(await cut(0), [["good"], "done", "closed"]);
  for (const bytes of [1, 2, 3, 273]) {
    assert.deepEqual(await cut(bytes), [["good"], "done", "truncated"], `${bytes} bytes`);
  }
});

Deno.test("Session waits for a greatest record that never comes whole, until it is destroyed", async () => {
  const [near, far] = await tcpPair();
  const opening = open(far, "responder");
  await new RawPeer(near).shake("initiator");
  const session = await opening;
  await near.write(concatBytes(Uint8Array.of(0xff, 0xff), new Uint8Array(65_534)));
  const reading = collect(session);
  assert.ok(await isPending(reading));
  session.destroy();
  session.destroy();
  assert.deepEqual(await reading, [[], "done"]);
  assert.equal(await session.ended, "closed");
  assert.equal(await near.read().catch(() => null), null);
  near.close();
});

Deno.test("Session ends at once on a flood that is no record, and the flood breaks", async () => {
  const seen = await against(async (peer, seal) => {
    await peer.connection.write(seal("good"));
    const junk = new Uint8Array(65_536).fill(0xee);
    for (;;) await peer.connection.write(junk);
  });
  assert.deepEqual(seen, BAD);
});

Deno.test("Session says that a connection was lost when it breaks", async () => {
  const [a, b] = await sessions(pair());
  const reading = collect(a);
  b.destroy();
  assert.deepEqual(await reading, [[], "done"]);
  a.send(text("nobody reads this"));
  assert.equal(await a.ended, "lost");
});

Deno.test("Session: a peer that has finished sending can still be sent to", async () => {
  const [near, far] = await tcpPair();
  const opening = open(far, "responder");
  const peer = new RawPeer(near);
  const link = await peer.shake("initiator");
  const session = await opening;
  await near.write(sealRecord(link.sending, text("that's all")));
  await near.closeWrite();
  assert.deepEqual(await collect(session), [["that's all"], "done"]);
  session.send(text("well then"));
  const closed = session.close();
  const answer = link.receiving.decrypt((await peer.takeRecord())!);
  assert.deepEqual(answer, padFrame(text("well then")));
  assert.equal(await peer.takeRecord(), undefined);
  assert.equal(await closed, "closed");
  near.close();
});

// Bounds

Deno.test("Session reads no faster than its frames are taken", async () => {
  const [near, far] = pair();
  let reads = 0;
  const counting: Connection = {
    remote: far.remote,
    read: () => (reads++, far.read()),
    write: (bytes) => far.write(bytes),
    closeWrite: () => far.closeWrite(),
    close: () => far.close(),
  };
  const [a, b] = await sessions([near, counting]);
  reads = 0;
  for (let i = 0; i < 12; i++) a.send(frame(60_000, i));
  const frames = b.frames()[Symbol.asyncIterator]();
  assert.deepEqual((await frames.next()).value, frame(60_000, 0));
  const before = reads;
  await turn();
  await turn();
  assert.equal(reads, before);
  assert.ok(reads <= 3, `${reads} reads`);
  assert.deepEqual((await frames.next()).value, frame(60_000, 1));
  a.destroy();
  b.destroy();
});

Deno.test("Session keeps MAX_QUEUED_BYTES for a peer that doesn't read, and not a frame more", async () => {
  const [near, far] = pair();
  const stuck: Connection = {
    remote: near.remote,
    read: () => near.read(),
    write: (bytes) => bytes.length < 100 ? near.write(bytes) : new Promise<void>(() => {}),
    closeWrite: () => near.closeWrite(),
    close: () => near.close(),
  };
  const [a, b] = await sessions([stuck, far]);
  const exact = MAX_QUEUED_BYTES / 16 - QUEUED_FRAME_BYTES;
  for (let i = 0; i < 16; i++) a.send(frame(exact));
  await turn();
  assert.ok(await isPending(a.ended));
  a.send(frame(0));
  assert.equal(await a.ended, "overflow");
  a.send(frame(0));
  b.destroy();
});

Deno.test("Session cuts off a peer over TCP that never reads", async () => {
  const [near, far] = await tcpPair();
  const opening = open(far, "responder");
  await new RawPeer(near).shake("initiator");
  const session = await opening;
  let ended: string | undefined;
  session.ended.then((end) => ended = end);
  let frames = 0;
  // The system's own buffers take some megabytes first.
  for (; ended === undefined && frames < 2_000; frames++) {
    session.send(frame(60_000));
    await turn();
  }
  assert.equal(ended, "overflow");
  near.close();
});

Deno.test("Session.ready waits while more than half of the queue is taken", async () => {
  const [a, b] = await sessions(pair());
  await a.ready();
  for (let i = 0; i < 12; i++) a.send(frame(60_000, i));
  const ready = a.ready();
  assert.ok(await isPending(ready));
  let seen = 0;
  for await (const bytes of b.frames()) {
    assert.deepEqual(bytes, frame(60_000, seen));
    if (++seen === 12) break;
  }
  await ready;
  for (let i = 0; i < 12; i++) a.send(frame(60_000));
  const again = a.ready();
  a.destroy();
  await again;
  b.destroy();
});

Deno.test("Session: close gives up on a peer that doesn't read", async () => {
  const [a, b] = await sessions(pair(), { closeTimeoutMs: 5 });
  for (let i = 0; i < 4; i++) a.send(frame(60_000));
  assert.equal(await a.close(), "closed");
  b.destroy();
});

Deno.test("Session: close gives up on a peer that never finishes", async () => {
  const [a, b] = await sessions(pair(), { closeTimeoutMs: 5 });
  const reading = collect(a);
  assert.equal(await a.close(), "closed");
  assert.deepEqual(await reading, [[], "done"]);
  b.destroy();
});

Deno.test("Session: close gives up on a peer that sends without end", async () => {
  const [near, far] = await tcpPair();
  const opening = open(far, "responder", { closeTimeoutMs: 60_000 });
  await new RawPeer(near).shake("initiator");
  const session = await opening;
  const flood = (async () => {
    for (;;) await near.write(new Uint8Array(65_536));
  })();
  assert.equal(await session.close(), "closed");
  await assert.rejects(flood);
  near.close();
});

Deno.test("Session.frames can be read once", async () => {
  const [a, b] = await sessions(pair());
  const first = a.frames()[Symbol.asyncIterator]().next();
  await assert.rejects(a.frames()[Symbol.asyncIterator]().next(), /read once/);
  a.destroy();
  b.destroy();
  assert.equal((await first).done, true);
});

Deno.test("Session takes records that came in one chunk with the handshake", async () => {
  const [near, far] = pair();
  const opening = open(near, "initiator");
  const machine = responder();
  machine.read((await new RawPeer(far).take(34))!.subarray(2));
  const answer = prefixLength(machine.write());
  const link = machine.split();
  const records = ["a", "b", "c"].map((value) => sealRecord(link.sending, text(value)));
  await far.write(concatBytes(answer, ...records));
  await far.closeWrite();
  const session = await opening;
  assert.deepEqual(await collect(session), [["a", "b", "c"], "done"]);
  session.destroy();
});
