/** Own messages between real processes: pending until they are seen back, sealed until then. */
import assert from "node:assert/strict";
import { Machine, text } from "./harness/node.ts";

Deno.test("a post is pending to its author until a follower's node has spread it, and then it isn't", async () => {
  await using a = await Machine.make();
  await using b = await Machine.make();
  const author = await a.identity("Ada");
  await b.identity("Bob");
  const nodeB = await b.start(["--unlock"], { unlock: true });
  await b.list(["follow", author]);
  const locator = `g:?a=127.0.0.1:${await nodeB.port()}`;
  const nodeA = await a.start(["--unlock", "--join", locator], { unlock: true });

  const post = await a.object(["post", "On its way"]);
  const [mine] = await a.list(["timeline"]);
  assert.deepEqual([mine?.["id"], mine?.["pending"]], [post["id"], true]);
  assert.equal((await a.object(["status"]))["pending"], 1);
  const answer = await a.object(["post", "And an answer", "--reply-to", text(post, "id")]);
  const shown = await a.run(["show", text(answer, "id")]);
  assert.match(shown.stdout, /\(pending\)/);

  for (const node of [nodeB, nodeA]) {
    for (const { id } of [post, answer]) await node.event("message", (event) => event["id"] === id);
  }
  assert.equal((await a.object(["status"]))["pending"], 0);
  const theirs = await b.list(["timeline"]);
  assert.deepEqual(theirs.map((message) => [message["id"], message["pending"]]), [
    [post["id"], false],
    [answer["id"], false],
  ]);
});

Deno.test("what was said right before a lock waits for the next unlock", async () => {
  await using a = await Machine.make();
  await using b = await Machine.make();
  await a.identity("Ada");
  const nodeB = await b.start();
  const locator = `g:?a=127.0.0.1:${await nodeB.port()}`;
  const nodeA = await a.start(["--unlock", "--join", locator], { unlock: true });
  const post = await a.object(["post", "Said, and locked"]);
  await a.json(["lock"]);
  // A period later at most the next exchange is over: without the keys nothing was on it.
  await nodeA.event("exchange", ({ direction }) => direction === "outbound");
  const status = await b.object(["status"]);
  assert.deepEqual([status["messages"], (await a.object(["status"]))["pending"]], [0, null]);
  await a.json(["unlock"], { unlock: true });
  await nodeB.event("message", ({ id }) => id === post["id"]);
});

Deno.test("what is said to a locked node goes out although the command locks it again", async () => {
  await using a = await Machine.make();
  await using b = await Machine.make();
  await a.identity("Ada");
  const nodeB = await b.start();
  await a.start(["--eager", "--join", `g:?a=127.0.0.1:${await nodeB.port()}`]);
  const post = await a.object(["post", "By passphrase"], { unlock: true });
  await nodeB.event("message", ({ id }) => id === post["id"]);
  const answer = await a.object(["status"]);
  assert.equal(answer["unlocked"], false);
});
