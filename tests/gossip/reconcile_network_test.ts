/** Reconciliation in networks of real engines on a virtual clock: who was away has everything soon. */
import assert from "node:assert/strict";
import type { SyncSummary } from "../../src/gossip/mod.ts";
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
