/** Turns: who floods waits behind its own; order, bounds, nothing lost. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { FairQueue } from "../../src/gossip/fair_queue.ts";

const RULES = { quantum: 1_000, most: 100, mostPerPayer: 60, loadPerPayer: 10 };

Deno.test("one message is served in the next turn, however many wait of somebody else", () => {
  const queue = new FairQueue<string>(RULES);
  for (let i = 0; i < 60; i++) queue.push(`flood ${i}`, { payer: "flood", bytes: 500 });
  queue.push("honest", { payer: "honest", bytes: 500 });
  assert.deepEqual(queue.take(4), ["flood 0", "flood 1", "honest", "flood 2"]);
});

Deno.test("turns are by bytes, not by items", () => {
  const queue = new FairQueue<string>(RULES);
  for (let i = 0; i < 40; i++) queue.push("large", { payer: "a", bytes: 1_000 });
  for (let i = 0; i < 40; i++) queue.push("small", { payer: "b", bytes: 100 });
  const taken = queue.take(44);
  assert.equal(taken.filter((one) => one === "large").length, 4);
});

Deno.test("what is larger than a turn is saved up for, and passes when its turns suffice", () => {
  const queue = new FairQueue<string>(RULES);
  queue.push("huge", { payer: "a", bytes: 3_000 });
  for (let i = 0; i < 6; i++) queue.push(`b ${i}`, { payer: "b", bytes: 1_000 });
  assert.deepEqual(queue.take(7), ["b 0", "b 1", "huge", "b 2", "b 3", "b 4", "b 5"]);
  assert.deepEqual(queue.take(1), []);
});

Deno.test("60 of a payer wait, not 61; 100 in all, not 101", () => {
  const queue = new FairQueue<number>(RULES);
  const push = (payer: string): boolean => queue.push(0, { payer, bytes: 1 });
  for (let i = 0; i < 60; i++) assert.ok(push("a"));
  assert.deepEqual([queue.isFull("a"), push("a"), queue.size], [true, false, 60]);
  for (let i = 0; i < 40; i++) assert.ok(push(`b${i}`));
  assert.deepEqual([queue.isFull("c"), push("c"), queue.size], [true, false, 100]);
  queue.take(1);
  assert.ok(push("c"));
});

Deno.test("nobody saves turns up while nothing of theirs waits", () => {
  const queue = new FairQueue<string>(RULES);
  for (let i = 0; i < 50; i++) {
    queue.push("one", { payer: "a", bytes: 1 });
    queue.take(5);
  }
  for (let i = 0; i < 5; i++) queue.push("a", { payer: "a", bytes: 1_000 });
  queue.push("b", { payer: "b", bytes: 1_000 });
  assert.deepEqual(queue.take(3), ["a", "b", "a"]);
});

Deno.test("property: everything comes out once, each payer's in order, served within a turn of the others", () => {
  const items = fc.array(fc.tuple(fc.nat(4), fc.integer({ min: 1, max: 2_500 })), {
    maxLength: 60,
  });
  fc.assert(fc.property(items, fc.integer({ min: 1, max: 7 }), (all, batch) => {
    const queue = new FairQueue<{ payer: number; bytes: number; n: number }>(RULES);
    all.forEach(([payer, bytes], n) =>
      queue.push({ payer, bytes, n }, { payer: `${payer}`, bytes })
    );
    const out: { payer: number; bytes: number; n: number }[] = [];
    for (let some = queue.take(batch); some.length > 0; some = queue.take(batch)) out.push(...some);
    assert.equal(out.length, all.length);
    for (const payer of new Set(out.map((one) => one.payer))) {
      const own = out.filter((one) => one.payer === payer).map(({ n }) => n);
      assert.deepEqual(own, [...own].sort((a, b) => a - b));
    }
  }));
});

Deno.test("of each payer so many count as load, whatever order they come and go in", () => {
  const steps = fc.array(fc.oneof(fc.constantFrom("a", "b", "c"), fc.nat(20)), { maxLength: 200 });
  fc.assert(fc.property(steps, (all) => {
    const queue = new FairQueue<string>(RULES);
    const waiting = new Map<string, number>();
    for (const step of all) {
      if (typeof step === "number") {
        for (const payer of queue.take(step)) waiting.set(payer, waiting.get(payer)! - 1);
      } else if (queue.push(step, { payer: step, bytes: 400 })) {
        waiting.set(step, (waiting.get(step) ?? 0) + 1);
      }
      const load = [...waiting.values()].reduce((sum, n) => sum + Math.min(n, 10), 0);
      assert.equal(queue.load, load);
    }
  }));
});
