/** Homes behind routers that let nobody in: their nodes take part all the same, and say how. */
import assert from "node:assert/strict";
import { makeHomes, natTest } from "./harness/nat.ts";
import { asObject, type Json, Machine, text } from "./harness/node.ts";

/** The promise of docs/ARCHITECTURE.md for one quiet network, twice: by way of the public node. */
const SPREAD_MS = 120_000;

await natTest(
  "two nodes behind routers that map nothing read each other by way of a public one, which reads both",
  async () => {
    await using net = await makeHomes({ homes: 2, publics: 1 });
    const [home1, home2] = net.homes;
    await using a = await Machine.make(home1);
    await using b = await Machine.make(home2);
    await using c = await Machine.make(net.publics[0]);
    const ids = [await a.identity("Ada"), await b.identity("Bob")];
    const nodeC = await c.start();
    const locator = text(await c.object(["locator"]), "locator");
    const join = ["--unlock", "--eager", "--join", locator];
    const nodes = [
      await a.start(join, { unlock: true }),
      await b.start(join, { unlock: true }),
      nodeC,
    ];
    for (const [i, machine] of [a, b].entries()) {
      const post = await machine.object(["post", `From ${ids[i]}`]);
      for (const node of nodes.filter((_, j) => j !== i)) {
        await node.event("message", ({ id }) => id === post["id"], { timeoutMs: SPREAD_MS });
      }
    }

    for (const [i, machine] of [a, b].entries()) {
      const status = await machine.object(["status"]);
      const exchanges = asObject(status["exchanges"]);
      assert.equal(exchanges["inbound"], 0, "somebody came through the router");
      assert.ok(Number(exchanges["outbound"]) > 0);
      assert.notEqual(asObject(status["reachability"])["reachable"], true);
      const peers = await machine.list(["peers"]);
      const known = peers.filter(({ freshness }) => Number(freshness) > 0);
      assert.deepEqual(known.map(({ address }) => address), ["42.9.1.2:14677"]);
      const given = await machine.run(["locator"]);
      assert.match(given.stderr, /192\.168\.1\.2:14677: works in your own network only/);
      assert.doesNotMatch(given.stdout, new RegExp(net.routers[i]!.replaceAll(".", "\\.")));
    }

    const status = await c.object(["status"]);
    assert.deepEqual(asObject(status["reachability"]), {
      reachable: true,
      why: "others came in from outside by 42.9.1.2:14677",
    });
    assert.ok(Number(asObject(status["exchanges"])["inbound"]) > 0);
    // They came to it; that their routers let nobody in shows by freshness, which only dialling raises.
    const strangers = (await c.list(["peers"])).map(({ freshness }) => freshness);
    assert.deepEqual(strangers.filter((freshness) => freshness !== 0), []);
    assert.equal(
      asObject(status["exchanges"])["outbound"],
      asObject(status["exchanges"])["failed"],
    );
  },
);

await natTest(
  "three public nodes show a node behind a router where it is, and it gives no such address away",
  async () => {
    await using net = await makeHomes({ homes: 1, publics: 3 });
    await using home = await Machine.make(net.homes[0]);
    await using first = await Machine.make(net.publics[0]);
    await using second = await Machine.make(net.publics[1]);
    await using third = await Machine.make(net.publics[2]);
    const locators: string[] = [];
    for (const machine of [first, second, third]) {
      await machine.start();
      locators.push("--join", text(await machine.object(["locator"]), "locator"));
    }
    await home.start(locators);
    const seen = await until(async () => {
      const { known } = await home.object(["locator"]);
      assert.ok(Array.isArray(known));
      return known.map(asObject).find(({ source }) => source === "observed");
    });
    assert.equal(seen["address"], `${net.routers[0]}:14677`);
    assert.deepEqual([seen["reachable"], seen["used"]], [null, false]);
    const { reachable, why } = asObject((await home.object(["status"]))["reachability"]);
    assert.equal(reachable, null);
    assert.equal(why, `nobody has come in from outside by ${net.routers[0]}:14677 yet`);
  },
);

async function until(look: () => Promise<Json | undefined>): Promise<Json> {
  const deadline = performance.now() + SPREAD_MS;
  while (performance.now() < deadline) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  throw new Error("It never came");
}
