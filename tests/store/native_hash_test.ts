import assert from "node:assert/strict";
import fc from "fast-check";
import { NATIVE_HASH } from "../../src/store/mod.ts";
import { PORTABLE_HASH } from "../../src/wire/hash.ts";

Deno.test("the native hash is the portable one, and that is SHA-256", () => {
  const abc = new TextEncoder().encode("abc");
  assert.equal(
    PORTABLE_HASH(abc),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
    assert.equal(NATIVE_HASH(bytes), PORTABLE_HASH(bytes));
    // A view into more bytes than its own.
    assert.equal(NATIVE_HASH(bytes.subarray(1)), PORTABLE_HASH(bytes.slice(1)));
  }));
});
