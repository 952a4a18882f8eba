/**
 * What every adapter of the key-value port has to do: fixed cases, each limit with exactly as much
 * and one more, and random operations against a control that is trivially right.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { StoreError } from "../../src/store/errors.ts";
import {
  type Kv,
  KV_LIMITS,
  type KvKey,
  type KvMutation,
  type KvPart,
  type KvRange,
  type KvRow,
} from "../../src/store/kv_port.ts";

/** A database under test and what frees it after. */
export interface Subject {
  readonly kv: Kv<Uint8Array>;
  dispose(): Promise<void>;
}

type Row = KvRow<Uint8Array>;
type Mutation = KvMutation<Uint8Array>;

/** Registers the suite for one adapter. */
export function testKv(name: string, make: () => Promise<Subject>): void {
  function test(what: string, body: (kv: Kv<Uint8Array>) => Promise<void>): void {
    Deno.test(`${name}: ${what}`, async () => {
      const subject = await make();
      try {
        await body(subject.kv);
      } finally {
        await subject.dispose();
      }
    });
  }

  test("a key that was never set has no value, and nothing is listed", async (kv) => {
    assert.equal(await kv.get(["a"]), undefined);
    assert.deepEqual(await rows(kv, { prefix: [] }), []);
  });

  test("set, read, overwrite and delete in one commit, the last change of a key wins", async (kv) => {
    await kv.commit([set(["a"], 1), set(["b"], 2), set(["a"], 3)]);
    assert.deepEqual(await kv.get(["a"]), Uint8Array.of(3));
    await kv.commit([del(["a"]), del(["never"]), set(["b"], 4), del(["b"]), set(["c"], 5)]);
    assert.deepEqual(await rows(kv, { prefix: [] }), [row(["c"], 5)]);
    await kv.commit([]);
    assert.deepEqual(await rows(kv, { prefix: [] }), [row(["c"], 5)]);
  });

  test("an empty value is a value", async (kv) => {
    await kv.commit([{ kind: "set", key: ["a"], value: new Uint8Array(0) }]);
    assert.deepEqual(await kv.get(["a"]), new Uint8Array(0));
  });

  test("bytes sort before text before numbers, each in its own order", async (kv) => {
    const keys: KvKey[] = [
      ["k", Uint8Array.of()],
      ["k", Uint8Array.of(0)],
      ["k", Uint8Array.of(0, 0)],
      ["k", Uint8Array.of(0, 255)],
      ["k", Uint8Array.of(1)],
      ["k", Uint8Array.of(1), 0],
      ["k", Uint8Array.of(1, 0)],
      ["k", Uint8Array.of(255)],
      ["k", ""],
      ["k", "a"],
      ["k", "a", "a"],
      ["k", "a\0"],
      ["k", "aa"],
      ["k", "z"],
      ["k", "\ue000"],
      ["k", "\u{1f600}"],
      ["k", 0],
      ["k", 1],
      ["k", 9],
      ["k", 10],
      ["k", 2 ** 31],
      ["k", 2 ** 32],
      ["k", Number.MAX_SAFE_INTEGER],
    ];
    const shuffled = keys.map((key, i) => ({ key, at: (i * 7) % keys.length }))
      .sort((a, b) => a.at - b.at);
    await kv.commit(shuffled.map(({ key }) => set(key, 1)));
    assert.deepEqual((await rows(kv, { prefix: ["k"] })).map((r) => r.key), keys);
  });

  test("a prefix takes what goes on after it, not itself, nor a longer part", async (kv) => {
    const keys: KvKey[] = [["a"], ["a", 1], ["a", "x"], ["ab"], ["a\0b"], ["a\0b", 1], ["b", 1]];
    await kv.commit(keys.map((key) => set(key, 1)));
    const listed = await rows(kv, { prefix: ["a"] });
    assert.deepEqual(listed.map((r) => r.key), [["a", "x"], ["a", 1]]);
  });

  test("start counts, end doesn't, reverse turns, limit cuts", async (kv) => {
    await kv.commit([1, 2, 3, 4, 5].map((n) => set(["n", n], n)));
    await kv.commit([set(["m", 9], 9), set(["o", 0], 0)]);
    const numbers = async (range: Omit<KvRange, "prefix">): Promise<(number | undefined)[]> =>
      (await rows(kv, { prefix: ["n"], ...range })).map((r) => r.value[0]);
    assert.deepEqual(await numbers({ start: ["n", 2] }), [2, 3, 4, 5]);
    assert.deepEqual(await numbers({ end: ["n", 4] }), [1, 2, 3]);
    assert.deepEqual(await numbers({ start: ["n", 2], end: ["n", 4] }), [2, 3]);
    assert.deepEqual(await numbers({ end: ["n", 4], reverse: true, limit: 2 }), [3, 2]);
    assert.deepEqual(await numbers({ start: ["n", 2], reverse: true }), [5, 4, 3, 2]);
    assert.deepEqual(await numbers({ start: ["n", 4], end: ["n", 2] }), []);
    assert.deepEqual(await numbers({ limit: 0 }), []);
    await assert.rejects(numbers({ start: ["m", 9] }), RangeError);
    await assert.rejects(numbers({ end: ["n"] }), RangeError);
  });

  test("a list longer than any batch is whole and in order", async (kv) => {
    const count = 1_234;
    const all = Array.from({ length: count }, (_, i) => set(["n", i], i % 256));
    await kv.commit(all.slice(0, 700));
    await kv.commit(all.slice(700));
    const listed = (await rows(kv, { prefix: ["n"] })).map((r) => r.key[1]);
    assert.deepEqual(listed, Array.from({ length: count }, (_, i) => i));
  });

  test("rows given out are copies", async (kv) => {
    const value = Uint8Array.of(1);
    const part = Uint8Array.of(7);
    await kv.commit([{ kind: "set", key: ["a", part], value }]);
    value[0] = 2;
    part[0] = 8;
    const read = await kv.get(["a", Uint8Array.of(7)]);
    assert.deepEqual(read, Uint8Array.of(1));
    read?.fill(9);
    assert.deepEqual(await kv.get(["a", Uint8Array.of(7)]), Uint8Array.of(1));
  });

  test("each limit lets exactly as much pass and refuses one more, changing nothing", async (kv) => {
    const refused = async (limit: string, mutations: Mutation[]): Promise<void> => {
      await assert.rejects(kv.commit([set(["mark"], 1), ...mutations]), (error: unknown) => {
        assert(error instanceof RangeError);
        return error.message.includes(limit);
      });
      assert.equal(await kv.get(["mark"]), undefined);
    };
    const overCommit = async (limit: string, mutations: Mutation[]): Promise<void> => {
      const before = await rows(kv, { prefix: [] });
      await assert.rejects(kv.commit(mutations), (error: unknown) => {
        assert(error instanceof RangeError);
        return error.message.includes(limit);
      });
      assert.deepEqual(await rows(kv, { prefix: [] }), before);
    };
    const key = (bytes: number): KvKey => [new Uint8Array(bytes - 2).fill(1)];
    await kv.commit([set(key(KV_LIMITS.keyBytes), 1)]);
    await refused("keyBytes", [set(key(KV_LIMITS.keyBytes + 1), 1)]);
    await assert.rejects(kv.get(key(KV_LIMITS.keyBytes + 1)), RangeError);

    await kv.commit([big(["v"], KV_LIMITS.valueBytes)]);
    await refused("valueBytes", [big(["v"], KV_LIMITS.valueBytes + 1)]);

    const many = Array.from({ length: KV_LIMITS.commitMutations }, (_, i) => set(["n", i], 1));
    await kv.commit(many);
    await refused("commitMutations", many);
    await kv.commit(many.map(({ key }) => del(key)));

    // Keys of 9 bytes, which count twice.
    const full = (bytes: number): Mutation[] => {
      const mutations: Mutation[] = [];
      for (let left = bytes, i = 0; left > 0; i++) {
        const size = Math.min(KV_LIMITS.valueBytes, left - 18);
        mutations.push(big([i], size));
        left -= size + 18;
      }
      return mutations;
    };
    await kv.commit(full(KV_LIMITS.commitBytes));
    await overCommit("commitBytes", full(KV_LIMITS.commitBytes + 1));

    // 40 keys of 2,048 bytes are 80 KiB; deletions count too.
    const longKeys = Array.from({ length: 40 }, (_, i) => set([...key(2_039), i], 1));
    await kv.commit(longKeys);
    await overCommit("commitKeyBytes", [...longKeys, del([new Uint8Array(0)])]);
  });

  test("keys that are no keys are refused", async (kv) => {
    for (const bad of [[], [-1], [0.5], [NaN], [2 ** 53]]) {
      await assert.rejects(kv.get(bad), RangeError);
      await assert.rejects(kv.commit([set(bad, 1)]), RangeError);
      await assert.rejects(kv.commit([del(bad)]), RangeError);
    }
  });

  test("after close everything is a StoreError", async (kv) => {
    kv.close();
    const closed = (error: unknown): boolean =>
      error instanceof StoreError && error.code === "closed";
    await assert.rejects(kv.get(["a"]), closed);
    await assert.rejects(kv.commit([set(["a"], 1)]), closed);
    await assert.rejects(rows(kv, { prefix: [] }), closed);
  });

  test("random operations give what a plain sorted array gives", async (kv) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const control = new Control();
        await kv.commit((await rows(kv, { prefix: [] })).map((r) => del(r.key)));
        for (const action of steps) {
          if (action.kind === "commit") {
            await kv.commit(action.mutations);
            control.commit(action.mutations);
          } else {
            assert.deepEqual(await rows(kv, action.range), control.list(action.range));
          }
        }
        assert.deepEqual(await rows(kv, { prefix: [] }), control.list({ prefix: [] }));
        for (const { key, value } of control.list({ prefix: [] })) {
          assert.deepEqual(await kv.get(key), value);
        }
      }),
      { numRuns: 60 },
    );
  });
}

