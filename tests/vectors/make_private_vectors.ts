/**
 * Writes the frozen vectors of private messages: `deno run -A tests/vectors/make_private_vectors.ts`.
 * Not part of the tests, and no two runs write the same: what is frozen is that these open for ever.
 * Identities 1, 2 and 3 have seeds of 32 such bytes.
 */
import { publicKeyOf } from "../../src/keystore/ed25519.ts";
import { hpkeSeal } from "../../src/keystore/hpke.ts";
import { PrivateBox } from "../../src/keystore/private_box.ts";
import { Secret } from "../../src/keystore/secret.ts";
import { importPublic, x25519PublicKey } from "../../src/keystore/x25519.ts";
import { identityKey, messageId } from "../../src/wire/ids.ts";
import { labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";
import { encode } from "../../src/wire/msgpack.ts";
import {
  encodeInnerSealed,
  encodePrivateMessage,
  outerAad,
  type PrivateMessage,
} from "../../src/wire/private_message.ts";
import { unixSeconds } from "../../src/wire/time.ts";

const labels = labelsOf(MAIN_NETWORK);
const oneTimeKey = identityKey(new Uint8Array(32).fill(9));
const [ada, bob, eve] = [box(1), box(2), box(3)];
const cases: object[] = [];

function box(n: number): PrivateBox {
  const seed = Secret.take(new Uint8Array(32).fill(n));
  return new PrivateBox(seed.use(publicKeyOf), seed);
}

function add(what: string, sealed: Uint8Array, result: string, recipient = 2): void {
  cases.push({ what, oneTimeKey, recipient, sealed: sealed.toHex(), result });
}

async function outer(plain: Uint8Array, to: PrivateBox): Promise<Uint8Array> {
  const raw = x25519PublicKey(to.key);
  if (raw === undefined) throw new Error("No key");
  const recipient = await importPublic(raw);
  const { enc, ct } = await hpkeSeal(plain, {
    info: labels.private,
    aad: outerAad(oneTimeKey),
    recipient,
  });
  // Past the encoder's own checks, which refuse some of these.
  return encode([1, enc, ct]);
}

const created = unixSeconds(1_800_000_000);
const plainText: PrivateMessage = { created, text: "Hello", attachments: [], replyTo: undefined };
const full: PrivateMessage = {
  created,
  text: "\u00e9".repeat(2_000),
  attachments: [{ mediaType: "text/plain", name: "a.txt", bytes: new Uint8Array([1]), alt: "one" }],
  replyTo: messageId(new Uint8Array(32).fill(5)),
};
for (const [what, message] of [["text alone", plainText], ["all there can be", full]] as const) {
  const sealed = await ada.seal(message, { labels, oneTimeKey, recipient: bob.key });
  add(what, sealed, `${ada.key} ${encodePrivateMessage(message).toHex()}`);
}
const sealed = await ada.seal(plainText, { labels, oneTimeKey, recipient: bob.key });
add("for somebody else", sealed, "not ours", 3);
add("truncated", sealed.subarray(0, sealed.length - 1), "not ours");
const flipped = sealed.slice();
flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
add("one bit wrong", flipped, "not ours");
const inner = await bob.openOuter(sealed, { labels, oneTimeKey });
if (inner === undefined) throw new Error("It doesn't open");
add("inner layer re-addressed", await outer(encodeInnerSealed(inner), eve), "not by its author", 3);
const swapped = encodeInnerSealed({ ...inner, author: eve.key });
add("author swapped", await outer(swapped, bob), "not by its author");
const padded = encodeInnerSealed(inner);
padded[padded.length - 1] = 1;
add("padding that isn't zero", await outer(padded, bob), "not ours");
const long = encodeInnerSealed(inner);
new DataView(long.buffer).setUint32(0, long.length);
add("length beyond the plaintext", await outer(long, bob), "not ours");
const short = encodeInnerSealed(inner);
new DataView(short.buffer).setUint32(0, 20);
add("length within the value", await outer(short, bob), "not ours");
add("a size that suite 1 hasn't", await outer(new Uint8Array(1_000), bob), "not ours");
add("an enc of small order", encode([1, new Uint8Array(32), new Uint8Array(1_040)]), "not ours");
add("an enc of 31 bytes", encode([1, new Uint8Array(31), new Uint8Array(1_040)]), "not ours");
add("suite 2", encode([2, new Uint8Array(32), new Uint8Array(1_040)]), "not ours");

const lines = cases.map((item) => `    ${JSON.stringify(item)}`).join(",\n");
const path = new URL("private.json", import.meta.url);
await Deno.writeTextFile(path, `{\n  "cases": [\n${lines}\n  ]\n}\n`);
