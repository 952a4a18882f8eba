import assert from "node:assert/strict";
import { createIdentity, encodeKeyBundle, KDF_FLOOR, Secret } from "../../src/keystore/mod.ts";
import { Keys } from "../../src/node/keys.ts";
import { openMemoryStores, StoreError } from "../../src/store/mod.ts";
import { labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { neitherSlowNorSecure } from "../keystore/fake_kdf.ts";

/** The bundle of a folder of its own with one identity. */
async function bundle(): Promise<Uint8Array> {
  const dir = await Deno.makeTempDir();
  try {
    using passphrase = Secret.take(new Uint8Array([1, 2, 3]));
    const { keyring } = await createIdentity({
      dir,
      labels: labelsOf(MAIN_NETWORK),
      passphrase,
      now: unixSeconds(0),
      params: KDF_FLOOR,
      kdf: neitherSlowNorSecure,
    });
    return encodeKeyBundle(keyring);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("keys that don't open the private store take nothing from those that did", async () => {
  const stores = await openMemoryStores(MAIN_NETWORK);
  const keys = new Keys(stores.private);
  const own = await keys.unlock(await bundle());
  const other = await bundle();
  await assert.rejects(
    keys.unlock(other),
    (error) => error instanceof StoreError && error.code === "wrong-key",
  );
  assert.deepEqual(keys.own(), own);
  assert.deepEqual((await keys.need().store.follows()).reveal(), []);
  const [key] = own;
  assert.ok(key !== undefined);
  assert.equal(keys.need().keyring.signer(key).sign(new Uint8Array(3)).length, 64);
  await stores.close();
});
