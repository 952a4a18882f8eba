/** Notes that can be lost: when they are written, and that what the owner gave isn't among them. */
import assert from "node:assert/strict";
import { Notes, NOTES_MS } from "../../src/node/remember.ts";
import { openStores } from "../../src/store/mod.ts";
import { addressOf } from "../../src/wire/address.ts";
import { MAIN_NETWORK } from "../../src/wire/labels.ts";

const ADDRESS = addressOf("8.8.4.4", 14_677)!;

Deno.test("notes of exchanges wait for five minutes, what the owner gave doesn't", async () => {
  const dir = await Deno.makeTempDir({ prefix: "gossamer-notes-" });
  const stores = await openStores({ dir, network: MAIN_NETWORK });
  const notes = new Notes(stores.public, { now: 1_000 });
  notes.remember({ kind: "address-changed", address: ADDRESS, freshness: 3 });
  assert.equal(notes.due(1_000 + NOTES_MS - 1), false);
  assert.equal(notes.due(1_000 + NOTES_MS), true);
  await notes.flush();
  assert.equal(stores.public.addresses.all().length, 1);
  assert.equal(notes.due(1_000 + NOTES_MS + 1), false);
  notes.given(ADDRESS);
  assert.equal(notes.due(1_000 + NOTES_MS + 2), true);
  assert.equal(notes.due(1_000 + NOTES_MS + 3), false);
  await stores.close();
  await Deno.remove(dir, { recursive: true });
});

Deno.test("notes that the disk didn't take are written at the next look", async () => {
  const dir = await Deno.makeTempDir({ prefix: "gossamer-notes-" });
  const stores = await openStores({ dir, network: MAIN_NETWORK });
  const notes = new Notes(stores.public);
  notes.remember({ kind: "address-changed", address: ADDRESS, freshness: 3 });
  assert.equal(notes.due(NOTES_MS), true);
  await stores.close();
  await assert.rejects(notes.flush());
  assert.equal(notes.due(NOTES_MS + 1), true);
  await Deno.remove(dir, { recursive: true });
});
