import assert from "node:assert/strict";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { ARCHIVE_BYTES, decodeArchiveHeader, sealArchive } from "../../src/keystore/archive.ts";
import { makeArchive, openIdentityArchive } from "../../src/keystore/archive_identity.ts";
import { publicKeyOf } from "../../src/keystore/ed25519.ts";
import {
  IdentityHereError,
  KeystoreError,
  TooManyIdentitiesError,
  WrongPassphraseError,
} from "../../src/keystore/errors.ts";
import { argon2id, type Kdf } from "../../src/keystore/kdf.ts";
import { KDF_FLOOR, KDF_LIMITS, type KdfLimits } from "../../src/keystore/kdf_params.ts";
import {
  encodeKeyContents,
  encodeKeyEntry,
  HEIR_BYTES,
  KEY_ENTRY_BYTES,
  type KeyEntry,
} from "../../src/keystore/key_contents.ts";
import { addIdentity, createIdentity, openKeys } from "../../src/keystore/key_store.ts";
import { Keyring } from "../../src/keystore/keyring.ts";
import { CARRIED_FLOOR, CARRIED_LIMITS } from "../../src/keystore/sealed_file.ts";
import { Secret } from "../../src/keystore/secret.ts";
import { labelsOf, MAIN_NETWORK, parseNetworkName } from "../../src/wire/labels.ts";
import { Private } from "../../src/wire/privacy.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import vectors from "../vectors/archive.json" with { type: "json" };
import { neitherSlowNorSecure } from "./fake_kdf.ts";

const LOW: KdfLimits = { floor: { memoryKiB: 64, passes: 1 }, ceiling: KDF_LIMITS.ceiling };
const LABELS = labelsOf(MAIN_NETWORK);
const PARAMS = { memoryKiB: 65_536, passes: 6 };

const neverRun: Kdf = () => {
  throw new Error("No key may be derived here");
};

function secretOf(text: string): Secret {
  return Secret.take(new TextEncoder().encode(text));
}

function entryOf({ seed, name, created, heir }: typeof vectors.archives[number]): KeyEntry {
  return {
    seed: Secret.take(hexToBytes(seed)),
    created: unixSeconds(created),
    name: new Private(name),
    heir: hexToBytes(heir),
  };
}

function plain({ seed, name, created, heir }: KeyEntry): unknown {
  return {
    seed: seed.use(bytesToHex),
    name: name.reveal(),
    created,
    heir: bytesToHex(heir),
  };
}

async function opening(file: Uint8Array, passphrase: string): Promise<string> {
  try {
    const options = { labels: LABELS, kdf: neitherSlowNorSecure, limits: LOW };
    await openIdentityArchive(file, { ...options, passphrase: secretOf(passphrase) });
    return "open";
  } catch (error) {
    assert(error instanceof KeystoreError, String(error));
    return error.code;
  }
}

async function sample(passphrase = "right"): Promise<Uint8Array> {
  using keyring = new Keyring({
    storeKey: new Secret(32),
    entries: [entryOf(vectors.archives[0]!)],
  });
  const id = keyring.identities()[0]!.key;
  const options = { labels: LABELS, params: PARAMS, kdf: neitherSlowNorSecure };
  return await makeArchive({ keyring, id }, { ...options, passphrase: secretOf(passphrase) });
}

for (const vector of vectors.archives) {
  Deno.test(`archive "${vector.what}" is written and read as frozen`, async () => {
    const labels = labelsOf(parseNetworkName(vector.network)!);
    const file = hexToBytes(vector.file);
    const header = decodeArchiveHeader(file, LOW);
    const { memoryKiB, passes, salt, nonce } = vector;
    assert.deepEqual(header, {
      params: { memoryKiB, passes },
      salt: hexToBytes(salt),
      nonce: hexToBytes(nonce),
    });
    const passphrase = secretOf(vector.passphrase);
    const entry = await openIdentityArchive(file, { labels, passphrase, limits: LOW });
    const { seed, name, created, heir } = vector;
    assert.deepEqual(plain(entry), { seed, name, created, heir });
    assert.equal(entry.seed.use(publicKeyOf), vector.id);
    const key = await argon2id(passphrase, header);
    assert.equal(key.use(bytesToHex), vector.key);
    const again = sealArchive(encodeKeyEntry(entry), { key, labels, header });
    assert.equal(bytesToHex(again), vector.file);
  });
}

