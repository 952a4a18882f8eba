import assert from "node:assert/strict";
import { Secret } from "../../src/keystore/secret.ts";
import { printed } from "./printed.ts";

Deno.test("Secret shows nothing of itself in whatever way it is printed", () => {
  const secret = Secret.take(new TextEncoder().encode("hunter2"));
  assert.equal(
    printed(secret),
    [
      "[secret]",
      "[secret]",
      '{"value":"[secret]","list":["[secret]"]}',
      "[secret]",
      "{ nested: [ [secret] ] }",
      "[secret]",
      "{ nested: Map(1) { 'k' => [secret] } }",
      '{"length":7}',
      '[["length",7]]',
    ].join("\n"),
  );
});

Deno.test("Secret.take moves the bytes, wiping their source", () => {
  const source = Uint8Array.of(1, 2, 3);
  const secret = Secret.take(source);
  assert.deepEqual(source, new Uint8Array(3));
  assert.deepEqual(secret.use((bytes) => [...bytes]), [1, 2, 3]);
});

Deno.test("Secret.wipe zeroes the very bytes, gives them back once, and ends their use", () => {
  const released: Uint8Array[] = [];
  const memory = new Uint8Array(4);
  const secret = new Secret(4, {
    allocate: () => memory,
    release: (bytes) => released.push(bytes.slice()),
  });
  secret.use((bytes) => bytes.set([1, 2, 3, 4]));
  assert.deepEqual(memory, Uint8Array.of(1, 2, 3, 4));
  secret.wipe();
  secret.wipe();
  assert.deepEqual(memory, new Uint8Array(4));
  assert.deepEqual(released, [new Uint8Array(4)]);
  assert.equal(secret.wiped, true);
  assert.throws(() => secret.use((bytes) => bytes.length), /wiped/);
  assert.throws(() => secret.copy(), /wiped/);
});

Deno.test("Secret is wiped at the end of a using block, its copy isn't", () => {
  let kept: Uint8Array | undefined;
  let copy: Secret;
  {
    using secret = Secret.take(Uint8Array.of(9, 9));
    secret.use((bytes) => kept = bytes);
    copy = secret.copy();
  }
  assert.deepEqual(kept, new Uint8Array(2));
  assert.deepEqual(copy.use((bytes) => [...bytes]), [9, 9]);
});
