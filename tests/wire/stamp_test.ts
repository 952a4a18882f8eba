import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { idBytes, messageId } from "../../src/wire/ids.ts";
import {
  checkStatementStamp,
  leadingZeroBits,
  requiredStampBits,
  searchStamp,
  searchStatementStamp,
  stampBits,
} from "../../src/wire/stamp.ts";
import { LABELS } from "./support.ts";

const id = messageId(new Uint8Array(32).fill(0xab));

Deno.test("requiredStampBits grows by one bit for each doubling of key and body", () => {
  const cases: [number, number, number][] = [
    // type, bytes of body, bits
    [0, 1, 14],
    [0, 1024 - 32, 14],
    [0, 1024 - 31, 15],
    [0, 2048 - 32, 15],
    [0, 2048 - 31, 16],
    [0, 32_768 - 32, 19],
    [0, 53_248, 20],
    [1, 1024 - 32, 16],
    [1, 1024 - 31, 17],
    [2, 100, 14],
    [3, 100, 14],
    [4, 100, 16],
    [5, 100, 14],
    [15, 100, 14],
  ];
  for (const [type, bytes, bits] of cases) {
    assert.equal(requiredStampBits(type, bytes), bits, `type ${type}, ${bytes} bytes`);
  }
});

Deno.test("leadingZeroBits counts from the most significant bit of byte 0", () => {
  const cases: [number[], number][] = [
    [[0x80], 0],
    [[0x40], 1],
    [[0x01], 7],
    [[0, 0x80], 8],
    [[0, 0, 0x10], 19],
    [[0, 0], 16],
    [[], 0],
  ];
  for (const [bytes, bits] of cases) assert.equal(leadingZeroBits(new Uint8Array(bytes)), bits);
});

Deno.test("stampBits is what SHA-256 of label, id and stamp says", () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (stamp) => {
    const hash = createHash("sha256").update("gossamer/1 stamp\0main\0");
    const digest = hash.update(idBytes(id)).update(stamp).digest("hex");
    const bits = 256 - BigInt(`0x${digest}`).toString(2).length;
    assert.equal(stampBits(LABELS, { id, stamp }), bits);
  }));
});

Deno.test("searchStamp finds in chunks what it finds in one go, the first that fits", () => {
  const whole = searchStamp({ labels: LABELS, id, bits: 12, start: 0, tries: 100_000 });
  assert(whole !== undefined);
  assert(stampBits(LABELS, { id, stamp: whole }) >= 12);
  const found = new DataView(whole.buffer).getUint32(4);
  for (let start = 0; start <= found; start += 100) {
    const chunk = searchStamp({ labels: LABELS, id, bits: 12, start, tries: 100 });
    assert.deepEqual(chunk, found < start + 100 ? whole : undefined);
  }
});

Deno.test("searchStamp counts beyond 2^32", () => {
  const stamp = searchStamp({ labels: LABELS, id, bits: 0, start: 2 ** 32 + 5, tries: 1 });
  assert.deepEqual(stamp, new Uint8Array([0, 0, 0, 1, 0, 0, 0, 5]));
});

Deno.test("searchStatementStamp finds 18 bits, and one bit less doesn't do", () => {
  const signature = new Uint8Array(64).fill(0xcd);
  const search = { labels: LABELS, signature, start: 0, tries: 1 << 22 };
  const stamp = searchStatementStamp({ ...search, bits: 18 });
  assert(stamp !== undefined);
  assert.equal(checkStatementStamp(LABELS, { signature, stamp }), true);
  const weaker = searchStatementStamp({ ...search, bits: 17 });
  assert(weaker !== undefined);
  const digest = createHash("sha256").update("gossamer/1 statement stamp\0main\0")
    .update(signature).update(weaker).digest();
  const enough = leadingZeroBits(digest) >= 18;
  assert.equal(checkStatementStamp(LABELS, { signature, stamp: weaker }), enough);
});
