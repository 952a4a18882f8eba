import assert from "node:assert/strict";
import type { ExchangeSummary, SessionId, SyncSummary } from "../../src/gossip/mod.ts";
import { Activity } from "../../src/node/activity.ts";
import { Coverage } from "../../src/node/coverage.ts";
import { Histogram } from "../../src/node/histogram.ts";
import { addressOf } from "../../src/wire/address.ts";
import { activityView } from "./activity_helpers.ts";

const address = addressOf("192.0.2.1", 1);
assert.ok(address);

function sync(given: Partial<SyncSummary>): SyncSummary {
  return {
    session: 1 as SessionId,
    ...{ address: address!, outbound: true, finished: true, reason: undefined, received: 0 },
    ...{ delivered: 0, refused: 0, rounds: 1, bytesIn: 10, bytesOut: 20, ...given },
  };
}

function exchange(session: number, given: Partial<ExchangeSummary> = {}): ExchangeSummary {
  return {
    session: session as SessionId,
    ...{ address: address!, outbound: true, completed: true, reason: undefined, received: 0 },
    ...{ delivered: 0, known: 0, refused: 0, ...given },
  };
}

Deno.test("coverage knows of the node's own reconciliations alone, and when nothing was missing", () => {
  const coverage = new Coverage();
  const none = { finished: 0, complete: 0, received: 0 };
  assert.deepEqual(coverage.view(0), { finished: null, complete: null, lastHour: none });
  coverage.reconciled(sync({ outbound: false }), 100);
  assert.deepEqual(coverage.view(100), { finished: null, complete: null, lastHour: none });
  coverage.reconciled(sync({}), 200);
  coverage.reconciled(sync({ received: 5 }), 300);
  coverage.reconciled(sync({ finished: false, received: 2 }), 400);
  // What was asked for and refused was missing, too, as far as anybody can tell.
  coverage.reconciled(sync({ refused: 1 }), 500);
  assert.deepEqual(coverage.view(600), {
    ...{ finished: 500, complete: 200 },
    lastHour: { finished: 3, complete: 1, received: 8 },
  });
  assert.deepEqual(coverage.view(300 + 3_600).lastHour, { finished: 1, complete: 0, received: 3 });
  assert.deepEqual(coverage.view(50).lastHour, none, "a clock that was set back");
});

Deno.test("coverage keeps as many as can begin in an hour", () => {
  const coverage = new Coverage();
  for (let i = 0; i < 300; i++) coverage.reconciled(sync({ received: 1 }), 1_000);
  assert.equal(coverage.view(1_000).lastHour.received, 240);
});

Deno.test("an activity counts exchanges both ways, from hello to end", () => {
  let time = 0;
  const { budgets, connections } = activityView();
  const sizes = { sessions: connections };
  const activity = new Activity({ engine: { sizes, budgets }, steady: () => time, now: () => 7 });
  activity.greeted({ session: 1 });
  activity.greeted({ session: 2 });
  time = 300;
  activity.ended(exchange(1, { known: 4 }));
  time = 2_000;
  activity.ended(exchange(2, { completed: false }));
  // Never greeted: it has no duration.
  activity.ended(exchange(3, { outbound: false, completed: false }));
  activity.endedStem();
  activity.reconciled(sync({}));
  const view = activity.view();
  assert.deepEqual(view.outcomes, {
    inbound: { completed: 0, failed: 1 },
    outbound: { completed: 1, failed: 1 },
  });
  assert.equal(view.offeredKnown, 4);
  assert.equal(view.stems, 1);
  assert.deepEqual(view.syncBytes, { in: 10, out: 20 });
  assert.equal(view.coverage.complete, 7);
  assert.equal(view.connections, connections);
  assert.ok(Math.abs(view.durations.sum - 2.3) < 1e-9);
  assert.equal(view.durations.counts.reduce((a, b) => a + b), 2);
  assert.ok(view.memory.resident > view.memory.heap && view.memory.heap > 0);
});

Deno.test("an activity forgets beginnings that never end, the oldest first", () => {
  let time = 0;
  const { budgets } = activityView();
  const sizes = { sessions: 0 };
  const activity = new Activity({ engine: { sizes, budgets }, steady: () => time, now: () => 0 });
  for (let session = 0; session < 257; session++) activity.greeted({ session });
  time = 1_000;
  activity.ended(exchange(0));
  assert.equal(activity.view().durations.sum, 0, "forgotten");
  activity.ended(exchange(1));
  assert.equal(activity.view().durations.sum, 1);
});

Deno.test("a histogram counts a bound into the stretch that it ends", () => {
  const histogram = new Histogram([1, 2]);
  for (const value of [0, 1, 1.5, 2, 2.1]) histogram.add(value);
  assert.deepEqual(histogram.view(), { bounds: [1, 2], counts: [2, 2, 1], sum: 6.6 });
});
