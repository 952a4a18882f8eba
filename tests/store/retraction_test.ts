/** Messages that their authors take back, in whatever order both arrive. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { openMemoryKv } from "../../src/store/kv_memory.ts";
import type { Kv } from "../../src/store/kv_port.ts";
import { everything } from "../../src/store/keys.ts";
import { PublicStore } from "../../src/store/public.ts";
import type { PublicBytes } from "../../src/store/public_rows.ts";
import { page } from "../../src/store/timeline.ts";
import type { IdentityKey, MessageId } from "../../src/wire/ids.ts";
import type { AdmittedMessage } from "../../src/wire/message.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { fresh, keyOf, LABELS, NOW, numbered, statusBody, stored } from "./support.ts";

function open(kv: Kv<PublicBytes>): Promise<PublicStore> {
  return PublicStore.open(kv, LABELS);
}

function retraction(id: MessageId, by: IdentityKey, created = NOW + 50): AdmittedMessage {
  return stored(by, { kind: "retraction", created: unixSeconds(created), id });
}

const parent = numbered(1);
const target = stored(keyOf(2), statusBody(2, { created: NOW + 2, replyTo: parent.id }));
const takenBack = retraction(target.id, keyOf(2));

/** What a retraction has to leave, whatever came first. */
async function check(store: PublicStore): Promise<void> {
  assert.equal(store.index.has(target.id), true);
  assert.equal(await store.getMessage(target.id), undefined);
  assert.equal(await store.getBytes(target.id), undefined);
  assert.deepEqual(
    { ...store.index.get(target.id), storedAt: 0 },
    {
      id: target.id,
      key: keyOf(2),
      type: 0,
      created: NOW + 2,
      size: 0,
      freshness: 0,
      storedAt: 0,
      ref: undefined,
      retracted: true,
    },
  );
  assert.deepEqual(store.index.repliesTo(parent.id), []);
  assert.deepEqual(await page(store, { limit: 9 }), [parent]);
  assert.deepEqual(await store.getMessage(takenBack.id), takenBack);
  assert.equal(store.index.totalBytes, parent.bytes.length + takenBack.bytes.length);
}

Deno.test("a retraction takes the bytes of its target away, before it or after, at once or apart", async () => {
  const orders = fc.shuffledSubarray([parent, target, takenBack], { minLength: 3 });
  await fc.assert(
    fc.asyncProperty(orders, fc.nat(2), async (messages, cut) => {
      const kv = openMemoryKv<PublicBytes>();
      const store = await open(kv);
      const early = messages.indexOf(takenBack) < messages.indexOf(target);
      const outcomes = [
        ...await store.putMessages(fresh(messages.slice(0, cut))),
        ...await store.putMessages(fresh(messages.slice(cut))),
      ];
      const expected = messages.map((message) => message === target && early ? "known" : "stored");
      assert.deepEqual(outcomes, expected);
      await check(store);
      assert.deepEqual(await store.putMessages(fresh([target])), ["known"]);
      await check(store);
      const reopened = await open(kv);
      await check(reopened);
      assert.deepEqual(await reopened.putMessages(fresh([target])), ["known"]);
      const rows = await Array.fromAsync(kv.list({ prefix: everything }));
      const inFull = rows.filter(({ value }) => value.length === target.bytes.length);
      assert.deepEqual(inFull.filter(({ value }) => value.join() === target.bytes.join()), []);
    }),
  );
});

Deno.test("a retraction remembered over a restart stops a target that comes later", async () => {
  const kv = openMemoryKv<PublicBytes>();
  await (await open(kv)).putMessages(fresh([parent, takenBack]));
  const store = await open(kv);
  assert.equal(store.index.has(target.id), false);
  assert.deepEqual(await store.putMessages(fresh([target])), ["known"]);
  await check(store);
});

Deno.test("nobody else can take a message back, before or after it", async () => {
  const foreign = retraction(target.id, keyOf(3));
  for (const order of [[foreign, target], [target, foreign]]) {
    const kv = openMemoryKv<PublicBytes>();
    const store = await open(kv);
    assert.deepEqual(await store.putMessages(fresh(order)), ["stored", "stored"]);
    for (const opened of [store, await open(kv)]) {
      assert.deepEqual(await opened.getMessage(target.id), target);
    }
  }
});

Deno.test("a retraction that was itself taken back still holds", async () => {
  const twice = retraction(takenBack.id, keyOf(2), NOW + 60);
  const orders = fc.shuffledSubarray([target, takenBack, twice], { minLength: 3 });
  await fc.assert(
    fc.asyncProperty(orders, fc.nat(2), async (messages, cut) => {
      const kv = openMemoryKv<PublicBytes>();
      await (await open(kv)).putMessages(fresh(messages.slice(0, cut)));
      const store = await open(kv);
      await store.putMessages(fresh(messages.slice(cut)));
      for (const opened of [store, await open(kv)]) {
        assert.equal(await opened.getMessage(target.id), undefined);
        assert.equal(await opened.getMessage(takenBack.id), undefined);
        assert.deepEqual(await opened.getMessage(twice.id), twice);
        assert.equal(opened.index.totalBytes, twice.bytes.length);
      }
    }),
  );
});
