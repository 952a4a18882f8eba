/** A closed network: who lacks its key gets nothing, and both sides are told what may be wrong. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Machine, type RunningNode, text } from "./harness/node.ts";

const NAME = "our-street";

async function member(
  machine: Machine,
  key: string | undefined,
  args: readonly string[] = [],
): Promise<RunningNode> {
  const closed = key === undefined ? [] : ["--network-key", key];
  return await machine.start(["--network", NAME, ...closed, ...args], {
    unlock: args.includes("--unlock"),
  });
}

async function makeKey(machine: Machine, name: string): Promise<string> {
  const file = join(machine.folder, name);
  await machine.object(["network", "create", file, "--name", NAME]);
  return file;
}

/** Waits for a warning about failed handshakes, however slow the machine is. */
async function warned(machine: Machine): Promise<string> {
  for (;;) {
    const { warnings, exchanges } = await machine.object(["--network", NAME, "status"]);
    assert.equal((exchanges as { completed: number }).completed, 0);
    const [found] = (warnings as string[]).filter((one) => /network key/.test(one));
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

Deno.test("only who has the key takes part, and an outsider gets not a byte", async () => {
  await using a = await Machine.make();
  await using b = await Machine.make();
  const key = await makeKey(a, "key");
  if (Deno.build.os !== "windows") assert.equal((await Deno.stat(key)).mode! & 0o777, 0o600);
  assert.match(await Deno.readTextFile(key), /^[0-9a-f]{64}\n$/);
  assert.equal((await a.run(["network", "create", key])).code, 1);

  await a.object(["--network", NAME, "identity", "create", "--no-recovery"], { unlock: true });
  const nodeA = await member(a, key, ["--unlock", "--eager"]);
  const given = text(await a.object(["--network", NAME, "locator"]), "locator");
  assert.match(given, /&n=our-street$/);
  assert.ok(!given.includes((await Deno.readTextFile(key)).slice(0, 16)));
  const port = Number((await nodeA.event("ready"))["port"]);

  // A first handshake message of nobody who has the key, then of no node at all.
  for (
    const bytes of [
      new Uint8Array(50).fill(7, 2),
      new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"),
    ]
  ) {
    if (bytes[0] === 0) bytes[1] = 48;
    using outsider = await Deno.connect({ hostname: "127.0.0.1", port });
    await outsider.write(bytes);
    const answer = await outsider.read(new Uint8Array(1)).catch(() => null);
    assert.equal(answer, null);
  }

  const nodeB = await member(b, key, ["--join", given]);
  const post = await a.object(["--network", NAME, "post", "Among us"], { unlock: true });
  await nodeB.event("message", ({ id }) => id === post["id"], { timeoutMs: 60_000 });
  assert.equal((await b.object(["--network", NAME, "status"]))["closed"], true);
  assert.equal((await nodeB.stop()).code, 0);
  assert.equal((await nodeA.stop()).code, 0);
});

Deno.test("where keys differ or lack, both sides are told what may be wrong", async () => {
  for (const other of ["another", undefined]) {
    await using a = await Machine.make();
    await using c = await Machine.make();
    const nodeA = await member(a, await makeKey(a, "key"));
    const given = text(await a.object(["--network", NAME, "locator", "--no-identity"]), "locator");
    const keyC = other === undefined ? undefined : await makeKey(c, other);
    const nodeC = await member(c, keyC, ["--join", given]);
    assert.match(await warned(c), keyC === undefined ? /has no network key/ : /has a network key/);
    assert.match(await warned(a), /has a network key.*compare --network and --network-key/);
    assert.equal((await nodeC.stop()).code, 0);
    assert.equal((await nodeA.stop()).code, 0);
  }
});
