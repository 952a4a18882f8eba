/** Data of every schema that there ever was opens for ever (made by scripts/make_fixture.ts). */
import assert from "node:assert/strict";
import { openKeys } from "../../src/keystore/key_store.ts";
import { Secret } from "../../src/keystore/secret.ts";
import { checkFacts, SCHEMA } from "../../src/store/migrate.ts";
import { openStores } from "../../src/store/mod.ts";
import { peekFacts } from "../../src/store/peek.ts";
import { labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";
import { fixtureViews, type Views } from "./harness/fixture_views.ts";
import { asObject, Machine, text } from "./harness/node.ts";

const FIXTURES = new URL("../fixtures/", import.meta.url);
const FILES = ["keys", "private.kv", "public.kv"];
const NAMES = [...Deno.readDirSync(FIXTURES)].map(({ name }) => name).sort();

interface Expected {
  readonly passphrase: string;
  readonly friend: string;
  readonly views: Views;
}

/** A machine that has the folder as its own. */
async function unpack(name: string): Promise<{ machine: Machine; expected: Expected }> {
  const machine = await Machine.make();
  const from = new URL(`${name}/`, FIXTURES);
  await Deno.mkdir(machine.dataDir, { mode: 0o700 });
  for (const file of FILES) {
    const packed = await Deno.open(new URL(`${file}.gz`, from));
    const plain = packed.readable.pipeThrough(new DecompressionStream("gzip"));
    await Deno.writeFile(`${machine.dataDir}/${file}`, plain, { mode: 0o600 });
  }
  const expected: Expected = JSON.parse(await Deno.readTextFile(new URL("expected.json", from)));
  await Deno.writeTextFile(machine.passphraseFile, expected.passphrase);
  return { machine, expected };
}

async function viewsOf(machine: Machine, friend: string): Promise<Views> {
  return await fixtureViews(async (args) => {
    const { code, json } = await machine.run([...args, "--json"], { unlock: true });
    return code === 0 ? json : undefined;
  }, friend);
}

/** What the version that made it could show, shown now; what it had not is not compared. */
function assertShown(now: Views, expected: Views): void {
  const known = Object.keys(expected).filter((name) => expected[name] !== null);
  assert.ok(known.length >= 6, known.join());
  for (const name of known) assert.deepEqual(now[name], expected[name], name);
}

Deno.test("there is a fixture for every schema", () => {
  const all = Array.from({ length: SCHEMA }, (_, i) => `schema-${i + 1}`);
  assert.deepEqual(NAMES, all, "Make one: deno run -P=test scripts/make_fixture.ts");
  for (const [i, name] of NAMES.entries()) {
    const sizes = FILES.map((file) => Deno.statSync(new URL(`${name}/${file}.gz`, FIXTURES)).size);
    assert.ok(sizes.reduce((sum, size) => sum + size) < 1_000_000, `${i}`);
  }
});

for (const [i, name] of NAMES.entries()) {
  Deno.test(`${name} opens, shows all it held, takes more, and does after a kill`, async () => {
    const { machine, expected: { friend, views, passphrase } } = await unpack(name);
    await using _machine = machine;
    const facts = peekFacts(`${machine.dataDir}/public.kv`);
    assert.equal(checkFacts(facts, { expected: MAIN_NETWORK, current: SCHEMA }), i + 1);
    await storedWholly(machine.dataDir, passphrase);

    const node = await machine.start(["--unlock"], { unlock: true });
    assertShown(await viewsOf(machine, friend), views);
    const [own] = await machine.list(["identity", "list"]);
    const said = text(await machine.object(["post", "said today", "--as", "ada"]), "id");
    await machine.json(["unfollow", friend]);
    await machine.json(["follow", friend, "--name", "Still Bob"]);
    await node.kill();

    const again = await machine.start(["--unlock"], { unlock: true });
    const shown = asObject(await machine.json(["show", said]));
    assert.deepEqual([shown["author"], shown["pending"]], [own?.["id"], true]);
    const [followed] = await machine.list(["following"]);
    assert.deepEqual([followed?.["id"], followed?.["name"]], [friend, "Still Bob"]);
    const after = await viewsOf(machine, friend);
    assertShown({ ...after, following: views["following"] }, views);
    await again.stop();
    // Without a node, too.
    assertShown({ ...await viewsOf(machine, friend), following: views["following"] }, views);
  });
}

/** Every stored message reads, and the one that was on its way still is. */
async function storedWholly(dir: string, passphrase: string): Promise<void> {
  const stores = await openStores({ dir, network: MAIN_NETWORK });
  try {
    const all = [...stores.public.index.newestFirst()];
    assert.ok(all.length >= 5, `${all.length}`);
    for (const { id, retracted } of all) {
      assert.equal(await stores.public.getMessage(id) === undefined, retracted, id);
    }
    assert.equal(stores.public.damagedMessages, 0);
    using words = Secret.take(new TextEncoder().encode(passphrase));
    using keyring = await openKeys({ dir, labels: labelsOf(MAIN_NETWORK), passphrase: words });
    const own = await keyring.storeKey().use((key) => stores.private.unlock(key));
    assert.equal((await own.outbox.entries()).reveal().length, 1);
  } finally {
    await stores.close();
  }
}

Deno.test("a newer keys file is refused by every command, and left to the byte and the time", async () => {
  const { machine } = await unpack(`schema-${SCHEMA}`);
  await using _machine = machine;
  const path = `${machine.dataDir}/keys`;
  const bytes = await Deno.readFile(path);
  bytes[8] = 2;
  await Deno.writeFile(path, bytes);
  const { mtime } = await Deno.stat(path);
  const commands = [
    ["identity", "list"],
    ["post", "hello"],
    ["identity", "create", "--no-recovery"],
    ["backup", `${machine.folder}/backup`],
  ];
  for (const args of commands) {
    const { code, stderr } = await machine.run(args, { unlock: true });
    assert.equal(code, 1, stderr);
    assert.match(stderr, /newer version has made the keys file/);
  }
  assert.deepEqual(await Deno.readFile(path), bytes);
  assert.deepEqual((await Deno.stat(path)).mtime, mtime);
  assert.ok(
    !(await Array.fromAsync(Deno.readDir(machine.folder))).some((e) => e.name === "backup"),
  );
});