const part: fc.Arbitrary<KvPart> = fc.oneof(
  fc.uint8Array({ maxLength: 2, max: 2 }),
  fc.constantFrom("", "a", "a\0", "b", "é"),
  fc.nat(3),
);
const key = fc.array(part, { minLength: 1, maxLength: 3 });
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({
    kind: fc.constant("set" as const),
    key,
    value: fc.uint8Array({ maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant("delete" as const), key }),
);
const range: fc.Arbitrary<KvRange> = fc.record({
  prefix: fc.array(part, { maxLength: 1 }),
  start: fc.option(key, { nil: undefined }),
  end: fc.option(key, { nil: undefined }),
  reverse: fc.boolean(),
  limit: fc.option(fc.nat(4), { nil: undefined }),
}).map(({ prefix, start, end, reverse, limit }) => ({
  prefix,
  ...(start && { start: [...prefix, ...start] }),
  ...(end && { end: [...prefix, ...end] }),
  reverse,
  ...(limit !== undefined && { limit }),
}));
const step = fc.oneof(
  fc.record({
    kind: fc.constant("commit" as const),
    mutations: fc.array(mutation, { maxLength: 8 }),
  }),
  fc.record({ kind: fc.constant("list" as const), range }),
);

/** Keeps rows in an array, sorted by comparing keys part by part. */
class Control {
  #rows: Row[] = [];

  commit(mutations: readonly Mutation[]): void {
    for (const mutation of mutations) {
      this.#rows = this.#rows.filter((r) => compareKeys(r.key, mutation.key) !== 0);
      if (mutation.kind === "set") this.#rows.push({ key: mutation.key, value: mutation.value });
    }
    this.#rows.sort((a, b) => compareKeys(a.key, b.key));
  }

  list({ prefix, start, end, reverse, limit }: KvRange): Row[] {
    const found = this.#rows.filter((r) =>
      r.key.length > prefix.length &&
      compareKeys(r.key.slice(0, prefix.length), prefix) === 0 &&
      (start === undefined || compareKeys(r.key, start) >= 0) &&
      (end === undefined || compareKeys(r.key, end) < 0)
    );
    return (reverse ? found.reverse() : found).slice(0, limit);
  }
}

