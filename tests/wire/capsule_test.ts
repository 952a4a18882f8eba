/** Capsules: what is written is read, in any pieces; what is damaged costs itself alone. */
import assert from "node:assert/strict";
import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import {
  capsuleEnd,
  capsuleHeader,
  CapsuleReader,
  capsuleRecord,
  MAX_CAPSULE_HEADER_BYTES,
  readCapsuleHeader,
} from "../../src/wire/capsule.ts";
import { parseNetworkName } from "../../src/wire/labels.ts";
import { MAX_MESSAGE_BYTES } from "../../src/wire/limits.ts";
import vectors from "../vectors/capsule.json" with { type: "json" };

const END_MARK = new Uint8Array([0xf8, 0x67, 0x73, 0x6d]);
const MESSAGE_MARK = new Uint8Array([0xf7, 0x67, 0x73, 0x6d]);

interface Outcome {
  readonly messages: string[];
  readonly damaged: number;
  readonly missing: number;
  readonly complete: boolean;
}

/** Reads what stands after a header, in pieces of so many bytes. */
function read(body: Uint8Array, pieces: readonly number[] = [body.length]): Outcome {
  const reader = new CapsuleReader();
  const messages: Uint8Array[] = [];
  let at = 0;
  for (let i = 0; at < body.length; i++) {
    const size = Math.max(1, pieces[i % pieces.length] ?? 1);
    messages.push(...reader.push(body.subarray(at, at + size)));
    at += size;
  }
  messages.push(...reader.finish());
  assert.equal(messages.length, reader.messages);
  const { damaged, missing, complete } = reader;
  return { messages: messages.map(bytesToHex), damaged, missing, complete };
}

function capsule(messages: readonly Uint8Array[]): Uint8Array {
  return concatBytes(
    ...messages.map((bytes) => capsuleRecord(bytes)),
    capsuleEnd(messages.length),
  );
}

for (const { name, hex, network, messages } of vectors.good) {
  Deno.test(`capsule vector: ${name}`, () => {
    const parsed = parseNetworkName(network);
    assert.ok(parsed);
    const made = concatBytes(capsuleHeader(parsed), capsule(messages.map(hexToBytes)));
    assert.equal(bytesToHex(made), hex);
    const header = readCapsuleHeader(made.subarray(0, MAX_CAPSULE_HEADER_BYTES));
    assert.ok(header.kind === "capsule" && header.network === network);
    const outcome = { messages, damaged: 0, missing: 0, complete: true };
    assert.deepEqual(read(made.subarray(header.bytes)), outcome);
    assert.deepEqual(read(made.subarray(header.bytes), [1]), outcome);
  });
}

for (const { name, hex, messages, damaged, missing } of vectors.damaged) {
  Deno.test(`damaged capsule: ${name}`, () => {
    for (const pieces of [[1], [7, 3], [1_000_000]]) {
      const outcome = { messages, damaged, missing, complete: false };
      assert.deepEqual(read(hexToBytes(hex), pieces), outcome);
    }
  });
}

for (const { name, hex, kind } of vectors.headers) {
  Deno.test(`capsule header: ${name}`, () => {
    assert.equal(readCapsuleHeader(hexToBytes(hex)).kind, kind);
  });
}

const message = fc.uint8Array({ minLength: 1, maxLength: 200 });
const pieces = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 });

Deno.test("any messages come back in any pieces, whatever marks they hold", () => {
  const marked = fc.tuple(message, fc.constantFrom(MESSAGE_MARK, END_MARK), message)
    .map((parts) => concatBytes(...parts));
  const all = fc.array(fc.oneof(message, marked), { maxLength: 12 });
  fc.assert(fc.property(all, pieces, (messages, sizes) => {
    const expected = messages.map(bytesToHex);
    const outcome = { messages: expected, damaged: 0, missing: 0, complete: true };
    assert.deepEqual(read(capsule(messages), sizes), outcome);
  }));
});

Deno.test("a capsule cut off anywhere gives every message that is whole, and isn't complete", () => {
  const messages = [1, 2, 3, 4].map((n) => new Uint8Array(n * 20).fill(n));
  const whole = capsule(messages);
  let end = 0;
  const ends = messages.map(({ length }) => end += 6 + length);
  for (let cut = 0; cut < whole.length; cut++) {
    const { messages: found, complete } = read(whole.subarray(0, cut), [50]);
    assert.equal(found.length, ends.filter((at) => at <= cut).length, `cut at ${cut}`);
    assert.equal(complete, false);
  }
});

Deno.test("one wrong byte costs at most one message, or two where it takes away a border", () => {
  const messages = Array.from({ length: 8 }, (_, n) => new Uint8Array(40).fill(n + 1));
  const whole = capsule(messages);
  const sent = new Set(messages.map(bytesToHex));
  for (let at = 0; at < whole.length; at++) {
    const bad = whole.slice();
    bad[at] = (bad[at] ?? 0) ^ 0x55;
    const right = read(bad).messages.filter((one) => sent.has(one)).length;
    assert.ok(right >= messages.length - 2, `byte ${at}: ${right}`);
  }
});

Deno.test("any bytes are read without an exception", () => {
  const bytes = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 50 }),
      fc.constantFrom(MESSAGE_MARK, END_MARK, new Uint8Array([0, 5]), new Uint8Array([0xff, 0xff])),
    ),
    { maxLength: 20 },
  ).map((parts) => concatBytes(...parts));
  fc.assert(fc.property(bytes, pieces, (body, sizes) => {
    const { damaged, messages } = read(body, sizes);
    assert.ok(damaged <= body.length);
    assert.deepEqual(
      { damaged, messages },
      (({ damaged, messages }) => ({ damaged, messages }))(
        read(body),
      ),
    );
  }));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (head) => void readCapsuleHeader(head)));
});

Deno.test("messages of 61,440 bytes fit, one byte more doesn't, nor none", () => {
  const largest = new Uint8Array(MAX_MESSAGE_BYTES).fill(3);
  assert.equal(read(capsule([largest, largest]), [65_536]).messages.length, 2);
  assert.throws(() => capsuleRecord(new Uint8Array(MAX_MESSAGE_BYTES + 1)), RangeError);
  assert.throws(() => capsuleRecord(new Uint8Array()), RangeError);
});
