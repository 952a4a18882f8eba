/** One identity on two machines: out of the first in an archive, into the second. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { openRecoverySheet } from "../../src/keystore/make_recovery.ts";
import { Secret } from "../../src/keystore/secret.ts";
import { labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";
import { formatIdentity } from "../../src/wire/ids.ts";
import { Machine, text } from "./harness/node.ts";

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

Deno.test("an identity moves in an archive, posts from both machines, and the archive is gone", async () => {
  await using a = await Machine.make();
  await using b = await Machine.make();
  const id = await a.identity("ada");
  const archive = join(a.folder, "ada.archive");
  const words = join(a.folder, "words");

  await Deno.writeTextFile(words, "ada1990");
  const own = ["--archive-passphrase-file", words];
  const weak = await a.run(["identity", "export", "ada", archive, ...own], { unlock: true });
  assert.deepEqual([weak.code, await exists(archive)], [5, false]);
  assert.match(weak.stderr, /too easily guessed/);

  const made = await a.object(["identity", "export", "ada", archive], { unlock: true });
  assert.deepEqual([made["id"], made["file"]], [id, archive]);
  const bytes = await Deno.readFile(archive);
  assert.equal(bytes.length, 1_024);
  if (Deno.build.os !== "windows") {
    assert.equal(((await Deno.stat(archive)).mode ?? 0) & 0o777, 0o600);
  }
  const twice = await a.run(["identity", "export", "ada", archive], { unlock: true });
  assert.equal(twice.code, 1);
  assert.equal(twice.stderr.includes(`${archive} is there already`), true);
  assert.deepEqual(await Deno.readFile(archive), bytes);

  const importing = ["identity", "import", archive, ...own];
  await using node = await b.start();
  const wrong = await b.run(importing, { unlock: true });
  assert.equal(wrong.code, 3, wrong.stderr);
  assert.deepEqual(await Deno.readFile(archive), bytes);

  await Deno.writeTextFile(words, `${text(made, "passphrase")}\n`);
  assert.deepEqual(await b.object(importing, { unlock: true }), {
    id,
    name: "ada",
    destroyed: true,
  });
  assert.equal(await exists(archive), false);
  // The node that was running has the key: nobody is asked for a passphrase.
  const there = text(await b.object(["post", "from the second machine"]), "id");
  const here = text(await a.object(["post", "from the first"], { unlock: true }), "id");
  const [first] = await a.list(["timeline"], { unlock: true });
  const shown = [first, await b.object(["show", there])];
  assert.deepEqual(shown.map((post) => [post?.["id"], post?.["author"], post?.["pending"]]), [
    [here, id, true],
    [there, id, true],
  ]);
  await node.stop();

  await Deno.writeFile(archive, bytes.subarray(1));
  const cut = await b.run(importing, { unlock: true });
  assert.equal(cut.code, 1);
  assert.match(cut.stderr, /isn't an archive of an identity[^]*the file is as it was\.$/);
  await Deno.writeFile(archive, bytes);
  const again = await b.run(importing, { unlock: true });
  assert.equal(again.code, 1, again.stderr);
  assert.match(again.stderr, /in this data folder already/);
  assert.deepEqual(await Deno.readFile(archive), bytes);
});

Deno.test("identity create writes a recovery sheet that opens with the words shown, and overwrites none", async () => {
  await using machine = await Machine.make();
  const sheet = join(machine.folder, "sheet.txt");
  const create = ["identity", "create", "--recovery", sheet];
  const made = await machine.object(create, { unlock: true });
  const { recovery } = made;
  assert(typeof recovery === "object" && recovery !== null && "passphrase" in recovery);
  const written = await Deno.readTextFile(sheet);
  const passphrase = Secret.take(new TextEncoder().encode(String(recovery.passphrase)));
  const opened = await openRecoverySheet(written, { labels: labelsOf(MAIN_NETWORK), passphrase });
  assert.equal(formatIdentity(opened.identity), made["id"]);
  const again = await machine.run(create, { unlock: true });
  assert.equal(again.code, 1);
  assert.equal(await Deno.readTextFile(sheet), written);
  assert.equal((await machine.list(["identity", "list"], { unlock: true })).length, 1);
});
