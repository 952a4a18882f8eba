import assert from "node:assert/strict";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import type { Body } from "../../src/wire/body.ts";
import { decodeBody } from "../../src/wire/body_decode.ts";
import { encodeBody } from "../../src/wire/body_encode.ts";
import { WireError } from "../../src/wire/errors.ts";
import { encode } from "../../src/wire/msgpack.ts";
import { isCleanText } from "../../src/wire/text.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import vectors from "../vectors/body.json" with { type: "json" };
import { NOW, PROFILE, status } from "./support.ts";

/** The body as the vector says it, with `{"bin": hex}` in place of bytes on both sides. */
function plain(body: Body): unknown {
  const text = JSON.stringify(
    body,
    (_key, value) => value instanceof Uint8Array ? { bin: bytesToHex(value) } : value,
  );
  return JSON.parse(text);
}

// Plain objects: fast-check's are without a prototype now and then, which deepEqual takes for a difference.
const record = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(fields, { noNullPrototype: true });

const str = (max: number) =>
  fc.string({ unit: "binary", maxLength: max }).filter(isCleanText).map((text) =>
    [...text].slice(0, max).join("")
  );

const anyStatus: fc.Arbitrary<Body> = record({
  created: fc.maxSafeNat(),
  text: str(140),
  markup: fc.array(
    record({
      start: fc.maxSafeNat(),
      end: fc.maxSafeNat(),
      type: fc.maxSafeNat(),
      value: str(40),
    }),
    { maxLength: 32 },
  ),
  attachments: fc.array(
    record({ mediaType: str(16), name: str(64), bytes: fc.uint8Array(), alt: str(100) }),
    { maxLength: 4 },
  ),
  name: str(40),
  bio: str(160),
  heir: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  age: fc.nat(),
}).map(({ created, name, bio, heir, age, ...rest }) => ({
  kind: "status",
  created: unixSeconds(created),
  ...rest,
  profile: { updated: unixSeconds(Math.max(0, created - age)), name, bio, link: "", heir },
}));

Deno.test("body decodes each good vector, and encodes it to the same bytes", () => {
  for (const { name, hex, body } of vectors.good) {
    const decoded = decodeBody(hexToBytes(hex));
    assert.deepEqual(plain(decoded), body, name);
    assert.equal(bytesToHex(encodeBody(decoded)), hex, name);
  }
});

Deno.test("body decodes types 5 to 15 as unknown, and makes none", () => {
  for (const { name, hex, body } of vectors.unknown) {
    const decoded = decodeBody(hexToBytes(hex));
    assert.deepEqual(plain(decoded), body, name);
    assert.throws(() => encodeBody(decoded), RangeError);
  }
});

Deno.test("body refuses each malformed vector", () => {
  for (const { name, hex } of vectors.malformed) {
    assert.throws(() => decodeBody(hexToBytes(hex)), { code: "malformed" }, name);
  }
});

Deno.test("body refuses every beginning of a good vector", () => {
  for (const { name, hex } of vectors.good) {
    const bytes = hexToBytes(hex);
    for (let end = 0; end < bytes.length; end++) {
      assert.throws(() => decodeBody(bytes.subarray(0, end)), { code: "malformed" }, name);
    }
  }
});

Deno.test("body round trip of any status", () => {
  fc.assert(fc.property(anyStatus, (body) => assert.deepEqual(decodeBody(encodeBody(body)), body)));
});

Deno.test("body with a changed byte is refused, or stands for itself alone", () => {
  const start = encodeBody(status({ text: "Grüße 😀", profile: { ...PROFILE, bio: "Bio" } }));
  for (let at = 0; at < start.length; at++) {
    for (const change of [1, 0x10, 0x80, 0xff]) {
      const bytes = start.slice();
      bytes[at]! ^= change;
      try {
        const body = decodeBody(bytes);
        if (body.kind !== "unknown") assert.deepEqual(encodeBody(body), bytes);
      } catch (error) {
        assert(error instanceof WireError, String(error));
      }
    }
  }
});

Deno.test("body of any shape is decoded or refused, and nothing else is thrown", () => {
  const scalar = fc.oneof(
    fc.constant(null),
    fc.nat(16),
    fc.constant(NOW),
    fc.constant(""),
    fc.uint8Array(),
  );
  const item = fc.oneof(scalar, fc.array(fc.oneof(scalar, fc.array(scalar, { maxLength: 7 }))));
  fc.assert(fc.property(fc.nat(6), fc.array(item, { maxLength: 7 }), (type, rest) => {
    try {
      decodeBody(encode([type, ...rest]));
    } catch (error) {
      assert(error instanceof WireError, String(error));
    }
  }));
});

Deno.test("body that nobody would admit isn't encoded", () => {
  const newer = { ...PROFILE, updated: unixSeconds(NOW + 1) };
  assert.throws(() => encodeBody(status({ profile: newer })), RangeError);
  assert.throws(() => encodeBody(status({ text: "bell\u0007" })), RangeError);
  assert.throws(
    () => encodeBody({ kind: "private", created: NOW, sealed: new Uint8Array() }),
    RangeError,
  );
});
