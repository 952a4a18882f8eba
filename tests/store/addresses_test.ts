import assert from "node:assert/strict";
import { Addresses } from "../../src/store/addresses.ts";
import { addressKey } from "../../src/store/keys.ts";
import { openMemoryKv } from "../../src/store/kv_memory.ts";
import { nothing, type PublicBytes, type StoredAddress } from "../../src/store/public_rows.ts";
import { type NodeAddress, parseAddress } from "../../src/wire/address.ts";
import { failing, NOW, storeErrorOf } from "./support.ts";

function addressOf(text: string): NodeAddress {
  const address = parseAddress(text);
  assert(address, text);
  return address;
}

const A: StoredAddress = {
  address: addressOf("203.0.113.7:14677"),
  freshness: 6,
  lastSeen: NOW,
  locator: true,
};
const B: StoredAddress = {
  address: addressOf("[2001:db8::1]:14677"),
  freshness: 0,
  lastSeen: undefined,
  locator: false,
};

Deno.test("Addresses: put, changed, removed, and the same after a restart", async () => {
  const kv = openMemoryKv<PublicBytes>();
  const addresses = await Addresses.open(kv);
  assert.deepEqual(addresses.all(), []);
  await addresses.put([A, B]);
  await addresses.put([{ ...B, freshness: 2, locator: true }, { ...A, locator: false }]);
  const expected: StoredAddress[] = [{ ...A, locator: false }, {
    ...B,
    freshness: 2,
    locator: true,
  }];
  for (const opened of [addresses, await Addresses.open(kv)]) {
    assert.deepEqual(opened.all().toSorted(byAddress), expected.toSorted(byAddress));
    assert.deepEqual(opened.get(A.address), { ...A, locator: false });
  }
  await addresses.remove([A.address, A.address]);
  for (const opened of [addresses, await Addresses.open(kv)]) {
    assert.deepEqual(opened.all(), [{ ...B, freshness: 2, locator: true }]);
    assert.equal(opened.get(A.address), undefined);
  }
});

Deno.test("Addresses: what the disk refused is not in memory either", async () => {
  const kv = openMemoryKv<PublicBytes>();
  const addresses = await Addresses.open(failing(kv, () => true));
  await assert.rejects(addresses.put([A]), storeErrorOf("full"));
  assert.deepEqual(addresses.all(), []);
});

Deno.test("Addresses: a row that is none is found out", async () => {
  const kv = openMemoryKv<PublicBytes>();
  await kv.commit([{ kind: "set", key: addressKey(A.address), value: nothing() }]);
  await assert.rejects(Addresses.open(kv), Error);
});

function byAddress(a: StoredAddress, b: StoredAddress): number {
  return a.address < b.address ? -1 : 1;
}
