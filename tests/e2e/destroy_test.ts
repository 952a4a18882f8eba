/** What is destroyed stays so: with real processes, killed and not, and every byte searched afterwards. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { openKeys, passphraseFrom } from "../../src/keystore/mod.ts";
import { formatIdentity, idBytes, parseIdentity } from "../../src/wire/ids.ts";
import { labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";
import { Author } from "./harness/author.ts";
import { Machine } from "./harness/node.ts";
import { ROOT, startProgram } from "./harness/process.ts";

const UNLOCK = { unlock: true };

function filesIn(dir: string): Map<string, Buffer> {
  const files = [...Deno.readDirSync(dir)].filter(({ isFile }) => isFile);
  return new Map(files.map(({ name }) => [name, Buffer.from(Deno.readFileSync(join(dir, name)))]));
}

/** Where bytes stand in a folder. */
function holding(dir: string, bytes: Uint8Array): string[] {
  return [...filesIn(dir)].filter(([, file]) => file.includes(Buffer.from(bytes)))
    .map(([name]) => name);
}

async function wordOf(machine: Machine): Promise<string> {
  return (await Deno.readTextFile(machine.passphraseFile)).trim();
}

/** Raw secrets of a folder, opened as its owner would. */
async function secretsOf(machine: Machine): Promise<{ seeds: Uint8Array[]; storeKey: Uint8Array }> {
  using passphrase = passphraseFrom(new TextEncoder().encode(await wordOf(machine)));
  const labels = labelsOf(MAIN_NETWORK);
  using keyring = await openKeys({ dir: machine.dataDir, labels, passphrase });
  const seeds = keyring.identities().map(({ key }) => {
    using entry = keyring.encodeEntry(key);
    return entry.use((bytes) => bytes.slice(0, 32));
  });
  return { seeds, storeKey: keyring.storeKey().use((key) => key.slice()) };
}

interface Furnished {
  readonly ada: string;
  readonly bob: string;
  readonly followed: readonly string[];
}

/** Two identities, a follow, a post of each. */
async function furnish(machine: Machine): Promise<Furnished> {
  const ada = await machine.identity("ada-is-her-name");
  const bob = await machine.identity("bob-is-his-name");
  const followed = [formatIdentity(new Author().key)];
  for (const id of followed) await machine.json(["follow", id], UNLOCK);
  await machine.json(["post", "Said by ada", "--as", ada], UNLOCK);
  await machine.json(["post", "Said by bob", "--as", bob], UNLOCK);
  return { ada, bob, followed };
}

async function opensAll(machine: Machine, { bob, followed }: Furnished): Promise<void> {
  const identities = await machine.list(["identity", "list"], UNLOCK);
  assert.deepEqual(identities.map(({ id }) => id), [bob]);
  const following = await machine.list(["following"], UNLOCK);
  assert.deepEqual(following.map(({ id }) => id), followed);
  const said = await machine.list(["timeline"], UNLOCK);
  assert.deepEqual(said.map(({ text }) => text), ["Said by bob"]);
}

function adaIsGone(machine: Machine, { ada }: Furnished): void {
  const key = parseIdentity(ada);
  assert.ok(key);
  // What she said was on its way, sealed, and went with her: nobody took it.
  assert.deepEqual(holding(machine.dataDir, idBytes(key)), []);
  assert.deepEqual([...filesIn(machine.dataDir).keys()].sort(), [
    "keys",
    "keys.lock",
    "lock",
    "private.kv",
    "public.kv",
  ]);
}

/** Runs a destruction that is killed at a step; answers whether it got that far. */
async function killedAt(
  machine: Machine,
  { what, id = "", step }: { what: string; id?: string; step: string },
): Promise<boolean> {
  const script = join(ROOT, "tests/e2e/destroy_child.ts");
  const args = [what, machine.dataDir, await wordOf(machine), id, step];
  await using child = await startProgram([Deno.execPath(), "run", "-A", script, ...args]);
  return (await child.end()).code === 137;
}

Deno.test("identity delete: stops the node, the other identity still opens everything", async () => {
  await using machine = await Machine.make();
  const furnished = await furnish(machine);
  const before = await secretsOf(machine);
  const node = await machine.start();
  const gone = await machine.object(["identity", "delete", furnished.ada, "--yes"], UNLOCK);
  assert.equal(gone.id, furnished.ada);
  assert.equal(gone.stopped, true);
  assert.equal((await node.process.end()).code, 0);
  for (const bytes of [...before.seeds, before.storeKey]) {
    assert.deepEqual(holding(machine.dataDir, bytes), []);
  }
  adaIsGone(machine, furnished);
  await opensAll(machine, furnished);
  // The last one leaves a folder in which a new identity has nothing of the old ones.
  const last = await machine.run(["identity", "delete", "bob-is-his-name", "--yes"], UNLOCK);
  assert.equal(last.code, 0, last.stderr);
  assert.match(last.stderr, /nothing of it was found again/);
  await machine.identity("eve");
  assert.deepEqual(await machine.json(["following"], UNLOCK), []);
});

