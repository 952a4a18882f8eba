import assert from "node:assert/strict";
import { openMemoryKv } from "../../src/store/kv_memory.ts";
import { everything } from "../../src/store/keys.ts";
import type { Kv } from "../../src/store/kv_port.ts";
import { type Follow, PrivateFile } from "../../src/store/private.ts";
import type { Sealed } from "../../src/store/record_codec.ts";
import { Private } from "../../src/wire/privacy.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { keyOf, LABELS, NOW, storeErrorOf } from "./support.ts";

const STORE_KEY = new Uint8Array(32).fill(7);

function followOf(n: number, part: Partial<Follow> = {}): Follow {
  return { key: keyOf(n), petname: `friend ${n}`, heir: undefined, followedAt: NOW, ...part };
}

function fileOver(kv: Kv<Sealed>): PrivateFile {
  return new PrivateFile(kv, LABELS);
}

Deno.test("PrivateFile: writes nothing before it has a key", async () => {
  const kv = openMemoryKv<Sealed>();
  const file = fileOver(kv);
  assert.equal(file.store, undefined);
  file.lock();
  assert.deepEqual(await Array.fromAsync(kv.list({ prefix: everything })), []);
  await file.close();
});

Deno.test("PrivateStore: follows are kept in order, changed in place, and over a restart", async () => {
  const kv = openMemoryKv<Sealed>();
  const store = await fileOver(kv).unlock(STORE_KEY);
  assert.deepEqual((await store.follows()).reveal(), []);
  const heir = new Uint8Array(10).fill(3);
  await Promise.all([1, 2, 3].map((n) => store.addFollow(new Private(followOf(n)))));
  await store.addFollow(new Private(followOf(2, { petname: "Zoë", heir })));
  assert.equal(await store.removeFollow(new Private(keyOf(1))), true);
  assert.equal(await store.removeFollow(new Private(keyOf(1))), false);
  const expected = [followOf(2, { petname: "Zoë", heir }), followOf(3)];
  assert.deepEqual((await store.follows()).reveal(), expected);
  const again = await fileOver(kv).unlock(STORE_KEY);
  assert.deepEqual((await again.follows()).reveal(), expected);
});

Deno.test("PrivateStore: an heir's prefix has exactly 10 bytes, a petname no controls", async () => {
  const store = await fileOver(openMemoryKv<Sealed>()).unlock(STORE_KEY);
  for (const length of [0, 9, 11]) {
    const wrong = new Private(followOf(1, { heir: new Uint8Array(length) }));
    await assert.rejects(store.addFollow(wrong), RangeError);
  }
  await assert.rejects(
    store.addFollow(new Private(followOf(1, { petname: "\x1b[0m" }))),
    RangeError,
  );
  assert.deepEqual((await store.follows()).reveal(), []);
});

Deno.test("PrivateStore: thousands of follows take several records", async () => {
  const kv = openMemoryKv<Sealed>();
  const store = await fileOver(kv).unlock(STORE_KEY);
  const many = Array.from({ length: 60 }, (_, n) => followOf(n, { petname: "x".repeat(2_000) }));
  for (const follow of many) await store.addFollow(new Private(follow));
  assert.deepEqual((await store.follows()).reveal(), many);
  const rows = await Array.fromAsync(kv.list({ prefix: everything }));
  assert.deepEqual(rows.map(({ value }) => value.length).sort(), [256, 256, 65_536, 65_536]);
});

Deno.test("PrivateStore: settings by name, set, changed and deleted", async () => {
  const kv = openMemoryKv<Sealed>();
  const store = await fileOver(kv).unlock(STORE_KEY);
  assert.equal(await store.setting("a"), undefined);
  await store.putSetting("a", new Private(Uint8Array.of(1)));
  await store.putSetting("b", new Private(new Uint8Array(0)));
  await store.putSetting("a", new Private(Uint8Array.of(2)));
  const again = await fileOver(kv).unlock(STORE_KEY);
  assert.deepEqual((await again.setting("a"))?.reveal(), Uint8Array.of(2));
  assert.deepEqual((await again.setting("b"))?.reveal(), new Uint8Array(0));
  await again.putSetting("a", undefined);
  assert.equal(await again.setting("a"), undefined);
});

Deno.test("PrivateFile: locked again nothing can be read, and the key opens it again", async () => {
  const file = fileOver(openMemoryKv<Sealed>());
  const store = await file.unlock(STORE_KEY);
  assert.equal(file.store, store);
  await store.addFollow(new Private(followOf(1)));
  file.lock();
  assert.equal(file.store, undefined);
  await assert.rejects(store.follows(), storeErrorOf("locked"));
  await assert.rejects(store.addFollow(new Private(followOf(2))), storeErrorOf("locked"));

  const wrong = new Uint8Array(32).fill(8);
  await assert.rejects(file.unlock(wrong), storeErrorOf("wrong-key", "Nothing was changed"));
  assert.equal(file.store, undefined);
  const again = await file.unlock(STORE_KEY);
  await assert.rejects(file.unlock(wrong), storeErrorOf("wrong-key"));
  assert.equal(file.store, again);
  assert.deepEqual((await again.follows()).reveal(), [followOf(1)]);
  await file.close();
});

Deno.test("PrivateStore: nothing of it shows when it is printed", async () => {
  const store = await fileOver(openMemoryKv<Sealed>()).unlock(STORE_KEY);
  await store.addFollow(
    new Private(followOf(1, { petname: "Mallory", followedAt: unixSeconds(5) })),
  );
  const follows = await store.follows();
  const printed = [
    Deno.inspect(store),
    Deno.inspect(follows),
    `${follows}`,
    JSON.stringify(follows),
  ];
  assert(!printed.join().includes("Mallory"), printed.join());
});
