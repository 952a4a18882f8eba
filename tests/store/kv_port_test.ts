import assert from "node:assert/strict";
import fc from "fast-check";
import {
  checkCommit,
  compareKeys,
  intoCommits,
  keySize,
  KV_LIMITS,
  type KvMutation,
} from "../../src/store/kv_port.ts";

type Mutation = KvMutation<Uint8Array>;

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(fc.nat(2_000), fc.constantFrom(0, 100, 65_536)).map(([pad, bytes]): Mutation => ({
    kind: "set",
    key: [new Uint8Array(pad).fill(1), "k"],
    value: new Uint8Array(bytes),
  })),
  fc.nat(1_000).map((n): Mutation => ({ kind: "delete", key: [n, "é\0"] })),
);

Deno.test("intoCommits: keeps order and groups, breaks no limit, and fills each commit", () => {
  fc.assert(
    fc.property(fc.array(fc.array(mutation, { minLength: 1, maxLength: 4 })), (lists) => {
      const groups = lists.map((mutations) => ({ mutations }));
      const commits = [...intoCommits<Uint8Array, { mutations: Mutation[] }>(groups)];
      assert.deepEqual(commits.flat(), groups);
      for (const [i, commit] of commits.entries()) {
        checkCommit(commit.flatMap(({ mutations }) => mutations));
        const next = commits[i + 1]?.[0];
        if (next === undefined) continue;
        const more = [...commit, next].flatMap(({ mutations }) => mutations);
        assert.throws(() => checkCommit(more), RangeError);
      }
    }),
  );
  const many = Array.from({ length: KV_LIMITS.commitMutations + 1 }, (_, n) => ({
    mutations: [{ kind: "delete" as const, key: [n] }],
  }));
  assert.deepEqual([...intoCommits(many)].map((commit) => commit.length), [1_000, 1]);
  assert.deepEqual([...intoCommits([])], []);
});

Deno.test("keySize: a tag and an end for text and bytes, zeros twice, nine bytes a number", () => {
  assert.equal(keySize(["abc"]), 5);
  assert.equal(keySize(["é"]), 4);
  assert.equal(keySize(["a\0b"]), 6);
  assert.equal(keySize([Uint8Array.of(0, 1, 0)]), 7);
  assert.equal(keySize([0, "", new Uint8Array(0)]), 13);
});

Deno.test("compareKeys: a key comes before what goes on after it, and equals itself", () => {
  assert.equal(compareKeys(["a", 1], ["a", 1]), 0);
  assert(compareKeys(["a"], ["a", 1]) < 0);
  assert(compareKeys(["a", 2], ["a", 1]) > 0);
  assert(compareKeys(["a", "1"], ["a", 1]) < 0);
});
