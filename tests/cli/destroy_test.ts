import assert from "node:assert/strict";
import { runIn } from "./fakes.ts";

const FILES = { "/p": "right\n", "/w": "wrong\n" };
const KEY = ["--passphrase-file", "/p"];
const PLACE = { dataDir: "/home/ada/.local/share/gossamer", network: "main" };

function wiped({ secrets }: { secrets: readonly Uint8Array[] }): boolean {
  return secrets.every((bytes) => bytes.every((byte) => byte === 0));
}

Deno.test("identity delete: by name, with a yes, in JSON", async () => {
  const done = await runIn(
    { files: FILES },
    "identity",
    "delete",
    "ada",
    "--yes",
    "--json",
    ...KEY,
  );
  assert.equal(done.code, 0, done.stderr);
  assert.deepEqual(JSON.parse(done.stdout), {
    id: "g1mine",
    name: "ada",
    destroyed: ["keys"],
    caveats: ["Flash keeps old bytes."],
    stopped: false,
  });
  assert.deepEqual(done.calls, [["delete", { ...PLACE, id: "g1mine" }]]);
  assert.ok(wiped(done));
});

Deno.test("obliterate: one identity or everything, in JSON just what is gone and what is not sure", async () => {
  for (
    const [what, call] of [["--identity=eve", "delete"], ["--everything", "obliterate"]] as const
  ) {
    const done = await runIn({ files: FILES }, "obliterate", what, "--yes", "--json", ...KEY);
    assert.equal(done.code, 0, done.stderr);
    const result = { destroyed: ["keys"], caveats: ["Flash keeps old bytes."] };
    assert.deepEqual(JSON.parse(done.stdout), result);
    assert.equal((done.calls[0] as readonly unknown[])[0], call);
  }
});

Deno.test("what destroys asks at a terminal, and takes no for an answer", async () => {
  const ways = [["identity", "delete", "ada"], ["obliterate", "--everything"]];
  for (const way of ways) {
    const world = { terminal: true, typed: ["right"] };
    const no = await runIn({ ...world, confirms: false }, ...way);
    assert.deepEqual([no.code, no.calls, no.questions.length], [1, [], 2]);
    const yes = await runIn({ ...world, confirms: true }, ...way);
    assert.deepEqual([yes.code, yes.calls.length], [0, 1]);
    // A passphrase is asked for, whatever is unlocked.
    const none = await runIn({ terminal: true, unlocked: true, confirms: true }, ...way);
    assert.deepEqual([none.code, none.calls], [3, []]);
  }
});

Deno.test("what destroys exits 2 without a terminal and a yes, 3 with a wrong passphrase", async () => {
  const ways = [["identity", "delete", "ada"], ["obliterate", "--everything"]];
  for (const way of ways) {
    const silent = await runIn({ files: FILES }, ...way, ...KEY);
    assert.deepEqual([silent.code, silent.calls], [2, []]);
    const wrong = await runIn({ files: FILES }, ...way, "--yes", "--passphrase-file", "/w");
    assert.deepEqual([wrong.code, wrong.calls], [3, []]);
  }
  for (const which of [[], ["--everything", "--identity", "ada"]]) {
    assert.equal((await runIn({ files: FILES }, "obliterate", ...which, "--yes", ...KEY)).code, 2);
  }
});

Deno.test("what was found again and that the node was stopped is said", async () => {
  const destruction = { destroyed: [], caveats: [], found: ["a key in keys"], stopped: true };
  const done = await runIn(
    { files: FILES, destruction },
    ...["obliterate", "--identity", "ada", "--yes", ...KEY],
  );
  assert.match(done.stderr, /still found: a key in keys/);
  assert.match(done.stderr, /stopped.*gossamer node/);
});
