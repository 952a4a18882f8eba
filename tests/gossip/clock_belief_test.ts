/** Whose word a node takes for the time. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { AGREEING_CLOCKS, CLOCK_OFF_MS, ClockBelief } from "../../src/gossip/clock_belief.ts";
import type { ClockReading, Instant } from "../../src/gossip/mod.ts";
import { floorTo, toSeconds, type UnixMs, unixSeconds } from "../../src/wire/time.ts";
import { address, T0 } from "./fixture.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Half of the 300 s to which peers floor their time: what an honest peer can seem to be off. */
const ERROR_MS = 150_000;

/** A machine whose clock is off by so much, in a world with the right time. */
class World {
  readonly belief: ClockBelief;
  off: number;
  now: number = T0;
  steady = 12_345;

  constructor({ off = 0, floor }: { off?: number; floor?: number } = {}) {
    this.off = off;
    this.belief = new ClockBelief({
      builtAt: T0 - 30 * DAY_MS as UnixMs,
      floor: floor === undefined ? undefined : unixSeconds(floor / 1000),
    });
  }

  get at(): Instant {
    return { wall: this.now + this.off as UnixMs, steady: this.steady };
  }

  get reading(): ClockReading {
    return this.belief.read(this.at);
  }

  pass(ms: number): this {
    this.now += ms;
    this.steady += ms;
    return this;
  }

  /** The machine stands still: the clock goes on, the count of its running time doesn't. */
  sleep(ms: number): this {
    this.now += ms;
    return this;
  }

  /** A peer of another group with each number says a time that is off by so much. */
  hear(peer: number, off = 0): this {
    const time = floorTo(toSeconds(this.now + off as UnixMs), 300);
    this.belief.observe(address(`45.${peer}.2.3:14677`), { time, at: this.at });
    return this;
  }

  hearMany(peers: number, off = 0): this {
    for (let peer = 0; peer < peers; peer++) this.hear(peer, off);
    return this;
  }
}

Deno.test("a clock that can be right is believed, whoever says otherwise, until five groups do", () => {
  const world = new World({ off: 3 * HOUR_MS });
  assert.equal(world.reading.standing, "own");
  world.hearMany(AGREEING_CLOCKS - 1);
  assert.equal(world.reading.standing, "own");
  world.hear(AGREEING_CLOCKS);
  const { standing, now, groups, aheadMs, floor } = world.reading;
  assert.deepEqual([standing, now, groups, floor], ["disagrees", world.at.wall, 5, undefined]);
  assert.ok(Math.abs(aheadMs - 3 * HOUR_MS) <= ERROR_MS, `${aheadMs}`);
});

Deno.test("over 15 minutes from the median the clocks disagree, at 15 they don't", () => {
  for (const sign of [1, -1]) {
    const world = new World().hearMany(5);
    const error = world.reading.aheadMs;
    const offBy = (ms: number): string => {
      const other = new World({ off: ms - error }).hearMany(5);
      assert.equal(other.reading.aheadMs, ms);
      return other.reading.standing;
    };
    assert.equal(offBy(sign * CLOCK_OFF_MS), "agreed");
    assert.equal(offBy(sign * (CLOCK_OFF_MS + 1)), "disagrees");
  }
});

Deno.test("one group counts once, by what it said last", () => {
  const world = new World({ off: HOUR_MS });
  for (let i = 0; i < 10; i++) {
    const time = floorTo(toSeconds(T0), 300);
    world.belief.observe(address(`45.1.${i}.3:14677`), { time, at: world.at });
  }
  assert.deepEqual([world.reading.groups, world.reading.standing], [1, "own"]);
  world.hear(1, HOUR_MS);
  assert.ok(Math.abs(world.reading.aheadMs) <= ERROR_MS);
});

Deno.test("a time counts as of the moment when it was said, though it comes to count later", () => {
  const world = new World();
  const said = world.at;
  const time = floorTo(toSeconds(world.now as UnixMs), 300);
  // Two that came to count later, in another order than they were said.
  const between = world.pass(20_000).at;
  const now = world.pass(40_000).at;
  world.belief.observe(address("45.1.2.3:14677"), { time, at: between, now });
  world.belief.observe(address("45.2.2.3:14677"), { time, at: said, now });
  assert.equal(world.reading.groups, 2);
  assert.ok(Math.abs(world.reading.aheadMs) <= ERROR_MS + 60_000);
  const exact = new World();
  exact.belief.observe(address("45.1.2.3:14677"), { time, at: said, now: said });
  const late = new World();
  late.pass(60_000);
  late.belief.observe(address("45.1.2.3:14677"), { time, at: said, now: late.at });
  assert.equal(late.reading.aheadMs, exact.reading.aheadMs);
  // Both are kept for an hour from when they came to count.
  world.pass(HOUR_MS);
  assert.equal(world.reading.groups, 2);
  world.pass(1);
  assert.equal(world.reading.groups, 0);
});

Deno.test("what was said before the clock was set, or before a sleep, comes to count no more", () => {
  const world = new World();
  const said = world.at;
  const time = floorTo(toSeconds(world.now as UnixMs), 300);
  world.sleep(31_000);
  world.belief.observe(address("45.1.2.3:14677"), { time, at: said, now: world.at });
  assert.equal(world.reading.groups, 0);
});

