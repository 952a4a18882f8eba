import assert from "node:assert/strict";
import { createVerifier } from "../../src/keystore/ed25519.ts";
import { keptOneTimeSigner, oneTimeSigner } from "../../src/keystore/one_time_signer.ts";
import { printed } from "./printed.ts";

const data = new TextEncoder().encode("something labelled");
const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

Deno.test("a one-time signer signs by a key that is new each time", () => {
  using first = oneTimeSigner(random);
  using second = oneTimeSigner(random);
  assert.notEqual(first.key, second.key);
  const verify = createVerifier();
  assert(verify(first.key, first.sign(data), data));
  assert(!verify(second.key, first.sign(data), data));
});

Deno.test("a one-time signer's secret, kept, signs as it did", () => {
  using signer = oneTimeSigner(random);
  const kept = signer.useSecret((seed) => seed.slice());
  using again = keptOneTimeSigner(kept);
  assert.equal(again.key, signer.key);
  assert.deepEqual(again.sign(data), signer.sign(data));
  assert(kept.every((byte) => byte === 0), "the bytes given are wiped");
});

Deno.test("a one-time signer wipes the random bytes that it was made of, and itself", () => {
  let given = new Uint8Array(0);
  const signer = oneTimeSigner((length) => given = new Uint8Array(length).fill(7));
  assert(given.every((byte) => byte === 0));
  signer.wipe();
  assert.throws(() => signer.sign(data), /wiped/);
  assert.throws(() => signer.useSecret(() => 0), /wiped/);
});

Deno.test("a one-time key of another length is refused", () => {
  for (const length of [0, 31, 33]) {
    assert.throws(() => keptOneTimeSigner(new Uint8Array(length)), RangeError);
  }
});

Deno.test("a one-time signer shows nothing of its secret when printed", () => {
  const seed = new Uint8Array(32).fill(0xa5);
  using signer = keptOneTimeSigner(seed);
  assert(!/165|a5a5/i.test(printed(signer).replaceAll(signer.key, "")));
});
