import assert from "node:assert/strict";
import { bytesToHex } from "@noble/hashes/utils.js";
import { createVerifier, publicKeyOf } from "../../src/keystore/ed25519.ts";
import { KeyFileError } from "../../src/keystore/errors.ts";
import { KEY_CONTENTS_BYTES, type KeyContents } from "../../src/keystore/key_contents.ts";
import { decodeKeyBundle, encodeKeyBundle, Keyring } from "../../src/keystore/keyring.ts";
import { Secret } from "../../src/keystore/secret.ts";
import { identityKey } from "../../src/wire/ids.ts";
import { Private } from "../../src/wire/privacy.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { printed } from "./printed.ts";

const DATA = new TextEncoder().encode("signed");

function seedOf(i: number): Uint8Array {
  return new Uint8Array(32).fill(0x40 + i);
}

function contentsOf(...seeds: number[]): KeyContents {
  return {
    storeKey: Secret.take(new Uint8Array(32).fill(0x77)),
    entries: seeds.map((i) => ({
      seed: Secret.take(seedOf(i)),
      created: unixSeconds(1_700_000_000 + i),
      name: new Private(`name ${i}`),
      heir: new Uint8Array(32).fill(i),
    })),
  };
}

function listed(keyring: Keyring): unknown {
  return {
    storeKey: keyring.storeKey().use(bytesToHex),
    identities: keyring.identities().map(({ key, name, created }) => [key, name.reveal(), created]),
  };
}

Deno.test("Keyring lists its identities in order and signs for each", () => {
  const keyring = new Keyring(contentsOf(2, 1));
  assert.deepEqual(listed(keyring), {
    storeKey: "77".repeat(32),
    identities: [2, 1].map((i) => [publicKeyOf(seedOf(i)), `name ${i}`, 1_700_000_000 + i]),
  });
  const verify = createVerifier();
  for (const { key } of keyring.identities()) {
    const signer = keyring.signer(key);
    assert.equal(signer.key, key);
    assert.equal(keyring.has(key), true);
    assert.equal(verify(key, signer.sign(DATA), DATA), true);
  }
  const stranger = identityKey(new Uint8Array(32));
  assert.equal(keyring.has(stranger), false);
  assert.throws(() => keyring.signer(stranger), RangeError);
});

Deno.test("Keyring.wipe ends signers and store key", () => {
  const contents = contentsOf(1);
  const memory: Uint8Array[] = [];
  contents.storeKey.use((bytes) => memory.push(bytes));
  contents.entries[0]!.seed.use((bytes) => memory.push(bytes));
  const keyring = new Keyring(contents);
  const signer = keyring.signer(publicKeyOf(seedOf(1)));
  signer.sign(DATA);
  keyring.wipe();
  assert.deepEqual(memory, [new Uint8Array(32), new Uint8Array(32)]);
  assert.throws(() => signer.sign(DATA), /wiped/);
  assert.throws(() => keyring.storeKey().use(() => 0), /wiped/);
  assert.throws(() => encodeKeyBundle(keyring), /wiped/);
});

Deno.test("Keyring refuses one identity twice and wipes what it got", () => {
  const contents = contentsOf(1, 2, 1);
  assert.throws(() => new Keyring(contents), KeyFileError);
  assert.deepEqual(
    [contents.storeKey, ...contents.entries.map(({ seed }) => seed)].map(({ wiped }) => wiped),
    [true, true, true, true],
  );
});

Deno.test("Keyring, signer and identities print no secret, and keyrings no identity", () => {
  const keyring = new Keyring(contentsOf(1));
  const { key } = keyring.identities()[0]!;
  assert.equal(
    /[14]|name/.test(printed(keyring).replaceAll("Map(1)", "").replaceAll("]: 1", "")),
    false,
  );
  const seedMarks = [/name 1/, /41/, /QUFB/, /65,\s*65/];
  const text = [
    printed(keyring.signer(key)),
    printed(keyring.storeKey()),
    printed(keyring.identities()).replaceAll(key, ""),
  ].join("\n").replaceAll(key, "");
  assert.deepEqual(seedMarks.filter((mark) => mark.test(text)), []);
});

Deno.test("a key bundle brings a keyring over, in one size, and leaves it the caller's to wipe", () => {
  for (const seeds of [[], [1], [3, 2, 1]]) {
    const keyring = new Keyring(contentsOf(...seeds));
    const bundle = encodeKeyBundle(keyring);
    assert.equal(bundle.length, KEY_CONTENTS_BYTES);
    const other = decodeKeyBundle(bundle);
    bundle.fill(0);
    assert.deepEqual(listed(other), listed(keyring));
    keyring.wipe();
    other.identities().forEach(({ key }) => other.signer(key).sign(DATA));
  }
});

Deno.test("decodeKeyBundle refuses what isn't one with a KeyFileError", () => {
  const bundle = encodeKeyBundle(new Keyring(contentsOf(1, 2)));
  const twice = bundle.slice();
  twice.copyWithin(112 + 500, 112, 112 + 500);
  const bad = [
    new Uint8Array(),
    bundle.subarray(1),
    new Uint8Array(KEY_CONTENTS_BYTES).fill(255),
    twice,
  ];
  for (const bytes of bad) assert.throws(() => decodeKeyBundle(bytes), KeyFileError);
});