Deno.test("identity delete, obliterate: nothing happens without the passphrase or a yes", async () => {
  await using machine = await Machine.make();
  const furnished = await furnish(machine);
  const before = filesIn(machine.dataDir);
  const wrong = join(machine.folder, "wrong");
  await Deno.writeTextFile(wrong, "not it\n");
  const ways = [["identity", "delete", furnished.ada], ["obliterate", "--everything"]];
  for (const way of ways) {
    assert.equal((await machine.run([...way, "--yes", "--passphrase-file", wrong])).code, 3);
    assert.equal((await machine.run([...way, "--yes"])).code, 3);
    assert.equal((await machine.run(way, UNLOCK)).code, 2);
  }
  assert.equal((await machine.run(["obliterate", "--yes"], UNLOCK)).code, 2);
  const unknown = await machine.run(["identity", "delete", "nobody", "--yes"], UNLOCK);
  assert.equal(unknown.code, 1);
  assert.deepEqual(filesIn(machine.dataDir), before);
});

Deno.test("identity delete: killed at any step, a second run finishes it, and nothing else is lost", async () => {
  await using machine = await Machine.make();
  const furnished = await furnish(machine);
  const copy = join(machine.folder, "copy");
  await Deno.mkdir(copy);
  for (const [name, bytes] of filesIn(machine.dataDir)) {
    await Deno.writeFile(join(copy, name), bytes);
  }
  const before = await secretsOf(machine);
  for (const step of ["taken", "prepared", "keys", "adopted", "compacted"]) {
    for (const name of filesIn(machine.dataDir).keys()) {
      await Deno.remove(join(machine.dataDir, name));
    }
    for (const [name, bytes] of filesIn(copy)) {
      await Deno.writeFile(join(machine.dataDir, name), bytes, { mode: 0o600 });
    }
    assert.ok(await killedAt(machine, { what: "delete", id: furnished.ada, step }), step);
    // Whoever is left still opens everything at once.
    const following = await machine.list(["following"], UNLOCK);
    assert.deepEqual(following.map(({ id }) => id), furnished.followed, step);
    const again = await machine.run(["identity", "delete", furnished.ada, "--yes"], UNLOCK);
    const isFinished = step === "adopted" || step === "compacted";
    assert.equal(again.code, isFinished ? 1 : 0, `${step}: ${again.stderr}`);
    if (isFinished) {
      await using node = await machine.start();
      await node.stop();
    }
    adaIsGone(machine, furnished);
    for (const bytes of [...before.seeds, before.storeKey]) {
      assert.deepEqual(holding(machine.dataDir, bytes), []);
    }
    await opensAll(machine, furnished);
  }
});

Deno.test("obliterate --everything: stops the node and leaves an empty folder", async () => {
  await using machine = await Machine.make();
  await furnish(machine);
  const node = await machine.start();
  const gone = await machine.object(["obliterate", "--everything", "--yes"], UNLOCK);
  assert.deepEqual(Object.keys(gone), ["destroyed", "caveats"]);
  assert.equal((await node.process.end()).code, 0);
  assert.deepEqual([...Deno.readDirSync(machine.dataDir)], []);
  assert.equal((await machine.run(["obliterate", "--everything", "--yes"], UNLOCK)).code, 1);
});

Deno.test("obliterate --everything: what isn't this program's is left alone", async () => {
  await using machine = await Machine.make();
  await furnish(machine);
  await Deno.writeTextFile(join(machine.dataDir, "diary"), "mine");
  await Deno.mkdir(join(machine.dataDir, "other-network"));
  const gone = await machine.run(["obliterate", "--everything", "--yes"], UNLOCK);
  assert.equal(gone.code, 0, gone.stderr);
  assert.match(gone.stdout, /Left alone.*diary, other-network/);
  assert.equal(await Deno.readTextFile(join(machine.dataDir, "diary")), "mine");
});

Deno.test("obliterate --everything: killed at any step, no node starts, and a second run finishes it", async () => {
  for (const step of ["marked", "keys", "private.kv", "public.kv", "lock"]) {
    await using machine = await Machine.make();
    await furnish(machine);
    assert.ok(await killedAt(machine, { what: "obliterate", step }), step);
    const status = await machine.run(["status"]);
    assert.equal(status.code, 1, step);
    assert.match(status.stderr, /gossamer obliterate --everything/);
    // The keys may be gone, so nobody is asked for a passphrase any more.
    const again = await machine.run(["obliterate", "--everything", "--yes"]);
    assert.equal(again.code, 0, `${step}: ${again.stderr}`);
    assert.deepEqual([...Deno.readDirSync(machine.dataDir)], [], step);
  }
});
