import assert from "node:assert/strict";
import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import {
  createVerifier,
  isRefusedKey,
  publicKeyOf,
  sign,
  SMALL_ORDER_KEYS,
} from "../../src/keystore/ed25519.ts";
import { createParallelVerifier } from "../../src/keystore/ed25519_parallel.ts";
import { EDGE_CASES, parallelSelfTest, selfTest } from "../../src/keystore/ed25519_self_test.ts";
import { identityKey } from "../../src/wire/ids.ts";
import type { Verify } from "../../src/wire/verify.ts";
import vectors from "../vectors/ed25519.json" with { type: "json" };

const DATA = new TextEncoder().encode("data");
const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });

function verdicts(verify: Verify): Record<string, boolean> {
  return Object.fromEntries(vectors.cases.map(({ name, key, message, signature }, i) => [
    `${i} ${name}`,
    verify(identityKey(hexToBytes(key)), hexToBytes(signature), hexToBytes(message)),
  ]));
}

Deno.test("verify gives every frozen case its verdict, whatever is cached", () => {
  const expected = Object.fromEntries(vectors.cases.map((c, i) => [`${i} ${c.name}`, c.valid]));
  const verify = createVerifier();
  assert.deepEqual(verdicts(verify), expected);
  assert.deepEqual(verdicts(verify), expected);
  assert.deepEqual(verdicts(createVerifier(1)), expected);
});

Deno.test("the parallel verifier gives every frozen case the same verdict, whatever is cached", async () => {
  const verify = createParallelVerifier();
  for (let round = 0; round < 2; round++) {
    const verdicts = await Promise.all(
      vectors.cases.map(({ key, message, signature }) =>
        verify(identityKey(hexToBytes(key)), hexToBytes(signature), hexToBytes(message))
      ),
    );
    assert.deepEqual(
      vectors.cases.map(({ name }, i) => [name, verdicts[i]]),
      vectors.cases.map(({ name, valid }) => [name, valid]),
    );
  }
  assert.deepEqual(
    await Promise.all(
      [...SMALL_ORDER_KEYS].map((key) =>
        verify(identityKey(hexToBytes(key)), new Uint8Array(64).fill(1, 0, 1), DATA)
      ),
    ),
    Array.from(SMALL_ORDER_KEYS, () => false),
  );
});

