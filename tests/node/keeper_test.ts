import assert from "node:assert/strict";
import { seededRng } from "../../src/gossip/mod.ts";
import { IntakeMeter } from "../../src/node/intake.ts";
import { horizonAt, Keeper } from "../../src/node/keeper.ts";
import { SILENT } from "../../src/node/log.ts";
import { type Machine, type StorageCaps, storageCaps } from "../../src/node/storage_caps.ts";
import { UserError } from "../../src/node/user_error.ts";
import { openMemoryKv } from "../../src/store/kv_memory.ts";
import { openStores } from "../../src/store/mod.ts";
import { PublicStore } from "../../src/store/public.ts";
import type { PublicBytes } from "../../src/store/public_rows.ts";
import { LIFETIME_S } from "../../src/wire/limits.ts";
import { MAIN_NETWORK } from "../../src/wire/labels.ts";
import type { AdmittedMessage } from "../../src/wire/message.ts";
import { type UnixMs, type UnixSeconds, unixSeconds } from "../../src/wire/time.ts";
import { fresh, keyOf, LABELS, NOW, statusBody, stored, withFolder } from "../store/support.ts";

interface Bench {
  readonly keeper: Keeper;
  readonly store: PublicStore;
  readonly gone: string[];
  readonly archived: number[];
  now: UnixSeconds;
  believed: boolean;
  put(
    messages: readonly AdmittedMessage[],
    options?: { place?: number; freshness?: number },
  ): Promise<
    void
  >;
}

async function bench(
  { caps, store, textOnly = false }: {
    caps: StorageCaps;
    store?: PublicStore;
    textOnly?: boolean;
  },
): Promise<Bench> {
  const kept = store ?? await PublicStore.open(openMemoryKv<PublicBytes>(), LABELS);
  const gone: string[] = [];
  const archived: number[] = [];
  const made: Omit<Bench, "keeper"> = {
    store: kept,
    gone,
    archived,
    now: NOW,
    believed: true,
    put: async (messages, { place = 0, freshness = 0 } = {}) => {
      await kept.putMessages(fresh(messages, freshness).map((item) => ({ ...item, place })));
      for (const { bytes } of messages) keeper.stored(bytes.length);
    },
  };
  const keeper = new Keeper({
    ...{ store: kept, caps, textOnly, rng: seededRng(5) },
    clock: { now: () => made.now * 1_000 as UnixMs },
    believed: () => made.believed,
    pause: () => Promise.resolve(),
    archive: () => {
      archived.push(kept.index.size);
      return Promise.resolve();
    },
    gone: (ids) => gone.push(...ids),
    log: SILENT,
  });
  return Object.assign(made, { keeper });
}

function posts(from: number, count: number, created = NOW): AdmittedMessage[] {
  return Array.from(
    { length: count },
    (_, n) => stored(keyOf(n), statusBody(from + n, { created: created + from + n })),
  );
}

const PLENTY = { bytes: 1e12, messages: 1_000_000 };

Deno.test("Keeper: over the number of messages some go, and what went counts as known", async () => {
  const b = await bench({ caps: { ...PLENTY, messages: 100 } });
  await b.put(posts(0, 97));
  await b.keeper.idle();
  assert.deepEqual([b.store.index.size, b.gone.length], [97, 0]);

  const c = await bench({ caps: { ...PLENTY, messages: 100 } });
  const all = posts(0, 98);
  await c.put(all);
  await c.keeper.idle();
  assert.equal(c.store.index.size, 96);
  assert.equal(c.gone.length, 2);
  assert.deepEqual(c.archived, [98], "The archive had its turn before anything went");
  for (const { id } of all) assert.ok(c.store.has(id));
});

Deno.test("Keeper: whoever floods loses what the flood brought, the fresh stay", async () => {
  const b = await bench({ caps: { ...PLENTY, messages: 200 } });
  const honest = posts(0, 100);
  for (let n = 0; n < 100; n += 10) await b.put(honest.slice(n, n + 10), { place: 1 + n / 10 });
  const spoken = posts(100, 20);
  await b.put(spoken, { freshness: 6, place: 20 });
  for (let n = 0; n < 40; n++) {
    await b.put(posts(1_000 + 50 * n, 50), { place: 30 });
    await b.keeper.idle();
    assert.ok(b.store.index.size <= 200);
  }
  for (const { id } of spoken) assert.ok(b.store.index.has(id));
  const kept = honest.filter(({ id }) => b.store.index.has(id)).length;
  // By fair shares of all that came 4 of the 100 would be left.
  assert.ok(kept > 30, `${kept} honest messages stayed`);
});

