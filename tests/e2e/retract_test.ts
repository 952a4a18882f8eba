/** A retraction between real processes: gone at the follower's, and nothing brings it back. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Machine, text } from "./harness/node.ts";

Deno.test("what is taken back goes at who follows, and stays away after a kill, a capsule and a sync", async () => {
  await using a = await Machine.make();
  await using b = await Machine.make();
  const author = await a.identity("Ada");
  await b.identity("Bob");
  let nodeB = await b.start(["--unlock"], { unlock: true });
  await b.list(["follow", author]);
  const nodeA = await a.start(
    ["--unlock", "--join", `g:?a=127.0.0.1:${await nodeB.port()}`],
    { unlock: true },
  );
  const id = text(await a.object(["post", "Said too soon"]), "id");
  await nodeB.event("message", (event) => event["id"] === id);
  assert.deepEqual((await b.list(["timeline"])).map((message) => message["id"]), [id]);
  const capsule = join(b.folder, "before");
  await b.object(["capsule", "write", capsule]);

  const answer = await a.object(["retract", id.slice(0, 16)]);
  assert.equal(answer["retracted"], id);
  assert.deepEqual(await a.list(["timeline"]), []);
  const retraction = text(answer, "id");
  await nodeB.event("message", (event) => event["id"] === retraction);
  assert.deepEqual(await b.list(["timeline"]), []);
  assert.notEqual((await b.run(["show", id])).code, 0);

  await nodeB.kill();
  nodeB = await b.start(["--unlock"], { unlock: true });
  assert.deepEqual(await b.list(["timeline"]), []);
  const taken = await b.object(["capsule", "read", capsule]);
  assert.equal(taken["novel"], 0);
  await nodeB.stop();
  nodeB = await b.start(
    ["--unlock", "--eager", "--join", `g:?a=127.0.0.1:${await nodeA.port()}`],
    { unlock: true },
  );
  await nodeB.event("exchange", ({ direction }) => direction === "outbound");
  assert.deepEqual(await b.list(["timeline", "--all"]), []);
  assert.deepEqual(await a.list(["timeline", "--all"]), []);
});
