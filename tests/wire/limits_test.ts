import assert from "node:assert/strict";
import { admit } from "../../src/wire/admit.ts";
import { decodeBody } from "../../src/wire/body_decode.ts";
import { RESULT } from "../../src/wire/frame.ts";
import { idBytes } from "../../src/wire/ids.ts";
import * as limits from "../../src/wire/limits.ts";
import { decodeEnvelope } from "../../src/wire/message.ts";
import { encode, type Value } from "../../src/wire/msgpack.ts";
import { statementValue } from "../../src/wire/statement.ts";
import { withinLifetime } from "../../src/wire/time.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { LABELS, NOW, statement, testKey, verify } from "./support.ts";

const HEIR = new Uint8Array(32);

function profile(name: string, bio: string, link: string): Value {
  return [NOW, name, bio, link, HEIR];
}

/** A status of raw fields. */
function status(text: string, markup: Value = [], attachments: Value = []): Uint8Array {
  return encode([0, NOW, text, markup, attachments, profile("", "", "")]);
}

const file = (mediaType: string, name: string, alt: string): Value => [
  [mediaType, name, new Uint8Array(), alt],
];
const mark = (value: string): Value => [0, 0, 0, value];
const times = (count: number, value: Value): Value => new Array<Value>(count).fill(value);

/** A body of exactly so many bytes. */
function bodyOf(bytes: number): Uint8Array {
  const body = encode([5, NOW, new Uint8Array(bytes - 10)]);
  assert.equal(body.length, bytes);
  return body;
}

// Characters of four bytes and two UTF-16 units for caps in code points, of two bytes for caps in bytes.
const points = (count: number): string => "😀".repeat(count);
const bytes = (count: number): string => "é".repeat(count / 2) + "x".repeat(count % 2);

const BODY_CAPS: readonly [string, number, (size: number) => Uint8Array][] = [
  ["MAX_TEXT_POINTS", limits.MAX_TEXT_POINTS, (n) => status(points(n))],
  ["MAX_MARKUP", limits.MAX_MARKUP, (n) => status("", times(n, mark("")))],
  ["MAX_MARKUP_VALUE_BYTES", limits.MAX_MARKUP_VALUE_BYTES, (n) => status("", [mark(bytes(n))])],
  [
    "MAX_ATTACHMENTS",
    limits.MAX_ATTACHMENTS,
    (n) => status("", [], times(n, ["", "", new Uint8Array(), ""])),
  ],
  [
    "MAX_MEDIA_TYPE_BYTES",
    limits.MAX_MEDIA_TYPE_BYTES,
    (n) => status("", [], file(bytes(n), "", "")),
  ],
  [
    "MAX_ATTACHMENT_NAME_POINTS",
    limits.MAX_ATTACHMENT_NAME_POINTS,
    (n) => status("", [], file("", points(n), "")),
  ],
  ["MAX_ALT_POINTS", limits.MAX_ALT_POINTS, (n) => status("", [], file("", "", points(n)))],
  ["MAX_NAME_POINTS", limits.MAX_NAME_POINTS, (n) => encode([2, NOW, profile(points(n), "", "")])],
  ["MAX_BIO_POINTS", limits.MAX_BIO_POINTS, (n) => encode([2, NOW, profile("", points(n), "")])],
  ["MAX_LINK_BYTES", limits.MAX_LINK_BYTES, (n) => encode([2, NOW, profile("", "", bytes(n))])],
  ["MAX_BODY_TYPE", limits.MAX_BODY_TYPE, (n) => encode([n, NOW])],
];

for (const [name, cap, make] of BODY_CAPS) {
  Deno.test(`${name}: exactly the cap is decoded, one over is malformed`, () => {
    decodeBody(make(cap));
    assert.throws(() => decodeBody(make(cap + 1)), { code: "malformed" });
  });
}

Deno.test("MAX_BODY_BYTES: exactly the cap is decoded, one over is too large", () => {
  decodeBody(bodyOf(limits.MAX_BODY_BYTES));
  assert.throws(() => decodeBody(bodyOf(limits.MAX_BODY_BYTES + 1)), { code: "too-large" });
});

/** An unsigned envelope around a body. */
function envelope(body: Uint8Array, statements: Value = []): Uint8Array {
  return encode([1, body, HEIR, new Uint8Array(64), new Uint8Array(8), statements]);
}

