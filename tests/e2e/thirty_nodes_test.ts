/**
 * Thirty nodes, each on a machine with an address of its own, found by beacons alone: every one gets
 * a post. How fast is chance; what is asserted is a bound that only a failure goes over, and the
 * times are printed to be compared with docs/PROTOCOL.md.
 */
import assert from "node:assert/strict";
import { makeLan, networkTest } from "./harness/netns.ts";
import { Machine, type RunningNode, text } from "./harness/node.ts";

const NODES = 30;
/** Nodes started at a time: each takes a core for a second. */
const AT_ONCE = 5;
/** Until every node has completed an exchange of its own: beacons come every 30 s. */
const MEET_MS = 90_000;
/**
 * Until all have the post. By gossip half of all runs take 20 s and one in twenty over 40 s, after a
 * stem of some seconds; whom it misses, reconciliation reaches within 138 s.
 */
const SPREAD_MS = 150_000;
/** A node takes about 100 MB. */
const NEEDED_BYTES = 4_500_000_000;

networkTest(`${NODES} nodes with an address each all hold a post`, async (t) => {
  const { available } = Deno.systemMemoryInfo();
  if (available < NEEDED_BYTES) {
    const name = `skipped: ${
      Math.round(available / 1e6)
    } MB of memory are free, and it takes 4,500`;
    await t.step({ name, ignore: true, fn: () => {} });
    return;
  }
  await using net = await makeLan(NODES);
  await using machines = new AsyncDisposableStack();
  const all: Machine[] = [];
  for (const host of net.lans[0] ?? []) all.push(machines.use(await Machine.make(host)));
  const [author] = all;
  assert.ok(author);
  await author.identity("Ada");

  const nodes: RunningNode[] = [];
  for (let i = 0; i < all.length; i += AT_ONCE) {
    const batch = all.slice(i, i + AT_ONCE);
    nodes.push(
      ...await Promise.all(batch.map((machine) => {
        return machine === author ? machine.start(["--unlock"], { unlock: true }) : machine.start();
      })),
    );
  }
  await Promise.all(
    nodes.map((node) =>
      node.event(
        "exchange",
        (event) => event["outcome"] === "completed" && event["direction"] === "outbound",
        {
          timeoutMs: MEET_MS,
        },
      )
    ),
  );

  const began = performance.now();
  const id = text(await author.object(["post", "To all thirty"]), "id");
  const took = await Promise.all(
    nodes.filter((_, i) => i > 0).map(async (node) => {
      await node.event("message", (event) => event["id"] === id, { timeoutMs: SPREAD_MS });
      return (performance.now() - began) / 1_000;
    }),
  );
  took.sort((a, b) => a - b);
  const at = (share: number): string =>
    (took[Math.max(0, Math.ceil(share * took.length) - 1)] ?? 0).toFixed(1);
  const times = `${NODES} nodes: first ${at(0)} s, half ${at(0.5)} s, 90% ${at(0.9)} s, all ${
    at(1)
  } s`;
  await t.step(times, () => assert.equal(took.length, NODES - 1));
});
