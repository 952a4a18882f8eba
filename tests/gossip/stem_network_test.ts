/** The stem in whole networks: everybody gets everything, at a price of some seconds, and nobody sees it early. */
import assert from "node:assert/strict";
import { DEFAULT_CONFIG } from "../../src/gossip/mod.ts";
import { VirtualNetwork } from "../../src/sim/mod.ts";
import type { MessageId } from "../../src/wire/ids.ts";
import { configWith } from "./fixture.ts";

/** Median over the messages of the time until half of all nodes have one, in ms. */
function halfOf(stem: boolean): number {
  const net = new VirtualNetwork({
    seed: 21,
    nodes: 1_000,
    fullView: true,
    config: { ...DEFAULT_CONFIG, stem },
  });
  net.start(30_000);
  net.run(90_000);
  const times = Array.from({ length: 5 }, () => {
    const since = net.now;
    const id = net.inject(net.nodes[net.rng.below(1_000)]!);
    net.run(150_000);
    const arrivals = net.arrivals(id, since);
    assert.ok(arrivals.length >= 998, `${arrivals.length} of 1,000 have it`);
    return arrivals[499]!;
  });
  return times.sort((a, b) => a - b)[2]!;
}

Deno.test("1,000 nodes: everybody gets every message, the median some seconds later than without a stem", () => {
  const [plain, stem] = [halfOf(false), halfOf(true)];
  // Some hops of a handshake, three frames and their results each: the reference has 2.9 s more.
  assert.ok(stem - plain > -8_000 && stem - plain < 14_000, `${plain} and ${stem} ms`);
});

Deno.test("with half of the nodes swallowing what they are handed, every message arrives all the same", () => {
  const swallows = configWith({ stemProbability: 1, maxStems: 0 });
  const net = new VirtualNetwork({
    seed: 22,
    nodes: 40,
    traits: (index) => index < 20 ? {} : { config: swallows },
  });
  net.start(10_000);
  net.run(60_000);
  const since = net.now;
  const ids = net.nodes.slice(0, 20).map((node) => net.inject(node));
  net.run(300_000);
  for (const id of ids) assert.equal(net.arrivals(id, since).length, 40);
});

Deno.test("while it is on its stem nobody offers it, nobody stores it, its author neither", () => {
  let id: MessageId | undefined = undefined;
  let handed = 0;
  const early: string[] = [];
  const net: VirtualNetwork = new VirtualNetwork({
    seed: 23,
    nodes: 60,
    // By chance it would end soon.
    config: configWith({ stemProbability: 1 }),
    watch: {
      arrived: (_to, _from, frame) => {
        if (frame.kind === "stem") handed++;
        const isNormal = net.nodes.some(({ stored }) => id !== undefined && stored.has(id));
        if (isNormal || id === undefined) return;
        if (frame.kind === "offer" && frame.ids.includes(id)) early.push("offered");
        if (frame.kind === "message") early.push("sent");
      },
    },
  });
  net.start(10_000);
  net.run(60_000);
  id = net.inject(net.nodes[0]!);
  net.run(180_000);
  assert.ok(handed >= 3, `${handed} hops`);
  assert.deepEqual(early, []);
  assert.equal(net.nodes.filter(({ stored }) => stored.has(id!)).length, 60);
  for (const { engine } of net.nodes) assert.equal(engine.sizes.stems, 0);
});
