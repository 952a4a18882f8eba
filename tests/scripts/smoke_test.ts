/** The script with which a release tries its executables, here on the sources. */
import assert from "node:assert/strict";
import { asPerson, smoke } from "../../scripts/smoke.ts";

Deno.test("a node, an identity, a locator, a post and a timeline work", async () => {
  const said: string[] = [];
  await smoke(undefined, { say: (line) => void said.push(line.split(":")[0] ?? "") });
  assert.equal(said.length, 6);
  assert.deepEqual([said[0], said[5]], ["version", "stopped, and all is still there"]);
});

Deno.test("a program that fails, or is of another commit, doesn't pass", async () => {
  const say = (): void => {};
  const broken = asPerson([Deno.execPath(), "eval", "Deno.exit(7)"]);
  await assert.rejects(smoke(broken, { say }), assert.AssertionError);
  await assert.rejects(smoke(undefined, { say, commit: "0".repeat(40) }), assert.AssertionError);
});
