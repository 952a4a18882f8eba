/** Networks of real engines on a virtual clock: what only shows when nodes talk to each other. */
import assert from "node:assert/strict";
import { type ExchangeSummary, type InitialAddress, seededRng } from "../../src/gossip/mod.ts";
import { VirtualNetwork } from "../../src/sim/mod.ts";
import type { NodeAddress } from "../../src/wire/address.ts";
import { address, configWith } from "./fixture.ts";

/** Everybody was given the locator of the first node, and knows nothing else. */
function locatorOfFirst(index: number, all: readonly NodeAddress[]): InitialAddress[] {
  return index === 0 ? [] : [{ address: all[0]!, freshness: 0, locator: true }];
}

for (
  const [where, addressOf] of [
    ["on loopback", (i: number) => address(`127.0.0.1:${20_000 + i}`)],
    ["behind one LAN address", (i: number) => address(`192.168.1.5:${20_000 + i}`)],
    ["on a LAN", (i: number) => address(`192.168.1.${10 + i}:14677`)],
  ] as const
) {
  Deno.test(`a dozen nodes ${where} find each other by one locator and share posts`, () => {
    const summaries: ExchangeSummary[] = [];
    const net = new VirtualNetwork({
      seed: 7,
      nodes: 12,
      latencyMs: 1,
      addressOf,
      addresses: locatorOfFirst,
      watch: { ended: (_, summary) => summaries.push(summary) },
    });
    net.start(2_000);
    net.run(60_000);
    const since = net.now;
    const ids = net.nodes.map((node) => net.inject(node));
    net.run(90_000);
    for (const id of ids) assert.equal(net.arrivals(id, since).length, 12);
    net.run(600_000);
    for (const { engine } of net.nodes) {
      assert.ok(engine.sizes.known >= 4, `knows ${engine.sizes.known}`);
    }
    const failed = summaries.filter(({ completed }) => !completed);
    assert.ok(
      failed.length < summaries.length / 50,
      `${failed.length} of ${summaries.length} failed`,
    );
  });
}

Deno.test("two nodes alone: a post rides on the next exchange, or starts one with `--eager`", () => {
  const arrival = (ride: boolean, seed: number): number => {
    const net = new VirtualNetwork({ seed, nodes: 2, config: configWith({}, { ride }) });
    net.start(30_000);
    net.run(60_000);
    const since = net.now;
    const id = net.inject(net.nodes[0]!);
    net.run(60_000);
    return net.arrivals(id, since)[1]!;
  };
  const seeds = Array.from({ length: 101 }, (_, i) => i);
  const median = (ride: boolean): number =>
    seeds.map((seed) => arrival(ride, seed)).sort((a, b) => a - b)[50]!;
  // Connecting, hello, message: two and a half round trips.
  assert.equal(median(false), 250);
  // Half a period: the stem goes only from who dials, so the other's exchanges don't bring it.
  assert.ok(median(true) > 9_000 && median(true) < 13_000, `${median(true)} ms`);
});

Deno.test("200 nodes that know three each: posts get everywhere, tables stay within bounds", () => {
  const rng = seededRng(3);
  const summaries: ExchangeSummary[] = [];
  const net = new VirtualNetwork({
    seed: 11,
    nodes: 200,
    addresses: (index, all) =>
      [1, 2, 3].map(() => all[(index + 1 + rng.below(199)) % 200]!)
        .map((address) => ({ address, freshness: 6, locator: false })),
    watch: { ended: (_, summary) => summaries.push(summary) },
  });
  net.start(30_000);
  net.run(60_000);
  // While they started one after the other, some were dialled too early.
  summaries.length = 0;
  const since = net.now;
  const ids = [3, 77, 150].map((i) => net.inject(net.nodes[i]!));
  net.run(120_000);
  for (const id of ids) assert.ok(net.arrivals(id, since).length >= 199);
  const failed = summaries.filter(({ completed }) => !completed);
  assert.deepEqual(failed, []);
  for (const { engine } of net.nodes) {
    const { sessions, inbound } = engine.sizes;
    assert.ok(sessions <= 68 && inbound <= 64);
  }
});

Deno.test("nodes that vanish without a word lose freshness, are given up, and don't stop the rest", () => {
  const net = new VirtualNetwork({ seed: 5, nodes: 30 });
  net.start(30_000);
  net.run(60_000);
  for (const node of net.nodes.slice(20)) net.kill(node);
  const since = net.now;
  const id = net.inject(net.nodes[0]!);
  net.run(180_000);
  assert.equal(net.arrivals(id, since).filter((at) => at >= 0).length, 20);
  net.run(4 * 3_600_000);
  for (const { engine } of net.nodes.slice(0, 20)) assert.equal(engine.sizes.known, 19);
});
