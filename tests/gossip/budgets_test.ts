/** What a link may cost: each budget exactly spent and one over, who shares it, how it comes back. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type BudgetLink, budgetLinkOf, Budgets } from "../../src/gossip/budgets.ts";
import { DEFAULT_CONFIG } from "../../src/gossip/mod.ts";
import { TokenBucket } from "../../src/gossip/token_bucket.ts";
import type { UnixMs } from "../../src/wire/time.ts";
import { address, configWith, T0 } from "./fixture.ts";

const HOUR_MS = 3_600_000;
const MIB = 1_048_576;
const LINK = inbound("45.1.2.3:50000");

function inbound(remote: string): BudgetLink {
  return budgetLinkOf(address(remote), { inbound: true });
}

function dialled(remote: string): BudgetLink {
  return budgetLinkOf(address(remote), { inbound: false });
}

function after(ms: number): UnixMs {
  return T0 + ms as UnixMs;
}

/** How often something may be taken before it is refused. */
function count(take: () => boolean): number {
  let taken = 0;
  while (take()) taken++;
  return taken;
}

Deno.test("a prefix brings 1,200 novel messages at once, then 20 a second", () => {
  const budgets = new Budgets(DEFAULT_CONFIG);
  assert.equal(count(() => budgets.takeMessage(LINK, T0)), 1_200);
  assert.equal(budgets.takeMessage(LINK, after(49)), false);
  assert.equal(budgets.takeMessage(LINK, after(50)), true);
  assert.equal(count(() => budgets.takeMessage(LINK, after(1_050))), 20);
  budgets.giveBackMessage(LINK);
  assert.equal(count(() => budgets.takeMessage(LINK, after(1_050))), 1);
});

Deno.test("a prefix names 16 candidates at once, then 16 an hour", () => {
  const budgets = new Budgets(DEFAULT_CONFIG);
  assert.equal(count(() => budgets.takeAddress(LINK, T0)), 16);
  assert.equal(budgets.takeAddress(LINK, after(HOUR_MS / 16 - 1)), false);
  assert.equal(count(() => budgets.takeAddress(LINK, after(HOUR_MS))), 16);
});

Deno.test("statements: 1,200 at once, then 20 a second; what came on top is owed first", () => {
  const budgets = new Budgets(DEFAULT_CONFIG);
  const left = (ms: number): number => budgets.statementsLeft(LINK, after(ms));
  assert.equal(left(0), 1_200);
  budgets.chargeStatements(LINK, { count: 1_199, now: T0 });
  assert.equal(left(0), 1);
  budgets.chargeStatements(LINK, { count: 21, now: T0 });
  assert.deepEqual([left(0), left(1_000), left(1_049), left(1_050)], [0, 0, 0, 1]);
});

Deno.test("bytes of reconciliation: by who chose whom, all of an hour at once", () => {
  const budgets = new Budgets(DEFAULT_CONFIG);
  for (
    const [link, mib] of [
      [inbound("45.1.2.3:50000"), 64],
      [inbound("192.168.1.5:50000"), 64],
      [dialled("45.1.2.3:14677"), 256],
      [dialled("192.168.1.5:14677"), 1_024],
      [dialled("127.0.0.1:14677"), 1_024],
    ] as const
  ) {
    const take = (bytes: number, ms: number): boolean =>
      budgets.takeSync(link, { bytes, now: after(ms) });
    assert.deepEqual([take(mib * MIB, 0), take(1_024, 0)], [true, false]);
    // What came on top is owed first.
    assert.equal(take(mib * MIB / 2 - 1_024, HOUR_MS / 2), true);
    assert.equal(take(1, HOUR_MS / 2), false);
  }
});

