/** What a running node may still do, asked of itself and of the system. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type Json, Machine, QUIET, type RunningNode, text } from "./harness/node.ts";
import { type Running, startProgram } from "./harness/process.ts";

const NETWORK_ONLY = {
  read: "denied",
  write: "denied",
  run: "denied",
  env: "denied",
  ffi: "denied",
  import: "denied",
  net: "granted",
  sys: "granted",
};

/** Bytes that `protectProcess` locks, as the system counts them: whole pages. */
const LOCKED_KIB = 48;

Deno.test("a node that gave up all but the network takes part, stops cleanly and starts again", async () => {
  await using a = await Machine.make();
  await using b = await Machine.make();
  const author = await a.identity("Ada");
  await b.identity("Bob");
  const nodeA = await a.start(["--unlock", "--eager"], { unlock: true });
  const nodeB = await b.start(["--unlock"], { unlock: true });
  for (const machine of [a, b]) {
    assert.deepEqual((await machine.object(["status"]))["permissions"], NETWORK_ONLY);
  }

  // A host name is still looked up, and what it is needed for still done.
  const named = `g:?a=localhost:${await nodeA.port()}`;
  const joined = await b.object(["join", named]);
  assert.ok(JSON.stringify(joined["addresses"]).includes("127.0.0.1:"), JSON.stringify(joined));
  await b.list(["follow", author]);
  const post = await a.object(["post", "With empty hands"]);
  await nodeB.event("message", ({ id }) => id === post["id"]);
  await b.object(["lock"]);
  await b.object(["unlock"], { unlock: true });
  assert.deepEqual((await b.list(["timeline"])).map(({ id }) => id), [post["id"]]);

  await stop(nodeB);
  assert.equal((await b.object(["status"]))["running"], false);
  assert.equal((await b.object(["status"]))["permissions"], null);
  const left = [...Deno.readDirSync(b.dataDir)].map(({ name }) => name).sort();
  // The databases were closed and their logs taken in; a dead socket was removed by `status`.
  assert.deepEqual(left, ["keys", "keys.lock", "lock", "private.kv", "public.kv"]);
  await stop(await b.start());
  await stop(nodeA);
  const read = await b.list(["timeline"], { unlock: true });
  assert.deepEqual(read.map((line) => text(line, "text")), ["With empty hands"]);
});

Deno.test({
  name: "the control socket and its folder are their owner's alone",
  ignore: Deno.build.os === "windows",
  fn: async (): Promise<void> => {
    await using machine = await Machine.make();
    await machine.start();
    const modeOf = async (path: string): Promise<number> =>
      ((await Deno.lstat(path)).mode ?? 0) & 0o777;
    assert.equal(await modeOf(machine.dataDir), 0o700);
    assert.equal(await modeOf(join(machine.dataDir, "node.sock")), 0o600);
  },
});

Deno.test({
  name: "a node's secrets lie in locked pages that no core dump holds, and it leaves no core",
  ignore: Deno.build.os !== "linux",
  fn: async (): Promise<void> => {
    await using machine = await Machine.make();
    const node = await machine.start();
    const { pid } = node.process;
    const status = await output("cat", `/proc/${pid}/status`);
    const locked = Number(/^VmLck:\s+(\d+) kB$/m.exec(status)?.[1]);
    const warnings = JSON.stringify((await machine.object(["status"]))["warnings"]);
    // Where the system allows no locked memory the node has to say so.
    if (locked === 0) assert.match(warnings, /may be written to swap/);
    else assert.ok(locked >= LOCKED_KIB, status);
    // The system's own pages are excluded too, but can't be written.
    const smaps = await output("cat", `/proc/${pid}/smaps`);
    assert.match(smaps, /^VmFlags: rd wr .*\bdd\b/m);
    assert.match(await output("cat", `/proc/${pid}/limits`), /^Max core file size\s+0\s+0\s/m);
  },
});

Deno.test({
  name: "a node that can lock no memory says so once, and goes on",
  // Taking the right away needs root and the tool for it.
  ignore: Deno.build.os !== "linux" || Deno.uid() !== 0 || !await works("setpriv", "--version"),
  fn: async (): Promise<void> => {
    await using machine = await Machine.make();
    const command = `ulimit -l 8; exec "$@"`;
    const program = [Deno.execPath(), "run", "--quiet", "--frozen", "--no-prompt", "-P", "main.ts"];
    await using node = await startProgram(
      [
        ...["setpriv", "--bounding-set", "-ipc_lock", "sh", "-c", command, "sh"],
        ...[...program, "node", ...QUIET, "--json"],
      ],
      { env: { GOSSAMER_DATA_DIR: machine.dataDir } },
    );
    await ready(node);
    const { warnings } = await machine.object(["status"]) as { warnings: readonly string[] };
    assert.equal(warnings.filter((line) => line.includes("ulimit -l")).length, 1);
    node.signal("SIGTERM");
    const { code, stderr } = await node.end();
    assert.equal(code, 0);
    assert.equal(stderr.split("\n").filter((line) => line.includes("ulimit -l")).length, 1);
  },
});

async function ready(node: Running): Promise<void> {
  const parsed = (line: string): Json | undefined => line.includes(`"ready"`) ? {} : undefined;
  await node.stdout.find(parsed, { what: "event ready" });
}

async function works(...command: readonly string[]): Promise<boolean> {
  try {
    await using running = await startProgram(command);
    return (await running.end()).code === 0;
  } catch {
    return false;
  }
}

async function output(...command: readonly string[]): Promise<string> {
  await using running = await startProgram(command);
  return (await running.end()).stdout;
}

async function stop(node: RunningNode): Promise<void> {
  // Windows can't ask a process to stop.
  if (Deno.build.os === "windows") await node.kill();
  else assert.equal((await node.stop()).code, 0);
}
