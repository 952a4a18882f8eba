import assert from "node:assert/strict";
import fc from "fast-check";
import { openMemoryKv } from "../../src/store/kv_memory.ts";
import { PrivateFile, recoverStoreKey } from "../../src/store/private.ts";
import type { Sealed } from "../../src/store/record_codec.ts";
import { ALL_SLOTS_BYTES, openSlots, sealSlots, SLOT_BYTES, SLOTS } from "../../src/store/slots.ts";
import { labelsOf, parseNetworkName } from "../../src/wire/labels.ts";
import { Private } from "../../src/wire/privacy.ts";
import vector from "../vectors/slots.json" with { type: "json" };
import { keyOf, LABELS, NOW, storeErrorOf } from "./support.ts";

const keyBytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

function bytesOf(n: number): Uint8Array {
  return new Uint8Array(32).fill(n);
}

Deno.test("slots: frozen vector", () => {
  let drawn = 0;
  const counted = (length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = (drawn * 101 + i * 7) & 0xff;
    drawn++;
    return bytes;
  };
  const slotKeys = vector.slotKeys.map((hex) => Uint8Array.fromHex(hex));
  const storeKey = Uint8Array.fromHex(vector.storeKey);
  const slots = sealSlots(storeKey, { labels: LABELS, slotKeys, random: counted });
  assert.equal(slots.toHex(), vector.slots);
  for (const slotKey of slotKeys) {
    assert.deepEqual(openSlots(slots, { labels: LABELS, slotKey }), storeKey);
  }
});

Deno.test("slots: every identity of 0 to 16 opens them, nobody else, always in the same size", () => {
  fc.assert(
    fc.property(keyBytes, fc.uniqueArray(keyBytes, { maxLength: SLOTS, selector: String }), (
      storeKey,
      slotKeys,
    ) => {
      const slots = sealSlots(storeKey, { labels: LABELS, slotKeys, random });
      assert.equal(slots.length, ALL_SLOTS_BYTES);
      for (const slotKey of slotKeys) {
        assert.deepEqual(openSlots(slots, { labels: LABELS, slotKey }), storeKey);
      }
      assert.equal(openSlots(slots, { labels: LABELS, slotKey: random(32) }), undefined);
    }),
    { numRuns: 30 },
  );
  const slotKeys = Array.from({ length: SLOTS + 1 }, (_, i) => bytesOf(i));
  assert.throws(() => sealSlots(bytesOf(1), { labels: LABELS, slotKeys, random }), RangeError);
  assert.throws(
    () => sealSlots(new Uint8Array(31), { labels: LABELS, slotKeys: [], random }),
    RangeError,
  );
});

Deno.test("slots: cut off, with any byte changed, or of another network they open to nothing", () => {
  const slotKey = bytesOf(3);
  const slots = sealSlots(bytesOf(9), { labels: LABELS, slotKeys: [slotKey], random });
  fc.assert(
    fc.property(fc.nat(ALL_SLOTS_BYTES - 1), (length) => {
      assert.equal(openSlots(slots.slice(0, length), { labels: LABELS, slotKey }), undefined);
    }),
  );
  let broken = 0;
  for (let at = 0; at < slots.length; at++) {
    const changed = slots.slice();
    changed[at] = (changed[at] ?? 0) ^ 1;
    const opened = openSlots(changed, { labels: LABELS, slotKey });
    if (opened === undefined) broken++;
    else assert.deepEqual(opened, bytesOf(9));
  }
  assert.equal(broken, SLOT_BYTES);
  const elsewhere = parseNetworkName("elsewhere");
  assert.ok(elsewhere);
  assert.equal(openSlots(slots, { labels: labelsOf(elsewhere), slotKey }), undefined);
});

Deno.test("slots: swapped ones still open, for the place of a slot means nothing", () => {
  const slotKeys = [bytesOf(1), bytesOf(2)];
  const slots = sealSlots(bytesOf(9), { labels: LABELS, slotKeys, random });
  const rotated = new Uint8Array(ALL_SLOTS_BYTES);
  rotated.set(slots.subarray(SLOT_BYTES));
  rotated.set(slots.subarray(0, SLOT_BYTES), ALL_SLOTS_BYTES - SLOT_BYTES);
  for (const slotKey of slotKeys) {
    assert.deepEqual(openSlots(rotated, { labels: LABELS, slotKey }), bytesOf(9));
  }
});

Deno.test("slots: which place is used is drawn anew at every write", () => {
  const slotKey = bytesOf(5);
  const places = new Set<number>();
  for (let i = 0; i < 200; i++) {
    const slots = sealSlots(bytesOf(9), { labels: LABELS, slotKeys: [slotKey], random });
    for (let place = 0; place < SLOTS; place++) {
      const without = slots.slice();
      without.fill(0, place * SLOT_BYTES, (place + 1) * SLOT_BYTES);
      if (openSlots(without, { labels: LABELS, slotKey }) === undefined) places.add(place);
    }
  }
  assert.equal(places.size, SLOTS);
});

Deno.test("PrivateFile: an identity opens a store whose key the keys file doesn't hold", async () => {
  const kv = openMemoryKv<Sealed>();
  const first = await new PrivateFile(kv, LABELS).unlock(bytesOf(1), [bytesOf(11), bytesOf(12)]);
  const follow = { key: keyOf(1), petname: "Zoë", heir: undefined, followedAt: NOW };
  await first.addFollow(new Private(follow));
  for (const slotKey of [bytesOf(11), bytesOf(12)]) {
    const store = await new PrivateFile(kv, LABELS).unlock(bytesOf(2), [bytesOf(99), slotKey]);
    assert.deepEqual((await store.follows()).reveal(), [follow]);
  }
  // The newcomer had its slot written by the way.
  const slotKeys = [bytesOf(99)];
  assert.deepEqual(await recoverStoreKey(kv, { labels: LABELS, slotKeys }), bytesOf(1));
  const wrong = new PrivateFile(kv, LABELS);
  await assert.rejects(wrong.unlock(bytesOf(2), [bytesOf(77)]), storeErrorOf("wrong-key"));
  await assert.rejects(wrong.unlock(bytesOf(2)), storeErrorOf("wrong-key"));
});