Deno.test("Keeper: a database that is filled and emptied for long stays near its cap on disk", async () => {
  await withFolder(async (dir) => {
    const stores = await openStores({ dir, network: MAIN_NETWORK });
    const caps = { bytes: 1_000_000, messages: 1_000_000 };
    const b = await bench({ caps, store: stores.public });
    let most = 0;
    for (let n = 0; n < 90; n++) {
      await b.put(posts(n * 60, 60));
      most = Math.max(most, stores.public.diskBytes);
      await b.keeper.sweep();
      assert.ok(stores.public.diskBytes < caps.bytes);
    }
    assert.ok(b.gone.length > 4_000 && b.keeper.room);
    assert.ok(most < caps.bytes * 1.05, String(most));
    await b.keeper.stop();
    await stores.close();
    const { size } = await Deno.stat(`${dir}/public.kv`);
    assert.ok(size < caps.bytes * 1.3, `${size} bytes on disk`);
    assert.ok(size > caps.bytes * 0.5, `${size} bytes: the reckoning is far too careful`);
  });
});

Deno.test("Keeper: nothing goes for its age while the clock isn't believed", async () => {
  const b = await bench({ caps: PLENTY });
  await b.put(posts(0, 10));
  b.now = unixSeconds(NOW + LIFETIME_S + 5);
  b.believed = false;
  await b.keeper.sweep();
  assert.equal(b.store.index.size, 10);
  b.believed = true;
  await b.keeper.sweep();
  assert.equal(b.store.index.size, 5);
  assert.equal(b.gone.length, 5);
  assert.equal(b.store.dropping.remembered.size, 0);
});

Deno.test("Keeper: retractions stay when space is short, unless they are what takes it", async () => {
  const retraction = (n: number): AdmittedMessage =>
    stored(keyOf(n), {
      kind: "retraction",
      created: unixSeconds(NOW + n),
      id: posts(n, 1)[0]?.id ?? fail(),
    });
  const b = await bench({ caps: { ...PLENTY, messages: 100 } });
  const few = Array.from({ length: 9 }, (_, n) => retraction(5_000 + n));
  await b.put(few);
  await b.put(posts(0, 200));
  await b.keeper.idle();
  assert.equal(b.store.index.size, 96);
  for (const { id } of few) assert.ok(b.store.index.has(id));

  const c = await bench({ caps: { ...PLENTY, messages: 100 } });
  await c.put(Array.from({ length: 120 }, (_, n) => retraction(6_000 + n)));
  await c.keeper.idle();
  assert.equal(c.store.index.size, 96);
});

Deno.test("Keeper: a full disk makes room below the cap", async () => {
  const b = await bench({ caps: PLENTY });
  await b.put(posts(0, 100));
  const before = b.store.diskBytes;
  b.keeper.diskFull();
  await b.keeper.idle();
  assert.ok(b.store.diskBytes < before && b.store.index.size >= 95);
});

Deno.test("Keeper: says what it holds, and for how many days that is", async () => {
  const b = await bench({ caps: { ...PLENTY, messages: 1_000 } });
  assert.equal(b.keeper.view().days, null);
  b.now = unixSeconds(NOW + 7_200);
  await b.put(posts(0, 100));
  const view = b.keeper.view();
  // 100 within an hour: 2,400 a day.
  assert.ok(view.days !== null && Math.abs(view.days - 1_000 / 2_400) < 0.01);
  assert.equal(view.maxMessages, 1_000);
  assert.equal(view.used, b.store.diskBytes);
  assert.equal(view.horizon, 0);
});

