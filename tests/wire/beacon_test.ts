import assert from "node:assert/strict";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { beaconTag, decodeBeacon, encodeBeacon } from "../../src/wire/beacon.ts";
import { labelsOf, MAIN_NETWORK, parseNetworkName } from "../../src/wire/labels.ts";
import { MAX_BEACON_BYTES } from "../../src/wire/limits.ts";
import vectors from "../vectors/beacon.json" with { type: "json" };

const TAG = beaconTag({ labels: labelsOf(MAIN_NETWORK), networkKey: undefined });

Deno.test("beaconTag depends on network and network key", () => {
  const tags = vectors.tags.map(({ network, networkKey }) => ({
    network,
    networkKey,
    tag: bytesToHex(beaconTag({
      labels: labelsOf(parseNetworkName(network)!),
      networkKey: networkKey === null ? undefined : hexToBytes(networkKey),
    })),
  }));
  assert.deepEqual(tags, vectors.tags);
  assert.equal(new Set(tags.map(({ tag }) => tag)).size, tags.length);
});

Deno.test("beaconTag takes no network key but one of 32 bytes", () => {
  const labels = labelsOf(MAIN_NETWORK);
  for (const length of [0, 31, 33]) {
    assert.throws(() => beaconTag({ labels, networkKey: new Uint8Array(length) }), RangeError);
  }
});

for (const { name, hex, port, instance } of vectors.good) {
  Deno.test(`beacon, ${name}: decoded and encoded again`, () => {
    const beacon = { port, instance: hexToBytes(instance) };
    assert.deepEqual(decodeBeacon(hexToBytes(hex), TAG), beacon);
    assert.equal(bytesToHex(encodeBeacon(beacon, TAG)), hex);
  });
}

for (const { name, hex } of vectors.bad) {
  Deno.test(`decodeBeacon refuses: ${name}`, () => {
    assert.equal(decodeBeacon(hexToBytes(hex), TAG), undefined);
  });
}

Deno.test("the longest beacon has exactly the cap", () => {
  const longest = encodeBeacon({ port: 65_535, instance: new Uint8Array(8) }, TAG);
  assert.equal(longest.length, MAX_BEACON_BYTES);
});

Deno.test("encodeBeacon makes no beacon that nobody reads", () => {
  const instance = new Uint8Array(8);
  for (const port of [0, -1, 65_536, 1.5, NaN]) {
    assert.throws(() => encodeBeacon({ port, instance }, TAG), RangeError, `${port}`);
  }
  assert.throws(() => encodeBeacon({ port: 1, instance: new Uint8Array(7) }, TAG), RangeError);
  assert.throws(() => encodeBeacon({ port: 1, instance }, new Uint8Array(9)), RangeError);
});

Deno.test("decodeBeacon never throws, and keeps nothing of the input's buffer", () => {
  const good = encodeBeacon({ port: 14_677, instance: new Uint8Array(8).fill(7) }, TAG);
  const changed = fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, byte]) =>
    good.slice().fill(byte, at, at + 1)
  );
  fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), changed), (input) => {
    const beacon = decodeBeacon(input, TAG);
    if (beacon === undefined) return;
    const again = encodeBeacon(beacon, TAG);
    assert.deepEqual(new Uint8Array(again), input);
    input.fill(0);
    assert.deepEqual(new Uint8Array(encodeBeacon(beacon, TAG)), new Uint8Array(again));
  }));
});
