/** Machines on real networks, made of namespaces: what the project is for. */
import assert from "node:assert/strict";
import { type Host, makeLan, makeRoutedLans, networkTest } from "./harness/netns.ts";
import { Machine, text } from "./harness/node.ts";

/** The promise of docs/ARCHITECTURE.md for one quiet network. */
const SPREAD_MS = 60_000;

networkTest(
  "on a LAN, nodes find each other and a post reaches a follower; the third relays",
  async () => {
    await using net = await makeLan(3);
    const [hostA, hostB, hostC] = net.lans[0] ?? [];
    await using a = await Machine.make(hostA);
    await using b = await Machine.make(hostB);
    await using c = await Machine.make(hostC);
    const author = await a.identity("Ada");
    await c.identity("Cleo");
    const nodeA = await a.start(["--unlock"], { unlock: true });
    // No identity here: a relay.
    const nodeB = await b.start();
    await c.start(["--unlock"], { unlock: true });
    await c.list(["follow", author]);

    await using watching = await c.watch(["timeline", "--watch"]);
    const post = await a.object(["post", "To whom it may concern"]);
    const seen = await watching.line(({ id }) => id === post["id"], {
      what: "the post",
      timeoutMs: SPREAD_MS,
    });
    assert.deepEqual([seen["author"], seen["text"]], [author, "To whom it may concern"]);

    const peers = (await Promise.all([a, b, c].map((one) => one.list(["peers"])))).flat();
    assert.ok(peers.some(({ found }) => found === "beacon"), JSON.stringify(peers));
    assert.ok(peers.every(({ found }) => ["beacon", "inbound", "gossip"].includes(`${found}`)));

    await nodeB.event("message", ({ id }) => id === post["id"]);
    assert.deepEqual((await b.list(["timeline", "--all"])).map(({ id }) => id), [post["id"]]);
    assert.equal((await nodeA.stop()).code, 0);
  },
);

networkTest("a relay alone brings a post to whoever comes when its author has gone", async () => {
  await using net = await makeLan(3);
  const [hostA, hostB, hostC] = net.lans[0] ?? [];
  await using a = await Machine.make(hostA);
  await using b = await Machine.make(hostB);
  await using c = await Machine.make(hostC);
  const author = await a.identity("Ada");
  await c.identity("Cleo");
  await c.list(["follow", author], { unlock: true });
  const nodeB = await b.start();
  const nodeA = await a.start(["--unlock", "--eager"], { unlock: true });
  const post = await a.object(["post", "I was here"]);
  await nodeB.event("message", ({ id }) => id === post["id"], { timeoutMs: SPREAD_MS });
  await nodeA.stop();

  const nodeC = await c.start();
  await nodeC.event("message", ({ id }) => id === post["id"], { timeoutMs: SPREAD_MS });
  const read = await c.list(["timeline"], { unlock: true });
  assert.deepEqual(read.map(({ id }) => id), [post["id"]]);
});

networkTest("beyond the LAN, a follower joins by the locator that the author printed", async () => {
  await using net = await makeRoutedLans([1, 1]);
  const [hostA, hostC] = net.lans.map((lan: readonly Host[]) => lan[0]);
  await using a = await Machine.make(hostA);
  await using c = await Machine.make(hostC);
  const author = await a.identity("Ada");
  await c.identity("Cleo");
  await a.start(["--unlock"], { unlock: true });
  const nodeC = await c.start(["--unlock"], { unlock: true });

  const given = await a.object(["locator"]);
  assert.deepEqual(await c.list(["peers"]), [], "C found A without having been told");
  const joined = await c.object(["join", text(given, "locator"), "--follow"]);
  assert.deepEqual(joined["followed"], [author]);

  const [known] = await c.list(["peers"]);
  assert.equal(known?.["found"], "locator");

  const post = await a.object(["post", "Over the hills"]);
  await nodeC.event("message", ({ id }) => id === post["id"], { timeoutMs: SPREAD_MS });
  const read = await c.list(["timeline"]);
  assert.deepEqual(read.map((line) => [line["author"], line["text"]]), [[
    author,
    "Over the hills",
  ]]);
});
