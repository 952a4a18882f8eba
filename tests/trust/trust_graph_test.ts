import assert from "node:assert/strict";
import { MAX_REVOCATIONS } from "../../src/store/statements.ts";
import { type KnownHeir, MAX_CLAIMS, MAX_REASONS } from "../../src/trust/mod.ts";
import type { IdentityKey } from "../../src/wire/ids.ts";
import { heirOf } from "../../src/wire/statement.ts";
import { graphOf, LABELS, people, person, revokes, verifies, withdraws } from "./support.ts";

const [me, ann, bob, cyd, dan, eve] = people(6) as [
  IdentityKey,
  IdentityKey,
  IdentityKey,
  IdentityKey,
  IdentityKey,
  IdentityKey,
];

/** Three friends of mine, who all verified Dan. */
function circle(): ReturnType<typeof graphOf> {
  const friends = [ann, bob, cyd];
  const graph = graphOf(friends.flatMap((one) => [verifies(me, one), verifies(one, dan)]));
  graph.setOwn([me]);
  return graph;
}

Deno.test("verified: own at 0, by oneself at 1, by three of those at 2, and not by two", () => {
  const graph = circle();
  assert.deepEqual([me, ann, dan, eve].map((key) => graph.standing(key).distance), [0, 1, 2, null]);
  for (const one of [ann, bob]) graph.feed(verifies(one, eve));
  assert.equal(graph.isVerified(eve), false);
  graph.feed(verifies(dan, eve));
  assert.equal(graph.standing(eve).distance, 3);
  assert.deepEqual(graph.verifiedBy(eve), [ann, bob, dan].sort());
});

Deno.test("why: down to own keys, with distances", () => {
  const reasons = circle().because(dan);
  assert.deepEqual(reasons.map(({ key, because }) => [key, because]), [
    [dan, "three verifiers"],
    ...[ann, bob, cyd].map((key) => [key, "own verification"]),
    [me, "own key"],
  ]);
  assert.deepEqual(reasons[0]?.by, [ann, bob, cyd].map((key) => ({ key, distance: 1 })));
  assert.deepEqual(circle().because(eve), []);
});

Deno.test("a withdrawal counts if it is newer or as old, in either order", () => {
  for (const [issued, holds] of [[9, true], [10, false], [11, false]] as const) {
    const pair = [verifies(me, ann, 10), withdraws(me, ann, issued)];
    for (const statements of [pair, pair.toReversed()]) {
      const graph = graphOf(statements);
      graph.setOwn([me]);
      assert.equal(graph.isVerified(ann), holds);
    }
  }
});

Deno.test("one withdrawal takes away what rested on it, and a new verification brings it back", () => {
  const graph = circle();
  for (const one of [ann, bob, dan]) graph.feed(verifies(one, eve));
  graph.feed(withdraws(cyd, dan, 20));
  assert.deepEqual([dan, eve].map((key) => graph.isVerified(key)), [false, false]);
  graph.feed(verifies(cyd, dan, 21));
  assert.deepEqual([dan, eve].map((key) => graph.standing(key).distance), [2, 3]);
});

Deno.test("a circle that verifies itself holds nobody up once its support is gone", () => {
  const ring = people(6, 100);
  const graph = circle();
  for (const a of ring) for (const b of ring) graph.feed(verifies(a, b));
  assert.ok(!ring.some((key) => graph.isVerified(key)));
  for (const one of [ann, bob, cyd]) {
    for (const key of ring.slice(0, 3)) graph.feed(verifies(one, key));
  }
  assert.ok(ring.every((key) => graph.isVerified(key)));
  graph.feed(withdraws(me, ann));
  assert.ok(!ring.some((key) => graph.isVerified(key)));
});

Deno.test("to verify oneself, or to say it often, counts for nothing", () => {
  const graph = graphOf([verifies(ann, ann), verifies(me, bob)]);
  graph.setOwn([me]);
  for (let i = 0; i < 100; i++) graph.feed(verifies(bob, cyd, i));
  graph.feed(verifies(cyd, cyd));
  assert.equal(graph.isVerified(ann), false);
  assert.equal(graph.isVerified(cyd), false);
  assert.deepEqual(graph.size, { identities: 3, pairs: 2 });
});

