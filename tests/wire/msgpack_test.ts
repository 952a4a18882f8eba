import assert from "node:assert/strict";
import { decode as decodeOther, encode as encodeOther } from "@msgpack/msgpack";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { WireError } from "../../src/wire/errors.ts";
import { MAX_DEPTH, MAX_FRAME_BYTES } from "../../src/wire/limits.ts";
import { decode, encode, type Value } from "../../src/wire/msgpack.ts";
import { isCleanText } from "../../src/wire/text.ts";
import vectors from "../vectors/msgpack.json" with { type: "json" };

type Json = null | boolean | number | string | Json[] | { bin: string } | { str: number[] };

function fromJson(json: Json): Value {
  if (json === null || typeof json !== "object") return json;
  if (Array.isArray(json)) return json.map(fromJson);
  return "bin" in json ? hexToBytes(json.bin) : String.fromCodePoint(...json.str);
}

/** Whether the decoder takes the input; anything but a malformed `WireError` fails the test. */
function accepts(bytes: Uint8Array): boolean {
  try {
    decode(bytes);
    return true;
  } catch (error) {
    assert(error instanceof WireError && error.code === "malformed", String(error));
    return false;
  }
}

function inSubset(value: unknown, depth = 0): value is Value {
  if (Array.isArray(value)) {
    return depth < MAX_DEPTH && value.every((item) => inSubset(item, depth + 1));
  }
  if (typeof value === "number") return Number.isSafeInteger(value) && value >= 0;
  if (typeof value === "string") return isCleanText(value);
  return value === null || typeof value === "boolean" || value instanceof Uint8Array;
}

/** The slow twin of the decoder: a lenient one, then "encode again and compare". */
function acceptedByTwin(bytes: Uint8Array): boolean {
  try {
    const value = decodeOther(bytes);
    return inSubset(value) && bytesToHex(encodeOther(value)) === bytesToHex(bytes);
  } catch {
    return false;
  }
}

const scalar: fc.Arbitrary<Value> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.maxSafeNat(),
  fc.constantFrom(2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER),
  fc.string({ unit: "binary", maxLength: 40 }).filter(isCleanText),
  fc.uint8Array({ maxLength: 40 }),
);
const tree = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: MAX_DEPTH, depthSize: "small" },
    scalar,
    fc.array(tie("value"), { maxLength: 20 }),
  ),
})).value.filter((value) => inSubset(value));

Deno.test("msgpack decodes each good vector, and encodes it to the same bytes", () => {
  for (const { name, hex, value } of vectors.good) {
    const expected = fromJson(value as Json);
    assert.deepEqual(decode(hexToBytes(hex)), expected, name);
    assert.equal(bytesToHex(encode(expected)), hex, name);
  }
});

Deno.test("msgpack refuses each bad vector as malformed", () => {
  for (const { name, hex } of vectors.bad) assert.equal(accepts(hexToBytes(hex)), false, name);
});

Deno.test("msgpack refuses every beginning of a good vector", () => {
  for (const { name, hex } of vectors.good) {
    const bytes = hexToBytes(hex);
    for (let end = 0; end < bytes.length; end++) {
      assert.equal(accepts(bytes.subarray(0, end)), false, `${name}, ${end} bytes`);
    }
  }
});

Deno.test("msgpack round trip, and the same bytes as @msgpack/msgpack", () => {
  fc.assert(fc.property(tree, (value) => {
    const bytes = encode(value);
    assert.deepEqual(decode(bytes), value);
    assert.deepEqual(bytes, new Uint8Array(encodeOther(value)));
  }));
});

Deno.test("msgpack accepts a changed byte only where decoding and encoding again would", () => {
  fc.assert(
    fc.property(tree, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, at, change) => {
      const bytes = encode(value);
      bytes[at % bytes.length]! ^= change;
      assert.equal(accepts(bytes), acceptedByTwin(bytes), bytesToHex(bytes));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("msgpack accepts random bytes only where decoding and encoding again would", () => {
  // Mostly heads, so that the input gets past its first bytes now and then.
  const byte = fc.oneof(
    fc.integer({ min: 0, max: 255 }),
    fc.constantFrom(0, 1, 0x90, 0x91, 0x92, 0xa1, 0xc0, 0xc4, 0xcc, 0xcd, 0xd9, 0xdc),
  );
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 12 }), (input) => {
      const bytes = new Uint8Array(input);
      assert.equal(accepts(bytes), acceptedByTwin(bytes), bytesToHex(bytes));
      if (accepts(bytes)) assert.deepEqual(encode(decode(bytes)), bytes);
    }),
    { numRuns: 5000 },
  );
});

Deno.test("msgpack gets every length form right at its edges", () => {
  for (const length of [0, 15, 16, 31, 32, 255, 256, 65_535, 65_536]) {
    const values = [
      new Uint8Array(length).fill(7),
      "a".repeat(length),
      new Array<number>(length).fill(1),
    ];
    for (const value of values) {
      const bytes = encode(value);
      assert.deepEqual(bytes, new Uint8Array(encodeOther(value)));
      assert.deepEqual(decode(bytes, { maxBytes: bytes.length }), value);
    }
  }
});

Deno.test("msgpack refuses input over its byte limit as too large, before reading it", () => {
  const atCap = encode(new Uint8Array(MAX_FRAME_BYTES - 3));
  assert.equal(atCap.length, MAX_FRAME_BYTES);
  decode(atCap);
  const over = new Uint8Array(MAX_FRAME_BYTES + 1);
  assert.throws(() => decode(over), { name: "WireError", code: "too-large" });
  assert.throws(() => decode(new Uint8Array(5), { maxBytes: 4 }), { code: "too-large" });
});

Deno.test("msgpack encode throws for what the subset cannot say", () => {
  const deep = [[[[[[[]]]]]]];
  const bad: Value[] = [-1, -0, 0.5, NaN, Infinity, 2 ** 53, "\t", "\u0085", "\ud800", deep];
  for (const value of bad) assert.throws(() => encode(value), RangeError, String(value));
});
