import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHmac, hkdfSync } from "node:crypto";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { everything, recordKey } from "../../src/store/keys.ts";
import { openMemoryKv } from "../../src/store/kv_memory.ts";
import type { Kv } from "../../src/store/kv_port.ts";
import {
  MAX_PARTS,
  MAX_WHOLE_BYTES,
  PART_BYTES,
  RecordCodec,
  type Sealed,
  SEALED_SIZES,
} from "../../src/store/record_codec.ts";
import { SealedRecords, type ValueName } from "../../src/store/sealed.ts";
import { labelsOf, parseNetworkName } from "../../src/wire/labels.ts";
import { failing, LABELS, storeErrorOf } from "./support.ts";

const STORE_KEY = new Uint8Array(32).fill(7);
const NAME: ValueName = { kind: "setting", name: "a" };

function open(kv: Kv<Sealed>, storeKey = STORE_KEY, labels = LABELS): Promise<SealedRecords> {
  return SealedRecords.open(kv, new RecordCodec(storeKey, labels));
}

async function rowsOf(kv: Kv<Sealed>): Promise<{ key: Uint8Array; value: Sealed }[]> {
  const rows = await Array.fromAsync(kv.list({ prefix: everything }));
  return rows.map(({ key, value }) => {
    const name = key[1];
    assert(key.length === 2 && key[0] === "r" && name instanceof Uint8Array && name.length === 32);
    return { key: name, value };
  });
}

function bytes(length: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + seed + (i >> 8)) & 255);
}

/** "frozen" as the whole value of list "follows", sealed under the store key 00 01 02 … 1f. */
const FROZEN_NAME = "aacde3f66b354b88f0e89702bf7f336b58b2ec624e61a2ed0bffac3d60b119e4";
const FROZEN_RECORD =
  "d58e02340408a62a3be72d357163046e63f6efaa799e70a05eb9913f55af842c2e1c3a5fb23e02ea6cb0f6b0" +
  "d083eea36fc1745734793330515f3f9556095f879a11a17207ab6647ebcf8c6b18f3f5292fa60bc76d5b5a3d" +
  "259940c2411b9ee15f6c0a70c0dac26276315146c0e4dd7df09121fe1356545232e43a7868c65fb438c08c32" +
  "a4039ce030045139002abf39b17a455d6e7d5f7dd53a1f0918544b9307caa50196a1f4d3092df3d36242c22f" +
  "a06e0c9e80310f4fd4aa9f9e39a6f7bc4d2910803691844a4e2454e180970645eabce5297d6066c22a0ac58f" +
  "bf8e9198c8fbb111a533dd6d29dc324fba595700f63671b378726cb422f0e6168508f195";

Deno.test("sealed: names and records of version 1 stay readable", () => {
  const storeKey = Uint8Array.from({ length: 32 }, (_, i) => i);
  const codec = new RecordCodec(storeKey, LABELS);
  const place = { kind: "list", name: "follows" };
  const blinded = codec.blind({ ...place, part: 0, generation: 0 });
  assert.equal(bytesToHex(blinded), FROZEN_NAME);
  const value = new TextEncoder().encode("frozen");
  assert.deepEqual(codec.openHead(blinded, hexToBytes(FROZEN_RECORD)), { form: "whole", value });

  // The same name by another implementation: the label is HKDF's info.
  const info = "gossamer/1 record name\0main\0";
  const indexKey = hkdfSync("sha256", storeKey, new Uint8Array(0), info, 32);
  const message = Buffer.concat([hexToBytes("0000010201"), Buffer.from("list\0follows")]);
  const expected = createHmac("sha256", new Uint8Array(indexKey)).update(message).digest("hex");
  assert.equal(bytesToHex(codec.blind({ ...place, part: 258, generation: 1 })), expected);
});

Deno.test("sealed: each size is filled up to the next, one byte more to the one after", async () => {
  for (const [i, size] of SEALED_SIZES.entries()) {
    const room = size - 45;
    for (const [length, expected] of [[room, size], [room + 1, SEALED_SIZES[i + 1]]]) {
      const kv = openMemoryKv<Sealed>();
      const records = await open(kv);
      const empty = (await rowsOf(kv)).map(({ value }) => value.length);
      assert.deepEqual(empty, [256]);
      await records.put(NAME, bytes(length ?? 0));
      const sizes = (await rowsOf(kv)).map(({ value }) => value.length).sort((a, b) => a - b);
      // Over the largest: part 0 and two parts.
      const more = expected === undefined ? [256, 65_536] : [expected];
      assert.deepEqual(sizes, [256, ...more].sort((a, b) => a - b));
      assert.deepEqual(await records.get(NAME), bytes(length ?? 0));
    }
  }
});

