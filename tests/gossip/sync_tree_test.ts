/** The tree of ids against a sorted array, and two trees as one. */
import assert from "node:assert/strict";
import { sha256 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { mergeItems } from "../../src/gossip/merge_items.ts";
import { type Rng, seededRng } from "../../src/gossip/rng.ts";
import { BLOCK_SLOTS } from "../../src/gossip/slot_blocks.ts";
import { sortSlots } from "../../src/gossip/sync_sort.ts";
import { type SyncColumns, SyncTree } from "../../src/gossip/sync_tree.ts";
import type { SyncItem, SyncItems } from "../../src/wire/negentropy.ts";
import { compareBounds } from "../../src/wire/negentropy_items.ts";
import { ArrayItems, missing, runBoth } from "../wire/sync_items.ts";

/** Columns of a fixed number of slots. */
class Columns implements SyncColumns {
  readonly items: readonly SyncItem[];

  constructor(items: readonly SyncItem[]) {
    this.items = items;
  }

  compare(slotA: number, slotB: number): number {
    const [a, b] = [this.#item(slotA), this.#item(slotB)];
    return compareBounds({ timestamp: a.created, prefix: a.id }, {
      timestamp: b.created,
      prefix: b.id,
    });
  }

  createdOf(slot: number): number {
    return this.#item(slot).created;
  }

  idOf(slot: number): Uint8Array {
    return this.#item(slot).id;
  }

  #item(slot: number): SyncItem {
    const item = this.items[slot];
    assert.ok(item, `no slot ${slot}`);
    return item;
  }
}

/** Items of pseudorandom ids; some ids are nearly equal, some all ones, so that sums carry far. */
function columns(count: number, seconds: number): Columns {
  return new Columns(Array.from({ length: count }, (_, i) => {
    const id = sha256(new Uint8Array(new Uint32Array([i]).buffer));
    if (i % 5 === 0) id.fill(0xff, 4);
    if (i % 7 === 0) id.fill(0, 0, 28);
    if (i % 35 === 0) id.set(new Uint8Array(new Uint32Array([i]).buffer), 0);
    return { created: 1_000 + i * 31 % seconds, id };
  }));
}

function twin(columns: Columns, slots: Iterable<number>): ArrayItems {
  return new ArrayItems([...slots].map((slot) => columns.items[slot] ?? assert.fail()));
}

/** Compares sizes, every item, and some ranks and sums. */
function assertSame(actual: SyncItems, expected: SyncItems, rng: Rng): void {
  assert.equal(actual.size, expected.size);
  for (let rank = 0; rank < expected.size; rank++) {
    assert.deepEqual(actual.at(rank), expected.at(rank));
  }
  for (let i = 0; i < 8; i++) {
    const [from = 0, to = 0] = [below(rng, expected.size + 1), below(rng, expected.size + 1)]
      .sort((a, b) => a - b);
    assert.deepEqual(actual.sum(from, to), expected.sum(from, to), `sum of ${from} to ${to}`);
    const { id } = expected.size > 0
      ? expected.at(Math.min(from, expected.size - 1))
      : { id: NONE };
    const bound = { timestamp: 995 + below(rng, 110), prefix: id.subarray(0, below(rng, 33)) };
    assert.equal(actual.rank(bound), expected.rank(bound));
  }
}

const NONE = new Uint8Array(32);

function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => sum << 8n | BigInt(byte), 0n);
}

function below(rng: Rng, limit: number): number {
  return Math.floor(rng.next() * limit);
}

Deno.test("the tree is a sorted array under any additions and removals", () => {
  const property = fc.property(
    fc.integer(),
    fc.integer({ min: 1, max: 100 }),
    fc.array(fc.record({ count: fc.nat({ max: 700 }), add: fc.boolean(), bulk: fc.boolean() }), {
      maxLength: 8,
    }),
    (seed, seconds, steps) => {
      const rng = seededRng(seed);
      const all = columns(2_000, seconds);
      const tree = new SyncTree(all);
      const held = new Set<number>();
      for (const { count, add, bulk } of steps) {
        const slots = Array.from({ length: count }, () => below(rng, all.items.length));
        if (bulk && add) tree.addAll(slots);
        for (const slot of slots) {
          if (!add) assert.equal(tree.remove(slot), held.delete(slot));
          else if (!bulk) assert.equal(tree.add(slot), !held.has(slot));
          if (add) held.add(slot);
        }
        assertSame(tree, twin(all, held), rng);
      }
      for (const slot of held) assert.equal(tree.remove(slot), true);
      assertSame(tree, twin(all, []), rng);
    },
  );
  fc.assert(property, { numRuns: 25 });
});

