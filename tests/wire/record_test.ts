import assert from "node:assert/strict";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { WireError } from "../../src/wire/errors.ts";
import { labelsOf, parseNetworkName } from "../../src/wire/labels.ts";
import { MAX_FRAME_BYTES, MAX_RECORD_PLAINTEXT, RECORD_SIZES } from "../../src/wire/limits.ts";
import { NoiseHandshake, type NoiseRole } from "../../src/wire/noise.ts";
import { CipherState } from "../../src/wire/noise_symmetric.ts";
import { asPublic } from "../../src/wire/privacy.ts";
import {
  isRecordLength,
  openRecord,
  padFrame,
  prefixLength,
  RecordReader,
  sealRecord,
  sealRecords,
  unpadFrame,
} from "../../src/wire/record.ts";
import vectors from "../vectors/record.json" with { type: "json" };

const hex = bytesToHex;

function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => i % 251);
}

function isMalformed(error: unknown): boolean {
  return error instanceof WireError && error.code === "malformed";
}

for (const { frameLength, size, sha256: digest } of vectors.padding) {
  Deno.test(`padFrame makes ${size} bytes of a frame of ${frameLength}`, () => {
    const padded = padFrame(pattern(frameLength));
    assert.equal(padded.length, size);
    assert.equal(hex(sha256(padded)), digest);
    assert.deepEqual(unpadFrame(padded), pattern(frameLength));
  });
}

for (const { name, size, head, last, verdict } of vectors.badPadding) {
  Deno.test(`unpadFrame refuses: ${name}`, () => {
    const padded = new Uint8Array(size);
    padded.set(hexToBytes(head));
    if (last !== "") padded.set(hexToBytes(last), size - 1);
    assert.throws(
      () => unpadFrame(padded),
      (error) => error instanceof WireError && error.code === verdict,
    );
  });
}

Deno.test("padFrame takes MAX_FRAME_BYTES and throws for one byte more", () => {
  assert.equal(padFrame(new Uint8Array(MAX_FRAME_BYTES)).length, MAX_RECORD_PLAINTEXT);
  assert.throws(() => padFrame(new Uint8Array(MAX_FRAME_BYTES + 1)), RangeError);
});

Deno.test("isRecordLength takes the five sizes with their tag, and nothing beside them", () => {
  const accepted = Array.from({ length: 65_536 }, (_, i) => i).filter(isRecordLength);
  assert.deepEqual(accepted, RECORD_SIZES.map((size) => size + 16));
});

for (const link of vectors.links) {
  Deno.test(`a whole link as in the vector: ${link.handshake}`, () => {
    const labels = labelsOf(parseNetworkName(link.network)!);
    assert.equal(hex(labels.noise), link.prologue);
    const machine = (role: NoiseRole, secret: string) =>
      new NoiseHandshake({
        role,
        prologue: labels.noise,
        ephemeralSecret: hexToBytes(secret),
        psk: link.psk === null ? undefined : hexToBytes(link.psk),
      });
    const a = machine("initiator", link.initiatorEphemeral);
    const b = machine("responder", link.responderEphemeral);
    const first = a.write();
    b.read(first);
    const second = b.write();
    a.read(second);
    assert.deepEqual(link.stream, [
      { from: "initiator", bytes: hex(prefixLength(first)) },
      { from: "responder", bytes: hex(prefixLength(second)) },
    ]);

    const ends = { initiator: a.split(), responder: b.split() };
    assert.equal(hex(ends.initiator.handshakeHash), link.handshakeHash);
    assert.equal(hex(ends.responder.handshakeHash), link.handshakeHash);
    for (const record of link.records) {
      const [from, to] = record.from === "initiator"
        ? [ends.initiator, ends.responder]
        : [ends.responder, ends.initiator];
      const sealed = sealRecord(from.sending, asPublic(hexToBytes(record.frame)));
      assert.equal(hex(sealed), record.bytes);
      const reader = new RecordReader();
      reader.push(sealed);
      assert.equal(hex(openRecord(to.receiving, reader.next()!)), record.frame);
    }
  });
}