const context = {
  labels: LABELS,
  now: NOW,
  known: () => false,
  verify,
  extraStampBits: 0,
};

Deno.test("MAX_BODY_BYTES: an envelope with a body over it is too large", () => {
  decodeEnvelope(envelope(bodyOf(limits.MAX_BODY_BYTES)));
  const over = envelope(bodyOf(limits.MAX_BODY_BYTES + 1));
  assert.deepEqual(admit(over, context), { kind: "reject", code: RESULT.tooLarge });
});

Deno.test("MAX_MESSAGE_BYTES: exactly the cap gets past the size check, one over is too large", () => {
  const rest = envelope(new Uint8Array(300)).length - 300;
  const cap = limits.MAX_MESSAGE_BYTES;
  // Over the body's cap as well, but only the whole is judged this early: a forgery of the form
  // that is within the cap is malformed.
  const within = new Uint8Array(cap).fill(0xc1);
  assert.deepEqual(admit(within, context), { kind: "reject", code: RESULT.malformed });
  const over = new Uint8Array(cap + 1).fill(0xc1);
  assert.deepEqual(admit(over, context), { kind: "reject", code: RESULT.tooLarge });
  assert.throws(() => decodeEnvelope(over), { code: "too-large" });
  assert.equal(envelope(new Uint8Array(cap - rest)).length, cap);
});

const item = statementValue(statement({
  issuer: testKey(2),
  subject: testKey(1).key,
  stamp: new Uint8Array(8),
}));

Deno.test("MAX_STATEMENTS: exactly the cap is decoded, one over is malformed", () => {
  const body = bodyOf(300);
  const full = decodeEnvelope(envelope(body, times(limits.MAX_STATEMENTS, item)));
  assert.equal(full.statements.length, limits.MAX_STATEMENTS);
  const over = envelope(body, times(limits.MAX_STATEMENTS + 1, item));
  assert.throws(() => decodeEnvelope(over), { code: "malformed" });
});

Deno.test("A full body still leaves room for 24 statements and a revocation with a successor", () => {
  const issuer = testKey(1);
  const handsOver = statement({
    type: 2,
    issuer,
    subject: testKey(3).key,
    successor: testKey(3),
    stamp: new Uint8Array(8),
  });
  const list = [...new Array<Value>(24).fill(item), statementValue(handsOver)];
  const bytes = envelope(bodyOf(limits.MAX_BODY_BYTES), list);
  assert(bytes.length <= limits.MAX_MESSAGE_BYTES, `${bytes.length}`);
  assert.equal(decodeEnvelope(bytes).statements.length, 25);
});

Deno.test("PRIVATE_GRAIN_S and SEALED_BYTES: only whole hours, only the four lengths", () => {
  const hour = NOW - NOW % limits.PRIVATE_GRAIN_S;
  const make = (created: number, ct: number, enc = 32): Uint8Array =>
    encode([1, created, encode([1, new Uint8Array(enc), new Uint8Array(ct)])]);
  for (const size of limits.SEALED_BYTES) {
    decodeBody(make(hour, size));
    for (const other of [size - 1, size + 1]) {
      assert.throws(() => decodeBody(make(hour, other)), { code: "malformed" });
    }
  }
  for (const created of [hour + 1, hour - 1, hour + 1_800]) {
    assert.throws(() => decodeBody(make(created, 1_040)), { code: "malformed" });
  }
  for (const enc of [limits.SEALED_ENC_BYTES - 1, limits.SEALED_ENC_BYTES + 1]) {
    assert.throws(() => decodeBody(make(hour, 1_040, enc)), { code: "malformed" });
  }
});

Deno.test("MAX_FUTURE_S and LIFETIME_S: exactly the edge lives, a second beyond doesn't", () => {
  const at = (offset: number): boolean => withinLifetime(unixSeconds(NOW + offset), NOW);
  assert.deepEqual([at(900), at(901), at(-2_592_000), at(-2_592_001)], [true, false, true, false]);
});

Deno.test("A message of the largest private kind fits the body's cap", () => {
  const sealed = encode([1, idBytes(testKey(1).key), new Uint8Array(49_168)]);
  assert.equal(decodeBody(encode([1, 0, sealed])).kind, "private");
});
