import assert from "node:assert/strict";
import { openMemoryStores } from "../../src/store/mod.ts";
import type { PublicStore } from "../../src/store/mod.ts";
import { MAIN_NETWORK } from "../../src/wire/labels.ts";
import { heirOf } from "../../src/wire/statement.ts";
import { fresh, keyOf, LABELS, NOW, profileOf, statusBody, stored } from "./support.ts";

const [ADA, HEIR, THIEF] = [keyOf(1), keyOf(2), keyOf(3)];

async function post(
  store: PublicStore,
  posts: readonly { n: number; heir: Uint8Array; updated?: number }[],
): Promise<void> {
  const messages = posts.map(({ n, heir, updated = NOW }) =>
    stored(ADA, statusBody(n, { profile: { ...profileOf("ada", updated), heir } }))
  );
  await store.putMessages(fresh(messages));
}

Deno.test("Heirs: the first one counts, and a second one makes any successor doubtful", async () => {
  const { public: store } = await openMemoryStores(MAIN_NETWORK);
  assert.equal(await store.heirs.of(ADA), undefined);
  assert.equal(await store.heirs.fits(ADA, HEIR), undefined);
  const heir = heirOf(LABELS, HEIR);
  await post(store, [{ n: 1, heir }, { n: 2, heir }]);
  assert.deepEqual(await store.heirs.of(ADA), { first: heir, disputed: false });
  assert.equal(await store.heirs.fits(ADA, HEIR), true);
  assert.equal(await store.heirs.fits(ADA, THIEF), false);

  // Whoever stole the key names another, in a profile that is newer and so the one that counts.
  const other = heirOf(LABELS, THIEF);
  await post(store, [{ n: 3, heir: other }]);
  for (const n of [4, 5]) {
    assert.deepEqual(await store.heirs.of(ADA), { first: heir, disputed: true });
    assert.equal(await store.heirs.fits(ADA, THIEF), undefined);
    assert.equal(await store.heirs.fits(ADA, HEIR), true);
    await post(store, [{ n, heir: n === 4 ? heir : other }]);
  }
});

Deno.test("Heirs: two in one batch, or in an older profile, are seen as well; none is one, too", async () => {
  for (const same of [true, false]) {
    const { public: store } = await openMemoryStores(MAIN_NETWORK);
    const none = new Uint8Array(32);
    const both = [{ n: 1, heir: none }, { n: 2, heir: heirOf(LABELS, THIEF), updated: NOW - 100 }];
    if (same) await post(store, both);
    else for (const one of both) await post(store, [one]);
    assert.deepEqual(await store.heirs.of(ADA), { first: none, disputed: true });
  }
});
