/** What is dropped stays dropped: never back before its lifetime ends, and forgotten after it. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { openMemoryKv } from "../../src/store/kv_memory.ts";
import type { Kv } from "../../src/store/kv_port.ts";
import { PublicStore } from "../../src/store/public.ts";
import {
  decodeRemembered,
  encodeRemembered,
  type PublicBytes,
} from "../../src/store/public_rows.ts";
import { rememberedKey } from "../../src/store/keys.ts";
import { LIFETIME_S } from "../../src/wire/limits.ts";
import type { AdmittedMessage } from "../../src/wire/message.ts";
import { type UnixSeconds, unixSeconds } from "../../src/wire/time.ts";
import { failing, fresh, keyOf, LABELS, NOW, numbered, statusBody, stored } from "./support.ts";

const HOUR = 3_600;
const DAY = 86_400;

function open(kv: Kv<PublicBytes>, maxRemembered = 100_000): Promise<PublicStore> {
  return PublicStore.open(kv, LABELS, { maxRemembered });
}

function memory(): Kv<PublicBytes> {
  return openMemoryKv<PublicBytes>();
}

function at(time: number): UnixSeconds {
  return unixSeconds(time);
}

async function rowsOf(kv: Kv<PublicBytes>, prefix: string): Promise<number> {
  let rows = 0;
  for await (const _row of kv.list({ prefix: [prefix] })) rows++;
  return rows;
}

Deno.test("drop: what went within its lifetime counts as known, also after a restart", async () => {
  const kv = memory();
  const store = await open(kv);
  const messages = [1, 2, 3].map((n) => numbered(n));
  await store.putMessages(fresh(messages));
  const ids = messages.slice(0, 2).map(({ id }) => id);
  assert.deepEqual(await store.dropping.drop(ids, at(NOW + HOUR)), ids);
  for (const opened of [store, await open(kv)]) {
    assert.equal(opened.index.size, 1);
    assert.equal(opened.dropping.remembered.size, 2);
    for (const { id } of messages) assert.ok(opened.has(id));
    assert.deepEqual(await opened.putMessages(fresh(messages)), ["known", "known", "known"]);
  }
  assert.equal(await rowsOf(kv, "m"), 1);
});

Deno.test("drop: on a disk that fails a message is either stored or remembered", async () => {
  for (let fails = 0; fails < 3; fails++) {
    const kv = memory();
    const whole = await open(kv);
    const messages = Array.from({ length: 700 }, (_, n) => numbered(n));
    await whole.putMessages(fresh(messages));
    const store = await open(failing(kv, (commit) => commit === fails));
    const ids = messages.map(({ id }) => id);
    await assert.rejects(store.dropping.drop(ids, at(NOW + HOUR)));
    for (const opened of [store, await open(kv)]) {
      assert.equal(opened.index.size + opened.dropping.remembered.size, 700);
      assert.equal(opened.dropping.remembered.size, 320 * fails);
      for (const { id } of messages) {
        assert.notEqual(opened.index.has(id), opened.dropping.remembered.has(id));
      }
    }
  }
});

Deno.test("forget: an id is remembered to its end and no longer, and its rows go with their day", async () => {
  const kv = memory();
  const store = await open(kv);
  const midnight = Math.ceil(NOW / DAY) * DAY;
  const early = stored(keyOf(1), statusBody(1, { created: midnight }));
  const late = stored(keyOf(1), statusBody(2, { created: midnight + DAY - 1 }));
  await store.putMessages(fresh([early, late]));
  await store.dropping.drop([early.id, late.id], at(midnight));
  await store.dropping.forget(at(midnight + LIFETIME_S));
  assert.ok(store.has(early.id));
  await store.dropping.forget(at(midnight + LIFETIME_S + 1));
  assert.ok(!store.has(early.id) && store.has(late.id));
  assert.equal(await rowsOf(kv, "d"), 1);
  await store.dropping.forget(at(midnight + DAY + LIFETIME_S));
  assert.equal(store.dropping.remembered.size, 0);
  assert.equal(await rowsOf(kv, "d"), 0);
});

Deno.test("the horizon rises when there are too many ids, and never falls over the cap", async () => {
  const kv = memory();
  const store = await open(kv, 50);
  const messages = Array.from(
    { length: 60 },
    (_, n) => stored(keyOf(n), statusBody(n, { created: NOW + n * 600 })),
  );
  await store.putMessages(fresh(messages));
  const ids = messages.map(({ id }) => id);
  const now = at(NOW + 60 * 600);
  await store.dropping.drop(ids.slice(0, 50), now);
  assert.equal(store.dropping.horizon, 0);
  assert.equal(store.dropping.remembered.size, 50);
  await store.dropping.drop(ids.slice(50, 51), now);
  // The oldest ten minutes made room.
  assert.equal(store.dropping.horizon, Math.floor(NOW / 600) * 600 + 600);
  await store.dropping.drop(ids.slice(51), now);
  for (const opened of [store, await open(kv, 50)]) {
    const { horizon, remembered } = opened.dropping;
    assert.ok(remembered.size <= 50);
    for (const { id, body } of messages) {
      assert.ok(opened.has(id) || body.created < horizon, String(body.created));
    }
  }
});

Deno.test("the horizon stays behind the clock: what a flood dated ahead then stays stored", async () => {
  const store = await open(memory(), 10);
  const ahead = Array.from(
    { length: 15 },
    (_, n) => stored(keyOf(n), statusBody(n, { created: NOW + 890 })),
  );
  await store.putMessages(fresh(ahead));
  const gone = await store.dropping.drop(ahead.map(({ id }) => id), NOW);
  assert.equal(gone.length, 10);
  assert.equal(store.dropping.remembered.size, 10);
  assert.ok(store.dropping.horizon <= NOW);
  for (const { id } of ahead) assert.ok(store.has(id));
});

Deno.test("refuse: ids of what was never stored are known all the same", async () => {
  const kv = memory();
  const store = await open(kv);
  const { id, body } = numbered(1);
  await store.dropping.refuse([{ id, created: body.created }], NOW);
  for (const opened of [store, await open(kv)]) assert.ok(opened.has(id));
  assert.equal(store.index.size, 0);
});

Deno.test("encodeRemembered: 36 bytes an id, seconds into the day and the id", () => {
  const dropped = [numbered(1), numbered(2)].map(({ id, body }) => ({ id, created: body.created }));
  const value = encodeRemembered(dropped);
  assert.equal(value.length, 72);
  assert.equal(new DataView(value.buffer).getUint32(36), (NOW + 2) % DAY);
  const day = Math.floor(NOW / DAY);
  assert.deepEqual(decodeRemembered({ key: rememberedKey(day, numbered(1).id), value }), dropped);
  assert.throws(() =>
    decodeRemembered({ key: rememberedKey(day, numbered(1).id), value: value.subarray(1) })
  );
});

Deno.test("a retraction stays to the end of its target's lifetime, the target counts as stored", async () => {
  const kv = memory();
  const store = await open(kv);
  const old = stored(keyOf(1), statusBody(1, { created: NOW }));
  const retraction = stored(keyOf(1), {
    kind: "retraction",
    created: at(NOW + 20 * DAY),
    id: old.id,
  });
  const unknown = stored(keyOf(2), {
    kind: "retraction",
    created: at(NOW + 20 * DAY),
    id: numbered(9).id,
  });
  await store.putMessages(fresh([old, retraction, unknown]));
  assert.ok(store.has(old.id));
  const expired = (time: number, opened = store): string[] =>
    opened.index.expired(at(time - LIFETIME_S), (id) => opened.dropping.remembered.createdOfId(id));
  assert.deepEqual(expired(NOW + LIFETIME_S), []);
  // Both at once; the retraction is remembered to its own end, or it would come back.
  const gone = expired(NOW + LIFETIME_S + 1);
  assert.deepEqual(gone.sort(), [old.id, retraction.id].sort());
  await store.dropping.drop(gone as typeof old.id[], at(NOW + LIFETIME_S + 1));
  assert.ok(store.dropping.remembered.has(retraction.id));
  assert.ok(!store.has(old.id));
  // Of an unknown target its own lifetime counts.
  assert.deepEqual(expired(NOW + 20 * DAY + LIFETIME_S), []);
  assert.deepEqual(expired(NOW + 20 * DAY + LIFETIME_S + 1), [unknown.id]);
});

Deno.test("a retraction of what was evicted before stays to the target's end as well", async () => {
  const store = await open(memory());
  const old = stored(keyOf(1), statusBody(1, { created: NOW }));
  const retraction = stored(keyOf(1), { kind: "retraction", created: at(NOW + DAY), id: old.id });
  await store.putMessages(fresh([old, retraction]));
  await store.dropping.drop([old.id], at(NOW + DAY));
  const end = (time: number): string[] =>
    store.index.expired(at(time - LIFETIME_S), (id) => store.dropping.remembered.createdOfId(id));
  assert.deepEqual(end(NOW + LIFETIME_S), []);
  assert.deepEqual(end(NOW + LIFETIME_S + 1), [retraction.id]);
});

type Act =
  | { readonly kind: "offer"; readonly n: number }
  | { readonly kind: "drop"; readonly ns: number[] }
  | { readonly kind: "wait"; readonly hours: number }
  | { readonly kind: "sweep" }
  | { readonly kind: "restart" };

/** Peers offer the same messages for ever, as a network does that still has them. */
const message = (n: number): AdmittedMessage =>
  stored(keyOf(n), statusBody(n, { created: NOW + n * 5 * HOUR }));

