import assert from "node:assert/strict";
import fc from "fast-check";
import { publicKeyOf } from "../../src/keystore/ed25519.ts";
import { hpkeOpen, hpkeSeal } from "../../src/keystore/hpke.ts";
import { PrivateBox } from "../../src/keystore/private_box.ts";
import { Secret } from "../../src/keystore/secret.ts";
import {
  importPublic,
  importSecret,
  x25519PublicKey,
  x25519SecretKey,
} from "../../src/keystore/x25519.ts";
import { x25519 } from "@noble/curves/ed25519.js";
import { idBytes, identityKey, messageId } from "../../src/wire/ids.ts";
import { labelsOf, MAIN_NETWORK, type NetworkName } from "../../src/wire/labels.ts";
import {
  encodeInnerSealed,
  encodePrivateMessage,
  innerAad,
  outerAad,
  type PrivateMessage,
} from "../../src/wire/private_message.ts";
import { decodeSealed, encodeSealed, SEALED_SUITE } from "../../src/wire/sealed_message.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { printed } from "./printed.ts";

const labels = labelsOf(MAIN_NETWORK);
const oneTimeKey = identityKey(new Uint8Array(32).fill(9));
const message: PrivateMessage = {
  created: unixSeconds(1_800_000_000),
  text: "Only for you",
  attachments: [],
  replyTo: messageId(new Uint8Array(32).fill(5)),
};

/** What `tests/vectors/private.json` says that becomes of a sealed message. */
interface PrivateVector {
  readonly what: string;
  readonly oneTimeKey: string;
  readonly recipient: number;
  readonly sealed: string;
  readonly result: "not ours" | "not by its author" | string;
}

function box(n: number): PrivateBox {
  const seed = new Secret(32);
  seed.use((bytes) => bytes.fill(n));
  return new PrivateBox(seed.use(publicKeyOf), seed);
}

const [ada, bob, eve] = [box(1), box(2), box(3)];

async function open(to: PrivateBox, sealed: Uint8Array, key = oneTimeKey): Promise<unknown> {
  const inner = await to.openOuter(sealed, { labels, oneTimeKey: key });
  return inner && await to.openInner(inner, { labels, oneTimeKey: key });
}

Deno.test("a private message is read by its recipient, who learns the author, and by nobody else", async () => {
  const sealed = await ada.seal(message, { labels, oneTimeKey, recipient: bob.key });
  assert.deepEqual(await open(bob, sealed), { author: ada.key, message });
  assert.equal(await open(eve, sealed), undefined);
  assert.equal(await open(ada, sealed), undefined, "not by its author either: own copies are kept");
});

Deno.test("what is sealed is bound to its one-time key and its network", async () => {
  const sealed = await ada.seal(message, { labels, oneTimeKey, recipient: bob.key });
  assert.equal(await open(bob, sealed, eve.key), undefined);
  const elsewhere = labelsOf("test" as NetworkName);
  assert.equal(await bob.openOuter(sealed, { labels: elsewhere, oneTimeKey }), undefined);
});

Deno.test("an inner layer passed on to somebody else doesn't open", async () => {
  const sealed = await ada.seal(message, { labels, oneTimeKey, recipient: bob.key });
  const inner = await bob.openOuter(sealed, { labels, oneTimeKey });
  assert(inner !== undefined);
  // Bob wraps what Ada told him, under a key of his own and under hers.
  for (const key of [eve.key, oneTimeKey]) {
    const raw = x25519PublicKey(eve.key);
    assert(raw !== undefined);
    const outer = await hpkeSeal(encodeInnerSealed(inner), {
      info: labels.private,
      aad: outerAad(key),
      recipient: await importPublic(raw),
    });
    const readdressed = encodeSealed({ suite: SEALED_SUITE, ...outer });
    const seen = await eve.openOuter(readdressed, { labels, oneTimeKey: key });
    assert.equal(seen?.author, ada.key, "the outer layer says what anybody may write into it");
    assert.equal(await open(eve, readdressed, key), undefined);
  }
});

