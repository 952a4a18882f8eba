/** A flood of connections from one machine of a network: an honest one of it gets through. */
import assert from "node:assert/strict";
import { makeLan, networkTest } from "./harness/netns.ts";
import { Machine } from "./harness/node.ts";
import { startProgram } from "./harness/process.ts";

const PORT = 14_677;
/** A stem may take its time: 15 s and an exponential of mean 15 s, if nobody hands it on. */
const ARRIVAL_MS = 120_000;
/** Connections that one prefix may hold open. */
const OPEN = 4;
/** Those that wait to be looked at when the child counts: a fifth of a second's. */
const ON_WAY = 40;

networkTest(
  "200 connections a second from one machine keep no other out, and hold four",
  async () => {
    await using net = await makeLan(3);
    const [hostV, hostH, hostF] = net.lans[0] ?? [];
    assert.ok(hostV && hostF);
    await using victim = await Machine.make(hostV);
    await using friend = await Machine.make(hostH);
    await friend.identity("Ada");
    const node = await victim.start(["--no-lan"]);
    const command = [Deno.execPath(), "run", "--quiet", "--no-prompt", "--allow-net"];
    await using flood = await startProgram(
      [...command, "tests/e2e/flood_child.ts", hostV.address, String(PORT)],
      { namespace: hostF.namespace },
    );
    const count = async (more: number): Promise<{ made: number; alive: number }> =>
      await flood.stdout.find((line) => {
        const counted: { made: number; alive: number } = JSON.parse(line);
        return counted.made >= more ? counted : undefined;
      }, { what: `${more} connections`, timeoutMs: 60_000 });
    const first = await count(400);
    // The victim knows nobody: it is the friend who comes, with the flood already there.
    const join = ["--no-lan", "--join", `g:?a=${hostV.address}:${PORT}`];
    await friend.start([...join, "--unlock", "--eager"], { unlock: true });
    const post = await friend.object(["post", "Through the crowd"]);
    await node.event("message", ({ id }) => id === post["id"], { timeoutMs: ARRIVAL_MS });
    const later = await count(first.made + 400);
    for (const { alive } of [first, later]) assert.ok(alive <= OPEN + ON_WAY, `${alive} held open`);
    assert.equal((await node.stop()).code, 0);
  },
);
