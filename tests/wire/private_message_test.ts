import assert from "node:assert/strict";
import fc from "fast-check";
import { WireError } from "../../src/wire/errors.ts";
import { identityKey, messageId } from "../../src/wire/ids.ts";
import { MAX_ATTACHMENTS, MAX_PRIVATE_TEXT_POINTS } from "../../src/wire/limits.ts";
import { decode, encode } from "../../src/wire/msgpack.ts";
import {
  decodeInnerSealed,
  decodePrivateMessage,
  encodeInnerSealed,
  encodePrivateMessage,
  MAX_PRIVATE_BYTES,
  type PrivateMessage,
} from "../../src/wire/private_message.ts";
import { unixSeconds } from "../../src/wire/time.ts";

const message: PrivateMessage = {
  created: unixSeconds(1_800_000_000),
  text: "Hello",
  attachments: [],
  replyTo: undefined,
};
const inner = {
  author: identityKey(new Uint8Array(32).fill(1)),
  enc: new Uint8Array(32).fill(2),
  ct: new Uint8Array(100).fill(3),
};
const TAG = 16;

Deno.test("a private message comes back as it was, whatever it says", () => {
  const texts = fc.string({ unit: "grapheme", maxLength: 200 })
    .map((text) => text.replace(/\p{Cc}/gu, ""));
  const attachment = fc.record({
    mediaType: fc.constant("image/png"),
    name: fc.constantFrom("", "a.png"),
    bytes: fc.uint8Array({ maxLength: 50 }),
    alt: texts,
  }, { noNullPrototype: true });
  fc.assert(fc.property(
    texts,
    fc.array(attachment, { maxLength: MAX_ATTACHMENTS }),
    fc.option(fc.uint8Array({ minLength: 32, maxLength: 32 }), { nil: undefined }),
    (text, attachments, reply) => {
      const whole = { ...message, text, attachments, replyTo: reply && messageId(reply) };
      assert.deepEqual(decodePrivateMessage(encodePrivateMessage(whole)), whole);
    },
  ));
});

Deno.test("a text has at most 2,000 code points, and attachments are at most four", () => {
  const file = { mediaType: "a/b", name: "", bytes: new Uint8Array(1), alt: "" };
  const text = "😀".repeat(MAX_PRIVATE_TEXT_POINTS);
  const attachments = Array.from({ length: MAX_ATTACHMENTS }, () => file);
  encodePrivateMessage({ ...message, text, attachments });
  for (
    const wrong of [{ text: `${text}a` }, { attachments: [...attachments, file] }, { text: "\x07" }]
  ) {
    assert.throws(() => encodePrivateMessage({ ...message, ...wrong }), RangeError);
  }
  const value = [1, `${text}a`, [], null];
  assert.throws(() => decodePrivateMessage(encode(value)), WireError);
});

Deno.test("other forms of a private message are malformed", () => {
  const good = decode(encodePrivateMessage(message));
  assert(Array.isArray(good));
  const bad = [
    good.slice(0, 3),
    [...good, null],
    [null, "", [], null],
    [1, "", [], new Uint8Array(31)],
    [1, "", [], false],
    [1, "", [["a", "b", new Uint8Array(0)]], null],
  ];
  for (const value of bad) assert.throws(() => decodePrivateMessage(encode(value)), WireError);
});

Deno.test("the outer plaintext is filled up to the smallest of four sizes", () => {
  const head = 4 + 1 + 34 + 34;
  for (const [size, next] of [[1_024, 4_096], [4_096, 16_384], [16_384, 49_152]] as const) {
    // A bin's head has 3 bytes from 256 on.
    const fits = size - head - 3;
    const full = { ...inner, ct: new Uint8Array(fits).fill(4) };
    assert.equal(encodeInnerSealed(full).length, size);
    // With no padding at all it can be read, too.
    assert.deepEqual(decodeInnerSealed(encodeInnerSealed(full)), full);
    assert.equal(encodeInnerSealed({ ...inner, ct: new Uint8Array(fits + 1) }).length, next);
  }
  encodeInnerSealed({ ...inner, ct: new Uint8Array(MAX_PRIVATE_BYTES + TAG) });
  const over = { ...inner, ct: new Uint8Array(MAX_PRIVATE_BYTES + TAG + 1) };
  assert.throws(() => encodeInnerSealed(over), RangeError);
});

Deno.test("an outer plaintext comes back as it was, and any other byte makes it another or malformed", () => {
  const plain = encodeInnerSealed(inner);
  assert.deepEqual(decodeInnerSealed(plain), inner);
  fc.assert(fc.property(fc.nat(plain.length - 1), fc.integer({ min: 1, max: 255 }), (at, bits) => {
    const changed = plain.slice();
    changed[at] = (changed[at] ?? 0) ^ bits;
    try {
      assert.notDeepEqual(decodeInnerSealed(changed), inner);
    } catch (error) {
      assert(error instanceof WireError || error instanceof assert.AssertionError);
      if (error instanceof assert.AssertionError) throw error;
    }
  }));
});

Deno.test("whatever bytes an outer plaintext has, it is read or malformed", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
    try {
      decodeInnerSealed(bytes);
    } catch (error) {
      assert(error instanceof WireError);
    }
  }));
  for (const cut of [0, 3, 4, 5, 60]) {
    assert.throws(() => decodeInnerSealed(encodeInnerSealed(inner).subarray(0, cut)), WireError);
  }
});
