import assert from "node:assert/strict";
import { bytesToHex } from "@noble/hashes/utils.js";
import { seededRng } from "../../src/gossip/mod.ts";
import { makeSyncSource } from "../../src/node/sync_source.ts";
import { openMemoryKv } from "../../src/store/kv_memory.ts";
import { PublicStore } from "../../src/store/public.ts";
import type { PublicBytes } from "../../src/store/public_rows.ts";
import type { UnixMs } from "../../src/wire/time.ts";
import { fresh, keyOf, LABELS, NOW, numbered, statusBody, stored } from "../store/support.ts";

const LONG = 600_000;

Deno.test("what was dropped takes part in reconciliation as present, and isn't held", async () => {
  const kv = openMemoryKv<PublicBytes>();
  let store = await PublicStore.open(kv, LABELS);
  const now = NOW * 1_000 + 2 * 3_600_000;
  const source = (): ReturnType<typeof makeSyncSource> =>
    makeSyncSource({ store, rng: seededRng(1), clock: () => now as UnixMs });
  const ids = ({ items }: ReturnType<typeof makeSyncSource>): string[] => {
    const set = items();
    return Array.from({ length: set.size }, (_, rank) => bytesToHex(set.at(rank).id)).sort();
  };
  const messages = [1, 2, 3].map((n) => numbered(n));
  const all = messages.map(({ id }) => id as string).sort();
  await store.putMessages(fresh(messages));
  const first = source();
  assert.deepEqual(ids(first), all);

  const [gone] = messages;
  assert.ok(gone);
  await store.dropping.drop([gone.id], NOW);
  // It took part before, so it goes on doing so: else it would be told as new to the peer.
  assert.deepEqual(ids(first), all);
  assert.equal(first.holds(gone.id), false);

  store = await PublicStore.open(kv, LABELS);
  assert.deepEqual(ids(source()), all);
});

Deno.test("what was recent when it was dropped, or was refused, waits its time to take part", async () => {
  const store = await PublicStore.open(openMemoryKv<PublicBytes>(), LABELS);
  let now = 600_000 * 1_000_000;
  // A wait of three minutes in every epoch.
  const rng = { ...seededRng(1), next: (): number => 0.5 };
  const { items } = makeSyncSource({ store, rng, clock: () => now as UnixMs });
  const [early, late, refused] = [1, 2, 3].map((n) => numbered(n));
  assert.ok(early && late && refused);
  await store.putMessages(fresh([early]));
  now += 60_000;
  await store.putMessages(fresh([late]));
  now += 30_000;
  await store.dropping.refuse([{ id: refused.id, created: NOW }], NOW);
  await store.dropping.drop([late.id], NOW);
  await store.dropping.drop([early.id], NOW);
  assert.equal(items().size, 0);
  const sizes = [89_000, 1_000, 59_000, 1_000, 29_000, 1_000].map((ms) => {
    now += ms;
    return items().size;
  });
  assert.deepEqual(sizes, [0, 1, 1, 2, 2, 3]);
});

Deno.test("a target that was taken back waits to take part when what is known of it goes", async () => {
  const store = await PublicStore.open(openMemoryKv<PublicBytes>(), LABELS);
  let now = 600_000 * 1_000_000;
  const { items } = makeSyncSource({ store, rng: seededRng(1), clock: () => now as UnixMs });
  const target = stored(keyOf(2), statusBody(1));
  const retraction = stored(keyOf(2), { kind: "retraction", created: NOW, id: target.id });
  await store.putMessages(fresh([target, retraction]));
  now += LONG;
  assert.equal(items().size, 1);
  await store.dropping.drop([target.id], NOW);
  assert.equal(items().size, 1);
  now += LONG;
  assert.equal(items().size, 2);
});
