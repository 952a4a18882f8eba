/** The small parts of reconciliation: ranges of time, what is recent, when to begin. */
import assert from "node:assert/strict";
import { RECONCILE_CONFIG, seededRng, SyncSet } from "../../src/gossip/mod.ts";
import { Recent } from "../../src/gossip/recent.ts";
import { TimeRanges } from "../../src/gossip/reconcile_ranges.ts";
import { SyncTrigger } from "../../src/gossip/reconcile_trigger.ts";
import type { UnixMs, UnixSeconds } from "../../src/wire/time.ts";
import { address, middleRng, OTHER, PEER } from "./fixture.ts";

const NOW = 1_800_000_000 as UnixSeconds;
const DAY = 86_400;

function walk(ranges: TimeRanges, different: (nth: number) => boolean): [number, number][] {
  const found: [number, number][] = [];
  for (let range = ranges.next(); range !== undefined; range = ranges.next()) {
    found.push([range.from - NOW, range.to - NOW]);
    ranges.found(different(found.length));
  }
  return found;
}

Deno.test("ranges: a day, another while they differ, then all the rest down to the end of life", () => {
  const same = walk(new TimeRanges(NOW, 0 as UnixSeconds), () => false);
  assert.deepEqual(same, [[-DAY, 901], [-30 * DAY, -DAY]]);
  const all = walk(new TimeRanges(NOW, 0 as UnixSeconds), () => true);
  assert.equal(all.length, 30);
  assert.deepEqual(all.at(-1), [-30 * DAY, -29 * DAY]);
  const first = walk(new TimeRanges(NOW, 0 as UnixSeconds), (nth) => nth === 1);
  assert.deepEqual(first, [[-DAY, 901], [-2 * DAY, -DAY], [-30 * DAY, -2 * DAY]]);
});

Deno.test("ranges: nothing below the horizon, nothing at all when that lies ahead", () => {
  const near = new TimeRanges(NOW, NOW - 3_600 as UnixSeconds);
  assert.deepEqual(walk(near, () => false), [[-3_600, 901]]);
  const ahead = new TimeRanges(NOW, NOW + 901 as UnixSeconds);
  assert.equal(ahead.done, true);
  assert.equal(ahead.next(), undefined);
});

Deno.test("recent: out of it after two to four minutes, by a wait that holds for ten minutes", () => {
  const waits = new Set<number>();
  for (let seed = 0; seed < 50; seed++) {
    const recent = new Recent(RECONCILE_CONFIG, seededRng(seed));
    const start = 600_000 * 1_000 as UnixMs;
    recent.add(7, start);
    let waited = 0;
    while (recent.size > 0) {
      waited += 1_000;
      recent.take(start + waited as UnixMs);
    }
    assert.ok(waited >= 120_000 && waited <= 241_000, `${waited}`);
    waits.add(waited);
    // The same wait for what comes a minute later.
    const later = start + 60_000 as UnixMs;
    recent.add(8, later);
    assert.deepEqual(recent.take(later + waited - 1_000 as UnixMs), []);
    assert.deepEqual(recent.take(later + waited as UnixMs), [8]);
  }
  assert.ok(waits.size > 30);
});

Deno.test("at a start all counts as recent that could be, for four minutes at most", () => {
  let now = 10_000_000_000 as UnixMs;
  const columns = {
    compare: (a: number, b: number): number => a - b,
    createdOf: (slot: number): number => slot,
    idOf: (): Uint8Array => new Uint8Array(32),
  };
  const clock = (): UnixMs => now;
  const set = new SyncSet({ columns, config: RECONCILE_CONFIG, rng: middleRng, clock });
  set.restore([
    { slot: 1, storedBy: now - 240_001 as UnixMs },
    { slot: 2, storedBy: now - 239_999 as UnixMs },
    { slot: 3, storedBy: now + 3_000_000 as UnixMs },
  ]);
  assert.equal(set.items().size, 1);
  now = now + 180_000 as UnixMs;
  assert.equal(set.items().size, 3);
  set.add(4);
  set.remove(2);
  set.remove(4);
  assert.deepEqual([set.items().size, set.recent], [2, 0]);
});

