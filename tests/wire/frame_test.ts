import assert from "node:assert/strict";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { parseAddress } from "../../src/wire/address.ts";
import { WireError, type WireErrorCode } from "../../src/wire/errors.ts";
import { decodeFrame, encodeFrame, type Frame } from "../../src/wire/frame.ts";
import { messageId } from "../../src/wire/ids.ts";
import {
  HELLO_GRAIN_S,
  MAX_BUSY_S,
  MAX_EXTRA_STAMP_BITS,
  MAX_FRAME_BYTES,
  MAX_MESSAGE_BYTES,
  MAX_SYNC_BYTES,
  OFFER_IDS,
  SYNC_IDS,
} from "../../src/wire/limits.ts";
import { encode, type Value } from "../../src/wire/msgpack.ts";
import { type UnixSeconds, unixSeconds } from "../../src/wire/time.ts";
import vectors from "../vectors/frame.json" with { type: "json" };

/** A frame as the vectors write it: bytes in hex, no address as null. */
function toJson(frame: Frame): unknown {
  const hex = (_: string, value: unknown): unknown =>
    value instanceof Uint8Array ? bytesToHex(value) : value;
  const missing = "address" in frame && frame.address === undefined ? { address: null } : {};
  return JSON.parse(JSON.stringify({ ...frame, ...missing }, hex));
}

function refused(code: WireErrorCode, message?: RegExp): (error: unknown) => boolean {
  return (error) =>
    error instanceof WireError && error.code === code && (message?.test(error.message) ?? true);
}

for (const { name, hex, frame } of vectors.good) {
  Deno.test(`frame, ${name}: decoded and encoded again`, () => {
    const decoded = decodeFrame(hexToBytes(hex));
    assert.deepEqual(toJson(decoded), frame);
    assert.equal(bytesToHex(encodeFrame(decoded)), hex);
  });
}

for (const { name, hex } of vectors.bad) {
  Deno.test(`decodeFrame refuses: ${name}`, () => {
    assert.throws(() => decodeFrame(hexToBytes(hex)), refused("malformed"));
  });
}

Deno.test("a hello of another version is refused for its version, whatever else is in it", () => {
  for (const value of [[0, 2], [0, 2, "a", null], [0, 2, ...new Array<Value>(30).fill(null)]]) {
    assert.throws(() => decodeFrame(encode(value)), refused("malformed", /version 2/));
  }
});

const ids = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => new Uint8Array(32).fill(i));

/** For each cap: a frame's value with a size to choose, the cap, and what one over it is. */
const CAPS: readonly [
  name: string,
  value: (size: number) => Value,
  cap: number,
  code: WireErrorCode,
][] = [
  ["ids in an offer", (n) => [1, ids(n), null], SYNC_IDS, "malformed"],
  ["codes in an answer", (n) => [2, new Array<Value>(n).fill(0), false, 0], SYNC_IDS, "malformed"],
  ["ids in a fetch", (n) => [6, ids(n)], SYNC_IDS, "malformed"],
  ["bytes in a message", (n) => [3, new Uint8Array(n)], MAX_MESSAGE_BYTES, "too-large"],
  ["bytes in a stem", (n) => [9, new Uint8Array(n)], MAX_MESSAGE_BYTES, "too-large"],
  ["bytes in a sync", (n) => [5, 0, 1, new Uint8Array(n)], MAX_SYNC_BYTES, "too-large"],
  ["busy seconds", (n) => [8, n], MAX_BUSY_S, "malformed"],
  ["extra stamp bits", (n) => hello({ extra: n }), MAX_EXTRA_STAMP_BITS, "malformed"],
];

function hello({ extra }: { readonly extra: number }): Value {
  const observed = [4, Uint8Array.of(8, 8, 8, 8), 14_677];
  return [0, 1, 0, observed, 0, extra, 3 * HELLO_GRAIN_S, 0, new Uint8Array(8)];
}

for (const [name, value, cap, code] of CAPS) {
  Deno.test(`frames: ${name}, exactly the cap passes and one more doesn't`, () => {
    const full = encode(value(cap));
    assert.deepEqual(encodeFrame(decodeFrame(full)), full);
    assert.throws(() => decodeFrame(encode(value(cap + 1))), refused(code));
  });
}

Deno.test("an offer may hold more ids than an exchange takes: its engine sees to that", () => {
  assert(SYNC_IDS > OFFER_IDS);
  const decoded = decodeFrame(encode([1, ids(OFFER_IDS + 1), null]));
  assert.equal(decoded.kind === "offer" && decoded.ids.length, OFFER_IDS + 1);
});

Deno.test("a frame over the largest record is too large before it is read", () => {
  const nothing = new Uint8Array(MAX_FRAME_BYTES);
  assert.throws(() => decodeFrame(nothing), refused("malformed"));
  assert.throws(() => decodeFrame(new Uint8Array(MAX_FRAME_BYTES + 1)), refused("too-large"));
});

