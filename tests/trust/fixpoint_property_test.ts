import assert from "node:assert/strict";
import fc from "fast-check";
import type { TrustGraph, TrustStatement } from "../../src/trust/mod.ts";
import type { IdentityKey } from "../../src/wire/ids.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { naively, type Outcome, type Reader } from "./naive.ts";
import { graphOf, people, person } from "./support.ts";

const PEOPLE = 12;
const EVERYBODY = people(PEOPLE);

type Step =
  | { readonly kind: "say"; readonly statement: TrustStatement }
  | { readonly kind: "own" | "blocks" | "exempt"; readonly keys: readonly IdentityKey[] }
  | { readonly kind: "cap"; readonly distance: number | undefined }
  | { readonly kind: "forget" };

const someone = fc.nat({ max: PEOPLE - 1 }).map((number) => person(number));
const few = fc.uniqueArray(someone, { maxLength: 4 });
const statement = fc.record({
  type: fc.oneof(
    { weight: 30, arbitrary: fc.constant(0 as const) },
    { weight: 12, arbitrary: fc.constant(1 as const) },
    { weight: 1, arbitrary: fc.constant(2 as const) },
  ),
  issuer: someone,
  subject: someone,
  issued: fc.nat({ max: 8 }).map(unixSeconds),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 40, arbitrary: statement.map((statement) => ({ kind: "say" as const, statement })) },
  { weight: 2, arbitrary: few.map((keys) => ({ kind: "own" as const, keys })) },
  { weight: 2, arbitrary: few.map((keys) => ({ kind: "blocks" as const, keys })) },
  { weight: 1, arbitrary: few.map((keys) => ({ kind: "exempt" as const, keys })) },
  {
    weight: 1,
    arbitrary: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined })
      .map((distance) => ({ kind: "cap" as const, distance })),
  },
);
const steps = fc.array(step, { minLength: 1, maxLength: 120, size: "max" });

/** Carries a step out on the graph; answers what the reader is then. */
function apply(graph: TrustGraph, { step, reader }: { step: Step; reader: Reader }): Reader {
  switch (step.kind) {
    case "say":
      graph.feed(step.statement);
      return reader;
    case "own":
      graph.setOwn(step.keys);
      return { ...reader, own: new Set(step.keys) };
    case "blocks":
      graph.setBlocks(step.keys);
      return { ...reader, blocks: new Set(step.keys) };
    case "exempt":
      graph.setExempt(step.keys);
      return { ...reader, exempt: new Set(step.keys) };
    case "cap":
      graph.setMaxDistance(step.distance);
      return { ...reader, maxDistance: step.distance };
    case "forget":
      graph.forget();
      return NOBODY;
  }
}

const NOBODY: Reader = {
  own: new Set(),
  blocks: new Set(),
  exempt: new Set(),
  maxDistance: undefined,
};

function compare(graph: TrustGraph, { distances, blocked, verifiers }: Outcome): void {
  for (const key of EVERYBODY) {
    assert.equal(graph.standing(key).distance, distances.get(key) ?? null);
    assert.equal(graph.isVerified(key), distances.has(key));
    assert.equal(graph.isBlocked(key), blocked.has(key));
    assert.deepEqual(graph.verifiedBy(key), [...verifiers.get(key) ?? []].sort());
  }
}

Deno.test("after every change trust and contagion are what a computation from scratch says", () => {
  fc.assert(
    fc.property(steps, (steps) => {
      const graph = graphOf([]);
      const said: TrustStatement[] = [];
      let reader = NOBODY;
      for (const step of steps) {
        reader = apply(graph, { step, reader });
        if (step.kind === "say") said.push(step.statement);
        compare(graph, naively(said, reader));
      }
      reader = apply(graph, { step: { kind: "forget" }, reader });
      compare(graph, naively(said, reader));
    }),
    { numRuns: 400 },
  );
});