Deno.test("sums and ranks are right after each single change", () => {
  const all = columns(2_000, 2_000);
  const tree = new SyncTree(all);
  const rng = seededRng(11);
  const end = { timestamp: Infinity, prefix: NONE };
  const held = new Set<number>();
  let total = 0n;
  for (let step = 0; step < 6_000; step++) {
    const slot = below(rng, all.items.length);
    // It grows, shrinks nearly to nothing, and grows again.
    const adds = rng.next() < (step < 2_500 || step > 4_500 ? 0.8 : 0.1);
    if (adds ? tree.add(slot) : tree.remove(slot)) {
      total += (adds ? 1n : -1n) * numberOf(all.idOf(slot));
      if (adds) held.add(slot);
      else held.delete(slot);
    }
    const middle = below(rng, held.size + 1);
    const parts = numberOf(tree.sum(0, middle)) + numberOf(tree.sum(middle, held.size));
    assert.equal(BigInt.asUintN(256, parts), BigInt.asUintN(256, total));
    assert.equal(tree.rank(end), held.size);
  }
  assertSame(tree, twin(all, held), rng);
});

Deno.test("what a sum was before a change isn't remembered", () => {
  const all = columns(2_000, 2_000);
  const tree = new SyncTree(all);
  const slots = all.items.map((_, slot) => slot);
  tree.addAll(slots.slice(0, 1_000));
  const before = twin(all, slots.slice(0, 1_000));
  tree.sum(0, 700);
  tree.remove(all.items.indexOf(before.at(0)));
  assert.deepEqual(tree.sum(700, 999), before.sum(701, 1_000));
  tree.sum(0, 500);
  tree.addAll(slots);
  assert.deepEqual(tree.sum(500, 1_500), twin(all, slots).sum(500, 1_500));
});

Deno.test("ids in order, and out again from the front, keep sums right", () => {
  const all = columns(5 * BLOCK_SLOTS + 1, 2_000_000);
  const tree = new SyncTree(all);
  const rng = seededRng(7);
  const slots = all.items.map((_, slot) => slot);
  for (const slot of slots) tree.add(slot);
  assertSame(tree, twin(all, slots), rng);
  for (const slot of slots.slice(0, 3 * BLOCK_SLOTS)) tree.remove(slot);
  assertSame(tree, twin(all, slots.slice(3 * BLOCK_SLOTS)), rng);
});

Deno.test("ranks that aren't there are refused", () => {
  const tree = new SyncTree(columns(3, 5));
  assert.throws(() => tree.at(0), RangeError);
  tree.addAll([0, 1, 2]);
  for (const rank of [-1, 3, NaN]) assert.throws(() => tree.at(rank), RangeError);
  for (const [from, to] of [[2, 1], [0, 4], [-1, 2]] as const) {
    assert.throws(() => tree.sum(from, to), RangeError);
  }
  const merged = mergeItems(tree, new SyncTree(columns(3, 5)));
  for (const rank of [-1, 3]) assert.throws(() => merged.at(rank), RangeError);
  assert.throws(() => merged.sum(2, 4), RangeError);
});

Deno.test("slots are sorted by created, then id, whatever the times are", () => {
  for (const spread of [1, 3, 1_000, Number.MAX_SAFE_INTEGER / 2]) {
    const all = new Columns(
      columns(500, 400).items.map(({ created, id }) => ({
        created: created * (spread > 1_000 ? Math.floor(spread / 2_000) : 1) % spread,
        id,
      })),
    );
    const slots = Uint32Array.from(all.items, (_, slot) => slot);
    const expected = slots.slice().sort((a, b) => all.compare(a, b));
    sortSlots(slots, all);
    assert.deepEqual(slots, expected, `spread ${spread}`);
  }
});

Deno.test("two disjoint sets as one are a sorted array too, also while they change", () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat({ max: 600 }), fc.integer({ min: 1, max: 4 }), (
      seed,
      count,
      share,
    ) => {
      const rng = seededRng(seed);
      const all = columns(count, 100);
      const [a, b] = [new SyncTree(all), new SyncTree(all)];
      const slots = all.items.map((_, slot) => slot);
      const merged = mergeItems(a, b);
      a.addAll(slots.filter((slot) => slot % 5 >= share));
      b.addAll(slots.filter((slot) => slot % 5 < share));
      assertSame(merged, twin(all, slots), rng);
      const left = slots.filter(() => rng.next() < 0.5);
      for (const slot of slots) if (!left.includes(slot)) a.remove(slot) || b.remove(slot);
      assertSame(merged, twin(all, left), rng);
    }),
    { numRuns: 30 },
  );
});

Deno.test("trees reconcile, with what is remembered as well", () => {
  const all = columns(3_000, 3_000);
  const slots = all.items.map((_, slot) => slot);
  const [ours, remembered, theirs] = [new SyncTree(all), new SyncTree(all), new SyncTree(all)];
  ours.addAll(slots.filter((slot) => slot % 100 !== 3 && slot % 3 !== 0));
  remembered.addAll(slots.filter((slot) => slot % 100 !== 3 && slot % 3 === 0));
  theirs.addAll(slots.filter((slot) => slot % 100 !== 5));
  const { have, need } = runBoth(mergeItems(ours, remembered), theirs);
  const items = (digit: number): SyncItem[] => all.items.filter((_, slot) => slot % 100 === digit);
  assert.deepEqual(have, missing(items(5), []));
  assert.deepEqual(need, missing(items(3), []));
});
