/** Freshness of messages: the weighted draw, who may lower what, and the hour. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { FreshMessages } from "../../src/gossip/freshness.ts";
import { seededRng } from "../../src/gossip/rng.ts";
import { type Weighted, WeightedBuckets } from "../../src/gossip/weighted_buckets.ts";
import type { MessageFact } from "../../src/gossip/events.ts";
import type { UnixMs } from "../../src/wire/time.ts";
import { configWith, fact, idOf, T0 } from "./fixture.ts";

interface Marble extends Weighted {
  readonly name: number;
}

function later(ms: number): UnixMs {
  return T0 + ms as UnixMs;
}

/** Messages 1, 2, 3 … at the given freshness, and a log of changes. */
function messagesAt(
  levels: readonly number[],
  config = configWith({}),
): { messages: FreshMessages; changes: [number, number][] } {
  const changes: [number, number][] = [];
  const messages = new FreshMessages(
    config,
    (id, freshness) => changes.push([parseInt(id.slice(0, 2), 16), freshness]),
  );
  levels.forEach((freshness, i) => messages.restore(fact(i + 1), freshness));
  return { messages, changes };
}

const everything = { place: "nowhere", skip: () => false };

Deno.test("the first draw weighs each fact by 16^freshness", () => {
  const rng = seededRng(1);
  const buckets = new WeightedBuckets<Marble>({ full: 6, base: 16 });
  // 1 at f=3 against 16 at f=2: even odds; 256 at f=1 as well.
  [3, ...new Array<number>(16).fill(2), ...new Array<number>(256).fill(1)]
    .forEach((freshness, name) => buckets.add({ name, freshness, slot: 0 }));
  const counts = [0, 0, 0, 0];
  const draws = 30_000;
  for (let i = 0; i < draws; i++) {
    for (const { freshness } of buckets.draw(rng)) {
      counts[freshness]!++;
      break;
    }
  }
  for (const count of counts.slice(1)) {
    // Four standard deviations of a binomial with p = 1/3.
    assert.ok(Math.abs(count - draws / 3) < 4 * Math.sqrt(draws * 2 / 9), `${counts}`);
  }
});

Deno.test("a draw to the end yields everything once, after any adds, moves and removals", () => {
  const step = fc.record({
    name: fc.nat(20),
    to: fc.integer({ min: 0, max: 6 }),
    draw: fc.nat(5),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), fc.nat(), (steps, seed) => {
    const rng = seededRng(seed);
    const buckets = new WeightedBuckets<Marble>({ full: 6, base: 16 });
    const model = new Map<number, Marble>();
    for (const { name, to, draw } of steps) {
      const marble = model.get(name);
      if (marble === undefined && to > 0) {
        const added = { name, freshness: to, slot: 0 };
        model.set(name, added);
        buckets.add(added);
      } else if (marble !== undefined && to === 0) {
        model.delete(name);
        buckets.remove(marble);
      } else if (marble !== undefined) {
        buckets.move(marble, to);
      }
      let left = draw;
      for (const _ of buckets.draw(rng)) if (left-- <= 0) break;
    }
    const drawn = [...buckets.draw(rng)].map(({ name }) => name).sort((a, b) => a - b);
    assert.deepEqual(drawn, [...model.keys()].sort((a, b) => a - b));
    assert.equal(buckets.size, model.size);
  }));
});

Deno.test("an offer holds 16 ids, none twice, and nothing that is to be skipped", () => {
  const { messages } = messagesAt(new Array<number>(40).fill(6));
  const skip = ({ id }: MessageFact): boolean => id === idOf(7);
  for (let seed = 0; seed < 50; seed++) {
    const ids = messages.offer(seededRng(seed), { place: "a", skip }).map(({ id }) => id);
    assert.equal(new Set(ids).size, 16);
    assert.ok(!ids.includes(idOf(7)));
  }
});

Deno.test("known to the receiver: one step down, to nothing at 0", () => {
  const { messages, changes } = messagesAt([3]);
  for (const place of ["a", "b", "c", "d"]) messages.lower(idOf(1), { place, inbound: false });
  assert.deepEqual(changes, [[1, 2], [1, 1], [1, 0]]);
  assert.deepEqual(messages.offer(seededRng(1), everything), []);
});

