import assert from "node:assert/strict";
import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { type BackupItem, BackupReader, encodeBackupItem } from "../../src/wire/backup.ts";
import { WireError } from "../../src/wire/errors.ts";
import { encode } from "../../src/wire/msgpack.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import vectors from "../vectors/backup.json" with { type: "json" };

const HEAD: BackupItem = {
  kind: "head",
  head: {
    network: "main",
    schema: 2,
    madeAt: unixSeconds(1_800_000_000),
    counts: {
      ...{ identities: 1, follows: 2, blocks: 3, archived: 4, letters: 5, requests: 6 },
      ...{ statements: 7, profiles: 8, pending: 9 },
    },
  },
};
const KEYS: BackupItem = { kind: "keys", bytes: new Uint8Array(8_192).fill(0x6b) };
const RECORD: BackupItem = {
  kind: "record",
  name: new Uint8Array(32).fill(1),
  value: new Uint8Array(256).fill(2),
};
const ROW: BackupItem = {
  kind: "row",
  key: ["s", new Uint8Array(32).fill(3), 1, 1_800_000_000],
  value: new Uint8Array(3).fill(4),
};
const end = (records: number, rows: number): BackupItem => ({ kind: "end", records, rows });
const bytesOf = (...items: BackupItem[]): Uint8Array => concatBytes(...items.map(encodeBackupItem));

/** Reads contents in pieces of a size. */
function read(bytes: Uint8Array, size = bytes.length): BackupItem[] {
  const reader = new BackupReader();
  const items: BackupItem[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    items.push(...reader.push(bytes.subarray(at, at + size)));
  }
  reader.finish();
  return items;
}

const part = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.string({ maxLength: 20 }).filter((text) => /^[a-z ]*$/.test(text)),
  fc.nat(),
);
const record = fc.record({
  kind: fc.constant("record" as const),
  name: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  value: fc.uint8Array({ maxLength: 300 }),
}, { noNullPrototype: true });
const row = fc.record({
  kind: fc.constant("row" as const),
  key: fc.array(part, { minLength: 1, maxLength: 8 }),
  value: fc.uint8Array({ maxLength: 300 }),
}, { noNullPrototype: true });

Deno.test("what is encoded is read again, in pieces of any size, whatever zeros follow", () => {
  fc.assert(
    fc.property(
      fc.array(record, { maxLength: 5 }),
      fc.array(row, { maxLength: 5 }),
      fc.integer({ min: 1, max: 5_000 }),
      fc.nat(2_000),
      (records, rows, size, zeros) => {
        const items = [HEAD, KEYS, ...records, ...rows, end(records.length, rows.length)];
        const bytes = concatBytes(bytesOf(...items), new Uint8Array(zeros));
        assert.deepEqual(read(bytes, size), items);
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("contents that are out of order, cut off, or not what they say are refused", () => {
  const good = [HEAD, KEYS, RECORD, ROW, end(1, 1)];
  assert.deepEqual(read(bytesOf(...good)), good);
  const bad: BackupItem[][] = [
    [],
    [HEAD],
    [HEAD, KEYS],
    [KEYS, HEAD, end(0, 0)],
    [HEAD, end(0, 0)],
    [HEAD, HEAD, KEYS, end(0, 0)],
    [HEAD, KEYS, KEYS, end(0, 0)],
    [HEAD, KEYS, ROW, RECORD, end(1, 1)],
    [HEAD, KEYS, RECORD, end(0, 0)],
    [HEAD, KEYS, RECORD, end(1, 1)],
    [HEAD, KEYS, end(0, 0), end(0, 0)],
    [HEAD, KEYS, end(0, 0), RECORD],
  ];
  for (const items of bad) assert.throws(() => read(bytesOf(...items)), WireError);
});

Deno.test("hostile lengths are refused before anything is kept for them", () => {
  const start = bytesOf(HEAD, KEYS);
  const item = (kind: number, length: number): Uint8Array => {
    const bytes = Uint8Array.of(kind, 0, 0, 0, 0);
    new DataView(bytes.buffer).setUint32(1, length);
    return bytes;
  };
  const bad = [[3, 31], [3, 32 + 65_537], [4, 1], [4, 0xffffffff], [5, 1], [255, 0], [0, 9]];
  for (const [kind = 0, length = 0] of bad) {
    const reader = new BackupReader();
    reader.push(start);
    assert.throws(() => reader.push(item(kind, length)), WireError, `${kind} ${length}`);
  }
  // At the cap, it waits for more.
  const reader = new BackupReader();
  reader.push(start);
  assert.deepEqual(reader.push(item(3, 32 + 65_536)), []);
});

Deno.test("keys without parts, with too many, or of what no key holds are refused", () => {
  const wrap = (key: Uint8Array): Uint8Array => {
    const body = concatBytes(Uint8Array.of(key.length >> 8, key.length & 0xff), key);
    return concatBytes(bytesOf(HEAD, KEYS), Uint8Array.of(4, 0, 0, 0, body.length), body);
  };
  const nine = Array.from({ length: 9 }, () => 1);
  for (const key of [encode([]), encode(nine), encode([["a"]]), encode([true]), encode("a")]) {
    assert.throws(() => new BackupReader().push(wrap(key)), WireError);
  }
  assert.equal(new BackupReader().push(wrap(encode(["a"]))).length, 3);
  const long = concatBytes(bytesOf(HEAD, KEYS), Uint8Array.of(4, 0, 0, 0, 3, 0, 9, 1));
  assert.throws(() => new BackupReader().push(long), WireError);
});

Deno.test("a newer version says so", () => {
  const body = encode([2, "main", 3, 4, [], "more"]);
  const bytes = concatBytes(Uint8Array.of(1, 0, 0, 0, body.length), body);
  assert.throws(() => new BackupReader().push(bytes), /newer version/);
});

Deno.test("bytes at random never end as anything but a WireError", () => {
  const good = bytesOf(HEAD, KEYS, RECORD, ROW, end(1, 1));
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.nat(255), (at, byte) => {
      const bytes = good.slice();
      bytes[at] = byte;
      try {
        read(bytes, 1_000);
      } catch (error) {
        assert.ok(error instanceof WireError, String(error));
      }
    }),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        read(bytes, 7);
      } catch (error) {
        assert.ok(error instanceof WireError, String(error));
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("encoding refuses what no backup may hold", () => {
  const name = new Uint8Array(32);
  assert.throws(() => encodeBackupItem({ kind: "keys", bytes: new Uint8Array(8_191) }), RangeError);
  assert.throws(
    () => encodeBackupItem({ kind: "record", name, value: new Uint8Array(65_537) }),
    RangeError,
  );
  assert.throws(
    () => encodeBackupItem({ kind: "record", name: name.subarray(1), value: name }),
    RangeError,
  );
});

Deno.test("the frozen vector", () => {
  const contents = hexToBytes(vectors.contents);
  assert.equal(bytesToHex(bytesOf(HEAD, KEYS, RECORD, ROW, end(1, 1))), vectors.contents);
  assert.deepEqual(read(contents), [HEAD, KEYS, RECORD, ROW, end(1, 1)]);
});
