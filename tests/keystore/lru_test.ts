import assert from "node:assert/strict";
import fc from "fast-check";
import { Lru } from "../../src/keystore/lru.ts";

Deno.test("Lru holds just the keys used last, as a plain list would", () => {
  const steps = fc.array(fc.record({ set: fc.boolean(), key: fc.nat(8) }), { maxLength: 60 });
  fc.assert(fc.property(fc.integer({ min: 1, max: 6 }), steps, (capacity, list) => {
    const lru = new Lru<number, string>(capacity);
    let used: { key: number; value: string }[] = [];
    list.forEach(({ set, key }, step) => {
      const found = used.find((entry) => entry.key === key);
      const value = set ? `value ${step}` : found?.value;
      if (set) lru.set(key, `value ${step}`);
      else assert.equal(lru.get(key), value);
      if (value === undefined) return;
      used = [...used.filter((entry) => entry !== found), { key, value }].slice(-capacity);
      assert.equal(lru.size, used.length);
    });
  }));
});