Deno.test("the cap of the distance takes effect at once, and may be lifted again", () => {
  const graph = circle();
  for (const one of [ann, bob, dan]) graph.feed(verifies(one, eve));
  graph.setMaxDistance(2);
  assert.deepEqual([dan, eve].map((key) => graph.isVerified(key)), [true, false]);
  graph.setMaxDistance(1);
  assert.deepEqual([ann, dan].map((key) => graph.isVerified(key)), [true, false]);
  graph.setMaxDistance(undefined);
  assert.equal(graph.standing(eve).distance, 3);
});

Deno.test("a revocation voids what the key said and what was said of it, also later", () => {
  const graph = circle();
  graph.feed(revokes(ann));
  assert.deepEqual([ann, dan].map((key) => graph.isVerified(key)), [false, false]);
  assert.deepEqual(graph.verifiedBy(dan), [bob, cyd]);
  for (const issued of [5, 1_000]) graph.feed(verifies(me, ann, issued));
  assert.equal(graph.isVerified(ann), false);
  graph.feed(revokes(me));
  assert.deepEqual(graph.standing(me).distance, null);
  assert.equal(graph.isVerified(bob), false);
});

Deno.test("contagion: three blocked verifiers, undone with any of the causes", () => {
  const graph = graphOf([ann, bob, cyd].map((one) => verifies(one, dan)));
  graph.setOwn([me]);
  graph.setBlocks([ann, bob]);
  assert.equal(graph.isBlocked(dan), false);
  graph.setBlocks([ann, bob, cyd]);
  assert.deepEqual(graph.blockReason(dan), { kind: "contagion", by: [ann, bob, cyd] });
  assert.deepEqual(graph.blockReason(ann), { kind: "user" });
  assert.deepEqual([...graph.contagious()], [dan]);
  for (const one of [bob, cyd, dan]) graph.feed(verifies(one, eve));
  assert.equal(graph.isBlocked(eve), true);
  graph.feed(withdraws(cyd, dan));
  assert.deepEqual([dan, eve].map((key) => graph.isBlocked(key)), [false, false]);
});

Deno.test("contagion never reaches one's own, the exempt, or those verified by oneself", () => {
  const graph = graphOf(
    [ann, bob, cyd].flatMap((one) => [me, dan, eve].map((of) => verifies(one, of))),
  );
  graph.setBlocks([ann, bob, cyd]);
  graph.setOwn([me]);
  graph.setExempt([dan]);
  assert.deepEqual([me, dan, eve].map((key) => graph.isBlocked(key)), [false, false, true]);
  graph.feed(verifies(me, eve, 50));
  assert.equal(graph.isBlocked(eve), false);
  graph.feed(withdraws(me, eve, 51));
  graph.setExempt([]);
  assert.deepEqual([dan, eve].map((key) => graph.isBlocked(key)), [true, true]);
  // The owner's own word beats every exemption.
  graph.setExempt([dan]);
  graph.setBlocks([ann, bob, cyd, dan]);
  assert.equal(graph.isBlocked(dan), true);
});

Deno.test("10,000 statements about one person, and their undoing, change nobody else", () => {
  const crowd = people(10_000, 1_000);
  const graph = circle();
  for (const one of crowd) graph.feed(verifies(one, dan));
  assert.equal(graph.verifiedBy(dan).length, 10_003);
  assert.equal(graph.standing(dan).distance, 2);
  for (const one of crowd) graph.feed(withdraws(one, dan));
  assert.equal(graph.standing(dan).distance, 2);
  for (const one of crowd) graph.feed(verifies(one, eve));
  assert.equal(graph.isVerified(eve), false);
  graph.setBlocks(crowd);
  const reason = graph.blockReason(eve);
  assert.equal(reason?.kind === "contagion" && reason.by.length, 10_000);
});

Deno.test("an explanation of a long chain is cut off", () => {
  const chain = people(200, 10);
  const graph = graphOf(
    chain.flatMap((key, i) =>
      i < 3 ? [verifies(me, key)] : [1, 2, 3].map((back) => verifies(chain[i - back]!, key))
    ),
  );
  graph.setOwn([me]);
  const last = chain.at(-1)!;
  assert.ok(graph.isVerified(last));
  assert.equal(graph.because(last).length, MAX_REASONS);
});

