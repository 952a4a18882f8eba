/** Inbox and sent folder: what was opened is kept, the newest when there is no room, and nothing leaks. */
import assert from "node:assert/strict";
import { openMemoryKv } from "../../src/store/kv_memory.ts";
import { decodeLetter, encodeLetter } from "../../src/store/letter_codec.ts";
import {
  decodeSegment,
  encodeSegment,
  letterName,
  SEGMENT_ROOM,
  withoutOwner,
} from "../../src/store/letter_segments.ts";
import { Letters } from "../../src/store/letters.ts";
import { MAX_WHOLE_BYTES, type Sealed } from "../../src/store/record_codec.ts";
import { Private } from "../../src/wire/privacy.ts";
import { storeErrorOf } from "./support.ts";
import { ANN, BOB, idOf, letterOf, openRecords } from "./letter_support.ts";

Deno.test("a letter comes back as it was kept", () => {
  const secret = new Uint8Array(32).fill(8);
  for (const part of [{}, { size: 40_000, replyTo: idOf(7), sent: true, secret }]) {
    const letter = letterOf(1, part);
    assert.deepEqual(decodeLetter(encodeLetter(letter)), letter);
  }
  assert.throws(() => decodeLetter(new Uint8Array([0x90])), storeErrorOf("damaged"));
});

Deno.test("letters are there until they are removed, also after the store was opened again", async () => {
  const kv = openMemoryKv<Sealed>();
  const { records } = await openRecords(kv);
  const letters = await Letters.open(records, { kind: "letters" });
  const all = Array.from({ length: 5 }, (_, n) => letterOf(n, { size: 30_000 }));
  await letters.add(new Private(all));
  await letters.add(new Private(all));
  await letters.remove([idOf(1), idOf(99)]);
  const left = all.filter(({ id }) => id !== idOf(1));
  for (const open of [letters, await Letters.open(records, { kind: "letters" })]) {
    assert.deepEqual(open.heads().map(({ id }) => id), left.map(({ id }) => id));
    const read = (await open.read(all.map(({ id }) => id))).reveal();
    assert.deepEqual(read.toSorted((a, b) => a.created - b.created), left);
  }
});

Deno.test("with all places used the oldest letters make room for the newest", async () => {
  const { records } = await openRecords();
  const options = { kind: "requests", maxSegments: 3 } as const;
  let letters = await Letters.open(records, options);
  for (let n = 0; n < 10; n++) {
    await letters.add(new Private([letterOf(n, { size: 45_000 })]));
    // Opened again each time: the order of the segments is on disk.
    if (n % 3 === 2) letters = await Letters.open(records, options);
  }
  assert.deepEqual(letters.heads().map(({ id }) => id).sort(), [idOf(7), idOf(8), idOf(9)].sort());
  await letters.add(new Private([letterOf(10, { size: 45_000 })]));
  assert(letters.dropped);
  assert(!letters.has(idOf(7)) && letters.has(idOf(10)));
  assert.equal(await records.get(letterName("requests", 3)), undefined, "no more places than that");
});

Deno.test("a pass that brings no letter writes as one that does", async () => {
  const kv = openMemoryKv<Sealed>();
  const { records } = await openRecords(kv);
  const letters = await Letters.open(records, { kind: "letters" });
  const sizes: number[] = [];
  const seen = new Set<string>();
  for (const some of [[], [letterOf(1)], [], [letterOf(2), letterOf(3)]]) {
    await letters.add(new Private(some));
    for await (const { key, value } of kv.list({ prefix: ["r"] })) {
      const nonce = value.subarray(0, 24).toHex();
      if (value.length > 300 && !seen.has(nonce)) sizes.push(value.length);
      seen.add(nonce);
      assert(key.length === 2);
    }
  }
  // The first pass makes the segment and writes it; whether it was seen in between doesn't matter.
  assert.deepEqual(sizes, [65_536, 65_536, 65_536, 65_536]);
});

Deno.test("a segment has one size, and holds as much as fits to the byte", () => {
  const empty = encodeLetter(letterOf(1, { size: 60_000 })).length - 60_000;
  const exact = letterOf(1, { size: SEGMENT_ROOM - 4 - empty });
  assert.equal(encodeSegment({ number: 1, letters: [exact] }).length, MAX_WHOLE_BYTES);
  const over = letterOf(1, { size: SEGMENT_ROOM - 3 - empty });
  assert.throws(() => encodeSegment({ number: 1, letters: [over] }), RangeError);
  assert.throws(() => decodeSegment(new Uint8Array(10)), storeErrorOf("damaged"));
  const broken = encodeSegment({ number: 1, letters: [letterOf(1)] });
  broken.fill(0xff, 4, 8);
  assert.throws(() => decodeSegment(broken), storeErrorOf("damaged"));
});

Deno.test("when an identity is destroyed its letters are, and no others", () => {
  const letters = [
    letterOf(1),
    letterOf(2, { to: BOB, from: ANN }),
    letterOf(3, { sent: true, from: ANN, to: BOB }),
    letterOf(4, { sent: true, from: BOB, to: ANN }),
  ];
  const left = decodeSegment(withoutOwner(encodeSegment({ number: 5, letters }), ANN));
  assert.deepEqual(left, { number: 5, letters: [letters[1], letters[3]] });
});

Deno.test("locked, letters say nothing", async () => {
  const { records, codec } = await openRecords();
  const letters = await Letters.open(records, { kind: "letters" });
  await letters.add(new Private([letterOf(1)]));
  codec.wipe();
  await assert.rejects(letters.read([idOf(1)]), storeErrorOf("locked"));
});
