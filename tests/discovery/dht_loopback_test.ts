/** The DHT as the node uses it, among twenty others of the library's own on loopback. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { systemDht } from "../../src/discovery/dht_system.ts";
import type { DhtPort } from "../../src/discovery/dht_port.ts";
import { realTime } from "../../src/discovery/time.ts";
import type { NodeAddress } from "../../src/wire/address.ts";
import { scopeOf } from "../../src/wire/address_rules.ts";
import { dhtAnnouncement, dhtKey } from "../../src/wire/dht.ts";
import { labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { announce, found, makeDht } from "./dht_network.ts";

const LABELS = labelsOf(MAIN_NETWORK);
const AT = unixSeconds(1_796_083_200);

async function open(troubles: unknown[] = []): Promise<DhtPort> {
  return await systemDht({
    hostname: "127.0.0.1",
    mayAsk: (address) => scopeOf(address) === "loopback",
    time: realTime,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    onTrouble: (error) => troubles.push(error),
  });
}

Deno.test("among 20 nodes what one announces another finds, and neither is asked for anything", async () => {
  await using network = await makeDht(20);
  const entry = network.nodes.slice(0, 3).map(({ address }) => address);
  const troubles: unknown[] = [];
  const [a, b] = [await open(troubles), await open(troubles)];
  const asked: string[] = [];
  for (const { dht } of network.nodes) {
    dht.on("announce_peer", (_: unknown, { port }: { port: number }) => asked.push(`${port}`));
  }
  await a.enter(entry);
  await b.enter(entry);
  ok(a.nodes >= 3);
  ok(await a.announce(dhtAnnouncement(LABELS, { at: AT, tcpPort: 14_677 })) >= 8);
  ok(asked.length >= 8);
  const key = dhtKey(LABELS, AT);
  const peers = await b.lookUp(key);
  deepEqual([...new Set(peers.map(({ address }) => address))], ["127.0.0.1:14677"]);
  const network20 = new Set<NodeAddress>(network.nodes.map(({ address }) => address));
  ok(peers.every(({ from }) => network20.has(from)));
  // Other programs find it as well, and it finds what they announce.
  deepEqual(await found(network.nodes[7]!, key), ["127.0.0.1:14677"]);
  await announce(network.nodes[9]!, key, 5_000);
  const both = new Set((await b.lookUp(key)).map(({ address }) => address));
  deepEqual([...both].sort(), ["127.0.0.1:14677", "127.0.0.1:5000"]);
  // Another day, another network: nothing.
  deepEqual(await b.lookUp(dhtKey(LABELS, unixSeconds(AT + 86_400))), []);
  equal((await a.lookUp(key)).length > 0, true);
  a.stop();
  b.stop();
  a.stop();
  deepEqual([a.nodes, await a.lookUp(key), troubles], [0, [], []]);
});

Deno.test("without any node of it a lookup ends with nothing", async () => {
  const port = await open();
  deepEqual(await port.lookUp(dhtKey(LABELS, AT)), []);
  equal(await port.announce(dhtAnnouncement(LABELS, { at: AT, tcpPort: 14_677 })), 0);
  port.stop();
});
