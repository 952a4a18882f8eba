/** Whole nodes that know nothing but a DHT, and find each other there. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { startScript } from "../discovery/peer_process.ts";
import { makeHomes, natTest } from "./harness/nat.ts";
import { asObject, type Json, Machine } from "./harness/node.ts";
import { ROOT } from "./harness/process.ts";

const PEER = fileURLToPath(new URL("../discovery/dht_peer.ts", import.meta.url));

/** What a node says of the DHT, once it is as wanted. */
async function dhtOf(machine: Machine, wanted: (dht: Json) => boolean): Promise<Json> {
  for (let n = 0; n < 100; n++) {
    const dht = asObject((await machine.object(["status"]))["dht"]);
    if (wanted(dht)) return dht;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`The DHT stays: ${JSON.stringify(await machine.object(["status"]))}`);
}

await natTest("a node behind a router finds a public one by nothing but the DHT", async () => {
  await using net = await makeHomes({ homes: 1, publics: 2 });
  const [dhtHost, publicHost] = net.publics;
  const config = ["-c", `${ROOT}deno.json`];
  await using others = await startScript(dhtHost!, [...config, PEER, dhtHost!.address, "5"]);
  const entry = await others.stdout.find((line) => line, { what: "the DHT's address" });
  await using a = await Machine.make(publicHost);
  await using b = await Machine.make(net.homes[0]);
  const flags = ["--no-lan", "--dht", "--dht-bootstrap", entry];
  const nodeA = await a.start(flags);
  await dhtOf(a, ({ announced }) => announced !== null);
  const nodeB = await b.start(flags);
  await nodeB.event("exchange", ({ outcome }) => outcome === "completed");

  const peers = await b.list(["peers"]);
  assert.deepEqual(
    peers.map(({ address, freshness, found }) => [address, Number(freshness) > 0, found]),
    [[`${publicHost!.address}:14677`, true, "dht"]],
  );
  const dht = await dhtOf(b, ({ found, nodes }) => found === 1 && Number(nodes) > 0);
  // Nobody can come in to it, so it doesn't say where it is.
  assert.deepEqual([dht["on"], dht["announced"]], [true, null]);
  assert.equal((await b.object(["privacy"]))["dht"], true);
  assert.deepEqual((await b.object(["status"]))["permissions"], {
    ...{ read: "denied", write: "denied", run: "denied", env: "denied", ffi: "denied" },
    ...{ import: "denied", net: "granted", sys: "granted" },
  });
  for (const node of [nodeA, nodeB]) {
    const { code, stderr } = await node.stop();
    assert.equal(code, 0);
    assert.doesNotMatch(stderr, /The DHT failed/);
  }
});

Deno.test("the DHT is off unless asked for, and refused beside a proxy and with a network key", async () => {
  await using machine = await Machine.make();
  await machine.start();
  assert.equal((await machine.object(["status"]))["dht"], null);
  assert.equal((await machine.object(["privacy"]))["dht"], false);
  await using other = await Machine.make();
  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [["--proxy", "socks5://127.0.0.1:9"], /can't be had with --proxy/],
    [["--network-key", "/nowhere"], /can't be had with --network-key/],
    [["--bind", "::1"], /needs IPv4/],
    [["--dht-bootstrap", "[::1]:5"], /is not HOST:PORT/],
  ];
  for (const [args, words] of refused) {
    const { code, stderr } = await other.run(["node", "--no-lan", "--no-mdns", "--dht", ...args]);
    assert.equal(code, 2);
    assert.match(stderr, words);
  }
  await assert.rejects(Deno.stat(other.dataDir), Deno.errors.NotFound);
});
