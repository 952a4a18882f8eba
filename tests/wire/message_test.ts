import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import {
  decodeEnvelope,
  encodeEnvelope,
  messageIdOf,
  signedBytes,
} from "../../src/wire/message.ts";
import { encode } from "../../src/wire/msgpack.ts";
import { ruleDigest, ruleNumbers } from "../../src/wire/rules.ts";
import { statementValue } from "../../src/wire/statement.ts";
import vectors from "../vectors/message.json" with { type: "json" };
import { LABELS, verify } from "./support.ts";

Deno.test("message vectors: decoded, encoded to the same bytes, id, signed bytes", () => {
  for (const { name, hex, id, signed, ...parts } of vectors.good) {
    const envelope = decodeEnvelope(hexToBytes(hex));
    const { body, key, signature, stamp, statements } = envelope;
    const decoded = {
      body: bytesToHex(body),
      key,
      signature: bytesToHex(signature),
      stamp: bytesToHex(stamp),
      statements: statements.map((item) => bytesToHex(encode(statementValue(item)))),
    };
    assert.deepEqual(decoded, parts, name);
    assert.equal(bytesToHex(encodeEnvelope(envelope)), hex, name);
    assert.equal(messageIdOf(LABELS, envelope), id, name);
    assert.equal(bytesToHex(signedBytes(LABELS, body)), signed, name);
    assert.equal(verify(key, signature, signedBytes(LABELS, body)), true, name);
  }
});

Deno.test("message id is SHA-256 of label, key and body", () => {
  for (const { id, key, body } of vectors.good) {
    const hash = createHash("sha256").update("gossamer/1 message\0main\0");
    assert.equal(hash.update(key, "hex").update(body, "hex").digest("hex"), id);
  }
});

Deno.test("message refuses each malformed vector, and every beginning of a good one", () => {
  for (const { name, hex } of vectors.malformed) {
    assert.throws(() => decodeEnvelope(hexToBytes(hex)), { code: "malformed" }, name);
  }
  for (const { name, hex } of vectors.good) {
    const bytes = hexToBytes(hex);
    for (let end = 0; end < bytes.length; end++) {
      assert.throws(() => decodeEnvelope(bytes.subarray(0, end)), { code: "malformed" }, name);
    }
  }
});

Deno.test("message that nobody would admit isn't encoded", () => {
  const good = decodeEnvelope(hexToBytes(vectors.good[0]?.hex ?? ""));
  const wrong = [
    { signature: new Uint8Array(63) },
    { stamp: new Uint8Array(9) },
    { body: new Uint8Array(53_249) },
  ];
  for (const part of wrong) assert.throws(() => encodeEnvelope({ ...good, ...part }), RangeError);
});

Deno.test("rules: the numbers of the protocol page and their digest", () => {
  assert.deepEqual(ruleNumbers(), [
    ...[1, 61440, 53248, 140, 40, 160, 200, 32, 512, 4, 64, 64, 500, 2000],
    ...[900, 2592000, 14, 2, 18, 32],
  ]);
  assert.equal(bytesToHex(ruleDigest()), "e35981da1be98b23");
});
