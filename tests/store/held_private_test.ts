/** Private messages beyond their time: kept by every node alike, up to a cap, and given to nobody. */
import assert from "node:assert/strict";
import { StoreError } from "../../src/store/errors.ts";
import { messageDiskBytes } from "../../src/store/disk_use.ts";
import { openMemoryKv } from "../../src/store/kv_memory.ts";
import type { Kv } from "../../src/store/kv_port.ts";
import { PublicStore } from "../../src/store/public.ts";
import type { PublicBytes } from "../../src/store/public_rows.ts";
import { LIFETIME_S } from "../../src/wire/limits.ts";
import type { AdmittedMessage } from "../../src/wire/message.ts";
import { encodeSealed } from "../../src/wire/sealed_message.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { failing, fresh, keyOf, LABELS, NOW, numbered, stored } from "./support.ts";

const HOUR = 3_600;

function sealedMessage(n: number): AdmittedMessage {
  const created = unixSeconds(NOW - NOW % HOUR + n * HOUR);
  const sealed = encodeSealed({ suite: 1, enc: new Uint8Array(32), ct: new Uint8Array(1_040) });
  return stored(keyOf(n), { kind: "private", created, sealed });
}

async function open(kv: Kv<PublicBytes> = openMemoryKv<PublicBytes>()): Promise<PublicStore> {
  return await PublicStore.open(kv, LABELS);
}

function placeOf({ id, body }: AdmittedMessage): { id: typeof id; created: typeof body.created } {
  return { id, created: body.created };
}

Deno.test("a private message that is dropped or too old is held; all else goes", async () => {
  const kv = openMemoryKv<PublicBytes>();
  const store = await open(kv);
  const [early, late] = [sealedMessage(1), sealedMessage(2)];
  const post = numbered(1);
  await store.putMessages(fresh([early, late, post]));
  await store.dropping.drop([early.id, post.id], unixSeconds(NOW + HOUR));
  await store.dropping.drop([late.id], unixSeconds(NOW + LIFETIME_S + 9 * HOUR));
  for (const opened of [store, await open(kv)]) {
    assert.equal(opened.index.size, 0);
    assert.deepEqual(await opened.held.placesAfter(undefined), [early, late].map(placeOf));
    assert.deepEqual(await opened.held.placesAfter(placeOf(early)), [placeOf(late)]);
    const held = await opened.held.get(placeOf(late));
    assert.deepEqual(held?.bytes, late.bytes);
    assert.equal(opened.held.diskBytes, 2 * messageDiskBytes(late.bytes.length));
    // Neither shown nor given to anybody.
    assert.equal(await opened.getBytes(late.id), undefined);
    assert.equal(opened.index.has(late.id), false);
  }
});

Deno.test("over the cap the oldest go; at it none does", async () => {
  const store = await open();
  const messages = [3, 1, 2].map((n) => sealedMessage(n));
  const size = messageDiskBytes(messages[0]?.bytes.length ?? 0);
  store.held.limit(3 * size);
  await store.putMessages(fresh(messages));
  await store.dropping.drop(messages.map(({ id }) => id), unixSeconds(NOW));
  assert.equal(store.held.diskBytes, 3 * size);
  const another = sealedMessage(4);
  await store.putMessages(fresh([another]));
  await store.dropping.drop([another.id], unixSeconds(NOW));
  assert.deepEqual(
    (await store.held.placesAfter(undefined)).map(({ id }) => id),
    [2, 3, 4].map((n) => sealedMessage(n).id),
  );
  assert.equal(store.held.diskBytes, 3 * size);
});

Deno.test("what its author took back isn't held, before and after", async () => {
  const store = await open();
  const message = sealedMessage(1);
  const retraction = stored(message.key, {
    kind: "retraction",
    created: message.body.created,
    id: message.id,
  });
  await store.putMessages(fresh([message, retraction]));
  await store.dropping.drop([message.id], unixSeconds(NOW));
  assert.deepEqual(await store.held.placesAfter(undefined), []);
  const other = sealedMessage(2);
  await store.putMessages(fresh([other]));
  await store.dropping.drop([other.id], unixSeconds(NOW));
  await store.held.retract(placeOf(other), keyOf(77));
  assert.equal((await store.held.placesAfter(undefined)).length, 1, "by its own key alone");
  await store.held.retract(placeOf(other), other.key);
  assert.deepEqual(await store.held.placesAfter(undefined), []);
  assert.equal(store.held.diskBytes, 0);
});

Deno.test("a disk that fails loses no private message: it is held first, then dropped", async () => {
  const kv = openMemoryKv<PublicBytes>();
  const message = sealedMessage(1);
  const first = await open(kv);
  await first.putMessages(fresh([message]));
  for (let fails = 0; fails < 3; fails++) {
    const store = await open(failing(kv, (commit) => commit === fails));
    await store.dropping.drop([message.id], unixSeconds(NOW)).catch(() => {});
    const after = await open(kv);
    const isHeld = await after.held.get(placeOf(message)) !== undefined;
    assert(isHeld || after.index.has(message.id), `commit ${fails}`);
  }
});

Deno.test("on a full disk private messages stay where they are, and keep nothing else from going", async () => {
  const store = await open();
  const [message, post] = [sealedMessage(1), numbered(1)];
  await store.putMessages(fresh([message, post]));
  const { take } = store.held;
  store.held.take = () => Promise.reject(new StoreError("full", "The disk is full"));
  const ids = [message.id, post.id];
  assert.deepEqual(await store.dropping.drop(ids, unixSeconds(NOW)), [post.id]);
  assert(store.index.has(message.id) && !store.index.has(post.id));
  assert(!store.dropping.remembered.has(message.id));
  store.held.take = take;
  assert.deepEqual(await store.dropping.drop(ids, unixSeconds(NOW)), [message.id]);
  assert.notEqual(await store.held.get(placeOf(message)), undefined);
});

Deno.test("a kill at any commit leaves the bytes right: else the cap would be wrong for good", async () => {
  const messages = Array.from({ length: 9 }, (_, n) => sealedMessage(n));
  const size = messageDiskBytes(messages[0]?.bytes.length ?? 0);
  for (let fails = 0; fails < 6; fails++) {
    const kv = openMemoryKv<PublicBytes>();
    const places = messages.map((message) => ({
      place: placeOf(message),
      bytes: message.bytes as PublicBytes,
    }));
    const store = await open(failing(kv, (commit) => commit >= fails));
    store.held.limit(4 * size);
    await store.held.take(places.slice(0, 3)).catch(() => {});
    await store.held.take(places).catch(() => {});
    const last = places[8]?.place;
    assert(last !== undefined);
    await store.held.retract(last, keyOf(8)).catch(() => {});
    const { held } = await open(kv);
    assert.equal(held.diskBytes, size * (await held.placesAfter(undefined)).length, `${fails}`);
  }
});
