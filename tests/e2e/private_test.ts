/** Private messages between real processes: through restarts, kills and locks, and nobody else reads them. */
import assert from "node:assert/strict";
import { Machine, type RunningNode, text } from "./harness/node.ts";

const WORDS = "Meet at eight, by the old mill";

async function stored(node: RunningNode, id: string): Promise<void> {
  await node.event("message", (event) => event["id"] === id);
}

Deno.test("a private message reaches whom it is for, who answers, and survives a kill on either side", async () => {
  await using a = await Machine.make();
  await using b = await Machine.make();
  const ada = await a.identity("Ada");
  const bob = await b.identity("Bob");
  let nodeB = await b.start(["--unlock"], { unlock: true });
  await b.list(["follow", ada]);
  const nodeA = await a.start(
    ["--unlock", "--eager", "--join", `g:?a=127.0.0.1:${await nodeB.port()}`],
    { unlock: true },
  );
  const id = text(await a.object(["send", bob, WORDS]), "id");
  await stored(nodeB, id);
  const [got, ...more] = await b.list(["inbox"]);
  assert.deepEqual(more, []);
  assert.equal(got?.["text"], WORDS);
  assert.equal(got["from"], ada);
  assert.equal(got["to"], bob);
  assert.deepEqual(await b.list(["timeline", "--all"]), []);

  await nodeB.kill();
  nodeB = await b.start(["--unlock", "--eager"], { unlock: true });
  assert.deepEqual((await b.list(["inbox"])).map((letter) => letter["text"]), [WORDS]);
  await b.object(["join", `g:?a=127.0.0.1:${await nodeA.port()}`]);
  const answer = text(await b.object(["send", ada, "Yes", "--reply-to", id.slice(0, 12)]), "id");
  await stored(nodeA, answer);
  const both = await a.list(["inbox", "--with", bob]);
  assert.deepEqual(both.map((letter) => letter["text"]), [WORDS, "Yes"]);
  assert.equal(both[1]?.["replyTo"], id);

  // What the two said is nowhere in the clear, on neither disk.
  await nodeA.stop();
  await nodeB.stop();
  for (const machine of [a, b]) {
    for await (const file of Deno.readDir(machine.dataDir)) {
      if (!file.isFile) continue;
      const bytes = await Deno.readFile(`${machine.dataDir}/${file.name}`);
      assert(!new TextDecoder("latin1").decode(bytes).includes(WORDS), file.name);
    }
  }
});

Deno.test("a node that was locked reads what came meanwhile, for one command or for good", async () => {
  await using a = await Machine.make();
  await using b = await Machine.make();
  await a.identity("Ada");
  const bob = await b.identity("Bob");
  const nodeB = await b.start();
  await a.start(
    ["--unlock", "--eager", "--join", `g:?a=127.0.0.1:${await nodeB.port()}`],
    { unlock: true },
  );
  const id = text(await a.object(["send", bob, WORDS]), "id");
  await stored(nodeB, id);
  assert.equal((await b.run(["inbox", "--json"])).code, 3);
  const once = await b.list(["inbox", "--requests"], { unlock: true });
  assert.deepEqual(once.map((letter) => letter["id"]), [id]);
  assert.equal((await b.run(["inbox", "--json"])).code, 3, "locked again");
  await nodeB.stop();
  // Without a node, on the store itself.
  const alone = await b.list(["inbox", "--requests"], { unlock: true });
  assert.deepEqual(alone.map((letter) => letter["text"]), [WORDS]);
});

Deno.test("a private message with a file, written before any node runs, is saved under a safe name", async () => {
  await using a = await Machine.make();
  await using b = await Machine.make();
  await a.identity("Ada");
  const bob = await b.identity("Bob");
  const picture = `${a.folder}/map.txt`;
  await Deno.writeTextFile(picture, "turn left");
  const waiting = await a.run(["send", bob, "-", "--attach", picture], {
    unlock: true,
    stdin: "See the map\n",
  });
  assert.equal(waiting.code, 0, waiting.stderr);
  assert.match(waiting.stderr, /No node is running/);
  const nodeB = await b.start(["--unlock"], { unlock: true });
  const join = `g:?a=127.0.0.1:${await nodeB.port()}`;
  await a.start(["--unlock", "--eager", "--join", join], { unlock: true });
  await nodeB.event("message");
  const [got] = await b.list(["inbox", "--requests"]);
  assert.equal(got?.["text"], "See the map");
  const folder = `${b.folder}/saved`;
  const saved = await b.object(["show", text(got ?? {}, "id"), "--save-attachments", folder]);
  assert.equal(saved["kind"], "private");
  assert.equal(await Deno.readTextFile(`${folder}/map.txt`), "turn left");
});
