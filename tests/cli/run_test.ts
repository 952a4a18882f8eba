import { deepEqual, equal, match } from "node:assert/strict";
import { UserError } from "../../src/node/user_error.ts";
import { VERSION } from "../../src/node/version.ts";
import { runIn } from "./fakes.ts";
import { message } from "./messages.ts";

const COMMANDS = [
  ["node"],
  ["identity"],
  ["identity", "create"],
  ["identity", "list"],
  ["identity", "show"],
  ["identity", "export"],
  ["identity", "import"],
  ["unlock"],
  ["lock"],
  ["profile"],
  ["profile", "set"],
  ["profile", "show"],
  ["post"],
  ["timeline"],
  ["show"],
  ["follow"],
  ["unfollow"],
  ["following"],
  ["locator"],
  ["join"],
  ["peers"],
  ["status"],
  ["privacy"],
  ["retract"],
  ["search"],
  ["send"],
  ["inbox"],
  ["verify"],
  ["unverify"],
  ["block"],
  ["unblock"],
  ["blocked"],
  ["trust"],
  ["install-handler"],
  ["network"],
  ["network", "create"],
  ["capsule"],
  ["capsule", "write"],
  ["capsule", "read"],
  ["obliterate"],
  ["simulate"],
  ["identity", "revoke"],
  ["identity", "delete"],
  ["completions"],
  ["man"],
  ["version"],
];

Deno.test("every command's help shows an example and goes to stdout", async () => {
  for (const command of [[], ...COMMANDS]) {
    const { code, stdout, stderr } = await runIn({}, ...command, "--help");
    equal(code, 0);
    equal(stderr, "");
    match(stdout, /\nExamples?:\n {2}gossamer /, command.join(" "));
    match(stdout, /--data-dir/);
  }
});

Deno.test("version needs neither a node nor a home", async () => {
  const plain = await runIn({ env: { HOME: "" } }, "version");
  deepEqual([plain.code, plain.stdout, plain.stderr, plain.places], [0, `${VERSION}\n`, "", []]);
  equal((await runIn({}, "version", "--json")).stdout, `{"version":"${VERSION}","commit":null}\n`);
  equal((await runIn({}, "--version")).stdout, `${VERSION}\n`);
});