Deno.test("sealRecords makes of many frames what sealRecord makes of each", () => {
  const [one, many] = [0, 0].map(() => new CipherState(new Uint8Array(32).fill(7)));
  const frames = [0, 254, 255, 5_000].map((length) =>
    asPublic(new Uint8Array(length).fill(length))
  );
  const singly = frames.map((frame) => hex(sealRecord(one!, frame))).join("");
  assert.equal(hex(sealRecords(many!, frames)), singly);
  assert.equal(sealRecords(many!, []).length, 0);
});

/** Feeds a stream in chunks; the reader's records and whether it ended between two. */
function readAll(chunks: Iterable<Uint8Array>): { records: Uint8Array[]; partial: boolean } {
  const reader = new RecordReader();
  const records: Uint8Array[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let record = reader.next(); record !== undefined; record = reader.next()) {
      records.push(record);
    }
  }
  return { records, partial: reader.partial };
}

Deno.test("RecordReader cuts the same records out of chunks of any size", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...RECORD_SIZES), { maxLength: 4 }),
      fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 70_000 }))),
      (sizes, cuts) => {
        const bodies = sizes.map((size, i) => pattern(size + 16).fill(i, 5, 9));
        let rest: Uint8Array = concatBytes(...bodies.map(prefixLength));
        const chunks: Uint8Array[] = [];
        for (const cut of cuts) {
          chunks.push(rest.subarray(0, cut));
          rest = rest.subarray(cut);
        }
        const { records, partial } = readAll([...chunks, rest]);
        assert.equal(partial, false);
        assert.deepEqual(records.map(hex), bodies.map(hex));
      },
    ),
    { numRuns: 40 },
  );
});

Deno.test("RecordReader works byte by byte, and knows when it is in the middle", () => {
  const stream = concatBytes(prefixLength(pattern(272)), prefixLength(pattern(1_040)));
  for (let end = 0; end <= stream.length; end++) {
    const { records, partial } = readAll(
      end % 97 === 0 || end >= stream.length - 1
        ? Array.from(stream.subarray(0, end), (byte) => Uint8Array.of(byte))
        : [stream.subarray(0, end)],
    );
    const whole = end === stream.length ? 2 : end >= 274 ? 1 : 0;
    assert.deepEqual([records.length, partial], [whole, ![0, 274, stream.length].includes(end)]);
  }
});

Deno.test("RecordReader refuses a length that no record has before any of its bytes came", () => {
  for (const length of [0, 1, 16, 256, 271, 273, 1_024, 16_399, 65_519, 65_534]) {
    const reader = new RecordReader();
    reader.push(Uint8Array.of(length >> 8, length & 0xff));
    assert.throws(() => reader.next(), isMalformed, `length ${length}`);
    assert.throws(() => reader.next(), isMalformed, `length ${length}, again`);
  }
});

Deno.test("RecordReader takes other lengths while the handshake lasts", () => {
  const reader = new RecordReader();
  reader.push(concatBytes(prefixLength(pattern(32)), prefixLength(pattern(272))));
  assert.deepEqual(reader.next((length) => length === 32), pattern(32));
  assert.deepEqual(reader.next(), pattern(272));
  assert.equal(reader.next(), undefined);
});

Deno.test("RecordReader holds no more than one chunk and one record", () => {
  const reader = new RecordReader();
  reader.push(prefixLength(pattern(272)));
  assert.throws(() => reader.push(new Uint8Array(1)), /not used up/);
  reader.next();
  reader.push(new Uint8Array(0));
  assert.equal(reader.next(), undefined);
});

Deno.test("RecordReader keeps a record that is cut in two when the buffer it came in is used again", () => {
  const whole = prefixLength(pattern(272));
  for (const at of [1, 2, 3, 100, 273]) {
    const reader = new RecordReader();
    const buffer = whole.slice(0, at);
    reader.push(buffer);
    assert.equal(reader.next(), undefined);
    buffer.fill(0xee);
    reader.push(whole.slice(at));
    assert.deepEqual(reader.next(), pattern(272));
    assert.equal(reader.partial, false);
  }
});

Deno.test("RecordReader hands out a whole record without copying it", () => {
  const buffer = prefixLength(pattern(272));
  const reader = new RecordReader();
  reader.push(buffer);
  assert.equal(reader.next()?.buffer, buffer.buffer);
  assert.equal(reader.partial, false);
});
