/** The sealed outbox: what the owner said survives everything, and fills no disk. */
import assert from "node:assert/strict";
import { openMemoryKv } from "../../src/store/kv_memory.ts";
import type { OutboxEntry } from "../../src/store/mod.ts";
import { MAX_OUTBOX, MAX_OUTBOX_BYTES, OUTBOX, type Outbox } from "../../src/store/outbox.ts";
import { RecordCodec, type Sealed } from "../../src/store/record_codec.ts";
import { SealedList, withoutOrigin } from "../../src/store/sealed_list.ts";
import { SealedRecords } from "../../src/store/sealed.ts";
import { identityKey, type MessageId, messageId } from "../../src/wire/ids.ts";
import { encode } from "../../src/wire/msgpack.ts";
import { Private } from "../../src/wire/privacy.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { LABELS, storeErrorOf } from "./support.ts";

const KEY = new Uint8Array(32).fill(9);
const ANN = identityKey(new Uint8Array(32).fill(1));
const BOB = identityKey(new Uint8Array(32).fill(2));

function idOf(n: number): MessageId {
  return messageId(new Uint8Array(32).map((_, i) => (n >> (8 * i)) & 0xff));
}

function entry(n: number, { size = 200, origin = ANN } = {}): Private<OutboxEntry> {
  const bytes = new Uint8Array(size).fill(n);
  return new Private({ id: idOf(n), bytes, origin, since: unixSeconds(1_800_000_000 + n) });
}

interface Bench {
  readonly outbox: Outbox;
  readonly records: SealedRecords;
  readonly codec: RecordCodec;
}

async function open(kv = openMemoryKv<Sealed>()): Promise<Bench> {
  const codec = new RecordCodec(KEY, LABELS);
  const records = await SealedRecords.open(kv, codec);
  return { outbox: new SealedList(records, OUTBOX), records, codec };
}

Deno.test("what goes into the outbox is there in its order, until it is removed", async () => {
  const { outbox } = await open();
  assert.deepEqual((await outbox.entries()).reveal(), []);
  // At the same moment too: each sees what the one before it wrote.
  assert.deepEqual(await Promise.all([1, 2, 3].map((n) => outbox.add(entry(n)))), [
    true,
    true,
    true,
  ]);
  const all = [1, 2, 3].map((n) => entry(n).reveal());
  assert.deepEqual((await outbox.entries()).reveal(), all);
  await outbox.remove(new Private(new Set([idOf(2), idOf(7)])));
  assert.deepEqual((await outbox.entries()).reveal(), [all[0], all[2]]);
});

Deno.test("locked, it says nothing; with the key it is as before", async () => {
  const kv = openMemoryKv<Sealed>();
  const { outbox, codec } = await open(kv);
  await outbox.add(entry(1));
  codec.wipe();
  await assert.rejects(outbox.entries(), storeErrorOf("locked"));
  await assert.rejects(outbox.add(entry(2)), storeErrorOf("locked"));
  const again = await open(kv);
  assert.deepEqual((await again.outbox.entries()).reveal(), [entry(1).reveal()]);
});

Deno.test("32 MiB and no byte more; what doesn't fit changes nothing", async () => {
  const { outbox, records } = await open();
  const size = 61_440;
  const many = Math.floor(MAX_OUTBOX_BYTES / size);
  // Written at once, as an earlier run may have: one by one it would be 546 writes of up to 32 MiB.
  const full = Array.from({ length: many }, (_, n) => entry(n, { size }).reveal());
  await records.put(OUTBOX.name, encoded(full));
  const left = MAX_OUTBOX_BYTES - many * size;
  assert.equal(await outbox.add(entry(9_000, { size: left + 1 })), false);
  assert.equal((await outbox.entries()).reveal().length, many);
  assert.equal(await outbox.add(entry(9_000, { size: left })), true);
  assert.equal(await outbox.add(entry(9_001, { size: 1 })), false);
});

Deno.test("4,096 messages and not one more", async () => {
  const { outbox, records } = await open();
  const full = Array.from({ length: MAX_OUTBOX - 1 }, (_, n) => entry(n).reveal());
  await records.put(OUTBOX.name, encoded(full));
  assert.equal(await outbox.add(entry(9_000)), true);
  assert.equal(await outbox.add(entry(9_001)), false);
});

Deno.test("what isn't an outbox is damage, not a crash", async () => {
  for (const value of [5, ["x"], [[1, 2, 3, 4]], [[new Uint8Array(32)]]]) {
    const { outbox, records } = await open();
    await records.put(OUTBOX.name, encode(value));
    await assert.rejects(outbox.entries(), storeErrorOf("damaged"));
  }
});

Deno.test("without an identity that is destroyed, nothing of it is left", () => {
  const rows = [entry(1), entry(2, { origin: BOB }), entry(3)].map((one) => one.reveal());
  assert.deepEqual(
    withoutOrigin(encoded(rows), { form: OUTBOX, origin: ANN }),
    encoded(rows.slice(1, 2)),
  );
  assert.deepEqual(
    withoutOrigin(encoded(rows), { form: OUTBOX, origin: BOB }),
    encoded([rows[0]!, rows[2]!]),
  );
});

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.fromHex(hex);
}

function encoded(entries: readonly OutboxEntry[]): Uint8Array {
  return encode(
    entries.map(({ id, bytes, origin, since }) => [bytesOf(id), bytes, bytesOf(origin), since]),
  );
}
