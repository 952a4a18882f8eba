/** The main job between machines that know of each other by a locator. */
import assert from "node:assert/strict";
import { Machine, text } from "./harness/node.ts";

Deno.test("a follower who joined by locator reads the post as it arrives", async () => {
  await using a = await Machine.make();
  await using b = await Machine.make();
  const author = await a.identity("Ada");
  await b.identity("Bob");
  await a.start(["--unlock", "--eager"], { unlock: true });
  const { locator } = await a.object(["locator"]);
  assert.ok(typeof locator === "string");
  await b.start(["--unlock", "--join", locator], { unlock: true });
  const unnamed = { name: "", petname: "", claimed: "", suspicious: false };
  assert.deepEqual(await b.list(["follow", author]), [{ id: author, ...unnamed }]);

  await using watching = await b.watch(["timeline", "--watch"]);
  const post = await a.object(["post", "Hello across the wire"]);
  const seen = await watching.line((line) => line["id"] === post["id"], { what: "the post" });
  assert.deepEqual(
    [seen["author"], seen["text"], seen["created"]],
    [author, "Hello across the wire", post["created"]],
  );
});

Deno.test("a post survives kill -9 right after `post` returned, and spreads after a restart", async () => {
  await using a = await Machine.make();
  await using b = await Machine.make();
  const author = await a.identity("Ada");
  await b.identity("Bob");
  await b.list(["follow", author], { unlock: true });
  const nodeB = await b.start();
  const nodeA = await a.start(["--unlock"], { unlock: true });

  const post = await a.object(["post", "Said just before the lights went out"]);
  await nodeA.kill();

  const join = `g:?a=127.0.0.1:${await nodeB.port()}`;
  await a.start(["--unlock", "--join", join], { unlock: true });
  const own = await a.list(["timeline"]);
  assert.deepEqual(own.map(({ id }) => id), [post["id"]]);
  await nodeB.event("message", ({ id }) => id === post["id"]);
  const read = await b.list(["timeline"], { unlock: true });
  assert.deepEqual(read.map((line) => text(line, "text")), [
    "Said just before the lights went out",
  ]);
});

Deno.test("what was posted without a node goes out when one runs and is unlocked", async () => {
  await using a = await Machine.make();
  await using b = await Machine.make();
  await a.identity("Ada");
  const post = await a.object(["post", "Written on the train"], { unlock: true });
  const nodeB = await b.start();
  await a.start(["--unlock", "--join", `g:?a=127.0.0.1:${await nodeB.port()}`], { unlock: true });
  await nodeB.event("message", ({ id }) => id === post["id"]);
});
