import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { adopt } from "../../src/store/adopt.ts";
import { compact } from "../../src/store/compact.ts";
import { openStores, StoreError } from "../../src/store/mod.ts";
import { needsRekeying, prepareRekeyed } from "../../src/store/rekey.ts";
import { MAIN_NETWORK } from "../../src/wire/labels.ts";
import { Private } from "../../src/wire/privacy.ts";
import { ANN, letterOf } from "./letter_support.ts";
import { fresh, keyOf, LABELS, NOW, numbered, storeErrorOf, withFolder } from "./support.ts";

const bytesOf = (n: number): Uint8Array => new Uint8Array(32).fill(n);
const OLD = { storeKey: bytesOf(1), slotKeys: [bytesOf(11), bytesOf(12)] };
const NEXT = { storeKey: bytesOf(2), slotKeys: [bytesOf(12)] };
const CANARY = new Uint8Array(64).fill(0x5a);
const gone = { retire: () => Promise.resolve(undefined), destroy: () => Promise.resolve() };

/** Everything in the files of a folder. */
function holds(dir: string, bytes: Uint8Array): string[] {
  return [...Deno.readDirSync(dir)].map(({ name }) => name)
    .filter((name) =>
      Buffer.from(Deno.readFileSync(`${dir}/${name}`)).includes(Buffer.from(bytes))
    );
}

/** Makes a store with some follows. */
async function furnish(dir: string, follows: number): Promise<void> {
  const stores = await openStores({ dir, network: MAIN_NETWORK });
  const store = await stores.private.unlock(OLD.storeKey, OLD.slotKeys);
  for (let n = 0; n < follows; n++) {
    const petname = "a friend with a long name indeed".repeat(2);
    await store.addFollow(
      new Private({ key: keyOf(n), petname, heir: undefined, followedAt: NOW }),
    );
  }
  await stores.close();
}

async function followsOf(
  dir: string,
  openers: { storeKey: Uint8Array; slotKeys: readonly Uint8Array[] },
): Promise<number> {
  const stores = await openStores({ dir, network: MAIN_NETWORK });
  try {
    const store = await stores.private.unlock(openers.storeKey, openers.slotKeys);
    return (await store.follows()).reveal().length;
  } finally {
    await stores.close();
  }
}

Deno.test("rekeying: what one key opened another opens, and the old ones nothing any more", async () => {
  for (const follows of [0, 3, 800]) {
    await withFolder(async (dir) => {
      await furnish(dir, follows);
      const rekeying = { dir, labels: LABELS, from: OLD, to: NEXT, canary: CANARY };
      await prepareRekeyed(rekeying);
      // Nothing happened yet, and doing it again does no harm.
      assert.equal(await followsOf(dir, OLD), follows);
      await prepareRekeyed(rekeying);
      assert.equal(await needsRekeying(dir, { labels: LABELS, openers: NEXT }), true);
      await adopt(dir, { ...gone, name: "private.kv" });
      assert.equal(await needsRekeying(dir, { labels: LABELS, openers: NEXT }), false);
      assert.equal(await followsOf(dir, NEXT), follows);
      assert.equal(
        await followsOf(dir, { storeKey: bytesOf(9), slotKeys: NEXT.slotKeys }),
        follows,
      );
      await assert.rejects(
        followsOf(dir, { storeKey: OLD.storeKey, slotKeys: [bytesOf(11)] }),
        storeErrorOf("wrong-key"),
      );
      assert.deepEqual(holds(dir, CANARY), []);
    });
  }
});

Deno.test("rekeying: a slot opens it where the given store key doesn't, else nothing is changed", async () => {
  await withFolder(async (dir) => {
    await furnish(dir, 2);
    const from = { storeKey: bytesOf(7), slotKeys: [bytesOf(12)] };
    const common = { dir, labels: LABELS, to: NEXT, canary: CANARY };
    await assert.rejects(
      prepareRekeyed({ ...common, from: { ...from, slotKeys: [bytesOf(8)] } }),
      storeErrorOf("wrong-key"),
    );
    assert.equal(await followsOf(dir, OLD), 2);
    await prepareRekeyed({ ...common, from });
    await adopt(dir, { ...gone, name: "private.kv" });
    assert.equal(await followsOf(dir, NEXT), 2);
  });
});

Deno.test("rekeying: refuses a file with a record that it doesn't know, so that none is lost", async () => {
  await withFolder(async (dir) => {
    const stores = await openStores({ dir, network: MAIN_NETWORK });
    const store = await stores.private.unlock(OLD.storeKey, OLD.slotKeys);
    await store.putSetting("of a newer version", new Private(CANARY));
    await stores.close();
    await assert.rejects(
      prepareRekeyed({ dir, labels: LABELS, from: OLD, to: NEXT, canary: CANARY }),
      storeErrorOf("newer"),
    );
    assert.equal(await followsOf(dir, OLD), 0);
  });
});

