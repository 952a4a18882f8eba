import assert from "node:assert/strict";
import fc from "fast-check";
import { StoreError } from "../../src/store/errors.ts";
import { openDenoKv } from "../../src/store/kv_deno.ts";
import { compareKeys, type KvKey, type KvRange } from "../../src/store/kv_port.ts";
import { decodeKey, encodeKey } from "../../src/store/kv_key.ts";
import { openSnapshot } from "../../src/store/kv_snapshot.ts";
import { storeErrorOf, withFolder } from "./support.ts";

const part = fc.oneof(
  fc.uint8Array({ maxLength: 6 }),
  fc.string({ maxLength: 6, unit: "grapheme" }),
  fc.constantFrom("m", "meta", "é\0"),
  fc.constantFrom(0, 1, 255, 2 ** 31, 2 ** 32, 2 ** 53 - 1),
  fc.nat(),
);
const key: fc.Arbitrary<KvKey> = fc.array(part, { minLength: 1, maxLength: 4 });

function compareEncoded(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = (a[i] ?? 0) - (b[i] ?? 0);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

Deno.test("keys are decoded as they were encoded, and sort as the port says", () => {
  fc.assert(fc.property(key, key, (a, b) => {
    assert.deepEqual(decodeKey(encodeKey(a)), a);
    const order = compareEncoded(encodeKey(a), encodeKey(b));
    assert.equal(Math.sign(order), Math.sign(compareKeys(a, b)));
  }));
});

Deno.test("bytes that are no key are damage", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
    try {
      decodeKey(bytes);
    } catch (error) {
      assert.ok(error instanceof StoreError && error.code === "damaged", String(error));
    }
  }));
  for (const bytes of [[3], [1], [2, 97], [0x21, 1]]) {
    assert.throws(() => decodeKey(Uint8Array.from(bytes)), storeErrorOf("damaged"));
  }
});

Deno.test("a snapshot reads what Deno KV wrote, row by row and range by range", async () => {
  await withFolder(async (dir) => {
    await fc.assert(
      fc.asyncProperty(fc.array(key, { maxLength: 12 }), fc.nat(3), async (keys, length) => {
        const path = `${dir}/${crypto.randomUUID()}`;
        const kv = await openDenoKv<Uint8Array>(path);
        try {
          const value = Uint8Array.of(7);
          await kv.commit(keys.map((key) => ({ kind: "set", key, value })));
          using snapshot = openSnapshot<Uint8Array>(path);
          const prefix = (keys[0] ?? []).slice(0, length);
          const [first, last] = [keys[1] ?? [], keys[2] ?? []].map((end) => [...prefix, ...end]);
          const ranges: KvRange[] = [
            { prefix: [] },
            { prefix },
            { prefix, reverse: true, limit: 2 },
            { prefix, limit: 0 },
            ...(first !== undefined && first.length > prefix.length
              ? [{ prefix, start: first }, { prefix, end: first }]
              : []),
            ...(first !== undefined && last !== undefined &&
                Math.min(first.length, last.length) > prefix.length
              ? [{ prefix, start: first, end: last }]
              : []),
          ];
          for (const range of ranges) {
            const [mine, its] = await Promise.all([
              Array.fromAsync(snapshot.list(range)),
              Array.fromAsync(kv.list(range)),
            ]);
            assert.deepEqual(mine, its);
          }
          for (const one of keys) assert.deepEqual(await snapshot.get(one), value);
          assert.equal(await snapshot.get(["not", "there"]), undefined);
        } finally {
          kv.close();
        }
      }),
      { numRuns: 25 },
    );
  });
});

Deno.test("a snapshot stays as it was while another writes, and writes nothing itself", async () => {
  await withFolder(async (dir) => {
    const path = `${dir}/a.kv`;
    const kv = await openDenoKv<Uint8Array>(path);
    try {
      await kv.commit([{ kind: "set", key: ["a"], value: Uint8Array.of(1) }]);
      const snapshot = openSnapshot<Uint8Array>(path);
      await kv.commit([
        { kind: "set", key: ["a"], value: Uint8Array.of(2) },
        { kind: "set", key: ["b"], value: Uint8Array.of(3) },
      ]);
      assert.deepEqual(await Array.fromAsync(snapshot.list({ prefix: [] })), [
        { key: ["a"], value: Uint8Array.of(1) },
      ]);
      await assert.rejects(snapshot.commit([]), storeErrorOf("unreadable"));
      snapshot.close();
      snapshot.close();
      using later = openSnapshot<Uint8Array>(path);
      assert.deepEqual(await later.get(["b"]), Uint8Array.of(3));
    } finally {
      kv.close();
    }
  });
});

Deno.test("what is no database of Deno KV's is refused", async () => {
  await withFolder(async (dir) => {
    await Deno.writeTextFile(`${dir}/a.kv`, "This is no database at all, but it is long enough.");
    assert.throws(() => openSnapshot(`${dir}/a.kv`), storeErrorOf("damaged"));
    await Deno.writeFile(`${dir}/b.kv`, new Uint8Array(0));
    assert.throws(() => openSnapshot(`${dir}/b.kv`), storeErrorOf("damaged"));
  });
});
