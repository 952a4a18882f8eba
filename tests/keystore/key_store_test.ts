import assert from "node:assert/strict";
import { bytesToHex } from "@noble/hashes/utils.js";
import { createVerifier } from "../../src/keystore/ed25519.ts";
import {
  IdentityNameError,
  KeyFileError,
  NoIdentityError,
  TooManyIdentitiesError,
  WrongPassphraseError,
} from "../../src/keystore/errors.ts";
import type { Kdf } from "../../src/keystore/kdf.ts";
import { KDF_FLOOR } from "../../src/keystore/kdf_params.ts";
import { decodeKeyFileHeader, KEY_FILE_BYTES } from "../../src/keystore/key_file.ts";
import { withKeysLock, writeKeys } from "../../src/keystore/key_folder.ts";
import {
  createIdentity,
  type CreateIdentityOptions,
  ensureKeyFile,
  openKeyring,
  openKeys,
  showKeyFile,
} from "../../src/keystore/key_store.ts";
import type { Keyring } from "../../src/keystore/keyring.ts";
import { Secret } from "../../src/keystore/secret.ts";
import { labelsOf, MAIN_NETWORK, parseNetworkName } from "../../src/wire/labels.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { neitherSlowNorSecure } from "./fake_kdf.ts";

const LABELS = labelsOf(MAIN_NETWORK);
const CHILD = new URL("./create_child.ts", import.meta.url).href;
const NOW = unixSeconds(1_700_000_000);

const neverRun: Kdf = () => {
  throw new Error("No key may be derived here");
};

function passphrase(text: string): Secret {
  return Secret.take(new TextEncoder().encode(text));
}

function options(dir: string, secret = "right"): CreateIdentityOptions {
  return {
    dir,
    labels: LABELS,
    passphrase: passphrase(secret),
    now: NOW,
    params: KDF_FLOOR,
    kdf: neitherSlowNorSecure,
  };
}

