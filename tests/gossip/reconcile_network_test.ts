/** Reconciliation in networks of real engines on a virtual clock: who was away has everything soon. */
import assert from "node:assert/strict";
import { DEFAULT_CONFIG, RECONCILE_CONFIG, type SyncSummary } from "../../src/gossip/mod.ts";
import { VirtualNetwork } from "../../src/sim/mod.ts";

const HOUR_MS = 3_600_000;

Deno.test("a node that was off for a day has everything within seconds of coming back", () => {
  const ended: SyncSummary[] = [];
  const net = new VirtualNetwork({
    seed: 1,
    nodes: 3,
    reconcile: true,
    watch: { reconciled: (node, summary) => void (node.index === 2 && ended.push(summary)) },
  });
  net.start(10_000);
  net.run(60_000);
  const away = net.nodes[2]!;
  net.leave(away);
  ended.length = 0;
  const ids = Array.from({ length: 400 }, (_, i) => {
    net.run(24 * HOUR_MS / 400);
    return net.inject(net.nodes[i % 2]!);
  });
  net.run(HOUR_MS);
  assert.equal(ids.filter((id) => away.stored.has(id)).length, 0);
  net.join(away);
  net.run(10_000);
  assert.equal(ids.filter((id) => away.stored.has(id)).length, 400);
  // The second time to see whether that was all.
  assert.deepEqual(ended.map(({ finished, delivered }) => ({ finished, delivered })), [
    { finished: true, delivered: 0 },
    { finished: true, delivered: 0 },
  ]);
  assert.equal(ended[1]?.received, 0);
});

Deno.test("a fifth behind NAT: nobody misses anything in the end, and gossip alone would have", () => {
  const missed = (reconcile: boolean): number => {
    // Without the wait for what is recent: an hour would be needed for what minutes show.
    const quiet = { quietMs: 0, quietJitterMs: 0 };
    const net = new VirtualNetwork({
      seed: 2,
      nodes: 50,
      reconcile,
      config: { ...DEFAULT_CONFIG, reconcile: { ...RECONCILE_CONFIG, ...quiet } },
      traits: (index) => ({ dialable: index % 5 !== 0 }),
    });
    net.start(30_000);
    net.run(60_000);
    const ids = Array.from({ length: 300 }, () => {
      net.run(-Math.log(1 - net.rng.next()) * 1_000);
      return net.inject(net.nodes[net.rng.below(50)]!);
    });
    net.run(600_000);
    return ids.reduce((sum, id) => sum + 50 - net.arrivals(id, net.now).length, 0);
  };
  assert.ok(missed(false) > 0);
  assert.equal(missed(true), 0);
});

Deno.test("what a node stored less than two minutes ago takes no part, after four minutes it does", () => {
  const net = new VirtualNetwork({ seed: 3, nodes: 2, reconcile: true });
  net.start(0);
  net.run(300_000);
  const id = net.inject(net.nodes[0]!);
  net.run(119_000);
  const [author, other] = net.nodes.map((node) => ({
    stored: node.stored.has(id),
    size: (): number => node.sync!.items().size,
  }));
  assert.deepEqual([author!.stored, author!.size(), other!.stored, other!.size()], [
    ...[true, 0, true, 0],
  ]);
  net.run(180_000);
  assert.deepEqual([author!.size(), other!.size()], [1, 1]);
});