Deno.test("wrong usage exits 2 with a suggestion, and opens nothing", async () => {
  const cases: [string[], RegExp][] = [
    [[], /Usage: gossamer/],
    [["identity"], /Usage: gossamer identity/],
    [["pots", "x"], /unknown command 'pots'\n\(Did you mean post\?\)/],
    [["post"], /missing required argument 'text'/],
    [["post", "a", "b"], /too many arguments/],
    [["post", "-hello"], /unknown option '-hello'/],
    [["timeline", "--limt", "3"], /Did you mean --limit\?/],
    [["timeline", "--limit", "0"], /whole number from 1 to 1000/],
    [["timeline", "--limit", "1001"], /whole number from 1 to 1000/],
    [["timeline", "--limit", "1e2"], /whole number from 1 to 1000/],
    [["timeline", "--watch", "--before", "3f9a"], /can't be had with --before/],
    [["node", "--port", "65536"], /whole number from 0 to 65535/],
    [["node", "--port", "-1"], /whole number from 0 to 65535/],
    [["node", "--bind", "example.org"], /must be an IP address/],
    [["node", "--proxy", "x"], /must be like socks5/],
    [["node", "--dht-bootstrap", "192.0.2.1:6881"], /--dht-bootstrap means nothing without --dht/],
    [["node", "--web", "65536"], /must be a whole number from 0 to 65535/],
    [["identity", "create", "--recovery", ""], /--recovery needs/],
    [["identity", "export", "ada"], /missing required argument 'file'/],
    [["identity", "import"], /missing required argument 'file'/],
    [["status", "--network", "Main"], /A network's name has 1 to 32/],
    [["status", "--network", "a".repeat(33)], /A network's name has 1 to 32/],
    [["status", "--log", "loud"], /--log takes one of/],
    [["status", "--data-dir", ""], /--data-dir needs/],
    [["profile", "set"], /Nothing to change/],
    [["unlock", "--remember", "--forget"], /can't be had with --remember/],
    [["status", "--passphrase-store", "--passphrase-file", "/p"], /can't be had with/],
    [["locator", "--no-identity", "--identity", "g1x"], /contradicts --no-identity/],
  ];
  for (const [argv, words] of cases) {
    const { code, stdout, stderr, places } = await runIn({}, ...argv);
    deepEqual([code, stdout, places], [2, "", []], argv.join(" "));
    match(stderr, words);
    const json = await runIn({}, "--json", ...argv);
    equal(json.code, 2);
    equal(JSON.parse(json.stdout).error.code, "usage", argv.join(" "));
  }
});

Deno.test("global options are taken before and after the command", async () => {
  const answers = { peers: () => [] };
  const settings = ["--data-dir", "/d", "--network", "test", "--json"];
  for (const argv of [[...settings, "peers"], ["peers", ...settings]]) {
    const { code, stdout, places } = await runIn({ answers }, ...argv);
    deepEqual([code, stdout], [0, "[]\n"]);
    deepEqual(places, [{ dataDir: "/d", network: "test" }]);
  }
});

Deno.test("a failure names its code on stderr, on stdout and as exit code", async () => {
  const codes = { failed: 1, usage: 2, locked: 3, noNode: 4, refused: 5 } as const;
  for (const [name, exit] of Object.entries(codes)) {
    const code = name as keyof typeof codes;
    const answers = {
      peers: () => {
        throw new UserError(code, "No.\x1b[31m Nothing was changed.");
      },
    };
    const plain = await runIn({ answers }, "peers", "--quiet");
    const stderr = plain.stderr.slice(0, plain.stderr.indexOf("Nothing was changed.") + 20);
    deepEqual(
      [plain.code, plain.stdout, stderr],
      [exit, "", "gossamer: No.\uFFFD[31m Nothing was changed."],
    );
    const json = await runIn({ answers }, "peers", "--json");
    equal(json.code, exit);
    deepEqual(Object.keys(JSON.parse(json.stdout).error), ["code", "message"]);
    equal(JSON.parse(json.stdout).error.code, code);
    equal(json.stdout.includes("\x1b"), false);
  }
});

Deno.test("a bug exits 1 in plain words and shows its stack only at --log debug", async () => {
  const answers = {
    peers: () => {
      throw new TypeError("x is undefined");
    },
  };
  const plain = await runIn({ answers }, "peers");
  equal(plain.code, 1);
  match(plain.stderr, /^gossamer: Unexpected failure: x is undefined\n/);
  equal(plain.stderr.includes("    at "), false);
  match((await runIn({ answers }, "peers", "--log", "debug")).stderr, /\n {4}at /);
  equal(JSON.parse((await runIn({ answers }, "peers", "--json")).stdout).error.code, "failed");
});

Deno.test("the backend is closed whether a command succeeds or fails", async () => {
  const good = await runIn({ answers: { peers: () => [] } }, "peers");
  deepEqual(good.calls, [["peers", {}], ["close"]]);
  const bad = await runIn({}, "peers");
  deepEqual(bad.calls, [["peers", {}], ["close"]]);
});

Deno.test("a closed stdout ends quietly", async () => {
  const onStdout = (): void => {
    throw new Deno.errors.BrokenPipe("Broken pipe");
  };
  const answers = { timeline: () => [message({})] };
  for (const argv of [["timeline"], ["timeline", "--json"], ["--help"], ["version"]]) {
    const { code, stdout, stderr } = await runIn({ answers, onStdout }, ...argv);
    deepEqual([code, stdout, stderr], [0, "", ""]);
  }
});

Deno.test("a full disk behind stdout is a failure", async () => {
  const onStdout = (): void => {
    throw Object.assign(new Error("No space left on device"), { code: "ENOSPC" });
  };
  const { code, stderr } = await runIn({ onStdout }, "version");
  equal(code, 1);
  equal(
    stderr,
    "gossamer: The system refused: No space left on device. What is stored is unharmed. See that " +
      "the data folder is yours to read and write, and that its disk has room; then try again.\n",
  );
});

Deno.test("notes go to stderr and --quiet leaves them out", async () => {
  const answers = { peers: () => [] };
  match((await runIn({ answers }, "peers")).stderr, /No other node is known yet/);
  equal((await runIn({ answers }, "peers", "--quiet")).stderr, "");
});