Deno.test("a prefix shares its budgets, also on loopback; what was dialled has its own", () => {
  const budgets = new Budgets(DEFAULT_CONFIG);
  const spend = (link: BudgetLink): number => count(() => budgets.takeAddress(link, T0));
  assert.equal(spend(inbound("45.1.2.3:50000")), 16);
  assert.equal(spend(inbound("45.1.2.200:1")), 0);
  assert.equal(spend(dialled("45.1.2.3:14677")), 16);
  assert.equal(spend(inbound("45.1.3.3:50000")), 16);
  assert.equal(spend(inbound("127.0.0.1:50000")), 16);
  assert.equal(spend(inbound("127.0.0.1:50001")), 0);
  assert.equal(spend(inbound("[2001:4860:1:2::1]:50000")), 16);
  assert.equal(spend(inbound("[2001:4860:1:3::1]:50000")), 0);
  assert.equal(spend(inbound("192.168.1.5:50000")), 16);
  assert.equal(spend(inbound("192.168.1.6:50000")), 16);
});

Deno.test("what is remembered is bounded, and who connects crowds out nobody who was dialled", () => {
  const budgets = new Budgets(configWith({ maxBuckets: 8 }));
  const friend = dialled("45.1.2.3:14677");
  assert.equal(count(() => budgets.takeAddress(friend, T0)), 16);
  for (let i = 0; i < 100; i++) budgets.takeAddress(inbound(`46.1.${i}.1:50000`), T0);
  assert.equal(budgets.size, 9);
  assert.equal(budgets.takeAddress(friend, T0), false);
  // The last eight are remembered.
  assert.equal(count(() => budgets.takeAddress(inbound("46.1.99.1:50000"), T0)), 15);
  assert.equal(count(() => budgets.takeAddress(inbound("46.1.0.1:50000"), T0)), 16);
});

Deno.test("prefixes whose budgets are whole again are forgotten", () => {
  const budgets = new Budgets(DEFAULT_CONFIG);
  for (let i = 0; i < 50; i++) budgets.takeMessage(inbound(`46.1.${i}.1:50000`), T0);
  assert.equal(budgets.size, 50);
  budgets.takeMessage(inbound("46.1.200.1:50000"), after(50));
  assert.equal(budgets.size, 1);
});

Deno.test("property: in no hour does a bucket pass more than its burst and its hour", () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 600_000 }), fc.nat(40)), {
    maxLength: 200,
  });
  fc.assert(fc.property(steps, (all) => {
    const bucket = new TokenBucket({ burst: 10, perHour: 60 }, T0);
    const taken: { at: number; n: number }[] = [];
    let at = T0;
    for (const [ms, most] of all) {
      at = at + ms as UnixMs;
      const n = Math.min(most, bucket.left(at));
      assert.ok(bucket.take(n, at));
      taken.push({ at, n });
    }
    for (const { at: end } of taken) {
      const hour = taken.filter((one) => one.at <= end && one.at > end - HOUR_MS);
      assert.ok(hour.reduce((sum, { n }) => sum + n, 0) <= 70);
    }
  }));
});

Deno.test("a clock that goes back fills nothing", () => {
  const bucket = new TokenBucket({ burst: 2, perHour: 3_600 }, T0);
  assert.equal(bucket.take(2, T0), true);
  assert.equal(bucket.take(1, after(-HOUR_MS)), false);
  assert.equal(bucket.take(1, T0), false);
  assert.equal(bucket.take(1, after(1_000)), true);
});

Deno.test("what is left is told in counts, of nobody in particular, and for no longer than it is spent", () => {
  const budgets = new Budgets(DEFAULT_CONFIG);
  const whole = { spent: 0, least: 1 };
  const kinds = { addresses: whole, statements: whole, sync: whole };
  assert.deepEqual(budgets.view(T0), { inbound: 0, dialled: 0, messages: whole, ...kinds });
  count(() => budgets.takeMessage(LINK, T0));
  for (let i = 0; i < 300; i++) budgets.takeMessage(inbound("46.1.2.3:1"), T0);
  budgets.takeSync(dialled("47.1.2.3:1"), { bytes: 1_000 * MIB, now: T0 });
  assert.deepEqual(budgets.view(T0), {
    ...{ inbound: 2, dialled: 1, messages: { spent: 1, least: 0 } },
    ...{ ...kinds, sync: { spent: 1, least: 0 } },
  });
  const later = budgets.view(after(30_000)).messages;
  assert.deepEqual(later, { spent: 0, least: 0.5 });
  assert.deepEqual(budgets.view(after(60_000)).messages, whole);
});
