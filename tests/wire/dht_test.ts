import { deepEqual, equal, throws } from "node:assert/strict";
import { sha1 } from "@noble/hashes/legacy.js";
import { bytesToHex, concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { DHT_DAY_EDGE_S, dhtAnnouncement, dhtKey, dhtLookUpKeys } from "../../src/wire/dht.ts";
import { labelsOf, MAIN_NETWORK, parseNetworkName } from "../../src/wire/labels.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import vectors from "../vectors/dht.json" with { type: "json" };

const LABELS = labelsOf(MAIN_NETWORK);
/** 2026-12-01T00:00:00Z. */
const MIDNIGHT = 1_796_083_200;

for (const { network, at, key } of vectors.keys) {
  Deno.test(`the key of ${network} at ${at} is as frozen`, () => {
    equal(bytesToHex(dhtKey(labelsOf(parseNetworkName(network)!), unixSeconds(at))), key);
  });
}

Deno.test("a key holds for one UTC day of one network", () => {
  const key = (at: number): string => bytesToHex(dhtKey(LABELS, unixSeconds(at)));
  equal(key(MIDNIGHT), key(MIDNIGHT + 86_399));
  equal(new Set(vectors.keys.map(({ key }) => key)).size, vectors.keys.length);
});

Deno.test("days are those of the calendar, leap years and all", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), (at) => {
    const day = new Date(at * 1_000).toISOString().slice(0, 10);
    equal(bytesToHex(dhtKey(LABELS, unixSeconds(at))), bytesToHex(sha1Of(day)));
  }));
});

function sha1Of(day: string): Uint8Array {
  return sha1(concatBytes(LABELS.dht, utf8ToBytes(day)));
}

Deno.test("within an hour of midnight the neighbouring day is looked up as well, the own first", () => {
  const days = (at: number): string[] => dhtLookUpKeys(LABELS, unixSeconds(at)).map(bytesToHex);
  const key = (at: number): string => bytesToHex(dhtKey(LABELS, unixSeconds(at)));
  const [before, after] = [key(MIDNIGHT - 1), key(MIDNIGHT)];
  deepEqual(days(MIDNIGHT + 43_200), [after]);
  deepEqual(days(MIDNIGHT - DHT_DAY_EDGE_S - 1), [before]);
  deepEqual(days(MIDNIGHT - DHT_DAY_EDGE_S), [before, after]);
  deepEqual(days(MIDNIGHT - 1), [before, after]);
  deepEqual(days(MIDNIGHT), [after, before]);
  deepEqual(days(MIDNIGHT + DHT_DAY_EDGE_S - 1), [after, before]);
  deepEqual(days(MIDNIGHT + DHT_DAY_EDGE_S), [after]);
});

Deno.test("an announcement is the day's key and a port, and no port is refused", () => {
  const at = unixSeconds(MIDNIGHT);
  deepEqual(dhtAnnouncement(LABELS, { at, tcpPort: 65_535 }), {
    infohash: dhtKey(LABELS, at),
    tcpPort: 65_535,
  });
  for (const tcpPort of [0, 65_536]) {
    throws(() => dhtAnnouncement(LABELS, { at, tcpPort }), RangeError);
  }
});