Deno.test("changes amid a computation in slices come to what a computation from scratch says", () => {
  const slice = fc.record({ kind: fc.constant("slice" as const), edges: fc.nat({ max: 12 }) });
  const mixed = fc.oneof({ weight: 3, arbitrary: step }, { weight: 2, arbitrary: slice });
  fc.assert(
    fc.property(fc.array(mixed, { minLength: 1, maxLength: 150, size: "max" }), (steps) => {
      const graph = graphOf([]);
      const said: TrustStatement[] = [];
      let reader = NOBODY;
      for (const step of steps) {
        if (step.kind === "slice") {
          graph.settle(step.edges);
          continue;
        }
        reader = apply(graph, { step, reader });
        if (step.kind === "say") said.push(step.statement);
      }
      compare(graph, naively(said, reader));
    }),
    { numRuns: 1_500 },
  );
});

Deno.test("a computation in slices ends, however thin they are", () => {
  const ring = people(PEOPLE);
  const graph = graphOf(ring.flatMap((a) =>
    ring.map((b) => ({
      type: 0 as const,
      issuer: a,
      subject: b,
      issued: unixSeconds(1),
    }))
  ));
  graph.setOwn(ring.slice(0, 1));
  let slices = 1;
  while (!graph.settle(1)) assert.ok(slices++ < 1_000);
  assert.ok(slices > PEOPLE);
  assert.ok(ring.every((key) => graph.isVerified(key)));
});

Deno.test("verifications that aren't kept count no longer; withdrawals and what was said later do", () => {
  fc.assert(
    fc.property(fc.array(statement, { maxLength: 100, size: "max" }), few, (said, own) => {
      const once = [...new Map(said.map((one) => [`${one.issuer} ${one.subject}`, one])).values()];
      const isGone = (one: TrustStatement): boolean => one.type === 0 && one.issued % 2 === 0;
      const graph = graphOf(once);
      graph.setOwn(own);
      for (const one of once) if (isGone(one)) graph.unfeed(one);
      const kept = once.filter((one) => !isGone(one));
      compare(graph, naively(kept, { ...NOBODY, own: new Set(own) }));
      for (const one of once) graph.feed(one);
      compare(graph, naively(once, { ...NOBODY, own: new Set(own) }));
      for (const one of kept) graph.unfeed({ ...one, issued: unixSeconds(one.issued + 1) });
      compare(graph, naively(once, { ...NOBODY, own: new Set(own) }));
    }),
    { numRuns: 300 },
  );
});

Deno.test("statements come to the same in any order, before and after the reader is known", () => {
  const reading = fc.record({
    said: fc.array(statement, { maxLength: 150, size: "max" }),
    own: few,
    blocks: few,
  });
  const shuffled = reading.chain((one) =>
    fc.record({
      one: fc.constant(one),
      other: fc.shuffledSubarray(one.said, { minLength: one.said.length }),
    })
  );
  fc.assert(
    fc.property(shuffled, ({ one: { said, own, blocks }, other }) => {
      const late = graphOf(said);
      const early = graphOf([]);
      for (const graph of [late, early]) {
        graph.setOwn(own);
        graph.setBlocks(blocks);
      }
      for (const statement of [...other, ...said]) early.feed(statement);
      const reader = { ...NOBODY, own: new Set(own), blocks: new Set(blocks) };
      const outcome = naively(said, reader);
      compare(late, outcome);
      compare(early, outcome);
    }),
    { numRuns: 400 },
  );
});

Deno.test("every explanation holds, and leads to own keys", () => {
  fc.assert(
    fc.property(fc.array(statement, { maxLength: 150, size: "max" }), few, (said, own) => {
      const graph = graphOf(said);
      graph.setOwn(own);
      for (const key of EVERYBODY) {
        const reasons = graph.because(key);
        const { verified, distance } = graph.standing(key);
        assert.equal(reasons.length > 0, verified);
        if (verified) assert.deepEqual([reasons[0]?.key, reasons[0]?.distance], [key, distance]);
        const explained = new Set(reasons.map(({ key }) => key));
        for (const { key, distance, because, by } of reasons) {
          assert.equal(because === "own key", own.includes(key));
          assert.ok(because !== "own key" || by.length === 0);
          assert.ok(because !== "own verification" || by.every((one) => own.includes(one.key)));
          assert.ok(because !== "three verifiers" || by.length === 3);
          assert.equal(distance, by.length === 0 ? 0 : 1 + (by.at(-1)?.distance ?? 0));
          for (const one of by) assert.ok(explained.has(one.key));
          for (const one of by) assert.ok(graph.verifiedBy(key).includes(one.key));
        }
      }
    }),
    { numRuns: 150 },
  );
});