Deno.test("a clock in 1970 isn't believed: then any dialled peer's time is taken, and five confirm it", () => {
  const world = new World({ off: -T0 });
  assert.equal(world.reading.standing, "none");
  world.hear(1);
  const lent = world.reading;
  assert.deepEqual([lent.standing, lent.dropsForAge, lent.floor], ["lent", false, undefined]);
  assert.ok(Math.abs(lent.now - world.now) <= ERROR_MS);
  world.hearMany(5);
  const given = world.reading;
  assert.deepEqual([given.standing, given.dropsForAge], ["given", true]);
  assert.equal(given.floor, floorTo(toSeconds(given.now), 86_400));
  world.pass(10 * MINUTE_MS);
  assert.ok(Math.abs(world.reading.now - world.now) <= ERROR_MS, "it runs on between two hellos");
});

Deno.test("peers that are in the past themselves, or 50 years ahead, don't count", () => {
  for (const off of [-31 * DAY_MS, 51 * 366 * DAY_MS]) {
    const world = new World({ off: -T0 }).hearMany(5, off);
    assert.deepEqual([world.reading.standing, world.reading.groups], ["none", 0]);
  }
});

Deno.test("a clock before the stored floor isn't believed, nor fewer than five who are, but five are", () => {
  const world = new World({ off: -DAY_MS, floor: T0 });
  assert.equal(world.reading.standing, "none");
  world.hearMany(4, -DAY_MS);
  assert.equal(world.reading.standing, "none");
  // Whoever once made the floor a wrong one doesn't lock the node out for good.
  world.hear(5, -DAY_MS);
  assert.equal(world.reading.standing, "agreed");
  assert.equal(world.reading.floor, floorTo(toSeconds(world.reading.now), 86_400));
  assert.equal(new World({ floor: T0 }).reading.standing, "own");
});

Deno.test("nothing is dropped for age while the clock is new, contradicted or not believed", () => {
  const world = new World();
  assert.equal(world.reading.dropsForAge, false);
  assert.equal(world.pass(10 * MINUTE_MS).reading.dropsForAge, true);
  assert.equal(world.hear(1, HOUR_MS).reading.dropsForAge, false, "one contradicts");
  assert.equal(world.hear(1).hear(2).hear(3, HOUR_MS).reading.dropsForAge, true);
  assert.equal(new World().hearMany(5).reading.dropsForAge, true, "five confirm at once");
  const wrong = new World({ off: HOUR_MS }).hearMany(5).pass(20 * MINUTE_MS);
  assert.deepEqual([wrong.reading.standing, wrong.reading.dropsForAge], ["disagrees", false]);
});

Deno.test("what was heard counts for an hour, and not over a step of the clock or a sleep", () => {
  const world = new World({ off: HOUR_MS }).hearMany(5);
  assert.equal(world.pass(HOUR_MS).reading.standing, "disagrees");
  assert.deepEqual([world.pass(1).reading.standing, world.reading.groups], ["own", 0]);

  const slept = new World().hearMany(5).pass(MINUTE_MS);
  assert.equal(slept.reading.standing, "agreed");
  assert.deepEqual([slept.sleep(8 * HOUR_MS).reading.standing, slept.reading.groups], ["own", 0]);
  assert.equal(slept.reading.dropsForAge, false);

  const set = new World({ off: HOUR_MS }).hearMany(5);
  assert.equal(set.reading.standing, "disagrees");
  set.off = 0;
  assert.deepEqual([set.reading.standing, set.reading.groups], ["own", 0]);
  assert.equal(set.hearMany(5).reading.standing, "agreed");

  const slewed = new World({ off: -20_000 }).hearMany(5);
  assert.equal(slewed.reading.standing, "agreed");
  slewed.off = 0;
  assert.equal(slewed.reading.standing, "agreed", "time servers move a clock by seconds");
});

Deno.test("64 groups are remembered, and not one more", () => {
  const world = new World().hearMany(64);
  assert.equal(world.reading.groups, 64);
  assert.equal(world.hear(64).reading.groups, 64);
});

Deno.test("fewer than half of the groups move the median no further than honest ones say", () => {
  const said = fc.integer({ min: -20 * DAY_MS, max: 400 * DAY_MS });
  const honestOff = fc.integer({ min: -5 * MINUTE_MS, max: 5 * MINUTE_MS });
  const groups = fc.integer({ min: 5, max: 64 }).chain((n) => {
    const hostile = Math.ceil(n / 2) - 1;
    return fc.tuple(
      fc.array(honestOff, { minLength: n - hostile, maxLength: n - hostile }),
      fc.array(said, { minLength: hostile, maxLength: hostile }),
      fc.array(fc.nat(), { minLength: n, maxLength: n }),
    );
  });
  const own = fc.constantFrom(0, -T0, 3 * HOUR_MS, -2 * DAY_MS);
  fc.assert(fc.property(groups, own, ([honest, hostile, order], off) => {
    const world = new World({ off });
    const all = [...honest, ...hostile]
      .map((value, peer) => ({ value, peer, at: order[peer] ?? 0 }))
      .sort((a, b) => a.at - b.at);
    for (const { value, peer } of all) world.hear(peer, value);
    const median = world.at.wall - world.reading.aheadMs - world.now;
    assert.ok(median >= Math.min(...honest) - ERROR_MS - 1_000, `${median}`);
    assert.ok(median <= Math.max(...honest) + ERROR_MS, `${median}`);
  }));
});
