import assert from "node:assert/strict";
import { encodeKeyBundle, Keyring, Secret } from "../../src/keystore/mod.ts";
import { formatIdentity } from "../../src/wire/ids.ts";
import { parseLocator } from "../../src/wire/locator.ts";
import { Private } from "../../src/wire/privacy.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { spread, testOwner } from "./owner_helpers.ts";

const HEIRS = [new Uint8Array(32).fill(0xab), new Uint8Array(32)];
const POST = { text: "hello", attachments: [] };

function bundle(): Uint8Array {
  using keyring = new Keyring({
    storeKey: Secret.take(new Uint8Array(32).fill(7)),
    entries: HEIRS.map((heir, i) => ({
      seed: Secret.take(new Uint8Array(32).fill(i + 1)),
      created: unixSeconds(1),
      name: new Private(`identity ${i}`),
      heir,
    })),
  });
  return encodeKeyBundle(keyring);
}

Deno.test("an identity's heir is in its first post, in each profile, and in its locators", async () => {
  const ann = await testOwner();
  try {
    await ann.service.unlock(bundle());
    for (const [i, { key }] of ann.context.keys.need().keyring.identities().entries()) {
      const heir = HEIRS[i];
      await ann.service.call("post", { ...POST, as: `identity ${i}` });
      await spread(ann);
      assert.deepEqual((await ann.context.store.profile(key))?.heir, heir);
      await ann.service.call("profile-set", { as: `identity ${i}`, name: "x" });
      await spread(ann);
      assert.deepEqual((await ann.context.store.profile(key))?.heir, heir);
      const given = await ann.service.call("locator", {
        identities: [formatIdentity(key)],
        noIdentity: false,
        addresses: [],
      });
      const parsed = parseLocator(given.locator);
      assert(parsed.kind === "locator");
      assert.deepEqual(parsed.locator.identities, [{ key, heirPrefix: heir?.slice(0, 10) }]);
    }
  } finally {
    await ann.close();
  }
});

Deno.test("of somebody else's identity a locator says no heir", async () => {
  const ann = await testOwner();
  try {
    await ann.service.unlock(bundle());
    const other = formatIdentity(ann.context.keys.need().keyring.identities()[0]!.key);
    await ann.service.call("lock", {});
    const given = await ann.service.call("locator", {
      identities: [other],
      noIdentity: false,
      addresses: [],
    });
    assert.equal(given.locator, `g:?i=${other}&n=main`);
  } finally {
    await ann.close();
  }
});