Deno.test("sealed: parts are as many as the next power of two, each of the largest size", async () => {
  assert.equal(MAX_WHOLE_BYTES, 65_491);
  for (const [length, parts] of [[2, 2], [3, 4], [4, 4], [5, 8]]) {
    const kv = openMemoryKv<Sealed>();
    const records = await open(kv);
    const value = bytes((length ?? 0) * PART_BYTES);
    await records.put(NAME, value);
    const sizes = (await rowsOf(kv)).map((row) => row.value.length).sort((a, b) => a - b);
    assert.deepEqual(sizes, [256, 256, ...Array(parts).fill(65_536)]);
    assert.deepEqual(await records.get(NAME), value);
    assert.deepEqual(await (await open(kv)).get(NAME), value);
  }
});

Deno.test("sealed: a value over the cap is refused", async () => {
  const records = await open(openMemoryKv<Sealed>());
  const over = new Uint8Array(MAX_PARTS * PART_BYTES + 1);
  assert.throws(() => records.put(NAME, over), RangeError);
});

Deno.test("sealed: no row shows a name or a value, and none is written twice alike", async () => {
  const kv = openMemoryKv<Sealed>();
  const records = await open(kv);
  const secret = new TextEncoder().encode("the only word that must not be seen");
  const seen = new Set<string>();
  for (let i = 0; i < 3; i++) {
    await records.put({ kind: "setting", name: "visible name" }, secret);
    const all = (await rowsOf(kv)).map(({ key, value }) => text(key) + text(value)).join();
    assert(!all.includes("must not") && !all.includes("visible") && !all.includes("setting"));
    seen.add(all);
  }
  assert.equal(seen.size, 3);
  assert.equal((await rowsOf(kv)).length, 2);
});

Deno.test("sealed: random puts, deletes and restarts give what a map gives, and leave no rows", async () => {
  const length = fc.oneof(fc.nat(300), fc.nat(5 * PART_BYTES));
  const step = fc.record({
    name: fc.constantFrom("a", "b"),
    length: fc.option(length, { nil: undefined }),
    restart: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      const kv = openMemoryKv<Sealed>();
      let records = await open(kv);
      const control = new Map<string, Uint8Array>();
      for (const [i, { name, length, restart }] of steps.entries()) {
        if (length === undefined) {
          await records.delete({ kind: "setting", name });
          control.delete(name);
        } else {
          await records.put({ kind: "setting", name }, bytes(length, i));
          control.set(name, bytes(length, i));
        }
        if (restart) records = await open(kv);
        for (const name of ["a", "b"]) {
          assert.deepEqual(await records.get({ kind: "setting", name }), control.get(name));
          assert.equal(await records.get({ kind: "list", name }), undefined);
        }
      }
      let rows = 1;
      for (const value of control.values()) {
        const parts = Math.ceil(value.length / PART_BYTES);
        rows += value.length <= MAX_WHOLE_BYTES ? 1 : 1 + 2 ** Math.ceil(Math.log2(parts));
      }
      assert.equal((await rowsOf(kv)).length, rows);
    }),
    { numRuns: 15 },
  );
});

Deno.test("sealed: a write that fails at any commit leaves the old value or the new one", async () => {
  const lengths = [10, 3 * PART_BYTES, 13 * PART_BYTES, 2 * PART_BYTES, 10];
  let failures = 0;
  for (let failure = 1; failure < 14; failure++) {
    const kv = openMemoryKv<Sealed>();
    let current: Uint8Array | undefined;
    const faulty = failing(kv, (commit) => commit === failure);
    const records = await open(faulty);
    for (const [i, length] of lengths.entries()) {
      const next = bytes(length, i);
      const done = await records.put(NAME, next).then(() => true, () => false);
      if (!done) failures++;
      const found = await (await open(kv)).get(NAME);
      assert(same(found, next) || !done && same(found, current));
      current = found;
    }
    await (await open(kv)).put(NAME, bytes(1));
    assert.equal((await rowsOf(kv)).length, 2);
  }
  assert(failures >= 6, `${failures}`);
});