Deno.test("horizonAt: said for as long as it refuses anything that its age doesn't", async () => {
  const store = await PublicStore.open(openMemoryKv<PublicBytes>(), LABELS, { maxRemembered: 10 });
  const all = posts(0, 30);
  await store.putMessages(fresh(all));
  assert.equal(horizonAt(store, NOW), 0);
  const later = unixSeconds(NOW + 86_400);
  const ids = all.map(({ id }) => id);
  await store.dropping.drop(ids.slice(0, 10), later);
  assert.equal(horizonAt(store, later), 0);
  await store.dropping.drop(ids.slice(10), later);
  assert.equal(store.index.size, 0);
  const { horizon } = store.dropping;
  assert.ok(horizon > NOW && horizon <= later);
  assert.equal(horizonAt(store, later), horizon);
  assert.equal(horizonAt(store, unixSeconds(horizon + LIFETIME_S - 1)), horizon);
  assert.equal(horizonAt(store, unixSeconds(horizon + LIFETIME_S)), 0);
});

Deno.test("IntakeMeter: the rate of the last day, or since the first hour of it", () => {
  const meter = new IntakeMeter();
  const hour = (n: number): UnixSeconds => unixSeconds(NOW - NOW % 3_600 + n * 3_600);
  assert.deepEqual(meter.perDay(hour(0)), { bytes: 0, messages: 0 });
  meter.add(hour(0), { bytes: 10, messages: 1 });
  meter.add(hour(1), { bytes: 20, messages: 3 });
  assert.deepEqual(meter.perDay(hour(2)), { bytes: 360, messages: 48 });
  for (let n = 2; n < 100; n++) meter.add(hour(n), { bytes: 5, messages: 1 });
  assert.deepEqual(meter.perDay(hour(100)), { bytes: 120, messages: 24 });
});

Deno.test("Keeper: with text only, what has attachments is refused", async () => {
  const attachments = [{ mediaType: "a/b", name: "", bytes: new Uint8Array(3), alt: "" }];
  const file = stored(keyOf(1), { ...statusBody(1), attachments });
  const text = stored(keyOf(1), statusBody(2));
  const all = await bench({ caps: PLENTY });
  assert.deepEqual([file, text].map((message) => all.keeper.refuses(message)), [false, false]);
  const b = await bench({ caps: PLENTY, textOnly: true });
  assert.deepEqual([file, text].map((message) => b.keeper.refuses(message)), [true, false]);
});

const MACHINE: Machine = { disk: 1e12, free: 5e11, memory: 8 * 2 ** 30 };

Deno.test("storageCaps: a tenth of the disk, or what was asked for, and room for the system", () => {
  const caps = (
    max?: Parameters<typeof storageCaps>[1]["max"],
    machine: Partial<Machine> = {},
    used = 0,
  ): StorageCaps => storageCaps({ ...MACHINE, ...machine }, { max, used });
  assert.deepEqual(caps(), { bytes: 1e11, messages: 1_000_000 });
  assert.equal(caps(undefined, { memory: 2 * 2 ** 30 }).messages, 1_000_000);
  assert.equal(caps(undefined, { memory: 2 * 2 ** 30 - 1 }).messages, 500_000);
  assert.equal(caps(undefined, { memory: 0.75 * 2 ** 30 }).messages, 500_000);
  assert.equal(caps(undefined, { memory: 0.75 * 2 ** 30 - 1 }).messages, 100_000);
  assert.equal(caps({ kind: "percent", percent: 2.5 }).bytes, 2.5e10);
  assert.equal(caps({ kind: "bytes", bytes: 1e6 }).bytes, 1e6);
  // A hundredth of the disk is left free; what is stored already may stay.
  assert.equal(caps(undefined, { free: 3e10 }).bytes, 2e10);
  assert.equal(caps(undefined, { free: 3e10 }, 5e10).bytes, 7e10);
  assert.equal(caps(undefined, { free: 0 }, 5e10).bytes, 4e10);
  assert.equal(caps(undefined, { free: 0 }).bytes, 0);
  for (const bytes of [999_999, 1e12 + 1]) {
    assert.throws(
      () => caps({ kind: "bytes", bytes }),
      (error) =>
        error instanceof UserError && error.code === "usage" && /Nothing/.test(error.message),
    );
  }
});

function fail(): never {
  throw new Error("No message");
}