Deno.test("beyond the caps further people don't count, the known ones still do", () => {
  const graph = graphOf([], { caps: { pairs: 2, identities: 3 } });
  graph.setOwn([me]);
  for (const one of [bob, cyd, eve]) graph.feed(verifies(ann, one));
  graph.feed(verifies(bob, cyd));
  assert.deepEqual(graph.size, { identities: 3, pairs: 2 });
  // Whoever filled it doesn't keep the reader from verifying.
  for (const one of [ann, dan]) graph.feed(verifies(me, one));
  assert.deepEqual([ann, dan, eve].map((key) => graph.isVerified(key)), [true, true, false]);
  assert.deepEqual(graph.size, { identities: 5, pairs: 4 });
  graph.feed(withdraws(me, ann));
  assert.equal(graph.isVerified(ann), false);
});

Deno.test("two people who are both new need room for two", () => {
  const graph = graphOf([], { caps: { pairs: 10, identities: 3 } });
  graph.feed(verifies(ann, bob));
  graph.feed(verifies(cyd, dan));
  assert.deepEqual(graph.size, { identities: 2, pairs: 1 });
  graph.feed(verifies(ann, cyd));
  graph.feed(verifies(cyd, bob));
  assert.deepEqual(graph.size, { identities: 3, pairs: 3 });
});

Deno.test("what is forgotten: own keys, blocks, exemptions, the cap; the graph stays", () => {
  const graph = circle();
  graph.setBlocks([eve]);
  graph.setMaxDistance(1);
  graph.forget();
  assert.deepEqual([me, ann, dan].map((key) => graph.isVerified(key)), [false, false, false]);
  assert.equal(graph.isBlocked(eve), false);
  graph.setOwn([me]);
  assert.equal(graph.standing(dan).distance, 2);
});

Deno.test("a successor fits when the first-seen heir says so, whole or by its first 80 bits", () => {
  const heirs = new Map<IdentityKey, KnownHeir>();
  const graph = graphOf([], { heirs: (key) => heirs.get(key) });
  graph.feed(revokes(ann, eve, 5));
  graph.feed(revokes(ann, bob, 40));
  graph.feed(revokes(ann, ann, 50));
  const seen = (): unknown =>
    graph.revocations(ann).map(({ successor, fits }) => [successor, fits]);
  assert.deepEqual(seen(), [[eve, false]]);
  const heir = heirOf(LABELS, bob);
  for (const commitment of [heir, heir.slice(0, 10)]) {
    heirs.set(ann, { commitment, disputed: false });
    assert.deepEqual(seen(), [[bob, true], [eve, false]]);
    assert.deepEqual(graph.standing(ann).revoked, { issued: 40, successor: bob, fits: true });
    heirs.set(ann, { commitment, disputed: true });
    assert.deepEqual(seen(), [[eve, false]]);
  }
  for (const commitment of [new Uint8Array(32), new Uint8Array(0), heirOf(LABELS, cyd)]) {
    heirs.set(ann, { commitment, disputed: false });
    assert.deepEqual(seen(), [[eve, false]]);
  }
});

Deno.test("a thief's revocations, dated back and as many as are stored, don't push out the one that fits", () => {
  const heirs = (): KnownHeir => ({ commitment: heirOf(LABELS, bob), disputed: false });
  const thief = people(MAX_REVOCATIONS, 50).map((heir, i) => revokes(ann, heir, i));
  const graph = graphOf([...thief, revokes(ann, bob, 900)], { heirs });
  assert.deepEqual(graph.standing(ann).revoked, { issued: 900, successor: bob, fits: true });
});

Deno.test("of too many revocations by one issuer those that sort first are weighed, in any order", () => {
  const all = people(MAX_CLAIMS + 1, 50).map((heir, i) => revokes(ann, heir, i));
  const last = all.at(-1)!.subject;
  const heirs = (): KnownHeir => ({ commitment: heirOf(LABELS, last), disputed: false });
  for (const said of [all, all.toReversed()]) {
    const graph = graphOf(said, { heirs });
    assert.deepEqual(graph.revocations(ann).map(({ successor }) => successor), [person(50)]);
  }
  const graph = graphOf(all.slice(1), { heirs });
  assert.deepEqual(graph.revocations(ann).map(({ fits }) => fits), [true, false]);
});