Deno.test("archive: every bad case of the vectors is refused for its reason", async () => {
  const base = vectors.archives[0]!;
  const found = [];
  for (const bad of vectors.bad) {
    let file = hexToBytes(base.file);
    if (bad.truncate !== undefined) file = file.slice(0, bad.truncate);
    if (bad.append !== undefined) file = Uint8Array.from([...file, ...hexToBytes(bad.append)]);
    if (bad.offset !== undefined) file.set(hexToBytes(bad.bytes), bad.offset);
    let verdict = "open";
    try {
      const options = { labels: LABELS, limits: LOW, passphrase: secretOf(base.passphrase) };
      await openIdentityArchive(file, options);
    } catch (error) {
      assert(error instanceof KeystoreError, String(error));
      verdict = error.code;
    }
    found.push({ ...bad, verdict });
  }
  assert.deepEqual(found, vectors.bad);
});

Deno.test("archive: any other length and each flipped bit is refused, whatever the passphrase", async () => {
  const file = await sample();
  assert.equal(file.length, ARCHIVE_BYTES);
  assert.equal(await opening(file, "right"), "open");
  assert.equal(await opening(file, "wrong"), "wrong-archive-passphrase");
  for (let length = 0; length < ARCHIVE_BYTES; length++) {
    const verdict = await opening(file.subarray(0, length), "right");
    assert(["damaged", "unsupported"].includes(verdict), `${length}: ${verdict}`);
  }
  for (let at = 0; at < ARCHIVE_BYTES; at++) {
    const copy = file.slice();
    copy[at]! ^= 1 << (at % 8);
    assert.notEqual(await opening(copy, "right"), "open", `byte ${at}`);
  }
});

Deno.test("archive: what it asks for is bounded before any work is done", async () => {
  const verdict = async (memoryKiB: number, passes: number): Promise<string> => {
    const file = await sample();
    file[10] = passes;
    new DataView(file.buffer).setUint32(12, memoryKiB);
    try {
      decodeArchiveHeader(file);
      return "taken";
    } catch (error) {
      assert(error instanceof KeystoreError);
      const options = { labels: LABELS, kdf: neverRun, passphrase: secretOf("right") };
      await assert.rejects(openIdentityArchive(file, options), KeystoreError);
      return error.code;
    }
  };
  assert.deepEqual(CARRIED_FLOOR, { memoryKiB: 262_144, passes: 6 });
  assert.deepEqual(CARRIED_LIMITS.ceiling, { memoryKiB: 1_048_576, passes: 16 });
  const asked = [[262_144, 6], [1_048_576, 16], [262_143, 6], [262_144, 5], [1_048_577, 16], [
    1_048_576,
    17,
  ]];
  assert.deepEqual(
    await Promise.all(asked.map(([memory, passes]) => verdict(memory!, passes!))),
    ["taken", "taken", "unsupported", "unsupported", "unsupported", "unsupported"],
  );
});

