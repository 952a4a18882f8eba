/** The node as a process: starting, stopping, being in the way of another. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Machine, QUIET, type RunningNode } from "./harness/node.ts";

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test({
    name: `${signal} stops a node cleanly, and it starts again`,
    ignore: Deno.build.os === "windows",
    fn: async (): Promise<void> => {
      await using machine = await Machine.make();
      const node = await machine.start();
      const { code, stdout } = await node.stop(signal);
      assert.deepEqual([code, JSON.parse(stdout.split("\n").at(-1) ?? "")], [0, {
        event: "stopped",
      }]);
      // The node gave up the right to remove files; the runtime removes a socket as it closes it.
      await assert.rejects(Deno.lstat(join(machine.dataDir, "node.sock")), Deno.errors.NotFound);
      assert.equal((await machine.object(["status"]))["running"], false);
      const again = await machine.start();
      assert.equal((await again.stop(signal)).code, 0);
    },
  });
}

Deno.test({
  name: "one Ctrl-C that comes twice, as npx passes it on, is a clean stop too",
  ignore: Deno.build.os === "windows",
  fn: async (): Promise<void> => {
    await using machine = await Machine.make();
    const node = await machine.start();
    node.process.signal("SIGINT");
    const { code, stdout } = await node.stop("SIGINT");
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout.split("\n").at(-1) ?? ""), { event: "stopped" });
  },
});

Deno.test("a second node on a data folder exits 1 and leaves the first alone", async () => {
  await using machine = await Machine.make();
  const first = await machine.start();
  const second = await machine.run(["node", "--json", ...QUIET]);
  assert.equal(second.code, 1);
  assert.notEqual(second.stderr, "");
  assert.equal((await machine.object(["status"]))["running"], true);
  await stopped(first);
});

Deno.test("a node says that its port is taken and exits 1", async () => {
  await using machine = await Machine.make();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = String(listener.addr.port);
  const answer = await machine.run(["node", "--json", ...QUIET, "--port", port]);
  assert.equal(answer.code, 1);
  assert.match(answer.stderr, new RegExp(port));
});

Deno.test("a folder of another network is refused with exit 2, by name", async () => {
  await using machine = await Machine.make();
  await stopped(await machine.start(["--network", "garden"]));
  const answer = await machine.run(["status", "--json"]);
  assert.equal(answer.code, 2);
  assert.match(answer.stderr, /garden/);
});

Deno.test("after kill -9 a node starts in spite of the socket and lock that are left", async () => {
  await using machine = await Machine.make();
  await (await machine.start()).kill();
  assert.equal((await machine.object(["status"]))["running"], false);
  await stopped(await machine.start());
});

Deno.test("a public.kv that is no database is named, and left as it is", async () => {
  await using machine = await Machine.make();
  await Deno.mkdir(machine.dataDir);
  const path = join(machine.dataDir, "public.kv");
  const rubbish = "This is not a database.\n".repeat(1_000);
  await Deno.writeTextFile(path, rubbish);
  const answer = await machine.run(["node", "--json", ...QUIET]);
  assert.equal(answer.code, 1);
  assert.match(answer.stderr, /public\.kv/);
  assert.equal(await Deno.readTextFile(path), rubbish);
});

async function stopped(node: RunningNode): Promise<void> {
  // Windows can't ask a process to stop.
  if (Deno.build.os === "windows") return await node.kill();
  assert.equal((await node.stop()).code, 0);
}
