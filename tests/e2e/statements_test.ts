/** Verifying and revoking between real processes. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Machine, text } from "./harness/node.ts";

Deno.test("a verification arrives and is withdrawn; a lost identity ends from its sheet alone, and goes on", async () => {
  await using b = await Machine.make();
  const bob = await b.identity("Bob");
  const nodeB = await b.start(["--unlock"], { unlock: true });
  const join_ = ["--unlock", "--join", `g:?a=127.0.0.1:${await nodeB.port()}`];
  await using c = await Machine.make();
  const sheet = join(c.folder, "sheet.txt");
  let words = "";
  let ada = "";
  {
    await using a = await Machine.make();
    const made = await a.object(["identity", "create", "--recovery", sheet], { unlock: true });
    ada = text(made, "id");
    const { recovery } = made as { recovery: { passphrase: string } };
    words = recovery.passphrase;
    await b.list(["follow", ada, "--name", "Ada"]);
    const nodeA = await a.start(join_, { unlock: true });
    const post = text(await a.object(["post", "It is I"]), "id");
    await nodeB.event("message", (event) => event["id"] === post);
    const answer = text(await b.object(["post", "And I"]), "id");
    await nodeA.event("message", (event) => event["id"] === answer);
    for (const args of [["verify", bob, "--yes"], ["unverify", bob]]) {
      const message = text(await a.object(args), "message");
      await nodeB.event("message", (event) => event["id"] === message);
    }
    assert.equal((await b.list(["following"]))[0]?.["revoked"], undefined);
  }
  // The machine with the key is gone, its folder too.
  const wordsFile = join(c.folder, "words");
  await Deno.writeTextFile(wordsFile, words);
  const args = ["identity", "revoke", ada, "--recovery", sheet, "--sheet-passphrase-file"];
  const newSheet = join(c.folder, "heir.txt");
  const revoke = [...args, wordsFile, "--adopt", "--yes", "--new-recovery", newSheet];
  const first = await c.object(revoke, { unlock: true });
  const { file } = first["recovery"] as { file: string };
  assert.equal(file, newSheet);
  assert.match(await Deno.readTextFile(newSheet), /recovery sheet/i);
  // Whoever was cut off after the successor came into the folder runs it again.
  const ended = await c.object(revoke, { unlock: true });
  assert.equal(ended["recovery"], null);
  await c.start(join_, { unlock: true });
  await nodeB.event("message", (event) => event["id"] === ended["message"]);
  const [follow] = await b.list(["following"]);
  const { successor, fits } = follow?.["revoked"] as { successor: string; fits: boolean };
  assert.deepEqual([successor, fits], [ended["successor"], true]);
  await b.list(["follow", ada, "--successor"]);
  const names = (await b.list(["following"])).map((one) => one["name"]);
  assert.deepEqual(names, ["Ada", "Ada"]);
});
