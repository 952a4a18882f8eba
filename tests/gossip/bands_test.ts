/**
 * The real engine against the reference figures for its rule, which were made by a simulation that
 * shares no code with it. A figure outside its band means that the rule is misread somewhere, not
 * that the band is too narrow. Without a stem, as the reference. Few runs each, so that it stays
 * quick; with these seeds repeatable.
 *
 * | network | refinements | figure | reference | accepted |
 * |---|---|---|---|---|
 * | n=1000, one message | none | offers a node | 4.55 | 4.45 to 4.65 |
 * | | | t50, t90, t99 in s | 13.8, 29.1, 44.2 | 12.8-14.8, 28-30.5, 42-46.5 |
 * | | limits, ride, hold | offers a node | 5.43 | 5.40 to 5.47 |
 * | | delivered | offers a node; t50 in s | 4.60; 2.85 | 4.53-4.63; 2.6-3.3 |
 * | n=30, one message | delivered | time to all, p50, p95 in s | 20.1, 39.7 | 18.8-21.6, 33-51 |
 * | n=300, 1 message/s | none | p50, p99 in s | 3.5, 13.4 at n=500 | 3.0-4.0, 11-16 |
 */
import assert from "node:assert/strict";
import { DEFAULT_CONFIG, type Refinements } from "../../src/gossip/mod.ts";
import { VirtualNetwork } from "../../src/sim/mod.ts";
import type { MessageId } from "../../src/wire/ids.ts";

interface Figures {
  readonly residue: number;
  readonly offers: number;
  /** Mean over the runs of the time in s at which 50, 90 and 99% have the message. */
  readonly times: readonly number[];
  /** Time until everybody has it, of the runs in which that came to pass, rising, in s. */
  readonly toAll: readonly number[];
}

/** How often each message was offered. */
const offersOf = new WeakMap<VirtualNetwork, Map<MessageId, number>>();

function networkOf(nodes: number, { seed, on }: {
  readonly seed: number;
  readonly on: readonly (keyof Refinements)[];
}): VirtualNetwork {
  const refinements = {
    limits: on.includes("limits"),
    ride: on.includes("ride"),
    hold: on.includes("hold"),
    delivered: on.includes("delivered"),
  };
  const offers = new Map<MessageId, number>();
  const net = new VirtualNetwork({
    seed,
    nodes,
    fullView: true,
    config: { ...DEFAULT_CONFIG, stem: false, refinements },
    watch: {
      arrived: (_to, _from, frame) => {
        if (frame.kind !== "offer") return;
        for (const id of frame.ids) offers.set(id, (offers.get(id) ?? 0) + 1);
      },
    },
  });
  offersOf.set(net, offers);
  net.start(30_000);
  net.run(90_000);
  return net;
}

/** One message after the other, each alone in the network for long enough to go quiet. */
function oneByOne(net: VirtualNetwork, { runs, forMs }: { runs: number; forMs: number }): Figures {
  const n = net.nodes.length;
  const all = Array.from({ length: runs }, () => {
    const since = net.now;
    const id = net.inject(net.nodes[net.rng.below(n)]!);
    net.run(forMs);
    return { arrivals: net.arrivals(id, since), offers: offersOf.get(net)?.get(id) ?? 0 };
  });
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / runs;
  return {
    residue: mean(all.map(({ arrivals }) => 1 - arrivals.length / n)),
    offers: mean(all.map(({ offers }) => offers / n)),
    times: [0.5, 0.9, 0.99].map((share) =>
      mean(all.map(({ arrivals }) => arrivals[Math.ceil(share * n) - 1]! / 1000))
    ),
    toAll: all.flatMap(({ arrivals }) => arrivals[n - 1] ?? []).map((ms) => ms / 1000)
      .sort((a, b) => a - b),
  };
}

function within(value: number | undefined, [low, high]: readonly [number, number]): void {
  assert.ok(value !== undefined && value >= low && value <= high, `${value} not in ${low}-${high}`);
}

Deno.test("bands, n=1000: the plain rule", () => {
  const net = networkOf(1_000, { seed: 1, on: [] });
  const { residue, offers, times } = oneByOne(net, { runs: 5, forMs: 200_000 });
  within(residue, [0, 0.0004]);
  within(offers, [4.45, 4.65]);
  within(times[0], [12.8, 14.8]);
  within(times[1], [28, 30.5]);
  within(times[2], [42, 46.5]);
});

Deno.test("bands, n=1000: limits, ride, hold", () => {
  const net = networkOf(1_000, { seed: 2, on: ["limits", "ride", "hold"] });
  const { residue, offers } = oneByOne(net, { runs: 2, forMs: 300_000 });
  within(residue, [0, 6e-5]);
  within(offers, [5.4, 5.47]);
});

Deno.test("bands, n=1000: delivered", () => {
  const net = networkOf(1_000, { seed: 3, on: ["delivered"] });
  const { residue, offers, times } = oneByOne(net, { runs: 3, forMs: 200_000 });
  within(residue, [0, 0.001]);
  within(offers, [4.53, 4.63]);
  within(times[0], [2.6, 3.3]);
});

Deno.test("bands, n=30: time to all with delivered", () => {
  const net = networkOf(30, { seed: 4, on: ["delivered"] });
  const { toAll } = oneByOne(net, { runs: 250, forMs: 120_000 });
  within(toAll[Math.floor(toAll.length * 0.5)], [18.8, 21.6]);
  within(toAll[Math.floor(toAll.length * 0.95)], [33, 51]);
});

Deno.test("bands, n=300: one message a second, the plain rule", () => {
  const net = networkOf(300, { seed: 5, on: [] });
  const sent = Array.from({ length: 150 }, () => {
    net.run(-Math.log(1 - net.rng.next()) * 1_000);
    return { since: net.now, id: net.inject(net.nodes[net.rng.below(300)]!) };
  });
  net.run(120_000);
  const steady = sent.slice(50).flatMap(({ id, since }) => net.arrivals(id, since).slice(1));
  steady.sort((a, b) => a - b);
  const quantile = (p: number): number => steady[Math.floor(steady.length * p)]! / 1000;
  within(steady.length / (100 * 299), [0.993, 0.999]);
  within(quantile(0.5), [3, 4]);
  within(quantile(0.99), [11, 16]);
});