Deno.test("what goes over to another set is recent there for as long as it was here, or not at all", () => {
  let now = 10_000_000_000 as UnixMs;
  const options = {
    columns: {
      compare: (a: number, b: number): number => a - b,
      createdOf: (slot: number): number => slot,
      idOf: (): Uint8Array => new Uint8Array(32),
    },
    config: RECONCILE_CONFIG,
    rng: middleRng,
    clock: (): UnixMs => now,
  };
  const [from, to] = [new SyncSet(options), new SyncSet(options)];
  from.restore([{ slot: 1, storedBy: 0 as UnixMs }]);
  from.add(2);
  now = now + 100_000 as UnixMs;
  for (const slot of [1, 2]) to.adopt(slot, from.recentSince(slot));
  assert.deepEqual([to.items().size, to.recent], [1, 1]);
  // Its three minutes began when it was stored.
  now = now + 79_999 as UnixMs;
  assert.equal(to.items().size, 1);
  now = now + 1 as UnixMs;
  assert.deepEqual([to.items().size, to.recent], [2, 0]);
});

const [A, B] = [address(PEER), address(OTHER)];
const at = (seconds: number): UnixMs => 1_000 * seconds as UnixMs;

Deno.test("trigger: every fourth period, one at a time", () => {
  const trigger = new SyncTrigger(RECONCILE_CONFIG);
  const begun = Array.from({ length: 12 }, (_, i) => {
    trigger.period();
    const begins = trigger.begins(A, { now: at(20 * i), known: 2 });
    if (begins) trigger.ended({ received: 0, finished: true }, at(20 * i));
    return begins;
  });
  assert.deepEqual(begun.flatMap((yes, i) => yes ? [i] : []), [3, 7, 11]);
  trigger.wish();
  assert.ok(trigger.begins(A, { now: at(300), known: 2 }));
  trigger.wish();
  assert.ok(!trigger.begins(B, { now: at(301), known: 2 }));
});

Deno.test("trigger: again at once with another peer while more comes, four times a minute", () => {
  const trigger = new SyncTrigger(RECONCILE_CONFIG);
  trigger.wish();
  assert.ok(trigger.begins(A, { now: at(0), known: 2 }));
  assert.equal(trigger.ended({ received: 5, finished: true }, at(1)), at(1));
  assert.ok(!trigger.begins(A, { now: at(1), known: 2 }));
  assert.ok(trigger.begins(B, { now: at(1), known: 2 }));
  assert.equal(trigger.ended({ received: 5, finished: true }, at(2)), at(2));
  // With one peer there is no other.
  assert.ok(trigger.begins(B, { now: at(2), known: 1 }));
  trigger.ended({ received: 5, finished: true }, at(3));
  assert.ok(trigger.begins(A, { now: at(3), known: 2 }));
  assert.equal(trigger.ended({ received: 5, finished: true }, at(4)), at(60));
  assert.ok(!trigger.begins(B, { now: at(59), known: 2 }));
  assert.ok(trigger.begins(B, { now: at(60), known: 2 }));
  assert.equal(trigger.ended({ received: 0, finished: true }, at(61)), undefined);
});

Deno.test("trigger: three in a row that end early and bring nothing have it wait", () => {
  const trigger = new SyncTrigger(RECONCILE_CONFIG);
  trigger.wish();
  const again = [0, 20, 40].map((s, i) => {
    assert.ok(trigger.begins(i % 2 === 0 ? A : B, { now: at(s), known: 2 }));
    return trigger.ended({ received: 0, finished: false }, at(s + 1));
  });
  assert.deepEqual(again, [at(1), at(21), undefined]);
  assert.ok(!trigger.begins(B, { now: at(60), known: 2 }));
});
