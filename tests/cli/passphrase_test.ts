import { deepEqual, equal, match } from "node:assert/strict";
import { UserError } from "../../src/node/user_error.ts";
import { type Outcome, runIn, type World } from "./fakes.ts";

const LOCKED: World = {
  needKeys: ["following"],
  answers: { following: () => [], lock: () => ({ unlocked: [] }) },
};

function allWiped({ secrets }: Outcome): boolean {
  return secrets.length > 0 && secrets.every((bytes) => bytes.every((byte) => byte === 0));
}

Deno.test("a passphrase file unlocks, the command is tried again, and the node locked as before", async () => {
  const world = { ...LOCKED, files: { "/p": "right\n" } };
  const outcome = await runIn(world, "following", "--json", "--passphrase-file", "/p");
  deepEqual([outcome.code, outcome.stdout], [0, "[]\n"]);
  deepEqual(outcome.calls, [
    ["following", {}],
    ["unlock"],
    ["following", {}],
    ["lock", { again: true }],
    ["close"],
  ]);
  equal(allWiped(outcome), true);
});

Deno.test("without a node the store is unlocked and simply closed", async () => {
  const world = { ...LOCKED, running: false, files: { "/p": "right" } };
  const outcome = await runIn(world, "following", "--passphrase-file", "/p");
  deepEqual(outcome.calls, [["following", {}], ["unlock"], ["following", {}], ["close"]]);
  equal(allWiped(outcome), true);
});

Deno.test("an open node is asked once and for no passphrase", async () => {
  const outcome = await runIn({ ...LOCKED, unlocked: true, terminal: true }, "following");
  deepEqual(outcome.calls, [["following", {}], ["close"]]);
  deepEqual(outcome.questions, []);
});

Deno.test("sources of the passphrase in their order", async () => {
  const files = {
    "/option": "right",
    "/variable": "right\r\n",
    "/credentials/gossamer-passphrase": "right\n",
    "/wrong": "wrong",
  };
  const option = ["--passphrase-file", "/option"];
  const variable = { GOSSAMER_PASSPHRASE_FILE: "/variable" };
  const credentials = { CREDENTIALS_DIRECTORY: "/credentials" };
  const cases: [World, string[]][] = [
    [{ env: { ...variable, ...credentials } }, option],
    [{ env: { GOSSAMER_PASSPHRASE_FILE: "/wrong" } }, option],
    [{ env: { ...variable, CREDENTIALS_DIRECTORY: "/none" } }, []],
    [{ env: credentials }, []],
    [{ env: { CREDENTIALS_DIRECTORY: "/none" }, terminal: true, typed: ["right"] }, []],
    [{ terminal: true, typed: ["right"] }, []],
  ];
  for (const [world, argv] of cases) {
    const outcome = await runIn({ ...LOCKED, files, ...world }, "following", ...argv);
    equal(outcome.code, 0, outcome.stderr);
    equal(outcome.questions.length, world.terminal ? 1 : 0);
    deepEqual(outcome.passphrases, ["right"]);
    equal(allWiped(outcome), true);
  }
});

Deno.test("no passphrase, a wrong one or an unusable file: exit code, words, nothing left open", async () => {
  const files = { "/wrong": "wrong", "/empty": "\n", "/long": "x".repeat(1_027) };
  const cases: [World, string[], number, RegExp][] = [
    [{}, [], 3, /The keys are locked/],
    [{ terminal: true, typed: [undefined] }, [], 3, /The keys are locked/],
    [{ terminal: true, typed: [""] }, [], 3, /The keys are locked/],
    [{}, ["--passphrase-file", "/wrong"], 3, /Wrong passphrase/],
    [{}, ["--passphrase-file", "/empty"], 3, /no passphrase in \/empty/],
    [{}, ["--passphrase-file", "/none"], 1, /Can't read \/none: no such file/],
    [{}, ["--passphrase-file", "/long"], 5, /\/long is too large/],
  ];
  for (const [world, argv, code, words] of cases) {
    const outcome = await runIn({ ...LOCKED, files, ...world }, "following", "--json", ...argv);
    equal(outcome.code, code);
    match(outcome.stderr, words);
    equal(
      JSON.parse(outcome.stdout).error.code,
      code === 3 ? "locked" : code === 1 ? "failed" : "refused",
    );
    deepEqual(outcome.calls, [["following", {}], ["close"]]);
    equal(outcome.secrets.every((bytes) => bytes.every((byte) => byte === 0)), true);
  }
});

Deno.test("a passphrase of 1,024 bytes in a file is taken whole", async () => {
  const long = "x".repeat(1_024);
  const outcome = await runIn(
    { files: { "/p": `${long}\n` } },
    ...["identity", "create", "--passphrase-file", "/p"],
  );
  equal(outcome.code, 0);
  deepEqual(outcome.passphrases, [long]);
  equal(allWiped(outcome), true);
});

Deno.test("a node that can't be locked again is not passed over in silence", async () => {
  const answers = {
    following: () => [],
    lock: () => {
      throw new UserError("noNode", "The node went away.");
    },
  };
  const world = { ...LOCKED, answers, files: { "/p": "right" } };
  const outcome = await runIn(world, "following", "--json", "--passphrase-file", "/p");
  deepEqual([outcome.code, outcome.stdout], [0, "[]\n"]);
  match(outcome.stderr, /went away\.\nThe node could not be locked again; run `gossamer lock`/);
});

Deno.test("passphrase: the old one from the usual sources, the new one from its own file or typed twice", async () => {
  const files = { "/p": "right\n", "/n": "new one\n" };
  const place = { dataDir: "/home/ada/.local/share/gossamer", network: "main" };
  const filed = await runIn(
    { files },
    ...["passphrase", "--passphrase-file", "/p", "--new-passphrase-file", "/n", "--json"],
  );
  deepEqual([filed.code, JSON.parse(filed.stdout)], [0, {
    changed: true,
    caveats: ["Copies stay."],
  }]);
  deepEqual(filed.calls[0], ["passphrase", { ...place, next: "new one" }]);
  const typed = await runIn(
    { terminal: true, typed: ["right", "new one", "new one"] },
    "passphrase",
  );
  deepEqual(typed.calls[0], ["passphrase", { ...place, next: "new one" }]);
  equal(typed.questions.length, 3);
  for (
    const [world, code] of [
      [{ terminal: true, typed: ["right", "new one", "nwe one"] }, 1],
      [{ terminal: true, typed: ["wrong", "new one", "new one"] }, 3],
      [{ terminal: true, typed: ["right", undefined] }, 3],
      [{ files, terminal: false }, 3],
      [{ terminal: true, anyIdentity: false }, 3],
    ] as const
  ) {
    const refused = await runIn(world, "passphrase");
    const changed = refused.calls.filter((call) => Array.isArray(call) && call[0] === "passphrase");
    deepEqual([refused.code, changed], [code, []]);
    equal(refused.secrets.length === 0 || allWiped(refused), true);
  }
  equal(allWiped(filed) && allWiped(typed), true);
});

Deno.test("passphrase: where the system's key store had the old one, it gets the new one", async () => {
  const world = {
    files: { "/p": "right\n", "/n": "new one\n" },
    keyStore: new Map<string, Uint8Array>(),
  };
  await runIn(world, "unlock", "--remember", "--passphrase-file", "/p");
  const change = ["passphrase", "--passphrase-store", "--new-passphrase-file", "/n"];
  equal((await runIn(world, ...change)).code, 0);
  const again = await runIn(world, ...change);
  deepEqual([again.code, again.passphrases[0]], [3, "new one"]);
});
