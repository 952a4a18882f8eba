import assert from "node:assert/strict";
import fc from "fast-check";
import { keepSecretsIn, PROCESS_MEMORY, Secret } from "../../src/keystore/secret.ts";
import { SecretArena } from "../../src/keystore/secret_arena.ts";

Deno.test("SecretArena lends pieces of its memory and goes to the heap when it is full", () => {
  const memory = new Uint8Array(96).fill(7);
  const arena = new SecretArena(memory);
  const first = arena.allocate(33);
  const second = arena.allocate(48);
  assert.deepEqual([first.buffer === memory.buffer, second.buffer === memory.buffer], [true, true]);
  assert.equal(arena.used, 96);
  const third = arena.allocate(1);
  assert.deepEqual([third.buffer === memory.buffer, third.length, arena.holds(third)], [
    false,
    1,
    false,
  ]);
  first.fill(9);
  third.fill(9);
  arena.release(first);
  arena.release(third);
  assert.deepEqual([first, third], [new Uint8Array(33), new Uint8Array(1)]);
  assert.equal(arena.used, 48);
  assert.equal(arena.holds(arena.allocate(48)), true, "the gap is used again");
});

Deno.test("pieces of a SecretArena begin as zeros and never overlap", () => {
  const step = fc.oneof(
    fc.record({ take: fc.integer({ min: 0, max: 300 }) }),
    fc.record({ give: fc.nat() }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const memory = new Uint8Array(1_024);
    const arena = new SecretArena(memory);
    const lent: { bytes: Uint8Array; mark: number }[] = [];
    for (const [n, each] of steps.entries()) {
      if ("take" in each) {
        const bytes = arena.allocate(each.take);
        assert.deepEqual(bytes, new Uint8Array(each.take));
        const mark = n % 255 + 1;
        bytes.fill(mark);
        lent.push({ bytes, mark });
      } else {
        const [gone] = lent.splice(each.give % Math.max(1, lent.length), 1);
        if (gone !== undefined) arena.release(gone.bytes);
      }
      for (const { bytes, mark } of lent) assert.ok(bytes.every((byte) => byte === mark));
    }
    for (const { bytes } of lent) arena.release(bytes);
    assert.equal(arena.used, 0);
    assert.deepEqual(memory, new Uint8Array(1_024));
  }));
});

Deno.test("secrets made after keepSecretsIn lie there, earlier ones are wiped all the same", () => {
  const earlier = Secret.take(Uint8Array.of(1, 2));
  let bytes = new Uint8Array(0);
  earlier.use((lent) => bytes = lent as Uint8Array<ArrayBuffer>);
  const arena = new SecretArena(new Uint8Array(64));
  keepSecretsIn(arena);
  try {
    const later = Secret.take(Uint8Array.of(3, 4));
    assert.equal(later.use((lent) => arena.holds(lent)), true);
    later.wipe();
    earlier.wipe();
    assert.equal(arena.used, 0);
    assert.deepEqual(bytes, new Uint8Array(2));
  } finally {
    keepSecretsIn({ allocate: (length) => new Uint8Array(length), release: () => {} });
  }
  assert.equal(PROCESS_MEMORY.allocate(3).length, 3);
});