Deno.test("a decoded frame shares no memory with the record it came in", () => {
  const frames: Frame[] = [
    { kind: "message", bytes: Uint8Array.of(1, 2, 3) },
    { kind: "stem", bytes: Uint8Array.of(1, 2, 3) },
    { kind: "sync", from: unixSeconds(0), to: unixSeconds(1), bytes: Uint8Array.of(1, 2, 3) },
    decodeFrame(encode(hello({ extra: 0 }))),
  ];
  for (const frame of frames) {
    const record = encodeFrame(frame);
    const decoded = decodeFrame(record);
    record.fill(0xff);
    assert.deepEqual(decoded, frame);
  }
});

Deno.test("what peers would refuse isn't encoded", () => {
  const id = messageId(new Uint8Array(32));
  const good = decodeFrame(encode(hello({ extra: 0 })));
  assert(good.kind === "hello");
  const frames: Frame[] = [
    { kind: "message", bytes: new Uint8Array(MAX_MESSAGE_BYTES + 1) },
    { kind: "offer", ids: [id, id], address: undefined },
    { kind: "busy", seconds: MAX_BUSY_S + 1 },
    { kind: "busy", seconds: -1 },
    { kind: "busy", seconds: 0.5 },
    { kind: "answer", codes: [], knewAddress: false, stems: NaN },
    { kind: "sync", from: unixSeconds(2), to: unixSeconds(1), bytes: new Uint8Array() },
    { ...good, time: unixSeconds(HELLO_GRAIN_S + 1) },
    { ...good, port: 65_536 },
    { ...good, digest: new Uint8Array(7) },
  ];
  for (const frame of frames) assert.throws(() => encodeFrame(frame), RangeError);
});

const time = fc.maxSafeNat().map((n) => n as UnixSeconds);
const bytes = fc.uint8Array({ maxLength: 300 });
const idList = fc.uniqueArray(
  fc.uint8Array({ minLength: 32, maxLength: 32 }).map((id) => messageId(id)),
  { maxLength: SYNC_IDS },
);
const someAddress = fc.tuple(fc.ipV4(), fc.integer({ min: 1, max: 65_535 }))
  .map(([host, port]) => parseAddress(`${host}:${port}`)!);
const anyFrame: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({
    kind: fc.constant("hello" as const),
    port: fc.nat(65_535),
    observed: someAddress,
    capabilities: fc.maxSafeNat(),
    extraStampBits: fc.nat(MAX_EXTRA_STAMP_BITS),
    time: fc.nat(2 ** 40).map((n) => n * HELLO_GRAIN_S as UnixSeconds),
    horizon: time,
    digest: fc.uint8Array({ minLength: 8, maxLength: 8 }),
  }),
  fc.record({
    kind: fc.constant("offer" as const),
    ids: idList,
    address: fc.option(someAddress, { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant("answer" as const),
    codes: fc.array(fc.constantFrom(0, 1, 2, 3), { maxLength: SYNC_IDS }),
    knewAddress: fc.boolean(),
    stems: fc.maxSafeNat(),
  }),
  fc.record({ kind: fc.constantFrom("message" as const, "stem" as const), bytes }),
  fc.record({
    kind: fc.constant("result" as const),
    code: fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7),
  }),
  fc.tuple(time, time, bytes).map(([a, b, payload]) => ({
    kind: "sync" as const,
    from: Math.min(a, b) as UnixSeconds,
    to: Math.max(a, b) as UnixSeconds,
    bytes: payload,
  })),
  fc.record({ kind: fc.constant("fetch" as const), ids: idList }),
  fc.record({ kind: fc.constant("bye" as const) }),
  fc.record({ kind: fc.constant("busy" as const), seconds: fc.nat(MAX_BUSY_S) }),
).map((frame) => ({ ...frame }));

Deno.test("any frame survives encoding", () => {
  fc.assert(
    fc.property(anyFrame, (frame) => {
      assert.deepEqual(decodeFrame(encodeFrame(frame)), frame);
    }),
    { numRuns: 300 },
  );
});

Deno.test("any bytes, and any frame with a byte changed, give a WireError or a frame that encodes back", () => {
  const changed = fc.tuple(anyFrame, fc.nat(), fc.nat(255)).map(([frame, at, byte]) => {
    const encoded = encodeFrame(frame).slice();
    encoded[at % encoded.length] = byte;
    return encoded;
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), changed), (input) => {
      let frame: Frame;
      try {
        frame = decodeFrame(input);
      } catch (error) {
        assert(error instanceof WireError, String(error));
        return;
      }
      assert.deepEqual(new Uint8Array(encodeFrame(frame)), input);
    }),
    { numRuns: 2_000 },
  );
});
