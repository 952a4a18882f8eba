/** A data folder gets another passphrase while its node runs, and for good. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Browser } from "./harness/browser.ts";
import { Machine } from "./harness/node.ts";

Deno.test("the passphrase changes beside a running node: terminal, page and the next start take the new one", async () => {
  await using machine = await Machine.make();
  const ada = await machine.identity("ada");
  await machine.run(["post", "before"], { unlock: true });
  const next = join(machine.folder, "next");
  const empty = join(machine.folder, "empty");
  await Deno.writeTextFile(next, "another one entirely\n", { mode: 0o600 });
  await Deno.writeTextFile(empty, "");
  const [old, now] = [machine.passphraseFile, next].map((file) => ["--passphrase-file", file]);
  assert.ok(old !== undefined && now !== undefined);
  const node = await machine.start(["--unlock"], { unlock: true });
  const change = ["passphrase", "--new-passphrase-file"];

  assert.equal((await machine.run([...change, empty, ...old])).code, 3);
  assert.equal((await machine.run([...change, next, ...now])).code, 3, "it isn't the new one yet");
  const done = await machine.object([...change, next, ...old]);
  assert.equal(done["changed"], true);
  assert.match(String(done["caveats"]), /backups of this folder/);

  // The node goes on with the keys that it has, and opens them by the new one alone.
  assert.equal((await machine.object(["status"]))["unlocked"], true);
  await machine.object(["lock"]);
  assert.equal((await machine.run(["unlock", ...old])).code, 3);
  assert.deepEqual((await machine.object(["unlock", ...now]))["unlocked"], [ada]);
  await machine.object(["lock"]);
  const browser = await Browser.open(machine);
  await browser.page("/keys");
  const passphrase = (await Deno.readTextFile(machine.passphraseFile)).trim();
  assert.equal((await browser.send("/keys/unlock", { passphrase })).status, 403);
  assert.equal((await machine.object(["status"]))["unlocked"], false);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const opened = await browser.send("/keys/unlock", { passphrase: "another one entirely" });
  assert.equal(opened.status, 303, opened.page);
  await node.stop();

  assert.equal((await machine.run(["timeline", ...old])).code, 3);
  const [post] = await machine.list(["timeline", ...now]);
  assert.equal(post?.["text"], "before", "private data opens as before");
  assert.deepEqual(
    [...Deno.readDirSync(machine.dataDir)].filter(({ name }) => name.startsWith("gone-")),
    [],
  );
});