function compareKeys(a: KvKey, b: KvKey): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = compareParts(a[i] ?? 0, b[i] ?? 0);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareParts(a: KvPart, b: KvPart): number {
  const kinds = kindOf(a) - kindOf(b);
  if (kinds !== 0) return kinds;
  if (typeof a === "number" && typeof b === "number") return a - b;
  return compareBytes(bytesOf(a), bytesOf(b));
}

function kindOf(part: KvPart): number {
  return part instanceof Uint8Array ? 0 : typeof part === "string" ? 1 : 2;
}

function bytesOf(part: KvPart): Uint8Array {
  return part instanceof Uint8Array ? part : new TextEncoder().encode(String(part));
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = (a[i] ?? 0) - (b[i] ?? 0);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

async function rows(kv: Kv<Uint8Array>, range: KvRange): Promise<Row[]> {
  return await Array.fromAsync(kv.list(range));
}

function row(key: KvKey, value: number): Row {
  return { key, value: Uint8Array.of(value) };
}

function set(key: KvKey, value: number): Mutation {
  return { kind: "set", key, value: Uint8Array.of(value) };
}

function del(key: KvKey): Mutation {
  return { kind: "delete", key };
}

function big(key: KvKey, bytes: number): Mutation {
  return { kind: "set", key, value: new Uint8Array(bytes).fill(7) };
}
