/** Reconciliation of two sets: what it finds out, in any range and with any frame limit. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_SYNC_BYTES, MIN_SYNC_FRAME_BYTES } from "../../src/wire/limits.ts";
import { initiate, reconcile } from "../../src/wire/negentropy.ts";
import type { SyncItem } from "../../src/wire/negentropy_items.ts";
import { ALL, ArrayItems, item, missing, runBoth } from "./sync_items.ts";

/** Sets that share most ids; few seconds, so that ids decide too. */
const twoSets = fc.record({
  size: fc.nat({ max: 400 }),
  seconds: fc.integer({ min: 1, max: 60 }),
  seed: fc.nat({ max: 1e6 }),
  leftOut: fc.array(fc.tuple(fc.nat({ max: 400 }), fc.integer({ min: 0, max: 2 }))),
  cut: fc.nat({ max: 3 }),
}).map(({ size, seconds, seed, leftOut, cut }) => {
  const all = Array.from({ length: size }, (_, i) => item(1_000 + i * 7 % seconds, seed + i));
  const gone = new Map(leftOut);
  const ours = all.filter((_, i) => (gone.get(i) ?? 0) !== 1 && (cut !== 1 || i % 2 === 0));
  const theirs = all.filter((_, i) => (gone.get(i) ?? 0) !== 2 && (cut !== 2 || i % 3 === 0));
  return { ours, theirs };
});

const ranges = fc.tuple(fc.integer({ min: 990, max: 1_070 }), fc.nat({ max: 80 }))
  .map(([from, length]) => ({ from, to: from + length }));

Deno.test("any two sets reconcile to exactly their difference", () => {
  fc.assert(fc.property(twoSets, ({ ours, theirs }) => {
    const { have, need } = runBoth(new ArrayItems(ours), new ArrayItems(theirs));
    assert.deepEqual(have, missing(ours, theirs));
    assert.deepEqual(need, missing(theirs, ours));
  }));
});

Deno.test("in any range of time, with the least frame", () => {
  fc.assert(fc.property(twoSets, ranges, ({ ours, theirs }, range) => {
    const options = { range, frameLimit: MIN_SYNC_FRAME_BYTES };
    const outcome = runBoth(new ArrayItems(ours), new ArrayItems(theirs), options);
    assert.deepEqual(outcome.have, missing(ours, theirs, range));
    assert.deepEqual(outcome.need, missing(theirs, ours, range));
    for (const { length } of outcome.messages) assert.ok(length <= MIN_SYNC_FRAME_BYTES);
  }));
});

Deno.test("each message says of every range what is so, where it was cut too", () => {
  const all = many(3_000);
  const sets = {
    ours: new ArrayItems(all.filter((_, i) => i % 30 !== 1)),
    theirs: new ArrayItems(all.filter((_, i) => i % 40 !== 2)),
  };
  const frameLimit = MIN_SYNC_FRAME_BYTES;
  const { messages } = runBoth(sets.ours, sets.theirs, { frameLimit });
  assert.ok(messages.length > 10);
  const surprised = { frameLimit, have: assert.fail, need: assert.fail };
  messages.forEach((message, i) => {
    const speaker = i % 2 === 0 ? sets.ours : sets.theirs;
    assert.equal(reconcile(speaker, ALL, message, surprised), undefined, `message ${i}`);
  });
});

Deno.test("a frame limit below the least is refused", () => {
  const items = new ArrayItems([]);
  initiate(items, ALL, { frameLimit: MIN_SYNC_FRAME_BYTES });
  const small = { frameLimit: MIN_SYNC_FRAME_BYTES - 1 };
  assert.throws(() => initiate(items, ALL, small), RangeError);
});

Deno.test("equal sets cost one message each way, empty ones a few bytes", () => {
  const items = new ArrayItems(many(1_000));
  const { messages, have, need } = runBoth(items, items);
  assert.deepEqual([messages.length, have, need], [2, [], []]);
  assert.ok((messages[0]?.length ?? 0) < 400);
  const empty = new ArrayItems([]);
  assert.deepEqual(runBoth(empty, empty).messages.map((message) => [...message]), [
    [0x61, 0, 0, 2, 0],
    [0x61, 0, 0, 2, 0],
  ]);
});

Deno.test("a set that is missing whole is told whole, within the frame limit", () => {
  const all = many(4_000);
  const { have, need, messages } = runBoth(new ArrayItems([]), new ArrayItems(all));
  assert.deepEqual([have, need], [[], missing(all, [])]);
  for (const { length } of messages) assert.ok(length <= MAX_SYNC_BYTES);
});

function many(count: number): SyncItem[] {
  return Array.from({ length: count }, (_, i) => item(1_000 + Math.floor(i / 3), i));
}
