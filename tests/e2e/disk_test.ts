/** A node's disk and its sudden ends: what was acknowledged is there afterwards, and failures say so. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { RESULT } from "../../src/wire/frame.ts";
import { Author, type Made } from "./harness/author.ts";
import { RawClient } from "./harness/client.ts";
import { type Json, Machine, type RunningNode, text } from "./harness/node.ts";

for (const signal of ["SIGKILL", "SIGTERM"] as const) {
  Deno.test({
    name: `${signal} in the middle of a catch loses nothing that was acknowledged`,
    ignore: Deno.build.os === "windows",
    fn: async (): Promise<void> => {
      await using machine = await Machine.make();
      await machine.identity("ann");
      const node = await machine.start(["--unlock"], { unlock: true });
      const port = await node.port();
      const author = new Author();
      const acknowledged = new Set<string>();
      const count = { made: 0 };
      const feeding = Array.from({ length: 4 }, () => feed({ author, port, acknowledged, count }));
      await node.event("message", () => acknowledged.size > 20);
      acknowledged.add(text(await machine.object(["post", "Said in the middle of it"]), "id"));
      await machine.object(["join", "g:?a=127.0.0.1:14677"]);
      node.process.signal(signal);
      const { code } = await node.process.end();
      if (signal === "SIGTERM") assert.equal(code, 0);
      await Promise.all(feeding);

      const again = await machine.start(["--unlock"], { unlock: true });
      const all = await machine.list(["timeline", "--all", "--limit", "1000"]);
      const there = new Set(all.map(({ id }) => id));
      assert.deepEqual([...acknowledged].filter((id) => !there.has(id)), []);
      const peers = await machine.list(["peers"]);
      assert.deepEqual(peers.map(({ address }) => address), ["127.0.0.1:14677"]);
      assert.equal((await again.stop()).code, 0);
    },
  });
}

Deno.test("a full disk is said plainly, to owner and peers, and is over when there is room", async (t) => {
  await using machine = await Machine.make();
  await Deno.mkdir(machine.dataDir);
  const isMounted = await mountSmallDisk(machine.dataDir);
  await t.step({
    name: isMounted ? "on a disk of 3 MiB" : "skipped: no right to mount a small disk here",
    ignore: !isMounted,
    fn: async () => {
      await machine.identity("ann");
      const node = await machine.start(["--unlock"], { unlock: true });
      try {
        await fillAndFree(machine, node);
      } finally {
        await node.kill();
      }
    },
  });
  if (isMounted) await new Deno.Command("umount", { args: [machine.dataDir] }).output();
});

async function fillAndFree(machine: Machine, node: RunningNode): Promise<void> {
  const port = await node.port();
  const author = new Author();
  const id = text(await machine.object(["post", "Before"]), "id");
  await fill(join(machine.dataDir, "filling"));
  // What the database has made room for already still takes some.
  let code: unknown = RESULT.accepted;
  for (let n = 0; n < 200 && code !== RESULT.busy; n++) code = await deliver(author, { port, n });
  assert.equal(code, RESULT.busy);
  const failures: Record<string, readonly string[]> = {
    post: ["post", "While it is full"],
    profile: ["profile", "set", "--name", "Ann"],
    follow: ["follow", await identityOf(machine)],
  };
  for (const [what, command] of Object.entries(failures)) {
    const answer = await machine.run([...command, "--json"]);
    assert.deepEqual([what, answer.code], [what, 1]);
    assert.match(answer.stderr, /full/, what);
    assert.doesNotMatch(answer.stderr, /nexpected/, what);
  }
  const { warnings } = await machine.object(["status"]);
  assert.match(String(warnings), /full/);
  assert.ok(node.process.stderr.all.length < 10, "The log grows with what peers send");

  await Deno.remove(join(machine.dataDir, "filling"));
  const after = text(await machine.object(["post", "After"]), "id");
  assert.deepEqual((await machine.object(["status"]))["warnings"], []);
  const own = await machine.list(["timeline"]);
  assert.deepEqual(own.map((post: Json) => post["id"]), [id, after]);
  assert.equal((await node.stop()).code, 0);
}

/** Delivers posts until the node is gone, and notes which it acknowledged. */
async function feed({ author, port, acknowledged, count }: {
  author: Author;
  port: number;
  acknowledged: Set<string>;
  count: { made: number };
}): Promise<void> {
  try {
    for (;;) {
      const { id, bytes } = made(author, count.made++);
      using client = await RawClient.open({ port });
      const { frames } = await client.deliver(id, bytes);
      const [result] = frames;
      if (result?.kind === "result" && result.code === RESULT.accepted) acknowledged.add(id);
    }
  } catch {
    // The node is gone.
  }
}

async function deliver(
  author: Author,
  { port, n }: { port: number; n: number },
): Promise<unknown> {
  const { id, bytes } = made(author, n);
  using client = await RawClient.open({ port });
  try {
    const { frames } = await client.deliver(id, bytes);
    const [result] = frames;
    return result?.kind === "result" ? result.code : undefined;
  } catch (error) {
    // The node found out by something of its own, and said so in its hello's place.
    if (error instanceof Error && /got busy/.test(error.message)) return RESULT.busy;
    throw error;
  }
}

/** The n-th post of an author, ten seconds before the one before. */
function made(author: Author, n: number): Made {
  const now = Math.floor(Date.now() / 10_000) * 10;
  return author.post(`Number ${n}`, { created: now - 10 * n });
}

async function identityOf(machine: Machine): Promise<string> {
  const [identity] = await machine.list(["identity", "list"]);
  assert.ok(identity);
  return text(identity, "id");
}

async function fill(path: string): Promise<void> {
  using file = await Deno.open(path, { create: true, write: true });
  try {
    for (;;) await file.write(new Uint8Array(1_024));
  } catch {
    // Full.
  }
}

async function mountSmallDisk(dir: string): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  const args = ["-t", "tmpfs", "-o", "size=3m,mode=0700", "tmpfs", dir];
  return (await new Deno.Command("mount", { args, stderr: "null" }).output()).success;
}
