import assert from "node:assert/strict";
import { runIn } from "./fakes.ts";

Deno.test("network create writes a key of 32 bytes in hex, a new one each time", async () => {
  const first = await runIn({}, "--json", "network", "create", "--name", "our-street");
  assert.deepEqual(JSON.parse(first.stdout), { name: "our-street", file: "our-street.key" });
  // What was written is wiped: the file's length is what is left to see.
  assert.deepEqual([...first.written["our-street.key"] ?? []], Array(65).fill(0));
  const named = await runIn({}, "--network", "street", "--json", "network", "create", "k");
  assert.deepEqual(JSON.parse(named.stdout), { name: "street", file: "k" });
  const madeUp = await runIn({}, "--json", "network", "create");
  assert.match(JSON.parse(madeUp.stdout).name, /^net-[0-9a-f]{8}$/);
});

Deno.test("network create overwrites nothing, and leaves main alone", async () => {
  const there = await runIn({ files: { k: "old" } }, "network", "create", "k");
  assert.deepEqual([there.code, there.written], [1, {}]);
  const main = await runIn({}, "network", "create", "--name", "main");
  assert.deepEqual([main.code, main.written], [2, {}]);
  assert.equal((await runIn({}, "network", "create", "--name", "Our street")).code, 2);
});
