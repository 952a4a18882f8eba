/** The baseline of the benches: how many signatures of posts one core verifies in a second. */
import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { Buffer } from "node:buffer";
import { idBytes, type IdentityKey } from "../src/wire/ids.ts";
import { labelsOf, MAIN_NETWORK } from "../src/wire/labels.ts";
import { decodeEnvelope, signedBytes } from "../src/wire/message.ts";

/** Posts of which the signatures are verified. */
const SAMPLE = 5_000;

/** Native verifications a second, with ready key objects and nothing else to do. */
export function verifyRate(posts: readonly Uint8Array[]): number {
  const keys = new Map<IdentityKey, KeyObject>();
  const cases = posts.slice(0, SAMPLE).map((bytes) => {
    const { key, body, signature } = decodeEnvelope(bytes);
    const object = keys.get(key) ?? keyObject(key);
    keys.set(key, object);
    return { object, signature, data: signedBytes(labels, body) };
  });
  const time = (): number => {
    const from = performance.now();
    for (const { object, signature, data } of cases) {
      if (!verify(null, data, object, signature)) throw new Error("A signature was misjudged");
    }
    return cases.length / ((performance.now() - from) / 1_000);
  };
  time();
  return time();
}

const labels = labelsOf(MAIN_NETWORK);

function keyObject(key: IdentityKey): KeyObject {
  // RFC 8410: the fixed head of an Ed25519 key in SPKI.
  const head = Uint8Array.fromHex("302a300506032b6570032100");
  const der = new Uint8Array(head.length + 32);
  der.set(head);
  der.set(idBytes(key), head.length);
  return createPublicKey({ key: Buffer.from(der), format: "der", type: "spki" });
}
