import assert from "node:assert/strict";
import fc from "fast-check";
import { type Evictable, MAX_PLACE, planEviction } from "../../src/gossip/eviction.ts";
import { PlaceNumbers } from "../../src/gossip/place_numbers.ts";
import { seededRng } from "../../src/gossip/rng.ts";

interface Item {
  readonly freshness: number;
  readonly bytes: number;
  readonly place: number;
}

function evictable(items: readonly Item[]): Evictable {
  return {
    slots: items.length,
    freshnessAt: (slot) => items[slot]?.freshness ?? -1,
    bytesAt: (slot) => items[slot]?.bytes ?? 0,
    placeAt: (slot) => items[slot]?.place ?? 0,
  };
}

function plan(items: readonly Item[], bytes: number, messages = 0, seed = 1): number[] {
  const steps = planEviction(evictable(items), {
    need: { bytes, messages },
    rng: seededRng(seed),
  });
  for (let step = steps.next();; step = steps.next()) if (step.done) return step.value;
}

function many(count: number, item: Item): Item[] {
  return Array.from({ length: count }, () => item);
}

Deno.test("planEviction: frees what is needed, and no message more than that takes", () => {
  const item = fc.record({
    freshness: fc.integer({ min: -1, max: 6 }),
    bytes: fc.integer({ min: 1, max: 1_000 }),
    place: fc.integer({ min: 0, max: 5 }),
  });
  fc.assert(fc.property(
    fc.array(item, { maxLength: 200 }),
    fc.nat(40_000),
    fc.nat(150),
    fc.integer(),
    (items, bytes, messages, seed) => {
      const gone = plan(items, bytes, messages, seed);
      assert.equal(new Set(gone).size, gone.length);
      const freed = gone.map((slot) => items[slot] ?? assert.fail());
      assert.ok(freed.every(({ freshness }) => freshness >= 0));
      const sum = freed.reduce((total, item) => total + item.bytes, 0);
      const all = items.filter(({ freshness }) => freshness >= 0).length;
      if (gone.length < all) assert.ok(sum >= bytes && gone.length >= messages);
      // What stays is at least as fresh as what goes.
      const stays = items.filter((item, slot) => item.freshness >= 0 && !gone.includes(slot));
      const highest = Math.max(-1, ...freed.map(({ freshness }) => freshness));
      assert.ok(stays.every(({ freshness }) => freshness >= highest));
      // Without any one of the freshest that go it would be too little.
      const last = freed.filter(({ freshness }) => freshness === highest);
      const largest = Math.max(0, ...last.map((item) => item.bytes));
      if (gone.length > 0) assert.ok(sum - largest < bytes || gone.length - 1 < messages);
    },
  ));
});

Deno.test("planEviction: nothing is needed, nothing goes", () => {
  assert.deepEqual(plan(many(10, { freshness: 0, bytes: 5, place: 1 }), 0, 0), []);
});

Deno.test("planEviction: who brought most loses most", () => {
  // 90 messages of one prefix, ten prefixes with 9 each: the first weighs ten times as much.
  const items = [
    ...many(90, { freshness: 0, bytes: 100, place: 1 }),
    ...Array.from({ length: 90 }, (_, i) => ({ freshness: 0, bytes: 100, place: 2 + i % 10 })),
  ];
  let flooder = 0;
  for (let seed = 0; seed < 200; seed++) {
    flooder += plan(items, 0, 20, seed).filter((slot) => slot < 90).length;
  }
  const share = flooder / (200 * 20);
  // 10 / 11 at first, a little less as its messages go.
  assert.ok(share > 0.86 && share < 0.93, String(share));
});

Deno.test("planEviction: what an earlier run stored doesn't make room for a flood after it", () => {
  const items = [
    ...many(900, { freshness: 0, bytes: 100, place: 0 }),
    ...many(90, { freshness: 0, bytes: 100, place: 1 }),
    ...many(10, { freshness: 0, bytes: 100, place: 2 }),
  ];
  let flood = 0;
  for (let seed = 0; seed < 50; seed++) {
    flood += plan(items, 0, 100, seed).filter((slot) => slot >= 900 && slot < 990).length;
  }
  // 90 of weight 90 against 900 of weight 50: 15 of 100, where fair shares would be 9.
  const share = flood / 50;
  assert.ok(share > 13 && share < 17, String(share));
});

Deno.test("planEviction: a large store is looked over in slices", () => {
  const items = many(100_000, { freshness: 0, bytes: 10, place: 1 });
  const steps = planEviction(evictable(items), {
    need: { bytes: 0, messages: 2_000 },
    rng: seededRng(3),
  });
  let yields = 0;
  let step = steps.next();
  for (; !step.done; step = steps.next()) yields++;
  assert.equal(step.value.length, 2_000);
  assert.equal(yields, 2 * Math.floor(100_000 / 8_192));
});

Deno.test("PlaceNumbers: one number a prefix, as many as fit into two bytes", () => {
  const places = new PlaceNumbers();
  assert.equal(places.of("a"), 1);
  assert.equal(places.of("b"), 2);
  assert.equal(places.of("a"), 1);
  for (let n = 0; n < MAX_PLACE + 10; n++) places.of(`prefix ${n}`);
  assert.equal(places.of("one more"), MAX_PLACE);
  assert.equal(places.of("b"), 2);
});

Deno.test("PlaceNumbers: a number goes to another prefix once nothing of the first is stored", () => {
  const places = new PlaceNumbers(4);
  assert.deepEqual(["a", "b", "c", "d", "e"].map((one) => places.of(one)), [1, 2, 3, 4, 4]);
  assert.equal(places.short, true);
  places.keepOnly((number) => number !== 2);
  assert.equal(places.short, false);
  assert.deepEqual(["e", "b", "a", "c"].map((one) => places.of(one)), [2, 4, 1, 3]);
  // Looking takes long where much is stored: not for each prefix again.
  places.keepOnly(() => true);
  for (let n = 0; n < 4_095; n++) assert.equal(places.of(`f ${n}`), 4);
  assert.equal(places.short, false);
  places.of("g");
  assert.equal(places.short, true);
});
