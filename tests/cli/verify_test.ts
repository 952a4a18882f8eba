import { deepEqual, equal, match } from "node:assert/strict";
import { runIn } from "./fakes.ts";

const STATED = { id: "g1bob", name: "B\u001bob", by: "g1ann", issued: 1, message: "ab".repeat(32) };
const REVOKED = { id: "g1mine", successor: "g1heir", message: "cd".repeat(32) };
const answers = {
  verify: () => ({ ...STATED, waiting: false }),
  unverify: () => ({ ...STATED, waiting: true }),
  revoke: () => ({ ...REVOKED, waiting: false }),
};
const files = { words: "seven words\n", pass: "right\n" };

Deno.test("verify says that it is public for ever and asks; without a terminal it takes --yes", async () => {
  const asked = await runIn({ answers, terminal: true, confirms: true }, "verify", "g1bob");
  match(asked.stderr, /in public, for ever/);
  match(asked.stdout, /Verified B.*ob \(g1bob\)/);
  const no = await runIn({ answers, terminal: true, confirms: false }, "verify", "g1bob");
  deepEqual([no.code, no.calls.length], [1, 0]);
  const script = await runIn({ answers }, "verify", "g1bob");
  deepEqual([script.code, script.calls.length], [2, 0]);
  const told = await runIn({ answers }, "verify", "g1bob", "--as", "ada", "--yes", "--json");
  deepEqual(told.calls[0], ["verify", { id: "g1bob", as: "ada" }]);
  deepEqual(JSON.parse(told.stdout), STATED);
});

Deno.test("unverify asks nothing, and says when it waits", async () => {
  const done = await runIn({ answers }, "unverify", "g1bob");
  deepEqual(done.calls[0], ["unverify", { id: "g1bob" }]);
  match(done.stderr, /No node is running/);
});

Deno.test("identity revoke: with the key it asks for the passphrase again, and names nobody", async () => {
  const args = ["identity", "revoke", "ada", "--passphrase-file", "pass"];
  const done = await runIn({ answers, files }, ...args, "--yes", "--json");
  deepEqual(done.calls[0], ["revoke", { statement: "revocation of g1mine" }]);
  deepEqual(JSON.parse(done.stdout), { ...REVOKED, adopted: false, recovery: null });
  equal((await runIn({ answers, files }, ...args)).code, 2);
  const no = await runIn({ answers, files, terminal: true, confirms: false }, ...args);
  deepEqual([no.code, no.calls.filter((call) => Array.isArray(call) && call[0] === "revoke")], [
    1,
    [],
  ]);
  equal((await runIn({ answers, files }, ...args, "--yes", "--adopt")).code, 2);
});

Deno.test("identity revoke: from a sheet, with nobody here, only by going on as its successor", async () => {
  const args = ["identity", "revoke", "g1mine", "--recovery", "sheet", "--yes"];
  const with_ = ["--sheet-passphrase-file", "words", "--passphrase-file", "pass"];
  const world = { answers, files, anyIdentity: false };
  const nowhere = await runIn(world, ...args, ...with_);
  deepEqual([nowhere.code, nowhere.calls], [3, [["close"]]]);
  match(nowhere.stderr, /--adopt/);
  const done = await runIn(world, ...args, ...with_, "--adopt", "--name", "ada", "--json");
  const recovery = { file: "heir.txt", passphrase: "seven words" };
  deepEqual(JSON.parse(done.stdout), { ...REVOKED, adopted: true, recovery });
  const named = await runIn(world, ...args, ...with_, "--adopt", "--new-recovery", "mine.txt");
  match(named.stderr, /is in mine\.txt\.[^]*seven words/);
  const none = await runIn(world, ...args, ...with_, "--adopt", "--no-new-recovery", "--json");
  deepEqual(JSON.parse(none.stdout), { ...REVOKED, adopted: true, recovery: null });
  equal((await runIn(world, ...args, "--adopt")).code, 3);
  const other = ["identity", "revoke", "g1other", "--recovery", "sheet", "--yes"];
  const wrong = await runIn({ answers, files }, ...other, ...with_);
  equal(wrong.code, 1);
  match(wrong.stderr, /is of g1mine, not of g1other/);
});