Deno.test("nobody passes for another author", async () => {
  const sealed = await eve.seal(message, { labels, oneTimeKey, recipient: bob.key });
  const inner = await bob.openOuter(sealed, { labels, oneTimeKey });
  assert(inner !== undefined);
  const forged = { ...inner, author: ada.key };
  assert.equal(await bob.openInner(forged, { labels, oneTimeKey }), undefined);
});

Deno.test("all secrets that an inner layer is made of are the recipient's too: it proves nothing to others", () => {
  const [bobRaw, adaRaw] = [x25519PublicKey(bob.key), x25519PublicKey(ada.key)];
  assert(adaRaw !== undefined && bobRaw !== undefined);
  const byAda = secretOf(1).use((secret) => x25519.getSharedSecret(secret, bobRaw));
  const byBob = secretOf(2).use((secret) => x25519.getSharedSecret(secret, adaRaw));
  assert.deepEqual(byAda, byBob);
});

function secretOf(n: number): Secret {
  using seed = Secret.take(new Uint8Array(32).fill(n));
  return seed.use(x25519SecretKey);
}

Deno.test("no signature by the author stands inside, nor its key in the clear", async () => {
  const sealed = await ada.seal(message, { labels, oneTimeKey, recipient: bob.key });
  const inner = await bob.openOuter(sealed, { labels, oneTimeKey });
  assert(inner !== undefined);
  const opened = await bob.openInner(inner, { labels, oneTimeKey });
  assert.deepEqual(Object.keys(opened?.message ?? {}), [
    "created",
    "text",
    "attachments",
    "replyTo",
  ]);
  const hex = sealed.toHex();
  for (const { key } of [ada, bob]) {
    assert(!hex.includes(key));
    assert(!hex.includes(x25519PublicKey(key)?.toHex() ?? ""));
  }
});

Deno.test("a private message of each size has that size, whatever it says", async () => {
  for (
    const [bytes, size] of [[0, 1_040], [900, 4_112], [9_000, 16_400], [40_000, 49_168]] as const
  ) {
    const file = { mediaType: "a/b", name: "", bytes: new Uint8Array(bytes), alt: "" };
    const sealed = await ada.seal(
      { ...message, attachments: [file] },
      { labels, oneTimeKey, recipient: bob.key },
    );
    assert.equal(decodeSealed(sealed).ct.length, size);
  }
});

Deno.test("what a stranger sends in place of a sealed message opens as nothing", async () => {
  const raw = x25519PublicKey(bob.key);
  assert(raw !== undefined);
  const to = await importPublic(raw);
  const plain = encodeInnerSealed({
    author: ada.key,
    enc: new Uint8Array(32),
    ct: new Uint8Array(40),
  });
  const variants: [string, (bytes: Uint8Array) => void][] = [
    ["a length beyond the end", (bytes) => bytes.fill(0xff, 0, 4)],
    ["a length of zero", (bytes) => bytes.fill(0, 0, 4)],
    ["padding that isn't zero", (bytes) => bytes.fill(1, 1_023)],
    ["no list", (bytes) => bytes.fill(0xc0, 4, 5)],
  ];
  for (const [what, change] of variants) {
    const bytes = plain.slice();
    change(bytes);
    const outer = await hpkeSeal(bytes, {
      info: labels.private,
      aad: outerAad(oneTimeKey),
      recipient: to,
    });
    const sealed = encodeSealed({ suite: SEALED_SUITE, ...outer });
    assert.equal(await bob.openOuter(sealed, { labels, oneTimeKey }), undefined, what);
  }
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
    assert.equal(await bob.openOuter(bytes, { labels, oneTimeKey }), undefined);
  }));
});

Deno.test("an author whose key is none, or of small order, has written nothing", async () => {
  for (const author of ["01".padEnd(64, "0"), "00".padEnd(64, "0"), "02".padEnd(64, "0")]) {
    const inner = {
      author: identityKey(Uint8Array.fromHex(author)),
      enc: new Uint8Array(32).fill(9),
      ct: new Uint8Array(64),
    };
    assert.equal(await bob.openInner(inner, { labels, oneTimeKey }), undefined);
  }
});