Deno.test("sealed: another store key or network does not open, and changes nothing", async () => {
  const kv = openMemoryKv<Sealed>();
  await (await open(kv)).put(NAME, bytes(9));
  const before = await rowsOf(kv);
  const network = parseNetworkName("other");
  assert(network);
  await assert.rejects(open(kv, new Uint8Array(32).fill(8)), storeErrorOf("wrong-key"));
  await assert.rejects(open(kv, STORE_KEY, labelsOf(network)), storeErrorOf("wrong-key"));
  assert.deepEqual(await rowsOf(kv), before);
  assert.deepEqual(await (await open(kv)).get(NAME), bytes(9));
  for (const length of [0, 31, 33]) {
    assert.throws(() => new RecordCodec(new Uint8Array(length), LABELS), RangeError);
  }
});

Deno.test("sealed: flipped, cut, grown, swapped, missing or mixed rows are found out", async () => {
  const large = { kind: "list", name: "large" };
  const make = async (): Promise<Kv<Sealed>> => {
    const kv = openMemoryKv<Sealed>();
    const records = await open(kv);
    await records.put(NAME, bytes(9));
    await records.put(large, bytes(2 * PART_BYTES));
    return kv;
  };
  const codec = new RecordCodec(STORE_KEY, LABELS);
  const key = (name: ValueName, part: number, generation = 0): Uint8Array =>
    codec.blind({ ...name, part, generation });
  const read = async (kv: Kv<Sealed>, name: Uint8Array): Promise<Sealed> => {
    const value = await kv.get(recordKey(name));
    assert(value);
    return value;
  };
  const set = (kv: Kv<Sealed>, name: Uint8Array, value: Sealed): Promise<void> =>
    kv.commit([{ kind: "set", key: recordKey(name), value }]);
  const refused = async (kv: Kv<Sealed>, name: ValueName): Promise<void> => {
    await assert.rejects((await open(kv)).get(name), storeErrorOf("damaged"));
  };

  for (const at of [0, 23, 24, 100, 254]) {
    const kv = await make();
    const value = await read(kv, key(NAME, 0));
    value[at] = (value[at] ?? 0) ^ 1;
    await set(kv, key(NAME, 0), value);
    await refused(kv, NAME);
  }
  for (const length of [0, 1, 39, 40, 255]) {
    const kv = await make();
    const value = await read(kv, key(NAME, 0));
    await set(kv, key(NAME, 0), value.slice(0, length) as Uint8Array as Sealed);
    await refused(kv, NAME);
  }
  const grown = await make();
  const padded = new Uint8Array(1_024);
  padded.set(await read(grown, key(NAME, 0)));
  await set(grown, key(NAME, 0), padded as Uint8Array as Sealed);
  await refused(grown, NAME);

  // One record in another's place, of another name, kind, part or generation.
  const swapped = await make();
  await set(swapped, key(NAME, 0), await read(swapped, key(large, 0)));
  await refused(swapped, NAME);
  const parts = await make();
  await set(parts, key(large, 1), await read(parts, key(large, 2)));
  await refused(parts, large);
  const missing = await make();
  await missing.commit([{ kind: "delete", key: recordKey(key(large, 2)) }]);
  await refused(missing, large);

  // A part of an earlier write of the same list, under the very same name.
  const mixed = await make();
  const old = await read(mixed, key(large, 1));
  const records = await open(mixed);
  await records.put(large, bytes(2 * PART_BYTES, 2));
  await records.put(large, bytes(2 * PART_BYTES, 3));
  await set(mixed, key(large, 1), old);
  await refused(mixed, large);
});

Deno.test("sealed: wiped keys seal and open nothing", async () => {
  const codec = new RecordCodec(STORE_KEY, LABELS);
  const records = await SealedRecords.open(openMemoryKv<Sealed>(), codec);
  codec.wipe();
  await assert.rejects(records.get(NAME), storeErrorOf("locked"));
  await assert.rejects(records.put(NAME, bytes(1)), storeErrorOf("locked"));
  await assert.rejects(records.delete(NAME), storeErrorOf("locked"));
  assert.deepEqual(STORE_KEY, new Uint8Array(32).fill(7));
});

function same(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a?.length === b?.length && (a?.every((byte, i) => byte === b?.[i]) ?? true);
}

function text(value: Uint8Array): string {
  return new TextDecoder("latin1").decode(value);
}
