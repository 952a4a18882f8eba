import assert from "node:assert/strict";
import { changePassphrase } from "../../src/keystore/change_passphrase.ts";
import { NoIdentityError, WrongPassphraseError } from "../../src/keystore/errors.ts";
import { KDF_FLOOR } from "../../src/keystore/kdf_params.ts";
import { createIdentity, ensureKeyFile, openKeys } from "../../src/keystore/key_store.ts";
import { passphraseFrom } from "../../src/keystore/passphrase.ts";
import type { Secret } from "../../src/keystore/secret.ts";
import { labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { withFolder } from "../store/support.ts";
import { withMount } from "../store/small_disk.ts";
import { neitherSlowNorSecure as kdf } from "./fake_kdf.ts";

const labels = labelsOf(MAIN_NETWORK);
const params = KDF_FLOOR;

function pass(text: string): Secret {
  return passphraseFrom(new TextEncoder().encode(text));
}

async function makeKeys(dir: string): Promise<void> {
  for (const name of ["ada", "eve"]) {
    const options = { dir, labels, kdf, params, passphrase: pass("old") };
    (await createIdentity({ ...options, name, now: unixSeconds(7) })).keyring.wipe();
  }
}

/** What is in the keys, as a passphrase opens them. */
async function contents(dir: string, passphrase: string): Promise<unknown> {
  using keyring = await openKeys({ dir, labels, kdf, passphrase: pass(passphrase) });
  return {
    storeKey: keyring.storeKey().use((key) => key.toHex()),
    identities: keyring.identities().map(({ key, name }) => [key, name.reveal()]),
  };
}

function change(dir: string, [old, next]: readonly [string, string]): Promise<boolean> {
  const [passphrase, other] = [pass(old), pass(next)];
  return changePassphrase({ dir, labels, kdf, params, passphrase, next: other });
}

Deno.test("changePassphrase: the same keys open with the new one alone, and the old file is gone", async () => {
  await withFolder(async (dir) => {
    await makeKeys(dir);
    const before = await contents(dir, "old");
    const file = await Deno.readFile(`${dir}/keys`);
    // Whoever holds the old file open sees what became of its bytes.
    using held = await Deno.open(`${dir}/keys`);
    assert.equal(await change(dir, ["old", "new"]), true);
    assert.deepEqual(await contents(dir, "new"), before);
    await assert.rejects(contents(dir, "old"), WrongPassphraseError);
    const now = await Deno.readFile(`${dir}/keys`);
    assert.equal(now.length, file.length);
    assert.notDeepEqual(now.subarray(0, 64), file.subarray(0, 64), "salt and nonce are new");
    assert.equal((await held.stat()).size, 0);
    assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name).sort(), [
      "keys",
      "keys.lock",
    ]);
    await change(dir, ["new", "old"]);
    assert.deepEqual(await contents(dir, "old"), before);
  });
});

Deno.test("changePassphrase: a wrong one, and a folder without identities, change nothing", async () => {
  await withFolder(async (dir) => {
    await ensureKeyFile({ dir, labels });
    await assert.rejects(change(dir, ["old", "new"]), NoIdentityError);
    await makeKeys(dir);
    const before = await Deno.readFile(`${dir}/keys`);
    await assert.rejects(change(dir, ["wrong", "new"]), WrongPassphraseError);
    assert.deepEqual(await Deno.readFile(`${dir}/keys`), before);
  });
});

Deno.test("changePassphrase: what an earlier change left that was cut off goes, too", async () => {
  await withFolder(async (dir) => {
    await makeKeys(dir);
    const [linked, left] = ["a", "b"].map((digit) => `${dir}/gone-${digit.repeat(32)}`);
    assert.ok(linked !== undefined && left !== undefined);
    await Deno.link(`${dir}/keys`, linked);
    await Deno.writeTextFile(left, "an old keys file");
    await Deno.writeTextFile(`${dir}/keys.new`, "half of one");
    await change(dir, ["old", "new"]);
    await contents(dir, "new");
    assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name).sort(), [
      "keys",
      "keys.lock",
    ]);
  });
});

Deno.test("changePassphrase: on a full disk the old one stays, and nothing else", async (t) => {
  await withMount(t, { size: "100k" }, async (dir) => {
    await makeKeys(dir);
    const before = await contents(dir, "old");
    await Deno.writeFile(`${dir}/filler`, new Uint8Array(100_000)).catch(() => {});
    await assert.rejects(change(dir, ["old", "new"]), /space/i);
    assert.deepEqual(await contents(dir, "old"), before);
    await Deno.remove(`${dir}/filler`);
    assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name).sort(), [
      "keys",
      "keys.lock",
    ]);
    await change(dir, ["old", "new"]);
    assert.deepEqual(await contents(dir, "new"), before);
  });
});