async function inFolder(f: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await f(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function names(keyring: Keyring): string[] {
  return keyring.identities().map(({ name }) => name.reveal());
}

function keysOf(dir: string): Promise<Uint8Array> {
  return Deno.readFile(`${dir}/keys`);
}

async function listing(dir: string): Promise<string[]> {
  const found = await Array.fromAsync(Deno.readDir(dir));
  return found.map(({ name }) => name).sort();
}

Deno.test("a folder's first start leaves a keys file that nobody's passphrase opens", () =>
  inFolder(async (dir) => {
    await ensureKeyFile({ dir, labels: LABELS });
    const first = await keysOf(dir);
    assert.equal(first.length, KEY_FILE_BYTES);
    assert.deepEqual(decodeKeyFileHeader(first).params, KDF_FLOOR);
    assert.deepEqual(await listing(dir), ["keys", "keys.lock"]);
    if (Deno.build.os !== "windows") {
      for (const file of ["keys", "keys.lock"]) {
        assert.equal((await Deno.stat(`${dir}/${file}`)).mode! & 0o777, 0o600);
      }
    }
    await assert.rejects(openKeys({ ...options(dir, ""), kdf: neverRun }), NoIdentityError);
    await assert.rejects(openKeys({ ...options(dir), kdf: neverRun }), NoIdentityError);
    await ensureKeyFile({ dir, labels: LABELS });
    assert.deepEqual(await keysOf(dir), first);
  }));

Deno.test("a keys file opens from its bytes as it does from the folder", () =>
  inFolder(async (dir) => {
    const vacant = await ensureKeyFile({ dir, labels: LABELS });
    assert.deepEqual(vacant, await keysOf(dir));
    assert.deepEqual(await ensureKeyFile({ dir, labels: LABELS }), vacant, "as it is");
    await assert.rejects(openKeyring(vacant, { ...options(dir), kdf: neverRun }), NoIdentityError);
    using made = (await createIdentity({ ...options(dir), name: "alice" })).keyring;
    const file = await keysOf(dir);
    const before = file.slice();
    using opened = await openKeyring(file, options(dir));
    assert.deepEqual(names(opened), ["alice"]);
    assert.equal(opened.storeKey().use(bytesToHex), made.storeKey().use(bytesToHex));
    await assert.rejects(openKeyring(file, options(dir, "wrong")), WrongPassphraseError);
    await assert.rejects(openKeyring(file.subarray(1), options(dir)), KeyFileError);
    assert.deepEqual(file, before);
  }));

Deno.test("showKeyFile shows what is there while nobody changes it", () =>
  inFolder(async (dir) => {
    await showKeyFile(dir, () => assert.fail("there is no file"));
    await createIdentity({ ...options(dir), name: "alice" });
    const order: string[] = [];
    const shown = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const showing = showKeyFile(dir, async (file) => {
      assert.deepEqual(file, await keysOf(dir));
      shown.resolve();
      await gate.promise;
      order.push("shown");
    });
    await shown.promise;
    const creating = createIdentity({ ...options(dir), name: "bob" }).then(() =>
      order.push("created")
    );
    gate.resolve();
    await Promise.all([showing, creating]);
    assert.deepEqual(order, ["shown", "created"]);
  }));

Deno.test("openKeys says that there is no identity where there is no file", () =>
  inFolder(async (dir) => {
    await assert.rejects(openKeys({ ...options(dir), kdf: neverRun }), NoIdentityError);
    assert.deepEqual(await listing(dir), []);
  }));

Deno.test("identities and store key come back with the passphrase, and sign", () =>
  inFolder(async (dir) => {
    const alice = await createIdentity({ ...options(dir), name: "alice" });
    const storeKey = alice.keyring.storeKey().use(bytesToHex);
    assert.notEqual(storeKey, "00".repeat(32));
    const bob = await createIdentity({ ...options(dir), name: "bob" });
    assert.deepEqual(names(alice.keyring), ["alice"]);
    assert.deepEqual(names(bob.keyring), ["alice", "bob"]);

    const keyring = await openKeys(options(dir));
    assert.deepEqual(
      keyring.identities().map(({ key, name, created }) => [key, name.reveal(), created]),
      [[alice.id, "alice", NOW], [bob.id, "bob", NOW]],
    );
    assert.equal(keyring.storeKey().use(bytesToHex), storeKey);
    const data = new TextEncoder().encode("data");
    const signature = keyring.signer(bob.id).sign(data);
    assert.equal(createVerifier()(bob.id, signature, data), true);
    assert.deepEqual(bob.keyring.signer(bob.id).sign(data), signature);
    assert.deepEqual(await listing(dir), ["keys", "keys.lock"]);
  }));

Deno.test("creating takes the folder's passphrase or leaves everything as it was", () =>
  inFolder(async (dir) => {
    await createIdentity(options(dir));
    const before = await keysOf(dir);
    await assert.rejects(createIdentity(options(dir, "wrong")), WrongPassphraseError);
    await assert.rejects(openKeys(options(dir, "wrong")), WrongPassphraseError);
    await assert.rejects(
      createIdentity({ ...options(dir), name: "\n", kdf: neverRun }),
      IdentityNameError,
    );
    const elsewhere = labelsOf(parseNetworkName("elsewhere")!);
    await assert.rejects(openKeys({ ...options(dir), labels: elsewhere }), WrongPassphraseError);
    assert.deepEqual(await keysOf(dir), before);
  }));

Deno.test("each write changes size and header by nothing but the nonce", () =>
  inFolder(async (dir) => {
    await ensureKeyFile({ dir, labels: LABELS });
    const vacant = await keysOf(dir);
    await createIdentity(options(dir));
    const one = await keysOf(dir);
    await createIdentity(options(dir));
    const two = await keysOf(dir);
    const nonce = (file: Uint8Array): string => bytesToHex(file.subarray(32, 56));
    const rest = (file: Uint8Array): string => bytesToHex(file.subarray(0, 32));
    assert.notEqual(rest(one), rest(vacant), "the first identity draws a salt of its own");
    assert.equal(rest(two), rest(one));
    assert.equal(new Set([vacant, one, two].map(nonce)).size, 3);
    assert.deepEqual([one.length, two.length], [KEY_FILE_BYTES, KEY_FILE_BYTES]);
  }));

Deno.test("the 17th identity is refused and the 16 stay", () =>
  inFolder(async (dir) => {
    const ids = [];
    for (let i = 0; i < 16; i++) ids.push((await createIdentity(options(dir))).id);
    const before = await keysOf(dir);
    await assert.rejects(createIdentity(options(dir)), TooManyIdentitiesError);
    assert.deepEqual(await keysOf(dir), before);
    const keyring = await openKeys(options(dir));
    assert.deepEqual(keyring.identities().map(({ key }) => key), ids);
  }));

Deno.test("a damaged file is refused before any work, and never replaced", () =>
  inFolder(async (dir) => {
    await createIdentity(options(dir));
    const good = await keysOf(dir);
    const hostile = good.slice();
    hostile.fill(0xff, 12, 16);
    const damaged = {
      "empty": new Uint8Array(),
      "cut off": good.subarray(0, 4_096),
      "too long": Uint8Array.from([...good, 0]),
      "asking for 4 TiB": hostile,
    };
    for (const [name, bytes] of Object.entries(damaged)) {
      await Deno.writeFile(`${dir}/keys`, bytes);
      const closed = { ...options(dir), kdf: neverRun };
      await assert.rejects(openKeys(closed), KeyFileError, name);
      await assert.rejects(createIdentity(closed), KeyFileError, name);
      assert.deepEqual(await keysOf(dir), Uint8Array.from(bytes), name);
    }
    await Deno.remove(`${dir}/keys`);
    await Deno.mkdir(`${dir}/keys`);
    await assert.rejects(openKeys(options(dir)), KeyFileError);
    await Deno.remove(`${dir}/keys`);
    await Deno.writeFile(`${dir}/keys`, good);
    assert.equal((await openKeys(options(dir))).identities().length, 1);
  }));

Deno.test("what a killed process left half-written is harmless and cleaned up", () =>
  inFolder(async (dir) => {
    await createIdentity({ ...options(dir), name: "first" });
    await Deno.writeFile(`${dir}/keys.new`, new Uint8Array(100));
    assert.deepEqual(names(await openKeys(options(dir))), ["first"]);
    await createIdentity({ ...options(dir), name: "second" });
    assert.deepEqual(names(await openKeys(options(dir))), ["first", "second"]);
    await Deno.writeFile(`${dir}/keys.new`, new Uint8Array(100));
    await ensureKeyFile({ dir, labels: LABELS });
    assert.deepEqual(await listing(dir), ["keys", "keys.lock"]);
  }));

Deno.test("a write that fails leaves nothing behind", () =>
  inFolder(async (dir) => {
    await Deno.mkdir(`${dir}/keys`);
    await withKeysLock(dir, async () => {
      await assert.rejects(writeKeys(dir, new Uint8Array(KEY_FILE_BYTES)));
    });
    assert.deepEqual(await listing(dir), ["keys", "keys.lock"]);
    assert.deepEqual(await listing(`${dir}/keys`), []);
  }));

Deno.test("identities created at once, in this process and others, are all kept", () =>
  inFolder(async (dir) => {
    const child = (name: string): Promise<Deno.CommandOutput> =>
      new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          "--no-prompt",
          "--no-check",
          CHILD,
          dir,
          name,
        ],
        stderr: "inherit",
      }).output();
    const outputs = Promise.all(["a", "b"].map(child));
    const here = await Promise.all(
      ["c", "d", "e"].map((name) => createIdentity({ ...options(dir, "shared"), name })),
    );
    const there = (await outputs).flatMap(({ success, stdout }) => {
      assert.equal(success, true);
      return new TextDecoder().decode(stdout).trim().split("\n");
    });
    const keyring = await openKeys(options(dir, "shared"));
    assert.deepEqual(names(keyring).sort(), ["a 1", "a 2", "b 1", "b 2", "c", "d", "e"]);
    assert.deepEqual(
      keyring.identities().map(({ key }) => key).sort(),
      [...here.map(({ id }) => id), ...there].sort(),
    );
  }));

Deno.test("Argon2id opens what it sealed", () =>
  inFolder(async (dir) => {
    const { kdf: _fake, ...real } = options(dir);
    const { id } = await createIdentity(real);
    assert.equal((await openKeys(real)).identities()[0]?.key, id);
  }));

Deno.test("no seed, store key or name stands in the file", () =>
  inFolder(async (dir) => {
    const { keyring } = await createIdentity({ ...options(dir), name: "canary name" });
    const file = bytesToHex(await keysOf(dir));
    const canaries = [
      keyring.storeKey().use(bytesToHex),
      keyring.identities()[0]!.key,
      bytesToHex(new TextEncoder().encode("canary name")),
      bytesToHex(new TextEncoder().encode("right")),
    ];
    assert.deepEqual(canaries.filter((canary) => file.includes(canary)), []);
  }));
