/** A real node among peers who have another time and other rules. */
import assert from "node:assert/strict";
import { floorTo, toSeconds, type UnixMs } from "../../src/wire/time.ts";
import { PlainPeer } from "./harness/client.ts";
import { Machine } from "./harness/node.ts";

const THREE_HOURS_S = 10_800;

Deno.test("five peers who have it three hours later, by other rules: stderr says so once, status always", async () => {
  await using machine = await Machine.make();
  await using peers = new AsyncDisposableStack();
  const now = floorTo(toSeconds(Date.now() as UnixMs), 300);
  const joins: string[] = [];
  for (let i = 0; i < 5; i++) {
    const time = floorTo(toSeconds((now + THREE_HOURS_S) * 1_000 as UnixMs), 300);
    const peer = peers.use(new PlainPeer({ time, digest: new Uint8Array(8) }));
    joins.push("--join", `g:?a=${peer.address}`);
  }
  const node = await machine.start(joins);
  const says = /clock is about 3 hours behind the clocks of the 5 nodes asked/;
  await node.process.stderr.find((line) => says.test(line) || undefined, {
    what: "a warning",
    timeoutMs: 120_000,
  });
  const { warnings } = await machine.object(["status"]);
  assert.ok(Array.isArray(warnings));
  assert.ok(warnings.some((warning) => says.test(warning)), warnings.join("\n"));
  const rules = /^5 of the last 5 nodes judge messages by other rules/;
  assert.ok(warnings.some((warning) => rules.test(warning)), warnings.join("\n"));
  const { stderr, code } = await node.stop();
  assert.equal(code, 0);
  assert.equal(stderr.split("\n").filter((line) => says.test(line)).length, 1);
});
