/** The walk over private messages: all of them, each once, whatever comes and goes meanwhile. */
import assert from "node:assert/strict";
import { UntriedMessages } from "../../src/node/untried.ts";
import { openMemoryStores, type PublicStore, type Tried } from "../../src/store/mod.ts";
import { Tried as TriedMarks } from "../../src/store/tried.ts";
import type { IdentityKey, MessageId } from "../../src/wire/ids.ts";
import { MAIN_NETWORK } from "../../src/wire/labels.ts";
import type { AdmittedMessage } from "../../src/wire/message.ts";
import { Private } from "../../src/wire/privacy.ts";
import { encodeSealed } from "../../src/wire/sealed_message.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { ANN, BOB, openRecords } from "../store/letter_support.ts";
import { fresh, keyOf, NOW, numbered, stored } from "../store/support.ts";

const HOUR = 3_600;
const LAST = NOW - NOW % HOUR;

function sealedMessage(n: number): AdmittedMessage {
  const created = unixSeconds(LAST - (n % 500) * HOUR);
  const sealed = encodeSealed({ suite: 2, enc: new Uint8Array(1), ct: new Uint8Array(1) });
  return stored(keyOf(n), { kind: "private", created, sealed });
}

interface Bench {
  readonly store: PublicStore;
  readonly tried: Tried;
}

async function withBench(test: (bench: Bench) => Promise<void>): Promise<void> {
  const stores = await openMemoryStores(MAIN_NETWORK);
  const { records } = await openRecords();
  try {
    await test({ store: stores.public, tried: await TriedMarks.open(records) });
  } finally {
    await stores.close();
  }
}

/** Walks to the end; calls `between` before each look, and marks what was given out in `tried`. */
async function walk(
  untried: UntriedMessages,
  { tried, between }: {
    readonly tried?: Tried;
    readonly between?: (turn: number) => Promise<void>;
  } = {},
): Promise<Map<MessageId, readonly IdentityKey[]>> {
  const found = new Map<MessageId, readonly IdentityKey[]>();
  for (let turn = 0; !untried.done; turn++) {
    await between?.(turn);
    for (const { id, identities } of await untried.next(100)) {
      assert(!found.has(id), "given out twice");
      found.set(id, identities);
      tried?.mark(new Private(id));
    }
  }
  return found;
}

Deno.test("everything private that is stored is given out once, with every identity", async () => {
  await withBench(async ({ store, tried }) => {
    const messages = Array.from({ length: 5_000 }, (_, n) => sealedMessage(n));
    await store.putMessages(fresh([...messages, numbered(1)]));
    const untried = new UntriedMessages(store, { tried, identities: [ANN, BOB] });
    const found = await walk(untried);
    assert.deepEqual([...found.keys()].sort(), messages.map(({ id }) => id).sort());
    for (const identities of found.values()) assert.deepEqual(identities, [ANN, BOB]);
  });
});

Deno.test("so many trials are given out at a time and no more, identities counted", async () => {
  await withBench(async ({ store, tried }) => {
    await store.putMessages(fresh(Array.from({ length: 100 }, (_, n) => sealedMessage(n))));
    const untried = new UntriedMessages(store, { tried, identities: [ANN, BOB] });
    await untried.next(48);
    assert.equal((await untried.next(48)).length, 24);
    assert.equal((await untried.next(1)).length, 1, "one message at least");
  });
});

Deno.test("what was tried is given out to identities that are new, and to no others", async () => {
  await withBench(async ({ store, tried }) => {
    const [old, late] = [sealedMessage(1), sealedMessage(2)];
    await store.putMessages(fresh([old, late]));
    tried.cover([ANN]);
    tried.mark(new Private(old.id));
    const same = await walk(new UntriedMessages(store, { tried, identities: [ANN] }));
    assert.deepEqual([...same.keys()], [late.id]);
    const more = await walk(new UntriedMessages(store, { tried, identities: [ANN, BOB] }));
    assert.deepEqual(more.get(old.id), [BOB]);
    assert.deepEqual(more.get(late.id), [ANN, BOB]);
  });
});

Deno.test("what comes, goes and is dropped during the walk is neither missed nor twice", async () => {
  await withBench(async ({ store, tried }) => {
    const messages = Array.from({ length: 6_000 }, (_, n) => sealedMessage(n));
    await store.putMessages(fresh(messages));
    tried.cover([ANN]);
    const untried = new UntriedMessages(store, { tried, identities: [ANN] });
    const late = Array.from({ length: 200 }, (_, n) => sealedMessage(10_000 + n));
    const between = async (turn: number): Promise<void> => {
      const arrived = late[turn];
      if (arrived !== undefined) {
        await store.putMessages(fresh([arrived]));
        untried.arrived(arrived);
      }
      // Whatever stands there goes to where private messages are held.
      if (turn === 205) {
        const ids = messages.slice(0, 3_000).map(({ id }) => id);
        await store.dropping.drop(ids, unixSeconds(NOW));
      }
    };
    const found = await walk(untried, { tried, between });
    const all = [...messages, ...late.slice(0, 200)].map(({ id }) => id);
    assert.deepEqual([...found.keys()].sort(), all.sort());
  });
});

Deno.test("more arrivals than are listed are found by another walk", async () => {
  await withBench(async ({ store, tried }) => {
    const untried = new UntriedMessages(store, { tried, identities: [ANN] });
    const messages = Array.from({ length: 4_100 }, (_, n) => sealedMessage(n));
    await store.putMessages(fresh(messages));
    for (const message of messages) untried.arrived(message);
    const found = new Set<MessageId>();
    while (!untried.done) {
      for (const { id } of await untried.next(100)) {
        found.add(id);
        tried.mark(new Private(id));
      }
    }
    assert.equal(found.size, messages.length);
  });
});

Deno.test("so are those that come when the walk is long over, wherever they went meanwhile", async () => {
  await withBench(async ({ store, tried }) => {
    const untried = new UntriedMessages(store, { tried, identities: [ANN] });
    const early = sealedMessage(0);
    await store.putMessages(fresh([early]));
    await store.dropping.drop([early.id], unixSeconds(NOW));
    assert.equal((await walk(untried, { tried })).size, 1);
    assert(untried.done && untried.walked);
    const messages = Array.from({ length: 4_200 }, (_, n) => sealedMessage(n + 1));
    await store.putMessages(fresh(messages));
    for (const message of messages) untried.arrived(message);
    // Of those not listed some stay, some are held by now, in front of what was held then.
    const gone = messages.slice(4_150).map(({ id }) => id);
    await store.dropping.drop(gone, unixSeconds(NOW));
    assert(!untried.done && !untried.walked);
    const found = await walk(untried, { tried });
    assert.deepEqual([...found.keys()].sort(), messages.map(({ id }) => id).sort());
  });
});
