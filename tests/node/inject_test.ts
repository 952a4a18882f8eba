import assert from "node:assert/strict";
import { createVerifier } from "../../src/keystore/mod.ts";
import { Hub } from "../../src/node/hub.ts";
import { Injector } from "../../src/node/inject.ts";
import type { Injected, InjectorPorts } from "../../src/node/inject_ports.ts";
import { openLog } from "../../src/node/log_tape.ts";
import {
  type NewMessage,
  openMemoryStores,
  type PublicStore,
  StoreError,
} from "../../src/store/mod.ts";
import { PlaceNumbers } from "../../src/gossip/mod.ts";
import type { MessageId } from "../../src/wire/ids.ts";
import { RESULT } from "../../src/wire/frame.ts";
import { labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";
import { toSeconds, type UnixMs } from "../../src/wire/time.ts";
import type { VerifyLater } from "../../src/wire/verify.ts";
import { spread, START, testOwner } from "./owner_helpers.ts";

/** Bytes of so many posts by one author. */
async function posts(count: number): Promise<Uint8Array[]> {
  const ann = await testOwner();
  await ann.identity("ann");
  for (let i = 0; i < count; i++) {
    await ann.service.call("post", { text: `post ${i}`, attachments: [] });
  }
  await spread(ann);
  const ids = [...ann.context.store.index.newestFirst()].map(({ id }) => id);
  const bytes = await Promise.all(ids.map((id) => ann.context.store.getBytes(id)));
  await ann.close();
  return bytes.filter((one) => one !== undefined);
}

interface Bench {
  readonly injector: Injector;
  readonly store: PublicStore;
  readonly hub: Hub;
  readonly lines: string[];
  close(): Promise<void>;
}

async function bench(
  wrap: (store: PublicStore) => PublicStore = (store) => store,
  verify: VerifyLater = createVerifier(),
  { queue, keeping, places }: Partial<Pick<InjectorPorts, "queue" | "keeping" | "places">> = {},
): Promise<Bench> {
  const stores = await openMemoryStores(MAIN_NETWORK);
  const lines: string[] = [];
  const hub = new Hub();
  const injector = new Injector({
    labels: labelsOf(MAIN_NETWORK),
    store: wrap(stores.public),
    verify,
    clock: { now: () => START as UnixMs },
    hub,
    log: openLog({ level: "debug", write: (line) => lines.push(line) }),
    ...(queue && { queue }),
    ...(keeping && { keeping }),
    ...(places && { places }),
  });
  return { injector, store: stores.public, hub, lines, close: () => stores.close() };
}

Deno.test("a message is stored once, however many copies come at the same moment", async () => {
  const [one, two] = await posts(2);
  assert.ok(one && two);
  const { injector, store, hub, close } = await bench();
  const told: string[] = [];
  hub.add(({ id }) => told.push(id));
  const results = await Promise.all([one, two, one, one].map((bytes) => injector.inject(bytes)));
  assert.deepEqual(
    results.map(({ code }) => code),
    [RESULT.accepted, RESULT.accepted, RESULT.known, RESULT.known],
  );
  assert.deepEqual(results.map(({ message }) => message !== undefined), [true, true, false, false]);
  assert.equal(told.length, 2);
  assert.equal(store.index.size, 2);
  assert.equal((await injector.inject(one)).code, RESULT.known);
  await close();
});

Deno.test("what fails a check is refused with its code and never stored", async () => {
  const [bytes] = await posts(1);
  assert.ok(bytes);
  const { injector, store, close } = await bench();
  const forged = bytes.slice();
  // The signature stands behind the body and the key; one bit of it is enough.
  const at = forged.length - 1 - 8 - 2 - 32;
  forged[at] = forged[at]! ^ 1;
  assert.equal((await injector.inject(forged)).code, RESULT.forged);
  assert.equal((await injector.inject(bytes.subarray(1))).code, RESULT.malformed);
  assert.equal((await injector.inject(new Uint8Array(61_441))).code, RESULT.tooLarge);
  assert.equal(store.index.size, 0);
  // A bad copy doesn't keep the good one out.
  assert.equal((await injector.inject(bytes)).code, RESULT.accepted);
  await close();
});

Deno.test("a full disk makes senders busy, loses nothing, and is over when there is room again", async () => {
  const [one, two] = await posts(2);
  assert.ok(one && two);
  let full = true;
  const { injector, store, lines, close } = await bench((real) =>
    new Proxy(real, {
      get: (target, name) => {
        if (name === "putMessages" && full) {
          return () => Promise.reject(new StoreError("full", "The disk is full"));
        }
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    })
  );
  const results = await Promise.all([one, two, one].map((bytes) => injector.inject(bytes)));
  assert.deepEqual(results.map(({ code }) => code), [RESULT.busy, RESULT.busy, RESULT.busy]);
  assert.equal(injector.diskFull, true);
  assert.equal(store.index.size, 0);
  assert.match(lines.join(), /disk is full/);
  full = false;
  assert.equal((await injector.inject(one)).code, RESULT.accepted);
  assert.equal(injector.diskFull, false);
  await close();
});

Deno.test("of a batch that failed in the middle, what reached the disk is accepted and told", async () => {
  const [one, two, three] = await posts(3);
  assert.ok(one && two && three);
  let full = true;
  const { injector, store, hub, lines, close } = await bench((real) =>
    new Proxy(real, {
      get: (target, name) => {
        if (name === "putMessages" && full) {
          return async (batch: readonly NewMessage[]) => {
            await target.putMessages(batch.slice(0, 1));
            throw new StoreError("full", "The disk is full");
          };
        }
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    })
  );
  const told: string[] = [];
  hub.add(({ id }) => told.push(id));
  const results = await Promise.all([one, two].map((bytes) => injector.inject(bytes)));
  assert.deepEqual(results.map(({ code }) => code), [RESULT.accepted, RESULT.busy]);
  assert.deepEqual(results.map(({ message }) => message?.id), [told[0], undefined]);
  assert.deepEqual([told.length, store.index.size], [1, 1]);
  // The one that was not stored may come again, and the log doesn't grow with what peers send.
  await injector.inject(three);
  await injector.inject(two);
  assert.equal(lines.filter((line) => line.includes(" error ")).length, 1);
  full = false;
  assert.deepEqual((await injector.inject(two)).code, RESULT.known);
  await close();
});

Deno.test("flush waits for everything that was accepted so far", async () => {
  const all = await posts(5);
  const { injector, store, close } = await bench();
  for (const bytes of all) void injector.inject(bytes);
  await injector.flush();
  assert.equal(store.index.size, 5);
  await close();
});

Deno.test("one link's flood delays nobody else's message, and is busy when its share is full", async () => {
  const all = await posts(6);
  const queue = { most: 5, mostPerPayer: 4, loadPerPayer: 4, quantum: 1_000, batch: 2 };
  const { injector, hub, close } = await bench((store) => store, createVerifier(), { queue });
  const stored: string[] = [];
  hub.add(({ id }) => stored.push(id));
  const told: Promise<string>[] = all.map(async (bytes, i) => {
    const payer = i < 5 ? "flood" : "honest";
    const { code, message } = await injector.inject(bytes, { payer });
    return message?.id ?? `${payer} ${code}`;
  });
  const last = await injector.inject(all[0]!, { payer: "third" });
  const results = await Promise.all(told);
  assert.equal(results[4], `flood ${RESULT.busy}`);
  // In all there was room for five.
  assert.equal(last.code, RESULT.busy);
  // A turn is two of these posts long.
  assert.deepEqual([0, 1, 5, 2].map((i) => stored.indexOf(results[i]!)), [0, 1, 2, 3]);
  await close();
});

Deno.test("what peers brought is counted by prefix once it is stored, the owner's own not", async () => {
  const [own, first, second] = await posts(3);
  assert.ok(own && first && second);
  const { injector, close } = await bench();
  await injector.inject(own);
  await injector.inject(own, { place: "45.1.2.0/24" });
  await injector.inject(first, { place: "45.1.2.0/24" });
  await injector.inject(second.subarray(1), { place: "45.1.2.0/24" });
  const brought = [...injector.usage.lastHour(START as UnixMs)];
  assert.deepEqual(brought, [["45.1.2.0/24", { messages: 1, bytes: first.length }]]);
  await close();
});

Deno.test("the number of a prefix of which nothing is left goes to the next", async () => {
  const all = await posts(5);
  const { injector, store, close } = await bench(undefined, undefined, {
    places: new PlaceNumbers(3),
  });
  const numbers: number[] = [];
  for (const [n, bytes] of all.entries()) {
    const { message } = await injector.inject(bytes, { place: `45.1.${n}.0/24` });
    assert.ok(message);
    numbers.push(numberOf(store, message.id));
    if (n === 0) await store.dropping.drop([message.id], toSeconds(START as UnixMs));
  }
  assert.deepEqual(numbers, [1, 2, 1, 3, 3]);
  await close();
});

function numberOf({ index }: PublicStore, id: MessageId): number {
  for (let slot = 0; slot < index.slots; slot++) {
    if (index.freshnessAt(slot) >= 0 && index.idAt(slot) === id) return index.placeAt(slot);
  }
  throw new Error("Not stored");
}

Deno.test("what a link offers needs the bits that were asked of it; too few are no fault", async () => {
  const [bytes] = await posts(1);
  assert.ok(bytes);
  const { injector, close } = await bench();
  const probe = await injector.inject(bytes, { extraStampBits: 20 });
  assert.deepEqual([probe.code, probe.message], [RESULT.busy, undefined]);
  const { code, spareBits } = await injector.inject(bytes, { extraStampBits: 2 });
  assert.equal(code, RESULT.accepted);
  assert.ok(spareBits !== undefined && spareBits >= 2);
  await close();
});

/** A verifier whose answers wait until they are let go, in any order. */
function heldVerifier(): { verify: VerifyLater; answers: (() => void)[] } {
  const now = createVerifier();
  const answers: (() => void)[] = [];
  const verify: VerifyLater = (...asked) =>
    new Promise((resolve) => answers.push(() => resolve(now(...asked))));
  return { verify, answers };
}

Deno.test("signatures are asked for at once; what becomes of messages keeps their order", async () => {
  const all = await posts(4);
  const { verify, answers } = heldVerifier();
  const { injector, store, hub, close } = await bench(undefined, verify);
  const told: string[] = [];
  hub.add(({ id }) => told.push(id));
  const results = all.map((bytes) => injector.inject(bytes));
  assert.equal(answers.length, 4);
  for (const answer of answers.toReversed()) answer();
  const ids = (await Promise.all(results)).map(({ message }) => message?.id);
  assert.deepEqual(told, ids);
  assert.equal(store.index.size, 4);
  await close();
});

Deno.test("a copy that comes while another is verified depends on neither", async () => {
  const [good] = await posts(1);
  assert.ok(good);
  const bad = good.slice();
  const at = bad.length - 1 - 8 - 2 - 32;
  bad[at] = bad[at]! ^ 1;
  for (const order of [[0, 1, 2], [2, 1, 0], [1, 0, 2]]) {
    const { verify, answers } = heldVerifier();
    const { injector, store, close } = await bench(undefined, verify);
    const results: Promise<Injected>[] = [bad, good, good].map((one) => injector.inject(one));
    assert.equal(answers.length, 3);
    for (const turn of order) {
      answers[turn]?.();
      await Promise.resolve();
    }
    assert.deepEqual(
      (await Promise.all(results)).map(({ code, message }) => [code, message !== undefined]),
      [[RESULT.forged, false], [RESULT.accepted, true], [RESULT.known, false]],
    );
    assert.equal(store.index.size, 1);
    await close();
  }
});

Deno.test("what needs no signature to be refused is refused while others are verified", async () => {
  const [bytes] = await posts(1);
  assert.ok(bytes);
  const { verify, answers } = heldVerifier();
  const { injector, close } = await bench(undefined, verify);
  const slow = injector.inject(bytes);
  assert.equal((await injector.inject(bytes.subarray(1))).code, RESULT.malformed);
  assert.equal(answers.length, 1);
  answers[0]?.();
  assert.equal((await slow).code, RESULT.accepted);
  await close();
});

Deno.test("a verifier that fails costs the message that it was asked about, and no other", async () => {
  const [one, two] = await posts(2);
  assert.ok(one && two);
  const real = createVerifier();
  let broken = true;
  const { injector, lines, close } = await bench(undefined, (...asked) => {
    if (broken) return Promise.reject(new Error("out of threads"));
    return real(...asked);
  });
  assert.equal((await injector.inject(one)).code, RESULT.busy);
  assert.match(lines.join(), /out of threads/);
  broken = false;
  assert.equal((await injector.inject(two)).code, RESULT.accepted);
  await close();
});

Deno.test("a watcher that throws stops nobody: all are told, stored and answered", async () => {
  const [one, two] = await posts(2);
  assert.ok(one && two);
  const { injector, hub, lines, store, close } = await bench();
  const told: string[] = [];
  hub.add(() => {
    throw new Error("broken watcher");
  });
  hub.add(({ id }) => told.push(id));
  assert.equal((await injector.inject(one)).code, RESULT.accepted);
  assert.equal((await injector.inject(two)).code, RESULT.accepted);
  await injector.flush();
  assert.deepEqual([told.length, store.index.size], [2, 2]);
  assert.match(lines.join(), /broken watcher/);
  await close();
});

Deno.test("a check that throws makes its one message busy, and no other waits for ever", async () => {
  const [one, two] = await posts(2);
  assert.ok(one && two);
  let broken = true;
  const { injector, lines, close } = await bench(undefined, undefined, {
    keeping: {
      room: true,
      diskFull: () => {},
      refuses: () => {
        if (!broken) return false;
        broken = false;
        throw new Error("broken check");
      },
    },
  });
  const place = "45.1.2.0/24";
  const results = await Promise.all([one, two].map((bytes) => injector.inject(bytes, { place })));
  assert.deepEqual(results.map(({ code }) => code), [RESULT.busy, RESULT.accepted]);
  assert.equal((await injector.inject(one, { place })).code, RESULT.accepted);
  assert.match(lines.join(), /broken check/);
  await close();
});

Deno.test("without room an own message waits as a stranger's does", async () => {
  const [one, two] = await posts(2);
  assert.ok(one && two);
  const keeping = { room: false, diskFull: () => {}, refuses: () => false };
  const { injector, close } = await bench(undefined, undefined, { keeping });
  const both = (): Promise<Injected[]> =>
    Promise.all([injector.inject(one), injector.inject(two, { place: "45.1.2.0/24" })]);
  assert.deepEqual((await both()).map(({ code }) => code), [RESULT.busy, RESULT.busy]);
  keeping.room = true;
  assert.deepEqual((await both()).map(({ code }) => code), [RESULT.accepted, RESULT.accepted]);
  await close();
});
