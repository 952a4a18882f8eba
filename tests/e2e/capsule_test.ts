/** Messages carried in a file: from a node to another that it never met. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { concatBytes } from "@noble/hashes/utils.js";
import { capsuleEnd, capsuleHeader, capsuleRecord } from "../../src/wire/capsule.ts";
import { MAIN_NETWORK } from "../../src/wire/labels.ts";
import { Author, type Made } from "./harness/author.ts";
import { Machine } from "./harness/node.ts";

const NOW = Math.floor(Date.now() / 10_000) * 10;
const DAY_S = 86_400;

function capsuleOf(posts: readonly Made[]): Uint8Array {
  return concatBytes(
    capsuleHeader(MAIN_NETWORK),
    ...posts.map(({ bytes }) => capsuleRecord(bytes)),
    capsuleEnd(posts.length),
  );
}

/** Posts of three days, the newest first: a capsule puts them in order. */
function posts(count: number): Made[] {
  const authors = [new Author(), new Author(), new Author()];
  return Array.from({ length: count }, (_, n) => {
    const author = authors[n % authors.length];
    assert.ok(author);
    return author.post(`Carried ${n}`, { created: NOW - (n % 3) * DAY_S - 10 * n });
  });
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

Deno.test("a capsule carries all messages to a node that knows nobody, whether it runs or not", async () => {
  await using a = await Machine.make();
  await using b = await Machine.make();
  const made = posts(60);
  const brought = join(a.folder, "brought");
  await Deno.writeFile(brought, capsuleOf(made));
  await using node = await a.start();
  const first = await a.object(["capsule", "read", brought]);
  const nothingElse = { known: 0, outside: 0, unkept: 0, refused: 0, damaged: 0, complete: true };
  assert.deepEqual(first, { messages: 60, novel: 60, ...nothingElse });
  const again = await a.object(["capsule", "read", brought]);
  assert.deepEqual([again["novel"], again["known"]], [0, 60]);

  const running = join(a.folder, "running");
  const written = await a.object(["capsule", "write", running]);
  const size = (await Deno.stat(running)).size;
  const none = { pending: 0, novel: 0, damaged: 0 };
  assert.deepEqual(written, { file: running, messages: 60, ...none, bytes: size });
  if (Deno.build.os !== "windows") {
    assert.equal(((await Deno.stat(running)).mode ?? 0) & 0o777, 0o600);
  }
  const recent = await a.object([
    "capsule",
    "write",
    join(a.folder, "r"),
    "--since",
    `${NOW - DAY_S / 2}`,
  ]);
  assert.equal(recent["messages"], made.filter((_, n) => n % 3 === 0).length);
  await node.stop();

  // The same file whoever writes it, from whichever node: it says nothing of either.
  const stopped = join(a.folder, "stopped");
  const human = await a.run(["capsule", "write", stopped]);
  assert.equal(human.code, 0, human.stderr);
  assert.match(human.stdout, /^60 messages, \d+ bytes, in /);
  assert.match(human.stderr, /Whoever finds it learns that somebody had Gossamer/);
  assert.deepEqual(await Deno.readFile(stopped), await Deno.readFile(running));
  assert.equal((await b.object(["capsule", "read", stopped]))["novel"], 60);
  const atB = join(b.folder, "b");
  await b.object(["capsule", "write", atB]);
  assert.deepEqual(await Deno.readFile(atB), await Deno.readFile(running));
  const all = await b.list(["timeline", "--all", "--limit", "1000"]);
  assert.deepEqual(new Set(all.map(({ id }) => id)), new Set(made.map(({ id }) => id)));
});

Deno.test("what is damaged, forged or too old in a capsule is left out and said, the rest is taken", async () => {
  await using machine = await Machine.make();
  const [one, two, three, four] = posts(4);
  assert.ok(one && two && three && four);
  const forged = two.bytes.slice();
  // In the signature, which stands before stamp and statements.
  forged[forged.length - 30] = (forged[forged.length - 30] ?? 0) ^ 1;
  const old = new Author().post("From last year", { created: NOW - 366 * DAY_S });
  const file = join(machine.folder, "capsule");
  const whole = capsuleOf([one, { ...two, bytes: forged }, old, three, four]);
  await Deno.writeFile(file, whole.subarray(0, whole.length - 20));
  const { code, stdout, stderr } = await machine.run(["capsule", "read", file]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^4 messages in the capsule, 2 new here$/m);
  assert.match(stderr, /Not taken in: 1 too old, or ahead of this clock; 1 refused/);
  assert.match(stderr, /damaged or was cut off: bytes in 1 place made no sense/);
  const again = await machine.object(["capsule", "read", file]);
  assert.deepEqual(again, {
    messages: 4,
    novel: 0,
    known: 2,
    outside: 1,
    unkept: 0,
    refused: 1,
    damaged: 1,
    complete: false,
  });
});

Deno.test("a capsule of another network, no capsule, and a name that is taken are refused", async () => {
  await using machine = await Machine.make();
  const file = join(machine.folder, "capsule");
  const read = ["capsule", "read", file];
  assert.equal((await machine.run(read)).code, 1);
  await Deno.writeTextFile(file, "Dear diary");
  const diary = await machine.run(read);
  assert.deepEqual([diary.code, /is no capsule/.test(diary.stderr)], [1, true]);
  const taken = await machine.run(["capsule", "write", file]);
  assert.deepEqual([taken.code, /is there already/.test(taken.stderr)], [1, true]);
  assert.equal(await Deno.readTextFile(file), "Dear diary");

  const other = join(machine.folder, "other");
  await Deno.writeFile(other, capsuleOf(posts(1)));
  const dir = join(machine.folder, "data-of-test");
  const elsewhere = await machine.run([
    "--network",
    "test",
    "--data-dir",
    dir,
    "capsule",
    "read",
    other,
  ]);
  assert.equal(elsewhere.code, 2, elsewhere.stderr);
  assert.match(elsewhere.stderr, /of the network main, and this folder belongs to test/);
  const date = await machine.run(["capsule", "write", `${file}2`, "--since", "yesterday"]);
  assert.equal(date.code, 2);
});

Deno.test("a full disk leaves no half capsule", async (t) => {
  await using machine = await Machine.make();
  const disk = join(machine.folder, "stick");
  await Deno.mkdir(disk);
  const isMounted = await mountSmallDisk(disk);
  await t.step({
    name: isMounted ? "on a disk of 8 KiB" : "skipped: no right to mount a small disk here",
    ignore: !isMounted,
    fn: async () => {
      const brought = join(machine.folder, "brought");
      await Deno.writeFile(brought, capsuleOf(posts(60)));
      await machine.object(["capsule", "read", brought]);
      const file = join(disk, "capsule");
      const failed = await machine.run(["capsule", "write", file]);
      assert.equal(failed.code, 1);
      assert.match(failed.stderr, /Can't write .*stick.capsule: No space left on device/);
      assert.equal(await exists(file), false);
      assert.deepEqual([...Deno.readDirSync(disk)], []);
    },
  });
  if (isMounted) await new Deno.Command("umount", { args: [disk] }).output();
});

async function mountSmallDisk(dir: string): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  const args = ["-t", "tmpfs", "-o", "size=8k,mode=0700", "tmpfs", dir];
  return (await new Deno.Command("mount", { args, stderr: "null" }).output()).success;
}

Deno.test("an empty node writes an empty capsule", async () => {
  await using machine = await Machine.make();
  const file = join(machine.folder, "empty");
  assert.equal((await machine.object(["capsule", "write", file]))["messages"], 0);
  const { messages, complete } = await machine.object(["capsule", "read", file]);
  assert.deepEqual([messages, complete], [0, true]);
});

Deno.test("who never met another node carries what they said out on a stick, and it goes on from hand to hand", async () => {
  await using a = await Machine.make();
  await using b = await Machine.make();
  await using c = await Machine.make();
  const author = await a.identity("Ada");
  await b.identity("Bob");
  await b.list(["follow", author], { unlock: true });
  // Something of others, so that the own post isn't all there is.
  const brought = join(a.folder, "brought");
  await Deno.writeFile(brought, capsuleOf(posts(3)));
  await a.object(["capsule", "read", brought]);
  const post = await a.object(["post", "From where there is no network"], { unlock: true });

  const file = join(a.folder, "stick");
  const refused = await a.run(["capsule", "write", file, "--with-pending"]);
  assert.equal(refused.code, 3);
  assert.match(refused.stderr, /--passphrase-file/);
  assert.equal(await exists(file), false);
  const plain = await a.run(["capsule", "write", join(a.folder, "plain")], { unlock: true });
  assert.match(plain.stdout, /^3 messages, /);
  await using node = await a.start(["--unlock"], { unlock: true });
  const without = await a.run(["capsule", "write", join(a.folder, "without"), "--json"]);
  assert.match(without.stderr, /^1 message of yours is not in it.*--with-pending puts them in/s);
  const written = await a.object(["capsule", "write", file, "--with-pending"]);
  assert.deepEqual([written["messages"], written["pending"]], [4, 1]);
  const pending = async (): Promise<unknown> =>
    (await a.list(["timeline"])).map((one) => [one["id"], one["pending"]]);
  assert.deepEqual(await pending(), [[post["id"], true]]);

  assert.equal((await b.object(["capsule", "read", file]))["novel"], 4);
  const [seen, ...others] = await b.list(["timeline"], { unlock: true });
  assert.deepEqual([seen?.["id"], seen?.["pending"], others], [post["id"], false, []]);
  const onward = join(b.folder, "onward");
  await b.object(["capsule", "write", onward]);
  assert.deepEqual(await Deno.readFile(onward), await Deno.readFile(file));
  assert.equal((await c.object(["capsule", "read", onward]))["novel"], 4);
  const all = await c.list(["timeline", "--all"]);
  assert.ok(all.some(({ id }) => id === post["id"]));
  // A file proves nothing: the author's own would say the same.
  assert.equal((await a.object(["capsule", "read", onward]))["known"], 4);
  assert.deepEqual(await pending(), [[post["id"], true]]);
  await node.stop();
});
