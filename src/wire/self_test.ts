/**
 * Checks at start-up that this platform encodes, hashes and counts as docs/PROTOCOL.md sections 1, 3
 * and 6 say: a runtime or a library that did otherwise would be blamed by every peer. The expected
 * bytes were made by another program. They stand here because the compiled program has to have them.
 */
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { identityKey, messageId } from "./ids.ts";
import { labelsOf, MAIN_NETWORK } from "./labels.ts";
import { messageIdOf } from "./message.ts";
import { decode, encode, type Value } from "./msgpack.ts";
import { ruleDigest } from "./rules.ts";
import { stampBits } from "./stamp.ts";

/** The digest of the rules of protocol version 1. */
export const FROZEN_RULE_DIGEST = "e35981da1be98b23";

const ENCODINGS: readonly (readonly [Value, string])[] = [
  [[null, false, true, 0, 127, 128, 255, 256], "98c0c2c3007fcc80ccffcd0100"],
  [
    [65_535, 65_536, 4_294_967_295, 4_294_967_296],
    "94cdffffce00010000ceffffffffcf0000000100000000",
  ],
  [9_007_199_254_740_991, "cf001fffffffffffff"],
  ["Grüße 🌻\n", "ad4772c3bcc39f6520f09f8cbb0a"],
  [[new Uint8Array([0, 255]), ["", []]], "92c40200ff92a090"],
];

/** Longer than the shortest form, not UTF-8, a float, a map. */
const REFUSED: readonly string[] = ["cc7f", "cd00ff", "a1ff", "cb3ff0000000000000", "80"];

/** SHA-256(label "message", 32 times 01, body), and a stamp of that id with its count of zero bits. */
const HASHED = {
  key: "01".repeat(32),
  body: "9600ce6b49d23cac476f6f64206d6f726e696e67",
  id: "d69da5ae67a88271f512749849bef1dd9d004172cad259f63578548d8427f719",
  stamp: "0000000000029dd6",
  bits: 19,
} as const;

/** What can be replaced for a test of the test. */
export interface WireFunctions {
  /** Canonical MessagePack. */
  readonly encode: (value: Value) => Uint8Array;
  /** The same backwards; throws for what isn't canonical. */
  readonly decode: (bytes: Uint8Array) => Value;
  /** Digest of the rules. */
  readonly ruleDigest: () => Uint8Array;
}

/** Answers in one line what this platform does otherwise, or `undefined` when all is well. */
export function wireSelfTest(
  wire: WireFunctions = { encode, decode, ruleDigest },
): string | undefined {
  for (const [value, hex] of ENCODINGS) {
    if (bytesToHex(wire.encode(value)) !== hex) return `it encodes ${hex} otherwise`;
    if (!reads(wire, hex)) return `it doesn't read ${hex}`;
  }
  for (const hex of REFUSED) if (reads(wire, hex)) return `it reads ${hex}, which isn't canonical`;
  const digest = bytesToHex(wire.ruleDigest());
  if (digest !== FROZEN_RULE_DIGEST) return `its rules have the digest ${digest}`;
  const labels = labelsOf(MAIN_NETWORK);
  const { key, body, id, stamp, bits } = HASHED;
  const hashed = messageIdOf(labels, {
    key: identityKey(hexToBytes(key)),
    body: hexToBytes(body),
  });
  if (hashed !== id) return "it hashes messages otherwise";
  const counted = stampBits(labels, { id: messageId(hexToBytes(id)), stamp: hexToBytes(stamp) });
  return counted === bits ? undefined : "it counts the bits of stamps otherwise";
}

function reads({ decode }: WireFunctions, hex: string): boolean {
  try {
    decode(hexToBytes(hex));
    return true;
  } catch {
    return false;
  }
}
