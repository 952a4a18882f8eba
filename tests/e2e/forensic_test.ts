/**
 * What a laboratory would find: a node is used as a person would, and then every byte that it left
 * on the disk, and the memory that a core dump would hold, is searched for what is private.
 */
import assert from "node:assert/strict";
import { createHash, hkdfSync } from "node:crypto";
import { join } from "node:path";
import { openKeys, Secret } from "../../src/keystore/mod.ts";
import { DATA_FILES } from "../../src/wire/data_files.ts";
import { formatIdentity, idBytes, type IdentityKey, parseIdentity } from "../../src/wire/ids.ts";
import { labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";
import { formatLocator } from "../../src/wire/locator.ts";
import { Author } from "./harness/author.ts";
import {
  dumpable,
  filesBelow,
  type Hit,
  type Needle,
  type Place,
  raw,
  rowsOf,
  search,
  texts,
  written,
} from "./harness/forensics.ts";
import { Machine, type RunningNode, text } from "./harness/node.ts";

const LABELS = labelsOf(MAIN_NETWORK);

Deno.test({
  name: "a node that was used leaves nothing private on the disk, nor in a core dump",
  ignore: Deno.build.os !== "linux",
  fn: async (t): Promise<void> => {
    await using machine = await Machine.make();
    await using _surroundings = await surroundings(machine);
    const names = [canary("ada"), canary("bob")];
    const petted = canary("claim");

    // A person with two identities, first without a node.
    const [ada = "", bob = ""] = [
      await machine.identity(names[0] ?? ""),
      await machine.identity(names[1] ?? ""),
    ];
    const unlock = { unlock: true };
    const followed = [new Author().key, new Author().key, new Author().key];
    const [byId, , gone] = followed.map(formatIdentity);
    const heirPrefix = crypto.getRandomValues(new Uint8Array(10));
    const given = formatLocator({
      addresses: [],
      identities: followed.slice(1, 2).map((key) => ({ key, heirPrefix })),
      starters: [],
      network: MAIN_NETWORK,
    });
    await machine.json(["follow", byId ?? ""], unlock);
    const blocked = [new Author().key, new Author().key];
    const [troll = "", forgiven = ""] = blocked.map(formatIdentity);
    await machine.json(["block", troll], unlock);
    const said: string[] = [];
    const post = async (words: string, name = "", options = {}): Promise<void> => {
      said.push(text(await machine.object(["post", words, "--as", name], options), "id"));
    };
    await post("Said without a node", names[0], unlock);

    const secrets = await secretsOf(machine);
    const forbidden = [
      ...secrets.raw,
      ...secrets.written,
      ...secrets.passphrase,
      ...names.flatMap((name) => texts("local name", name)),
      ...followed.flatMap((key) => identityNeedles("followed identity", key)),
      ...blocked.flatMap((key) => identityNeedles("blocked identity", key)),
      ...raw("heir of a followed identity", heirPrefix),
      ...written("heir of a followed identity", heirPrefix),
    ];
    const own = [ada, bob].map((id) => keyOf(id));
    // Seeds are left by native code that signed or passed the bundle on (docs/PRIVACY.md, "In memory").
    const onlySeeds = async (node: RunningNode): Promise<void> => {
      const { passphrase, written, raw } = secrets;
      const found = await inMemory(node, [...passphrase, ...written, ...raw]);
      assert.deepEqual(found.filter(({ name }) => !/^seed \d+$/.test(name)), []);
    };
    const ofOwner = [
      ...own.flatMap((key) => identityNeedles("own identity", key)),
      ...["Said without a node", "Said by the second"].flatMap((words) => texts("post", words)),
      ...texts("claimed name", petted),
    ];
    // Nobody took anything yet: what the owner says, and who that is, stands nowhere in the clear.
    const onDisk = (): Promise<void> => nothingOnDisk(machine, [...forbidden, ...ofOwner]);
    await t.step("on disk after use without a node", onDisk);

    // Then with one: unlocked, locked, and cut off.
    const first = await machine.start();
    await machine.json(["unlock"], unlock);
    await machine.json(["follow", given]);
    await machine.json(["follow", gone ?? ""]);
    await machine.json(["unfollow", gone ?? ""]);
    await machine.json(["block", forgiven]);
    await machine.json(["unblock", forgiven]);
    await post("Said by the second", names[1]);
    await machine.json(["profile", "set", "--name", petted, "--as", names[0] ?? ""]);
    await machine.json(["timeline"]);
    assert.equal((await machine.list(["following"])).length, 2);
    assert.deepEqual((await machine.list(["blocked"])).map(({ id }) => id), [troll]);
    await t.step("in memory while unlocked", async () => {
      const found = await inMemory(first, [...secrets.passphrase, ...secrets.written]);
      assert.deepEqual(found, []);
    });
    await t.step("on disk while unlocked", onDisk);
    await machine.json(["lock"]);
    await t.step("in memory after lock", () => onlySeeds(first));
    await first.kill();
    await t.step("on disk after kill -9", onDisk);

    // Then among others: what they took stands in public.kv like anybody's.
    await using other = await Machine.make();
    const locator = `g:?a=127.0.0.1:${await (await other.start()).port()}`;
    const second = await machine.start(["--unlock", "--eager", "--join", locator], unlock);
    await post("Said after the cut", names[0]);
    for (const id of said) await second.event("message", (event) => event["id"] === id);
    await t.step("in memory of a node that opened the keys itself", async () => {
      const found = await inMemory(second, [...secrets.passphrase, ...secrets.written]);
      assert.deepEqual(found, []);
    });
    await machine.json(["lock"]);
    await t.step("in its memory after lock", () => onlySeeds(second));
    await second.stop();
    await t.step("on disk after a clean stop", async () => {
      await nothingOnDisk(machine, forbidden);
      await ownKeysOnlyInPublic(machine, own);
    });
    await t.step("the folder holds only files that PRIVACY.md names", async () => {
      const known = DATA_FILES.map(({ name }) => name);
      for await (const { name } of Deno.readDir(machine.dataDir)) {
        assert.ok(known.includes(name), name);
      }
    });
    // Each said what it said, or nothing was tested.
    await t.step("public.kv holds what was said", async () => {
      const places = await filesBelow(machine.dataDir);
      const words = texts("post", "Said after the cut").slice(0, 1).concat(
        texts("name", petted).slice(0, 1),
      );
      assert.deepEqual(
        new Set(search(places, words).map(({ name }) => name)),
        new Set(words.map(({ name }) => name)),
      );
    });
  },
});

Deno.test("the search finds what is there, in whatever form", async () => {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(join(folder, "a"), new Uint8Array([1, 2, ...secret, 3]));
    await Deno.mkdir(join(folder, "b"));
    await Deno.writeTextFile(join(folder, "b", secret.toHex()), `x${secret.toBase64()}y`);
    const hits = search(await filesBelow(folder), [...raw("s", secret), ...written("s", secret)]);
    assert.deepEqual(hits.map(({ name, at }) => `${name} at ${at}`).sort(), [
      "s at 2",
      "s, base64, UTF-8 at 1",
      // Few secrets have neither "+" nor "/" in base64, and then both are found.
      ...(/[+/]/.test(secret.toBase64().slice(0, 40)) ? [] : ["s, base64url, UTF-8 at 1"]),
      "s, hex, UTF-8 at 0",
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Points the temporary and home folders of what is started from here on into the machine's folder. */
async function surroundings(machine: Machine): Promise<AsyncDisposable> {
  const info = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { denoDir } = JSON.parse(new TextDecoder().decode(info.stdout));
  const before = ["TMPDIR", "HOME", "DENO_DIR"].map((name) => [name, Deno.env.get(name)] as const);
  for (const name of ["tmp", "home"]) await Deno.mkdir(join(machine.folder, name));
  Deno.env.set("TMPDIR", join(machine.folder, "tmp"));
  Deno.env.set("HOME", join(machine.folder, "home"));
  Deno.env.set("DENO_DIR", String(denoDir));
  return {
    [Symbol.asyncDispose]: (): Promise<void> => {
      for (const [name, value] of before) {
        if (value === undefined) Deno.env.delete(name);
        else Deno.env.set(name, value);
      }
      return Promise.resolve();
    },
  };
}

interface Secrets {
  /** The bytes, and what is derived from them. */
  readonly raw: readonly Needle[];
  /** The same as text. */
  readonly written: readonly Needle[];
  readonly passphrase: readonly Needle[];
}

/** What the keys file holds, by the layout in src/keystore/key_contents.ts. */
async function secretsOf(machine: Machine): Promise<Secrets> {
  const line = (await Deno.readTextFile(machine.passphraseFile)).trim();
  using passphrase = Secret.take(new TextEncoder().encode(line));
  using keyring = await openKeys({ dir: machine.dataDir, labels: LABELS, passphrase });
  using encoded = keyring.encode();
  const contents = encoded.use((bytes) => bytes.slice());
  const storeKey = contents.slice(1, 33);
  const named: [string, Uint8Array][] = [["store key", storeKey]];
  for (const label of ["record name", "record value"] as const) {
    const derived = hkdfSync("sha256", storeKey, new Uint8Array(), LABELS[label], 32);
    named.push([`key of "${label}"`, new Uint8Array(derived)]);
  }
  for (let i = 0; i < (contents[0] ?? 0); i++) {
    const seed = contents.slice(112 + 500 * i, 144 + 500 * i);
    const expanded = createHash("sha512").update(seed).digest();
    const slotKey = hkdfSync("sha256", seed, new Uint8Array(), LABELS["store slot"], 32);
    named.push([`seed ${i}`, seed], [`prefix of seed ${i}`, expanded.subarray(32)]);
    named.push([`slot key ${i}`, new Uint8Array(slotKey)]);
  }
  return {
    raw: named.flatMap(([name, bytes]) => raw(name, bytes)),
    written: named.flatMap(([name, bytes]) => written(name, bytes)),
    passphrase: [...texts("passphrase", line), ...written("passphrase", passphraseBytes(line))],
  };
}

function passphraseBytes(line: string): Uint8Array {
  return new TextEncoder().encode(line);
}

/** An identity's key in every form in which it might be written down. */
function identityNeedles(name: string, key: IdentityKey): Needle[] {
  return [...raw(name, idBytes(key)), ...writtenKey(name, key)];
}

function writtenKey(name: string, key: IdentityKey): Needle[] {
  return [...written(name, idBytes(key)), ...texts(`${name}, g1…`, formatIdentity(key))];
}

/** Searches the data folder, the temporary folder and the home folder. */
async function nothingOnDisk(machine: Machine, needles: readonly Needle[]): Promise<void> {
  assert.deepEqual(search(await places(machine), needles), []);
}

async function places(machine: Machine): Promise<Place[]> {
  const folders = [machine.dataDir, join(machine.folder, "tmp"), join(machine.folder, "home")];
  return (await Promise.all(folders.map(filesBelow))).flat();
}

/**
 * The owner's public keys stand nowhere but in public.kv, there only in rows of their own messages
 * and profiles, one to a row; and each place in the file is that of such a row, or of an earlier
 * state of one.
 */
async function ownKeysOnlyInPublic(machine: Machine, own: readonly IdentityKey[]): Promise<void> {
  const all = await places(machine);
  const scratch = await Deno.makeTempDir({ dir: machine.folder });
  const rows = await rowsOf(join(machine.dataDir, "public.kv"), scratch);
  await Deno.remove(scratch, { recursive: true });
  for (const key of own) {
    assert.deepEqual(search(all, writtenKey("own identity", key)), []);
    const needles = raw("own identity", idBytes(key));
    const bearing = rows.filter(({ bytes }) => search([{ where: "", bytes }], needles).length > 0);
    const kinds = bearing.map(({ kind }) => kind);
    assert.deepEqual(kinds.filter((kind) => !["m", "t", "p"].includes(kind)), []);
    assert.equal(count(kinds, "m"), count(kinds, "t"), "A message without what is known of it");
    assert.ok(count(kinds, "p") <= 1);
    for (const { bytes } of bearing) {
      const others = own.filter((other) => other !== key).flatMap((k) => raw("other", idBytes(k)));
      assert.deepEqual(search([{ where: "a row", bytes }], others), [], "Two of them in one row");
    }
    // What stands right before or after it in a row: enough to know a row by, also a page's older one.
    const around = bearing.flatMap(({ bytes }) =>
      search([{ where: "", bytes }], needles).flatMap(({ at }) => [
        hex(bytes, at - 4, at),
        hex(bytes, at + 32, at + 48),
      ])
    );
    for (const { where, at } of search(all, needles)) {
      assert.match(where, /\/public\.kv(-wal)?$/);
      const bytes = all.find((place) => place.where === where)?.bytes ?? new Uint8Array();
      const known = around.includes(hex(bytes, at - 4, at)) ||
        around.includes(hex(bytes, at + 32, at + 48));
      assert.ok(known, `${where}, ${at}: an own key outside of the rows that bear it`);
    }
  }
}

function count(kinds: readonly string[], kind: string): number {
  return kinds.filter((one) => one === kind).length;
}

function hex(bytes: Uint8Array, from: number, to: number): string {
  return bytes.slice(Math.max(0, from), to).toHex();
}

/** Searches a node's memory; where this user may not read it, there is nothing to say. */
async function inMemory(node: RunningNode, needles: readonly Needle[]): Promise<Hit[]> {
  const memory = await dumpable(node.process.pid);
  if (memory === undefined) {
    assert.notEqual(Deno.uid(), 0, "Root can read any process's memory");
    return [];
  }
  return search(memory, needles);
}

function keyOf(id: string): IdentityKey {
  const key = parseIdentity(id);
  assert.ok(key !== undefined, text({ id }, "id"));
  return key;
}

function canary(what: string): string {
  return `canary ${what} ${crypto.getRandomValues(new Uint8Array(6)).toHex()}`;
}
