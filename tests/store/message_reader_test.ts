import assert from "node:assert/strict";
import { messageKey } from "../../src/store/keys.ts";
import { openMemoryKv } from "../../src/store/kv_memory.ts";
import type { Kv, KvRow } from "../../src/store/kv_port.ts";
import { PublicStore } from "../../src/store/public.ts";
import type { PublicBytes } from "../../src/store/public_rows.ts";
import type { AdmittedMessage } from "../../src/wire/message.ts";
import { asPublic } from "../../src/wire/privacy.ts";
import { fresh, keyOf, LABELS, NOW, numbered, statusBody, stored } from "./support.ts";

interface Counted {
  readonly kv: Kv<PublicBytes>;
  /** Single reads and lists so far. */
  readonly calls: { gets: number; lists: number; rows: number };
}

function counted(kv: Kv<PublicBytes>): Counted {
  const calls = { gets: 0, lists: 0, rows: 0 };
  return {
    calls,
    kv: {
      get: (key) => {
        calls.gets++;
        return kv.get(key);
      },
      list: async function* (range): AsyncGenerator<KvRow<PublicBytes>> {
        calls.lists++;
        for await (const row of kv.list(range)) {
          calls.rows++;
          yield row;
        }
      },
      commit: (mutations) => kv.commit(mutations),
      close: () => kv.close(),
    },
  };
}

async function filled(
  messages: readonly AdmittedMessage[],
): Promise<Counted & { readonly store: PublicStore }> {
  const both = counted(openMemoryKv<PublicBytes>());
  const store = await PublicStore.open(both.kv, LABELS);
  await store.putMessages(fresh(messages));
  both.calls.gets = both.calls.lists = both.calls.rows = 0;
  return { ...both, store };
}

Deno.test("a batch of neighbours is read in one list, and answered in the order asked for", async () => {
  const all = Array.from({ length: 40 }, (_, n) => numbered(n));
  const { store, calls } = await filled(all);
  const asked = [7, 3, 9, 5, 4, 6, 8].map((n) => all[n]!);
  assert.deepEqual(await store.getReadableBatch(asked.map(({ id }) => id)), asked);
  assert.deepEqual(calls, { gets: 0, lists: 1, rows: 7 });
});

Deno.test("messages of one second are found whatever their ids, and no more rows read than twice", async () => {
  const all = Array.from({ length: 30 }, (_, n) => stored(keyOf(n), statusBody(n)));
  const { store, calls } = await filled(all);
  const asked = all.filter((_, n) => n % 3 === 0);
  assert.deepEqual(await store.getReadableBatch(asked.map(({ id }) => id)), asked);
  assert.ok(calls.lists <= 2 && calls.rows <= 20 && calls.gets <= 10, JSON.stringify(calls));
});

Deno.test("what lies far apart is read one by one", async () => {
  const all = Array.from({ length: 50 }, (_, n) => numbered(n));
  const { store, calls } = await filled(all);
  const asked = [all[0]!, all[49]!, all[1]!];
  assert.deepEqual(await store.getReadableBatch(asked.map(({ id }) => id)), asked);
  assert.deepEqual(calls, { gets: 1, lists: 1, rows: 3 });
});

Deno.test("a batch ends with the message that fills it", async () => {
  const text = "\u{1f600}".repeat(130);
  const all = Array.from(
    { length: 400 },
    (_, n) => stored(keyOf(1), statusBody(n, { created: NOW + n, text: `${n}${text}` })),
  );
  const { store } = await filled(all);
  const ids = all.map(({ id }) => id);
  const read = await store.getReadableBatch(ids);
  const bytes = (count: number): number =>
    all.slice(0, count).reduce((sum, message) => sum + message.bytes.length, 0);
  assert.deepEqual(read, all.slice(0, read.length));
  assert.ok(bytes(read.length - 1) < 131_072 && bytes(read.length) >= 131_072);
  assert.deepEqual(await store.getReadableBatch(ids.slice(0, 1)), all.slice(0, 1));
  assert.deepEqual(await store.getReadableBatch([]), []);
});

Deno.test("in a batch what is unknown, retracted or damaged is undefined, and only that", async () => {
  const all = Array.from({ length: 6 }, (_, n) => numbered(n));
  const { store, kv } = await filled(all);
  const [, retracted, damaged, swapped, lost] = all;
  assert.ok(retracted && damaged && swapped && lost);
  const taken = stored(retracted.key, { kind: "retraction", created: NOW, id: retracted.id });
  await store.putMessages(fresh([taken]));
  const place = (message: AdmittedMessage) => ({ id: message.id, created: message.body.created });
  await kv.commit([
    { kind: "set", key: messageKey(place(damaged)), value: asPublic(new Uint8Array(9)) },
    { kind: "set", key: messageKey(place(swapped)), value: all[0]!.bytes },
    { kind: "delete", key: messageKey(place(lost)) },
  ]);
  const ids = [...all, numbered(9)].map(({ id }) => id);
  const none = undefined;
  assert.deepEqual(
    await store.getReadableBatch(ids),
    [all[0], none, none, none, none, all[5], none],
  );
  assert.deepEqual(
    await store.getBytesBatch(ids),
    [all[0]?.bytes, none, none, none, none, all[5]?.bytes, none],
  );
  assert.equal(store.damagedMessages, 3);
});
