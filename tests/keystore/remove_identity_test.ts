import assert from "node:assert/strict";
import { destroyRemains, isRemains } from "../../src/keystore/destroy.ts";
import { NoIdentityError, WrongPassphraseError } from "../../src/keystore/errors.ts";
import { createIdentity, ensureKeyFile, openKeys } from "../../src/keystore/key_store.ts";
import { KDF_FLOOR } from "../../src/keystore/kdf_params.ts";
import { passphraseFrom } from "../../src/keystore/passphrase.ts";
import { removeIdentity } from "../../src/keystore/remove_identity.ts";
import type { Secret } from "../../src/keystore/secret.ts";
import type { IdentityKey } from "../../src/wire/ids.ts";
import { labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { neitherSlowNorSecure as fakeKdf } from "./fake_kdf.ts";

const labels = labelsOf(MAIN_NETWORK);
const nothing = (): Promise<void> => Promise.resolve();

function pass(text = "right"): Secret {
  return passphraseFrom(new TextEncoder().encode(text));
}

async function withKeys(
  count: number,
  test: (dir: string, ids: readonly IdentityKey[]) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    const ids: IdentityKey[] = [];
    for (let i = 0; i < count; i++) {
      const options = { dir, labels, kdf: fakeKdf, params: KDF_FLOOR, passphrase: pass() };
      const made = await createIdentity({ ...options, name: `n${i}`, now: unixSeconds(i) });
      ids.push(made.id);
      made.keyring.wipe();
    }
    await test(dir, ids);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("removeIdentity: the others stay, in order and with their names, under a new store key", async () => {
  await withKeys(3, async (dir, [first, second, third]) => {
    assert.ok(first && second && third);
    const common = { dir, labels, kdf: fakeKdf, passphrase: pass() };
    const before = (await openKeys(common)).storeKey().use((key) => key.toHex());
    const seen: unknown[] = [];
    await removeIdentity({
      ...common,
      id: second,
      prepare: ({ old, next }) => {
        seen.push(old.identities().map(({ key }) => key), next.identities().map(({ key }) => key));
        return Promise.resolve();
      },
    });
    assert.deepEqual(seen, [[first, second, third], [first, third]]);
    using keyring = await openKeys(common);
    assert.deepEqual(
      keyring.identities().map(({ key, name }) => [key, name.reveal()]),
      [[first, "n0"], [third, "n2"]],
    );
    assert.notEqual(keyring.storeKey().use((key) => key.toHex()), before);
    assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name).sort(), [
      "keys",
      "keys.lock",
    ]);
  });
});

Deno.test("removeIdentity: after the last one the folder is as a new one", async () => {
  await withKeys(1, async (dir, [only]) => {
    assert.ok(only);
    const common = { dir, labels, kdf: fakeKdf, passphrase: pass() };
    await removeIdentity({ ...common, id: only, prepare: nothing });
    await assert.rejects(openKeys(common), NoIdentityError);
    const fresh = await Deno.makeTempDir();
    await ensureKeyFile({ dir: fresh, labels });
    const head = async (folder: string): Promise<Uint8Array> =>
      (await Deno.readFile(`${folder}/keys`)).subarray(0, 16);
    assert.deepEqual(await head(dir), await head(fresh));
    await Deno.remove(fresh, { recursive: true });
  });
});

Deno.test("removeIdentity: a wrong passphrase, a stranger, or a failed preparation change nothing", async () => {
  await withKeys(2, async (dir, [first]) => {
    assert.ok(first);
    const before = await Deno.readFile(`${dir}/keys`);
    const common = { dir, labels, kdf: fakeKdf, passphrase: pass(), id: first, prepare: nothing };
    await assert.rejects(
      removeIdentity({ ...common, passphrase: pass("wrong") }),
      WrongPassphraseError,
    );
    const stranger = "ab".repeat(32) as IdentityKey;
    await assert.rejects(removeIdentity({ ...common, id: stranger }), RangeError);
    const failing = (): Promise<void> => Promise.reject(new Error("disk"));
    await assert.rejects(removeIdentity({ ...common, prepare: failing }), /disk/);
    assert.deepEqual(await Deno.readFile(`${dir}/keys`), before);
  });
});

Deno.test("destroyRemains: takes old files with it, and only the second name of one in use", async () => {
  await withKeys(1, async (dir) => {
    const [one, two] = ["a", "b"].map((digit) => `${dir}/gone-${digit.repeat(32)}`);
    assert.ok(one && two);
    await Deno.link(`${dir}/keys`, one);
    await Deno.writeTextFile(two, "old");
    const before = await Deno.readFile(`${dir}/keys`);
    const done = await destroyRemains(dir);
    assert.deepEqual(done.map(({ destroyed }) => destroyed), [two]);
    assert.deepEqual(await Deno.readFile(`${dir}/keys`), before);
    assert.ok(![...Deno.readDirSync(dir)].some(({ name }) => isRemains(name)));
  });
});