Deno.test("both verifiers agree on random keys, signatures and data, and on good ones spoiled", async () => {
  const [verify, parallel] = [createVerifier(), createParallelVerifier()];
  await fc.assert(
    fc.asyncProperty(
      seeds,
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom("nothing", "key", "signature", "data", "length", "random key"),
      fc.nat(),
      async (seed, data, spoil, bit) => {
        const flip = (bytes: Uint8Array): Uint8Array => {
          const copy = bytes.slice();
          const at = (bit >> 3) % Math.max(1, copy.length);
          if (copy.length > 0) copy[at] = copy[at]! ^ 1 << (bit & 7);
          return copy;
        };
        let key: Uint8Array = hexToBytes(publicKeyOf(seed));
        let signature = sign(seed, data);
        if (spoil === "key") key = flip(key);
        if (spoil === "random key") key = seed;
        if (spoil === "signature") signature = flip(signature);
        if (spoil === "length") signature = signature.slice(0, bit % 64);
        const said = spoil === "data" ? Uint8Array.of(...data, 1) : data;
        const verdict = verify(identityKey(key), signature, said);
        assert.equal(await parallel(identityKey(key), signature, said), verdict);
        if (spoil === "nothing") assert.equal(verdict, true);
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("the parallel verifier answers each of very many, with more keys than it keeps", async () => {
  const verify = createParallelVerifier();
  const signed = Array.from({ length: 600 }, (_, i) => {
    const seed = new Uint8Array(32).fill(i).fill(i >> 8, 16);
    return { key: publicKeyOf(seed), signature: sign(seed, DATA) };
  });
  const verdicts = await Promise.all(
    [...signed, ...signed].map(({ key, signature }, i) =>
      verify(key, i % 3 === 0 ? signed[(i + 1) % 600]!.signature : signature, DATA)
    ),
  );
  assert.deepEqual(verdicts, Array.from({ length: 1_200 }, (_, i) => i % 3 !== 0));
});

Deno.test("verify refuses every point of small order in every encoding", () => {
  const canonical = ed25519.Point.Fp.ORDER;
  const ys = new Set<bigint>();
  for (const hex of SMALL_ORDER_KEYS) {
    const y = BigInt("0x" + bytesToHex(hexToBytes(hex).reverse())) & (2n ** 255n - 1n);
    ys.add(y % canonical);
  }
  const encodings = new Set<string>();
  for (const y of ys) {
    for (const raw of [y, y + canonical].filter((value) => value < 2n ** 255n)) {
      for (const sign of [0n, 2n ** 255n]) {
        const bytes = hexToBytes((raw + sign).toString(16).padStart(64, "0")).reverse();
        // x = 0 with the sign bit set is no encoding for noble, but is one for lenient decoders.
        const isZeroX = y === 1n || y === canonical - 1n;
        if (isZeroX || ed25519.Point.fromBytes(bytes, true).isSmallOrder()) {
          encodings.add(bytesToHex(bytes));
        }
      }
    }
  }
  assert.equal(ys.size, 5, "eight points have five y");
  assert.deepEqual([...SMALL_ORDER_KEYS].sort(), [...encodings].sort());
});

Deno.test("keys with y from p on are refused, and none below but those of small order", () => {
  for (const last of [0x7f, 0xff]) {
    const key = new Uint8Array(32).fill(0xff);
    key[31] = last;
    const refused = Array.from({ length: 256 }, (_, low) => low).filter((low) => {
      key[0] = low;
      return isRefusedKey(identityKey(key));
    });
    // 0xec is p - 1, the point of order two; p = 2^255 - 19 ends in 0xed.
    assert.deepEqual(refused, Array.from({ length: 20 }, (_, i) => 0xec + i));
  }
  fc.assert(fc.property(seeds, (seed) => !isRefusedKey(publicKeyOf(seed))), { numRuns: 20 });
});

Deno.test("verify never throws and refuses whatever wasn't signed", () => {
  const verify = createVerifier(8);
  fc.assert(fc.property(
    fc.uint8Array({ minLength: 32, maxLength: 32 }),
    fc.oneof(fc.uint8Array({ minLength: 64, maxLength: 64 }), fc.uint8Array({ maxLength: 200 })),
    fc.uint8Array(),
    (key, signature, data) => verify(identityKey(key), signature, data) === false,
  ));
});

Deno.test("sign and publicKeyOf are Ed25519 as another implementation has it", () => {
  const verify = createVerifier();
  fc.assert(
    fc.property(seeds, fc.uint8Array({ maxLength: 300 }), (seed, data) => {
      const key = publicKeyOf(seed);
      const signature = sign(seed, data);
      assert.equal(key, bytesToHex(ed25519.getPublicKey(seed)));
      assert.equal(bytesToHex(signature), bytesToHex(ed25519.sign(data, seed)));
      assert.equal(verify(key, signature, data), true);
    }),
    { numRuns: 20 },
  );
  assert.throws(() => sign(new Uint8Array(31), DATA), RangeError);
  assert.throws(() => publicKeyOf(new Uint8Array(33)), RangeError);
});

Deno.test("verify answers the same for keys that fell out of its cache", () => {
  const verify = createVerifier(2);
  const signed = Array.from({ length: 5 }, (_, i) => {
    const seed = new Uint8Array(32).fill(i);
    return { key: publicKeyOf(seed), signature: sign(seed, DATA) };
  });
  for (const order of [[0, 1, 2, 3, 4], [4, 0, 4, 1, 4, 2], [0, 0, 3]]) {
    for (const i of order) {
      const { key, signature } = signed[i]!;
      const other = signed[(i + 1) % 5]!;
      assert.equal(verify(key, signature, DATA), true);
      assert.equal(verify(key, other.signature, DATA), false);
    }
  }
});

Deno.test("selfTest passes here and names the first case that a platform gets wrong", () => {
  assert.equal(selfTest(), undefined);
  assert.equal(
    selfTest(() => true),
    'Ed25519 on this platform accepts "speccheck 0: S = 0, small A and R"',
  );
  assert.equal(selfTest(() => false), 'Ed25519 on this platform refuses "RFC 8032 TEST 2"');
  const cofactored: Verify = (key, signature, data) =>
    createVerifier()(key, signature, data) ||
    !SMALL_ORDER_KEYS.has(key) && ed25519.verify(signature, data, hexToBytes(key));
  assert.equal(
    selfTest(cofactored),
    'Ed25519 on this platform accepts "speccheck 4: mixed A and R, only cofactored holds"',
  );
});

Deno.test("the start-up cases are frozen ones", () => {
  const frozen = new Map(vectors.cases.map((c) => [c.name, c]));
  for (const edge of EDGE_CASES) assert.deepEqual(edge, frozen.get(edge.name));
  assert.equal(EDGE_CASES.length, 14);
});

Deno.test("parallelSelfTest passes here and names the first case that a platform gets wrong", async () => {
  assert.equal(await parallelSelfTest(), undefined);
  assert.equal(
    await parallelSelfTest(() => Promise.resolve(true)),
    'Ed25519 of WebCrypto accepts "speccheck 0: S = 0, small A and R"',
  );
  assert.equal(
    await parallelSelfTest(() => false),
    'Ed25519 of WebCrypto refuses "RFC 8032 TEST 2"',
  );
});
