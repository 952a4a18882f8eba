import assert from "node:assert/strict";
import { bytesToHex } from "@noble/hashes/utils.js";
import { seededRng } from "../../src/gossip/mod.ts";
import { makeSyncSource } from "../../src/node/sync_source.ts";
import { openMemoryKv } from "../../src/store/kv_memory.ts";
import { PublicStore } from "../../src/store/public.ts";
import type { PublicBytes } from "../../src/store/public_rows.ts";
import type { UnixMs } from "../../src/wire/time.ts";
import { fresh, LABELS, NOW, numbered } from "../store/support.ts";

const LONG = 600_000;

Deno.test("what was dropped takes part in reconciliation as present, and isn't held", async () => {
  const kv = openMemoryKv<PublicBytes>();
  let store = await PublicStore.open(kv, LABELS);
  let now = NOW * 1_000 + 2 * 3_600_000;
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
  // As new here as what was stored just now: it waits as long.
  assert.deepEqual(ids(first), all.filter((id) => id !== gone.id));
  now += LONG;
  assert.deepEqual(ids(first), all);
  assert.equal(first.holds(gone.id), false);

  store = await PublicStore.open(kv, LABELS);
  assert.deepEqual(ids(source()), all);
});
