/** By which ways nodes were found, and came in. */
import assert from "node:assert/strict";
import type { ExchangeSummary } from "../../src/gossip/mod.ts";
import type { SessionId } from "../../src/gossip/events.ts";
import type { FoundWay } from "../../src/node/api.ts";
import { Notes, waysOf } from "../../src/node/remember.ts";
import { noWays, WaysMet } from "../../src/node/ways_met.ts";
import { openMemoryStores } from "../../src/store/mod.ts";
import type { NodeAddress } from "../../src/wire/address.ts";
import { MAIN_NETWORK } from "../../src/wire/labels.ts";
import { address } from "../gossip/fixture.ts";

const PEER = address("45.1.2.3:14677");
const OWN = address("46.1.2.3:14677");

function ended(changes: Partial<ExchangeSummary>): ExchangeSummary {
  return {
    ...{ session: 1 as SessionId, address: PEER, outbound: true, completed: true },
    ...{ reason: undefined, received: 0, delivered: 0, known: 0, refused: 0 },
    ...changes,
  };
}

function met(ways: readonly FoundWay[] = []): WaysMet {
  return new WaysMet({ found: () => ways, own: () => [{ address: OWN, source: "mapping" }] });
}

Deno.test("completed exchanges that were dialled count by the way found first, failed ones not", () => {
  const mdns = met(["mdns", "beacon"]);
  mdns.ended(ended({}));
  mdns.ended(ended({ completed: false }));
  assert.deepEqual(mdns.view(), { ...noWays(), dialled: { ...noWays().dialled, mdns: 1 } });
  const forgotten = met([]);
  forgotten.ended(ended({}));
  assert.equal(forgotten.view().dialled.unknown, 1);
});

Deno.test("those that came in count by the own address that the peer names, if it is one", () => {
  const ways = met();
  for (const seenAs of [OWN, PEER, undefined]) ways.ended(ended({ outbound: false, seenAs }));
  ways.ended(ended({ outbound: false, seenAs: OWN, completed: false }));
  assert.deepEqual(ways.view(), {
    ...noWays(),
    cameIn: { ...noWays().cameIn, mapping: 1, unknown: 2 },
  });
  assert.deepEqual([ways.cameFrom("45.1.2.0/24"), ways.cameFrom("45.1.3.0/24")], [true, false]);
});

Deno.test("who came in is remembered for 256 prefixes", () => {
  const ways = met();
  for (let i = 0; i <= 256; i++) {
    const from = address(`45.${i >> 8}.${i & 255}.7:5000`);
    ways.ended(ended({ outbound: false, address: from }));
  }
  assert.deepEqual(
    ["45.0.0.0/24", "45.0.1.0/24", "45.1.0.0/24"].map((prefix) => ways.cameFrom(prefix)),
    [false, true, true],
  );
});

Deno.test("of an earlier run it is known whether a locator named an address, and no more", async () => {
  assert.deepEqual(waysOf({ locator: true }, ["beacon", "locator"]), ["locator", "beacon"]);
  assert.deepEqual(waysOf({ locator: false }, ["mdns"]), ["stored", "mdns"]);
  assert.deepEqual(waysOf(undefined, ["gossip"]), ["gossip"]);
  await using stores = await memoryStores();
  const row = { freshness: 3, lastSeen: undefined };
  await stores.public.addresses.put([
    { address: PEER, ...row, locator: false },
    { address: OWN, ...row, locator: true },
  ]);
  const notes = new Notes(stores.public);
  const shown = (): unknown =>
    Object.fromEntries(notes.peers(() => ["beacon"]).map(({ address, ways }) => [address, ways]));
  assert.deepEqual(shown(), { [PEER]: ["stored", "beacon"], [OWN]: ["locator", "beacon"] });
  // Forgotten and heard of anew, it is of this run.
  notes.remember({ kind: "address-gone", address: PEER });
  notes.remember({ kind: "address-changed", address: PEER, freshness: 0 });
  assert.deepEqual(shown(), { [PEER]: ["beacon"], [OWN]: ["locator", "beacon"] });
  // Given by the owner, though nothing could dial it.
  const given = address("47.1.2.3:14677");
  notes.given(given);
  assert.deepEqual(notes.ways(given, () => []), ["locator"]);
  // What is written says nothing of the ways.
  await notes.flush();
  const written = stores.public.addresses.get(PEER as NodeAddress);
  assert.deepEqual(written, { address: PEER, freshness: 0, lastSeen: undefined, locator: false });
});

async function memoryStores(): Promise<
  Awaited<ReturnType<typeof openMemoryStores>> & AsyncDisposable
> {
  const stores = await openMemoryStores(MAIN_NETWORK);
  return Object.assign(stores, { [Symbol.asyncDispose]: () => stores.close() });
}
