import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { asPublic } from "../../src/wire/privacy.ts";
import {
  consentBytes,
  decodeStatement,
  encodeStatement,
  heirOf,
  statementSignedBytes,
} from "../../src/wire/statement.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { checkStatement } from "../../src/wire/verify.ts";
import vectors from "../vectors/statement.json" with { type: "json" };
import { LABELS, testKey, verify } from "./support.ts";

const context = { labels: LABELS, now: unixSeconds(vectors.now), verify };

Deno.test("statement vectors: decoded, encoded to the same bytes, signed bytes, check", () => {
  for (const { name, hex, signed, consentOver, check } of vectors.cases) {
    const statement = decodeStatement(hexToBytes(hex));
    assert.equal(bytesToHex(encodeStatement(asPublic(statement))), hex, name);
    assert.equal(bytesToHex(statementSignedBytes(LABELS, statement)), signed, name);
    assert.equal(bytesToHex(consentBytes(LABELS, statement.issuer)), consentOver, name);
    assert.equal(checkStatement(statement, context), check, name);
  }
});

Deno.test("statement refuses each malformed vector", () => {
  for (const { name, hex } of vectors.malformed) {
    assert.throws(() => decodeStatement(hexToBytes(hex)), { code: "malformed" }, name);
  }
});

Deno.test("statement with any bit of a valid one changed is refused or not valid", () => {
  for (const { name, hex, check } of vectors.cases) {
    if (check !== "valid") continue;
    const whole = hexToBytes(hex);
    // The stamp, the last 8 bytes, may be any that has the bits: no need to change it here.
    for (let at = 0; at < whole.length - 8; at++) {
      const bytes = whole.slice();
      bytes[at]! ^= 1 << at % 8;
      let outcome;
      try {
        outcome = checkStatement(decodeStatement(bytes), context);
      } catch {
        outcome = "malformed";
      }
      assert.notEqual(outcome, "valid", `${name}, byte ${at}`);
    }
  }
});

Deno.test("statement that nobody would decode isn't encoded", () => {
  const first = vectors.cases[0];
  assert(first !== undefined);
  const statement = decodeStatement(hexToBytes(first.hex));
  const wrong = asPublic({ ...statement, consent: new Uint8Array(3) });
  assert.throws(() => encodeStatement(wrong), RangeError);
});

Deno.test("heirOf commits to a successor's key", () => {
  const successor = testKey(3).key;
  const heir = "31d67905fc946910135c5f5f1d7e4beaabb4a9de9af0b018671a677d43acc3e7";
  assert.equal(bytesToHex(heirOf(LABELS, successor)), heir);
  const hash = createHash("sha256").update("gossamer/1 heir\0main\0").update(successor, "hex");
  assert.equal(hash.digest("hex"), heir);
});
