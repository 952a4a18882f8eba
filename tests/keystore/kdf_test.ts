import assert from "node:assert/strict";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { KdfMemoryError } from "../../src/keystore/errors.ts";
import { argon2id, argon2idBlocking, calibrate } from "../../src/keystore/kdf.ts";
import {
  KDF_FLOOR,
  KDF_LIMITS,
  type KdfParams,
  paramsFor,
  withinLimits,
} from "../../src/keystore/kdf_params.ts";
import { Secret } from "../../src/keystore/secret.ts";

Deno.test("argon2id gives the reference implementation's answer", async () => {
  const key = await argon2id(Secret.take(utf8ToBytes("password")), {
    salt: utf8ToBytes("somesalt"),
    params: { memoryKiB: 256, passes: 2 },
  });
  assert.equal(
    key.use(bytesToHex),
    "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe",
  );
});

Deno.test("argon2id says how much memory it lacked", async () => {
  await assert.rejects(
    argon2id(Secret.take(utf8ToBytes("password")), {
      salt: utf8ToBytes("somesalt"),
      params: { memoryKiB: 4_200_000, passes: 3 },
    }),
    new KdfMemoryError(4_200_000),
  );
});

Deno.test("argon2idBlocking gives the same, and says how much memory it lacked", async () => {
  const salt = utf8ToBytes("somesalt");
  using password = Secret.take(utf8ToBytes("password"));
  const key = await argon2idBlocking(password, { salt, params: { memoryKiB: 256, passes: 2 } });
  assert.equal(
    key.use(bytesToHex),
    "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe",
  );
  assert.equal(password.wiped, false, "it stays the caller's");
  await assert.rejects(
    argon2idBlocking(password, { salt, params: { memoryKiB: 4_200_000, passes: 3 } }),
    new KdfMemoryError(4_200_000),
  );
});

Deno.test("paramsFor aims at a second, memory first, never under the floor", () => {
  const MiB = 1_024;
  const cases: [number, KdfParams][] = [
    [10_000, KDF_FLOOR],
    [1_000, KDF_FLOOR],
    [600, { memoryKiB: 64 * MiB, passes: 5 }],
    [500, { memoryKiB: 128 * MiB, passes: 3 }],
    [250, { memoryKiB: 256 * MiB, passes: 3 }],
    [96, { memoryKiB: 256 * MiB, passes: 8 }],
    [1, { memoryKiB: 256 * MiB, passes: 16 }],
    [0, { memoryKiB: 256 * MiB, passes: 16 }],
  ];
  assert.deepEqual(cases.map(([ms]) => paramsFor(ms)), cases.map(([, params]) => params));
  for (const [, params] of cases) assert.equal(withinLimits(params, KDF_LIMITS), true);
});

Deno.test("calibrate measures the floor once", async () => {
  const runs: KdfParams[] = [];
  const params = await calibrate((_passphrase, options) => {
    runs.push(options.params);
    return Promise.resolve(new Secret(32));
  });
  assert.deepEqual(runs, [KDF_FLOOR]);
  assert.equal(withinLimits(params, KDF_LIMITS), true);
});

Deno.test("withinLimits takes floor and ceiling and nothing beyond them", () => {
  const { floor, ceiling } = KDF_LIMITS;
  const outside: KdfParams[] = [
    { ...floor, memoryKiB: floor.memoryKiB - 1 },
    { ...floor, passes: floor.passes - 1 },
    { ...ceiling, memoryKiB: ceiling.memoryKiB + 1 },
    { ...ceiling, passes: ceiling.passes + 1 },
    { memoryKiB: floor.memoryKiB + 0.5, passes: 3 },
    { memoryKiB: floor.memoryKiB, passes: NaN },
  ];
  assert.deepEqual([floor, ceiling].map((p) => withinLimits(p, KDF_LIMITS)), [true, true]);
  assert.deepEqual(outside.filter((p) => withinLimits(p, KDF_LIMITS)), []);
});