Deno.test("zombies: a dropped message never comes back, whatever happens, before its end or after", async () => {
  const n = fc.nat(40);
  const act: fc.Arbitrary<Act> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("offer" as const), n }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("drop" as const),
        ns: fc.array(n, { maxLength: 9 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant("wait" as const), hours: fc.nat(100) }),
    },
    { weight: 1, arbitrary: fc.constant<Act>({ kind: "sweep" }) },
    { weight: 1, arbitrary: fc.constant<Act>({ kind: "restart" }) },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { maxLength: 120 }),
      fc.constantFrom(5, 1_000),
      async (acts, max) => {
        const kv = memory();
        let store = await open(kv, max);
        let now = NOW;
        const gone = new Set<number>();
        const offer = async (n: number): Promise<void> => {
          const { id, body } = message(n);
          // What admission looks at before the store is asked.
          if (body.created > now + 900 || body.created < now - LIFETIME_S) return;
          if (body.created < store.dropping.horizon || store.has(id)) return;
          assert.ok(!gone.has(n), `message ${n} is back`);
          await store.putMessages(fresh([message(n)]));
        };
        for (const act of acts) {
          if (act.kind === "offer") await offer(act.n);
          else if (act.kind === "drop") {
            const ids = new Map(act.ns.map((n) => [message(n).id, n]));
            for (const id of await store.dropping.drop([...ids.keys()], now)) {
              gone.add(ids.get(id) ?? -1);
            }
          } else if (act.kind === "wait") now = at(now + act.hours * HOUR);
          else if (act.kind === "sweep") {
            const end = at(now - LIFETIME_S);
            const expired = store.index.expired(
              end,
              (id) => store.dropping.remembered.createdOfId(id),
            );
            await store.dropping.drop(expired, now);
            await store.dropping.forget(now);
          } else store = await open(kv, max);
          assert.ok(store.dropping.remembered.size <= max);
        }
        for (let n = 0; n <= 40; n++) await offer(n);
      },
    ),
    { numRuns: 150 },
  );
});

Deno.test("RememberedIds: whoever watches sees the same ids as are there, in order of time and id", async () => {
  const store = await open(memory(), 60);
  const { remembered } = store.dropping;
  const seen = new Set<number>();
  remembered.watch({
    added: (slot) => seen.add(slot),
    removing: (slot) => assert.ok(remembered.createdOf(slot) < Infinity && seen.delete(slot)),
  });
  const messages = Array.from({ length: 90 }, (_, n) => message(n));
  await store.putMessages(fresh(messages));
  await store.dropping.drop(messages.map(({ id }) => id), at(NOW + 90 * 5 * HOUR));
  await store.dropping.forget(at(NOW + 40 * 5 * HOUR + LIFETIME_S));
  const slots = remembered.slots();
  assert.deepEqual([...seen].sort(), slots.toSorted());
  assert.equal(slots.length, remembered.size);
  const sorted = slots.sort((a, b) => remembered.compare(a, b));
  const created = sorted.map((slot) => remembered.createdOf(slot));
  assert.deepEqual(created, created.toSorted((a, b) => a - b));
  assert.ok(sorted.every((slot) => remembered.idOf(slot).length === 32));
});