Deno.test("a recipient whose key is none is refused when sealing", async () => {
  const recipient = identityKey(Uint8Array.fromHex("02".padEnd(64, "0")));
  const sealing = ada.seal(message, { labels, oneTimeKey, recipient });
  await assert.rejects(sealing, RangeError);
});

Deno.test("an unknown suite isn't opened", async () => {
  const sealed = encodeSealed({ suite: 2, enc: new Uint8Array(7), ct: new Uint8Array(9) });
  assert.equal(await bob.openOuter(sealed, { labels, oneTimeKey }), undefined);
});

Deno.test("an enc of small order opens nothing", async () => {
  const ct = new Uint8Array(1_040);
  for (const enc of [new Uint8Array(32), Uint8Array.fromHex("01".padEnd(64, "0"))]) {
    const sealed = encodeSealed({ suite: SEALED_SUITE, enc, ct });
    assert.equal(await bob.openOuter(sealed, { labels, oneTimeKey }), undefined);
  }
});

Deno.test("a box shows nothing when printed, and is of no use once its seed was wiped", async () => {
  const seed = new Secret(32);
  seed.use((bytes) => bytes.fill(0xa5));
  const short = new PrivateBox(seed.use(publicKeyOf), seed);
  const sealed = await ada.seal(message, { labels, oneTimeKey, recipient: short.key });
  assert(await short.openOuter(sealed, { labels, oneTimeKey }) !== undefined);
  assert(!/165|a5a5/i.test(printed(short).replaceAll(short.key, "")));
  seed.wipe();
  await assert.rejects(short.openOuter(sealed, { labels, oneTimeKey }), /wiped/);
});

Deno.test("the map of keys: a secret's public key is the map of the public key", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
      using seed = Secret.take(bytes);
      using secret = seed.use(x25519SecretKey);
      const mapped = x25519PublicKey(seed.use(publicKeyOf));
      assert.deepEqual(mapped, secret.use((raw) => x25519.getPublicKey(raw)));
    }),
    { numRuns: 20 },
  );
});

Deno.test("binding data name the one-time key, inside also the recipient", () => {
  assert.deepEqual(outerAad(oneTimeKey), idBytes(oneTimeKey));
  assert.deepEqual(innerAad(oneTimeKey, bob.key).toHex(), oneTimeKey + bob.key);
});

Deno.test("the published vectors of RFC 9180 open", async () => {
  const path = new URL("../vectors/hpke.json", import.meta.url);
  for (const vector of JSON.parse(await Deno.readTextFile(path)).cases) {
    const at = (name: string): Uint8Array => Uint8Array.fromHex(vector[name]);
    const secret = at("skRm");
    const recipient = {
      privateKey: await importSecret(secret),
      publicKey: await importPublic(x25519.getPublicKey(secret)),
    };
    const sender = vector.pkSm === undefined ? {} : { sender: await importPublic(at("pkSm")) };
    const context = { info: at("info"), aad: at("aad"), recipient, ...sender };
    const plain = await hpkeOpen({ enc: at("enc"), ct: at("ct") }, context);
    assert.deepEqual(plain?.toHex(), vector.pt, vector.mode);
    const damaged = at("ct");
    damaged[3] = (damaged[3] ?? 0) ^ 1;
    assert.equal(await hpkeOpen({ enc: at("enc"), ct: damaged }, context), undefined);
  }
});

Deno.test("frozen private messages open as they always did, and bad ones don't", async () => {
  const path = new URL("../vectors/private.json", import.meta.url);
  const { cases }: { readonly cases: readonly PrivateVector[] } = JSON.parse(
    await Deno.readTextFile(path),
  );
  assert(cases.length >= 10);
  for (const { what, oneTimeKey: signer, recipient, sealed, result } of cases) {
    const options = { labels, oneTimeKey: identityKey(Uint8Array.fromHex(signer)) };
    const to = box(recipient);
    const inner = await to.openOuter(Uint8Array.fromHex(sealed), options);
    const opened = inner && await to.openInner(inner, options);
    const found = inner === undefined
      ? "not ours"
      : opened === undefined
      ? "not by its author"
      : `${opened.author} ${encodePrivateMessage(opened.message).toHex()}`;
    assert.equal(found, result, what);
  }
});
