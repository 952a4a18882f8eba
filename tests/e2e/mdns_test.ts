/** Whole nodes that find one another by mDNS and nothing else. */
import assert from "node:assert/strict";
import { makeLan, networkTest } from "./harness/netns.ts";
import { Machine } from "./harness/node.ts";

networkTest("with --no-lan on both, nodes find each other by mDNS, and say so", async () => {
  await using net = await makeLan(2);
  const [hostA, hostB] = net.lans[0] ?? [];
  await using a = await Machine.make(hostA);
  await using b = await Machine.make(hostB);
  const nodeA = await a.start(["--no-lan"], { mdns: true });
  const nodeB = await b.start(["--no-lan"], { mdns: true });
  for (const node of [nodeA, nodeB]) {
    await node.event("exchange", ({ outcome }) => outcome === "completed");
  }
  // Whoever was dialled first may have heard of the other by that only.
  const found = (await Promise.all([a, b].map((one) => one.list(["peers"])))).flat();
  assert.ok(found.some((peer) => peer["found"] === "mdns"), JSON.stringify(found));
  assert.ok(found.every(({ found }) => found === "mdns" || found === "inbound"));
  const { beacon, mdns } = await a.object(["privacy"]);
  assert.deepEqual([beacon, mdns], [false, true]);
  assert.equal((await nodeA.stop()).code, 0);
  const { stderr, code } = await nodeB.stop();
  assert.equal(code, 0);
  assert.doesNotMatch(stderr, /not found by|doesn't work/);
});