Deno.test("archive: any identity comes back as it went in, in one size", async () => {
  const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytesToHex);
  const anyEntry = fc.record({
    seed: bytes32,
    name: fc.string({ maxLength: 20 }).map((text) => text.replace(/\p{Cc}/gu, "")),
    created: fc.maxSafeNat(),
    heir: bytes32,
  }, { noNullPrototype: true });
  await fc.assert(
    fc.asyncProperty(anyEntry, async ({ seed, name, created, heir }) => {
      const entry = {
        seed: Secret.take(hexToBytes(seed)),
        created: unixSeconds(created),
        name: new Private(name),
        heir: hexToBytes(heir),
      };
      using keyring = new Keyring({ storeKey: new Secret(32), entries: [entry] });
      const id = keyring.identities()[0]!.key;
      const options = { labels: LABELS, kdf: neitherSlowNorSecure, passphrase: secretOf("p") };
      const file = await makeArchive({ keyring, id }, { ...options, params: PARAMS });
      assert.equal(file.length, ARCHIVE_BYTES);
      const back = await openIdentityArchive(file, { ...options, limits: LOW });
      assert.deepEqual(plain(back), { seed, name, created, heir });
    }),
    { numRuns: 50 },
  );
});

Deno.test("archive: another network's labels don't open it", async () => {
  const labels = labelsOf(parseNetworkName("elsewhere")!);
  const options = { labels, kdf: neitherSlowNorSecure, limits: LOW, passphrase: secretOf("right") };
  await assert.rejects(
    openIdentityArchive(await sample(), options),
    (error) => error instanceof KeystoreError && error.code === "wrong-archive-passphrase",
  );
});

Deno.test("an identity moves to another folder with its heir, and changes nothing where it can't", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const entry = (): KeyEntry => entryOf(vectors.archives[0]!);
    const options = (text: string) => ({
      dir,
      labels: LABELS,
      passphrase: secretOf(text),
      params: KDF_FLOOR,
      kdf: neitherSlowNorSecure,
    });
    const first = await addIdentity({ ...options("right"), entry: entry() });
    assert.equal(first.id, vectors.archives[0]!.id);
    const before = await Deno.readFile(`${dir}/keys`);
    const refused = async (text: string, error: new () => Error): Promise<void> => {
      const newcomer = entry();
      await assert.rejects(addIdentity({ ...options(text), entry: newcomer }), error);
      assert.equal(newcomer.seed.wiped, true);
      assert.deepEqual(await Deno.readFile(`${dir}/keys`), before);
    };
    await refused("wrong", WrongPassphraseError);
    await refused("right", IdentityHereError);
    using keyring = await openKeys(options("right"));
    assert.equal(bytesToHex(keyring.heir(first.id)), vectors.archives[0]!.heir);
    for (let i = 1; i < 16; i++) {
      await createIdentity({ ...options("right"), now: unixSeconds(i) });
    }
    const full = await Deno.readFile(`${dir}/keys`);
    const other = { ...entry(), seed: Secret.take(new Uint8Array(32).fill(9)) };
    const late = addIdentity({ ...options("right"), entry: other });
    await assert.rejects(late, TooManyIdentitiesError);
    assert.deepEqual(await Deno.readFile(`${dir}/keys`), full);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("a heir that can't be made leaves no identity, and one that can is kept", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const options = {
      dir,
      labels: LABELS,
      passphrase: secretOf("right"),
      params: KDF_FLOOR,
      kdf: neitherSlowNorSecure,
      now: unixSeconds(1),
    };
    const heir = (): Promise<Uint8Array> => Promise.reject(new Error("no room for the sheet"));
    await assert.rejects(createIdentity({ ...options, heir }), /no room/);
    await assert.rejects(openKeys(options), /no identity/);
    const wanted = new Uint8Array(HEIR_BYTES).fill(5);
    const { id, keyring } = await createIdentity({
      ...options,
      heir: () => Promise.resolve(wanted),
    });
    assert.deepEqual(keyring.heir(id), wanted);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("an entry is the size that the keys file gives it", () => {
  using entry = encodeKeyEntry(entryOf(vectors.archives[0]!));
  using contents = encodeKeyContents({
    storeKey: new Secret(32),
    entries: [entryOf(vectors.archives[0]!)],
  });
  assert.equal(entry.length, KEY_ENTRY_BYTES);
  assert.equal(
    contents.use((bytes) => bytesToHex(bytes.subarray(112, 112 + KEY_ENTRY_BYTES))),
    entry.use(bytesToHex),
  );
});
