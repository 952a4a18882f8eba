/** What somebody has, backed up beside the running node, destroyed, and back on another machine. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Machine, text } from "./harness/node.ts";

async function waitFor(what: string, done: () => Promise<boolean>): Promise<void> {
  for (let left = 240; left > 0; left--) {
    if (await done()) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`Never: ${what}`);
}

Deno.test("a backup made beside a running node restores everything elsewhere, after obliterate", async () => {
  await using ada = await Machine.make();
  await using bob = await Machine.make();
  const id = await ada.identity("ada");
  const friend = await bob.identity("bob");
  const there = await bob.start(["--unlock"], { unlock: true });
  const locator = text(await bob.object(["locator"], { unlock: true }), "locator");
  const node = await ada.start(["--unlock", "--join", locator], { unlock: true });
  await ada.json(["follow", friend, "--name", "Bob from the sea"]);
  await ada.json(["block", "g1qu8za90hd5y8845mve89c62xwfxkhz54aj0wcje63eew9m292unq6pfrs0"]);
  await ada.json(["profile", "set", "--name", "Ada"]);
  const post = text(await ada.object(["post", "said before it burned"]), "id");
  const sent = text(await ada.object(["send", friend, "in private"]), "id");
  await bob.json(["post", "hello from bob"]);
  await bob.json(["send", id, "a letter for ada"]);
  await waitFor("nothing pending", async () => (await ada.object(["status"]))["pending"] === 0);
  await waitFor("a letter", async () => {
    const letters = [await ada.list(["inbox"]), await ada.list(["inbox", "--requests"])].flat();
    return letters.some((letter) => letter["text"] === "a letter for ada");
  });
  // Unlocking archives what came.
  await ada.json(["lock"]);
  await ada.json(["unlock"], { unlock: true });
  const views = async (machine: Machine): Promise<unknown> => {
    const unlock = { unlock: true };
    const inbox = [
      await machine.list(["inbox", "--with", friend], unlock),
      await machine.list(["inbox"], unlock),
      await machine.list(["inbox", "--requests"], unlock),
    ];
    return {
      identities: await machine.json(["identity", "list"], unlock),
      following: await machine.json(["following"], unlock),
      blocked: await machine.json(["blocked"], unlock),
      letters: inbox.map((list) => list.map(({ id, from, to, text }) => [id, from, to, text])),
      profile: await machine.json(["profile", "show"], unlock),
      timeline: (await machine.list(["timeline"], unlock)).map(({ id, text }) => [id, text]),
    };
  };
  await waitFor("both posts archived", async () => {
    const { timeline } = await views(ada) as { timeline: readonly unknown[] };
    return timeline.length === 2;
  });
  const before = await views(ada);
  const file = join(bob.folder, "ada.backup");
  const made = await ada.object(["backup", file], { unlock: true });
  assert.deepEqual([made["file"], made["bytes"]], [file, 1_048_896]);
  const { pending } = made["contents"] as { pending: number };
  assert.equal(pending, 0);
  const bytes = await Deno.readFile(file);
  for (const word of ["Bob from the sea", "in private", "said before", "hello from bob", "ada"]) {
    const found = new TextDecoder("latin1").decode(bytes).includes(word);
    assert.equal(found && word.length > 4, false, word);
  }
  await node.stop();
  const gone = await ada.object(["obliterate", "--everything", "--yes"], { unlock: true });
  assert.ok(JSON.stringify(gone["caveats"]).includes("gossamer backup"));

  const words = join(ada.folder, "words");
  await Deno.writeTextFile(words, `${text(made, "passphrase")}\n`);
  const from = ["--backup-passphrase-file", words];
  const dry = await ada.object(["restore", file, "--dry-run", ...from]);
  assert.equal(dry["restored"], false);
  const back = await ada.object(["restore", file, ...from]);
  assert.equal(back["restored"], true);
  assert.deepEqual(await views(ada), before);

  // It works: it finds the network again by itself, speaks, and is answered.
  const again = await ada.start(["--unlock"], { unlock: true });
  const reply = text(await ada.object(["post", "risen", "--reply-to", post]), "id");
  await waitFor("bob has it", async () => (await bob.run(["show", reply])).code === 0);
  const takenBack = await ada.object(["retract", sent]);
  assert.ok(takenBack["id"] !== undefined);
  await again.stop();
  await there.stop();
});