Deno.test("settings stand in private.kv alone, sealed", async () => {
  await withFolder(async (dir) => {
    const stores = await openStores({ dir, network: MAIN_NETWORK });
    const store = await stores.private.unlock(OLD.storeKey, OLD.slotKeys);
    const others = (): Map<string, string> =>
      new Map(["public.kv", "lock"].map((name) => [
        name,
        Deno.readFileSync(`${dir}/${name}`).toHex(),
      ]));
    const before = others();
    await store.putSetting("betrays the owner", new Private(CANARY));
    assert.deepEqual(others(), before);
    await stores.close();
    assert.deepEqual(holds(dir, CANARY), []);
    assert.deepEqual(holds(dir, new TextEncoder().encode("betrays the owner")), []);
  });
});

Deno.test("compact: every row stays, nothing deleted does", async () => {
  await withFolder(async (dir) => {
    const messages = Array.from({ length: 600 }, (_, n) => numbered(n));
    let stores = await openStores({ dir, network: MAIN_NETWORK });
    await stores.public.putMessages(fresh(messages));
    await stores.close();
    await compact(dir, { canary: CANARY, ...gone });
    assert.deepEqual(holds(dir, CANARY), []);
    stores = await openStores({ dir, network: MAIN_NETWORK });
    for (const { id, bytes } of messages) {
      assert.deepEqual((await stores.public.getReadable(id))?.bytes, bytes);
    }
    await stores.close();
  });
});

Deno.test("openStores: removes what a compaction left that was cut off", async () => {
  await withFolder(async (dir) => {
    await furnish(dir, 1);
    await Deno.writeTextFile(`${dir}/public.kv.new`, "half");
    await Deno.writeTextFile(`${dir}/public.kv.new-wal`, "half");
    assert.equal(await followsOf(dir, OLD), 1);
    assert.deepEqual(holds(dir, new TextEncoder().encode("half")), []);
  });
});

Deno.test("openStores: refuses a folder whose destruction was begun", async () => {
  await withFolder(async (dir) => {
    await furnish(dir, 1);
    await Deno.writeTextFile(`${dir}/obliterating`, "");
    await assert.rejects(
      openStores({ dir, network: MAIN_NETWORK }),
      (error) => error instanceof StoreError && error.message.includes("obliterate --everything"),
    );
    await Deno.remove(`${dir}/obliterating`);
    assert.equal(await followsOf(dir, OLD), 1);
  });
});

Deno.test("rekeying: the archive comes along, without what the identity that goes wrote", async () => {
  await withFolder(async (dir) => {
    const messages = Array.from({ length: 300 }, (_, n) => numbered(n, 3));
    const stores = await openStores({ dir, network: MAIN_NETWORK });
    const before = await (await stores.private.unlock(OLD.storeKey, OLD.slotKeys)).archive();
    await before.add(messages);
    await stores.close();
    const rekeying = { dir, labels: LABELS, from: OLD, to: NEXT, canary: CANARY, gone: keyOf(1) };
    await prepareRekeyed(rekeying);
    await adopt(dir, { ...gone, name: "private.kv" });
    const again = await openStores({ dir, network: MAIN_NETWORK });
    const archive = await (await again.private.unlock(NEXT.storeKey, NEXT.slotKeys)).archive();
    const kept = messages.filter(({ key }) => key !== keyOf(1)).map(({ id }) => id);
    const read = await archive.read(messages.map(({ id }) => id));
    assert.deepEqual(read.map(({ id }) => id).sort(), kept.sort());
    await archive.add([numbered(301)]);
    assert.equal(archive.size, 201);
    await again.close();
  });
});

Deno.test("rekeying: letters come along, without those of the identity that goes", async () => {
  await withFolder(async (dir) => {
    const stores = await openStores({ dir, network: MAIN_NETWORK });
    const before = await stores.private.unlock(OLD.storeKey, OLD.slotKeys);
    const [mine, theirs] = [letterOf(1), letterOf(2, { to: keyOf(1) })];
    await (await before.letters("letters")).add(new Private([mine, theirs]));
    await (await before.letters("requests")).add(new Private([letterOf(3)]));
    const tried = await before.tried();
    tried.cover([ANN, keyOf(1)]);
    tried.mark(new Private(mine.id));
    await tried.save();
    const secret = new Uint8Array(32).fill(4);
    const takeBack = { id: mine.id, secret, origin: keyOf(1), due: NOW };
    await before.takeBacks.add(new Private(takeBack));
    await stores.close();
    const rekeying = { dir, labels: LABELS, from: OLD, to: NEXT, canary: CANARY, gone: keyOf(1) };
    await prepareRekeyed(rekeying);
    await adopt(dir, { ...gone, name: "private.kv" });
    const again = await openStores({ dir, network: MAIN_NETWORK });
    const store = await again.private.unlock(NEXT.storeKey, NEXT.slotKeys);
    const letters = await store.letters("letters");
    assert.deepEqual((await letters.read([mine.id, theirs.id])).reveal(), [mine]);
    assert.equal((await store.letters("requests")).size, 1);
    assert.deepEqual((await store.tried()).identities, [ANN]);
    assert((await store.tried()).has(mine.id));
    assert.deepEqual((await store.takeBacks.entries()).reveal(), []);
    await again.close();
  });
});