Deno.test("limits: once per prefix, inbound only down to 2, not offered where it was known", () => {
  const { messages, changes } = messagesAt([3, 1]);
  messages.lower(idOf(1), { place: "a", inbound: true });
  messages.lower(idOf(1), { place: "a", inbound: false });
  for (const place of ["b", "c", "d", "e", "f", "g"]) {
    messages.lower(idOf(1), { place, inbound: true });
  }
  messages.lower(idOf(2), { place: "a", inbound: true });
  assert.deepEqual(changes, [[1, 2]]);
  messages.lower(idOf(1), { place: "z", inbound: false });
  assert.deepEqual(changes, [[1, 2], [1, 1]]);
  assert.deepEqual(messages.offer(seededRng(1), { ...everything, place: "a" }), []);
  const elsewhere = messages.offer(seededRng(1), everything).map(({ id }) => id);
  assert.deepEqual(elsewhere.sort(), [idOf(1), idOf(2)].sort());
});

Deno.test("without limits, six inbound exchanges of one prefix silence a message", () => {
  const { messages, changes } = messagesAt([6], configWith({}, { limits: false }));
  for (let i = 0; i < 6; i++) messages.lower(idOf(1), { place: "a", inbound: true });
  assert.deepEqual(changes.at(-1), [1, 0]);
});

Deno.test("an hour after it was first offered a message is at 0, the last millisecond before it isn't", () => {
  const { messages, changes } = messagesAt([]);
  messages.add(fact(1));
  messages.add(fact(2));
  messages.expire(later(10_000_000));
  assert.equal(messages.nextExpiry(), undefined);
  messages.answered([idOf(1)], T0);
  messages.answered([idOf(1), idOf(2), idOf(3)], later(1));
  assert.equal(messages.nextExpiry(), later(3_600_000));
  messages.expire(later(3_599_999));
  assert.equal(messages.freshnessOf(idOf(1)), 6);
  messages.expire(later(3_600_000));
  assert.deepEqual(changes, [[1, 6], [2, 6], [1, 0]]);
  assert.equal(messages.nextExpiry(), later(3_600_001));
});

Deno.test("a stored message is taken in once; one too many sends the oldest to 0", () => {
  const { messages, changes } = messagesAt([], configWith({ maxFresh: 2 }));
  for (const n of [1, 1, 2]) messages.add(fact(n));
  assert.deepEqual(changes, [[1, 6], [2, 6]]);
  messages.add(fact(3));
  assert.deepEqual(changes.slice(2), [[3, 6], [1, 0]]);
  assert.equal(messages.size, 2);
});

Deno.test("what an earlier run kept is taken in once, above 0 only, and at full freshness at most", () => {
  const { messages, changes } = messagesAt([]);
  for (const [n, freshness] of [[1, 0], [2, 0.9], [3, NaN], [4, 1], [5, 255], [4, 3]] as const) {
    messages.restore(fact(n), freshness);
  }
  assert.equal(messages.size, 2);
  const levels = [1, 2, 3, 4, 5].map((n) => messages.freshnessOf(idOf(n)));
  assert.deepEqual(levels, [0, 0, 0, 1, 6]);
  assert.deepEqual(changes, []);
});

Deno.test("no more prefixes are remembered than the cap, the oldest going first", () => {
  const { messages, changes } = messagesAt([6], configWith({ maxPlaces: 2 }));
  for (const place of ["a", "b", "c", "a"]) messages.lower(idOf(1), { place, inbound: false });
  assert.deepEqual(changes, [[1, 5], [1, 4], [1, 3], [1, 2]]);
});

Deno.test("the seeded generator repeats itself, and covers its range evenly", () => {
  const draw = (seed: number): number[] => {
    const rng = seededRng(seed);
    return Array.from({ length: 20_000 }, () => rng.below(10));
  };
  assert.deepEqual(draw(1), draw(1));
  assert.notDeepEqual(draw(1), draw(2));
  const counts = new Array<number>(10).fill(0);
  for (const n of draw(3)) counts[n]!++;
  for (const count of counts) assert.ok(Math.abs(count - 2_000) < 200, `${counts}`);
});
