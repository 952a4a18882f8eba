import assert from "node:assert/strict";
import fc from "fast-check";
import { Archive, segmentName } from "../../src/store/archive.ts";
import { openMemoryKv } from "../../src/store/kv_memory.ts";
import type { Kv } from "../../src/store/kv_port.ts";
import { RecordCodec, type Sealed } from "../../src/store/record_codec.ts";
import { SealedRecords } from "../../src/store/sealed.ts";
import type { AdmittedMessage } from "../../src/wire/message.ts";
import { keyOf, LABELS, NOW, statusBody, stored, storeErrorOf } from "./support.ts";

interface Bench {
  readonly kv: Kv<Sealed>;
  readonly codec: RecordCodec;
  readonly records: SealedRecords;
  open(maxSegments?: number): Promise<Archive>;
}

async function bench(): Promise<Bench> {
  const kv = openMemoryKv<Sealed>();
  const codec = new RecordCodec(new Uint8Array(32).fill(7), LABELS);
  const records = await SealedRecords.open(kv, codec);
  return {
    kv,
    codec,
    records,
    open: (maxSegments) =>
      Archive.open(records, {
        labels: LABELS,
        ...(maxSegments === undefined ? {} : { maxSegments }),
      }),
  };
}

/** A post of some `bytes` bytes. */
function post(n: number, { bytes = 0, author = 1 } = {}): AdmittedMessage {
  const body = statusBody(n, { created: NOW + n });
  const attachments = bytes === 0
    ? []
    : [{ mediaType: "a/b", name: "", bytes: new Uint8Array(bytes).fill(n), alt: "" }];
  return stored(keyOf(author), { ...body, attachments });
}

/** Sizes of the rows, but for the one that proves the key. */
async function rows(kv: Kv<Sealed>): Promise<number[]> {
  const sizes: number[] = [];
  for await (const { value } of kv.list({ prefix: ["r"] })) sizes.push(value.length);
  return sizes.sort((a, b) => a - b).slice(1);
}

Deno.test("Archive: what is added is there, also when opened again", async () => {
  const { open } = await bench();
  const archive = await open();
  const messages = Array.from({ length: 300 }, (_, n) => post(n, { author: n % 3, bytes: 900 }));
  for (let at = 0; at < 300; at += 70) await archive.add(messages.slice(at, at + 70));
  await archive.add(messages.slice(0, 5));
  for (const opened of [archive, await open()]) {
    assert.equal(opened.size, 300);
    assert.deepEqual(
      (await opened.read(messages.map(({ id }) => id))).sort(byId),
      messages.toSorted(byId),
    );
    const authors = new Set([keyOf(1)]);
    const own = messages.filter(({ key }) => key === keyOf(1));
    const ids = (found: readonly { id: string }[]): string[] => found.map(({ id }) => id);
    assert.deepEqual(
      ids(opened.list({ authors, before: undefined, limit: 7 })),
      ids(own.slice(-7)),
    );
    const fiftieth = own[50] ?? assert.fail();
    const before = { id: fiftieth.id, created: fiftieth.body.created };
    assert.deepEqual(ids(opened.list({ authors, before, limit: 3 })), ids(own.slice(47, 50)));
    const everybody = new Set([0, 1, 2].map(keyOf));
    const all = opened.list({ authors: everybody, before: undefined, limit: 301 });
    assert.deepEqual(ids(all), ids(messages));
    assert.deepEqual(opened.idsByPrefix(before.id.slice(0, 40)), [before.id]);
    assert.deepEqual(await opened.read([post(999).id]), []);
  }
});

Deno.test("Archive: every segment has one size, and each pass writes the last one", async () => {
  const { kv, open } = await bench();
  const archive = await open();
  await archive.add([]);
  assert.deepEqual(await rows(kv), [65_536]);
  const before = [...(await kv.get(await firstKey(kv)) ?? [])];
  await archive.add([post(1)]);
  assert.deepEqual(await rows(kv), [65_536]);
  await archive.add([]);
  assert.deepEqual(await rows(kv), [65_536]);
  assert.notDeepEqual([...(await kv.get(await firstKey(kv)) ?? [])], before);
  await archive.add(Array.from({ length: 4 }, (_, n) => post(10 + n, { bytes: 50_000 })));
  assert.deepEqual(await rows(kv), [65_536, 65_536, 65_536, 65_536]);
});

async function firstKey(kv: Kv<Sealed>): Promise<readonly (string | number | Uint8Array)[]> {
  for await (const { key, value } of kv.list({ prefix: ["r"] })) {
    if (value.length === 65_536) return key;
  }
  throw new Error("No segment");
}

Deno.test("Archive: the largest message fits, and a full archive says so and keeps what it has", async () => {
  const { open } = await bench();
  const archive = await open(2);
  const large = Array.from({ length: 3 }, (_, n) => post(n, { bytes: 52_000 }));
  await archive.add(large);
  assert.equal(archive.full, true);
  assert.deepEqual(large.map(({ id }) => archive.has(id)), [true, true, false]);
  assert.deepEqual(await (await open(2)).read([large[1]?.id ?? assert.fail()]), [large[1]]);
});

Deno.test("Archive: adding and removing in any order, against a map", async () => {
  const step = fc.record({
    add: fc.array(fc.nat(30), { maxLength: 6 }),
    remove: fc.array(fc.nat(30), { maxLength: 3 }),
    reopen: fc.boolean(),
  });
  const messages = Array.from({ length: 31 }, (_, n) => post(n, { bytes: n * 900 }));
  const of = (n: number): AdmittedMessage => messages[n] ?? assert.fail();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      const { open } = await bench();
      let archive = await open();
      const twin = new Map<string, AdmittedMessage>();
      for (const { add, remove, reopen } of steps) {
        const added = [...new Set(add)].map(of);
        await archive.add(added);
        for (const message of added) twin.set(message.id, message);
        await archive.remove(remove.map((n) => of(n).id));
        for (const n of remove) twin.delete(of(n).id);
        if (reopen) archive = await open();
        assert.equal(archive.size, twin.size);
        const read = await archive.read(messages.map(({ id }) => id));
        assert.deepEqual(read.sort(byId), [...twin.values()].sort(byId));
      }
    }),
    { numRuns: 12 },
  );
});

Deno.test("Archive: nothing of it can be read without the key, and damage is found out", async () => {
  const { kv, codec, records, open } = await bench();
  await (await open()).add([post(1)]);
  const text = new TextEncoder().encode("number 1");
  for await (const { value } of kv.list({ prefix: ["r"] })) {
    assert.equal(new TextDecoder("latin1").decode(value).includes("number 1"), false);
    assert.ok(value.length > text.length);
  }
  const bad = new Uint8Array(100);
  new DataView(bad.buffer).setUint32(0, 1_000);
  await records.put(segmentName(0), bad);
  await assert.rejects(open(), storeErrorOf("damaged"));
  codec.wipe();
  await assert.rejects(open(), storeErrorOf("locked"));
});

function byId(a: AdmittedMessage, b: AdmittedMessage): number {
  return a.id < b.id ? -1 : 1;
}
