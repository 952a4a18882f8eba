import { deepEqual, equal, match } from "node:assert/strict";
import type { Api, OwnAddressView, PeerView, StatusView } from "../../src/node/api.ts";
import { parseAddress } from "../../src/wire/address.ts";
import { runIn, type World } from "./fakes.ts";
import { message } from "./messages.ts";

const ADA = "g16adfsqvzky9t042tlmfujeq88g8wzuhnm2nzxfd0qgdx3ac82ydq472jmx";
const ID = "3f9a01c2d4e5".padEnd(64, "0");

Deno.test("post sends text, references and attachments", async () => {
  const world: World = {
    answers: { post: () => ({ id: ID, created: 10, waiting: false, notes: [] }) },
    files: { "/tmp/Web.JPG": new Uint8Array([1, 2, 3]), "notes": new Uint8Array([]) },
  };
  const outcome = await runIn(
    world,
    ...["post", "Hello\r\nyou", "--as", "g1a", "--reply-to", "aa", "--quote", "bb"],
    ...["--attach", "/tmp/Web.JPG", "--attach", "notes", "--warn", "spiders", "--json"],
    ...["--alt", "a web", "--lang", "de"],
  );
  deepEqual(
    [outcome.code, outcome.stdout, outcome.stderr],
    [0, `{"id":"${ID}","created":10,"waiting":false,"notes":[]}\n`, ""],
  );
  deepEqual(outcome.calls[0], ["post", {
    text: "Hello\nyou",
    as: "g1a",
    replyTo: "aa",
    quote: "bb",
    warning: "spiders",
    language: "de",
    attachments: [
      { name: "Web.JPG", mediaType: "image/jpeg", base64: "AQID", alt: "a web" },
      { name: "notes", mediaType: "application/octet-stream", base64: "", alt: "" },
    ],
  }]);
});

Deno.test("post takes text from stdin, or with a dash in front after --", async () => {
  const answers = { post: () => ({ id: ID, created: 10, waiting: true, notes: [] }) };
  const cases: [World, string[], string][] = [
    [{ stdin: "From a pipe\n" }, ["-"], "From a pipe"],
    [{ stdin: "two\r\nlines\r\n\r\n" }, ["-"], "two\nlines\n"],
    [{}, ["--", "-5 degrees"], "-5 degrees"],
    [{}, ["--", "--json"], "--json"],
  ];
  for (const [world, argv, text] of cases) {
    const outcome = await runIn({ answers, ...world }, "post", ...argv);
    deepEqual(outcome.calls[0], ["post", { text, attachments: [] }]);
    deepEqual(
      [outcome.code, outcome.stdout, outcome.stderr],
      [
        0,
        "Posted 3f9a01c2d4.\n",
        "No node is running: it waits, sealed, until one runs and has the keys (gossamer node --unlock).\n",
      ],
    );
  }
});

const spoken = (messages: number): World => ({
  answers: {
    post: () => ({ id: ID, created: 1, waiting: false, notes: [] }),
    identities: () => [{ id: "g1a", name: "ada", unlocked: true }],
    privacy: () =>
      ({
        identities: [
          { id: "g1a", name: "ada", messages, profile: [] },
          { id: "g1b", name: "", messages: 1, profile: [] },
        ],
      }) as Partial<Api["privacy"]["result"]> as Api["privacy"]["result"],
  },
  terminal: true,
});

Deno.test("post warns a person at a terminal, unless --quiet", async () => {
  const world = spoken(1);
  const words = "Posts are public and can't be recalled.\n";
  equal((await runIn(world, "post", "x", "--as", "g1a")).stderr, words);
  equal((await runIn(world, "post", "x", "--as", "g1a", "--quiet")).stderr, "");
  equal((await runIn(spoken(0), "post", "x", "--as", "g1b")).stderr, words);
});

Deno.test("post says to a person when it goes out, or why not yet", async () => {
  const peer = { address: "192.0.2.1:14677", freshness: 0, lastSeen: null };
  const told = async (world: World): Promise<string> => {
    const outcome = await runIn(world, "post", "x", "--as", "g1a");
    deepEqual([outcome.code, outcome.stdout], [0, "Posted 3f9a01c2d4.\n"]);
    return outcome.stderr;
  };
  const knowing = (peers: readonly PeerView[]): World => {
    const world = spoken(1);
    const lock = (): Api["lock"]["result"] => ({ unlocked: [] });
    return { ...world, answers: { ...world.answers, lock, peers: () => peers } };
  };
  const waits = /has met no other yet, so it waits, sealed.*gossamer join/;
  const never = {
    ...peer,
    ...{ lastHour: { messages: 0, bytes: 0 }, found: "locator", ways: ["locator"] } as const,
  };
  match(await told(knowing([])), waits);
  match(await told(knowing([never])), waits);
  const out = /goes out with your node's next exchange, within half a minute as a rule/;
  const usual = await told(knowing([never, { ...never, lastSeen: 5 }]));
  match(usual, out);
  equal(/locked again/.test(usual), false);
  const locked = { needKeys: ["identities" as const], typed: ["right"] };
  const again = await told({
    ...knowing([never, { ...never, lastSeen: 5 }]),
    ...locked,
  });
  match(again, out);
  match(again, /locked again now: what has not left in two minutes waits for the next unlock/);
});

Deno.test("nobody is asked for a passphrase where there is no identity", async () => {
  const world: World = {
    anyIdentity: false,
    terminal: true,
    typed: ["right"],
    needKeys: ["timeline", "post", "follow", "identities"],
    env: { GOSSAMER_PASSPHRASE_FILE: "/pass" },
    files: { "/pass": "right" },
    answers: {
      status: () => ({ unlocked: false }) as Partial<StatusView> as StatusView,
      locator: () => ({
        locator: "g:?a=192.0.2.1:1&n=main",
        addresses: ["192.0.2.1:1"],
        identities: [],
        known: [],
      }),
    },
  };
  for (
    const argv of [
      ["timeline"],
      ["post", "x"],
      ["follow", "g1a"],
      ["identity", "list"],
      ["identity", "export", "x", "/x"],
      ["capsule", "write", "/x", "--with-pending"],
      ["unlock"],
      ["unlock", "--remember"],
    ]
  ) {
    const { env: _, ...atTerminal } = world;
    const outcome = await runIn(atTerminal, ...argv);
    deepEqual([outcome.code, outcome.questions], [3, []], argv.join(" "));
    match(outcome.stderr, /There is no identity in this data folder yet\. Create one/);
  }
  // What needs no key isn't kept from its work by a passphrase that is at hand.
  const locator = await runIn(world, "locator");
  deepEqual([locator.code, locator.stdout], [0, "g:?a=192.0.2.1:1&n=main\n"]);
  match(locator.stderr, /^The keys are locked, or there are none/);
});

Deno.test("before the first post of an identity a person is told more and asked", async () => {
  const world = { ...spoken(0), columns: 80 };
  const posted = (calls: readonly unknown[]): boolean =>
    calls.some((call) => Array.isArray(call) && call[0] === "post");
  for (const as of ["g1a", "ada"]) {
    const no = await runIn({ ...world, confirms: false }, "post", "x", "--as", as);
    deepEqual([no.code, no.stdout, posted(no.calls)], [1, "", false]);
    match(no.stderr, /^This is the first [^]* for ever[^]*\ngossamer: Nothing was posted\.\n$/);
    const yes = await runIn({ ...world, confirms: true }, "post", "x", "--as", as);
    deepEqual([yes.code, yes.stdout, yes.questions], [0, "Posted 3f9a01c2d4.\n", ["Post it?"]]);
  }
});

Deno.test("no script is asked anything before its first post, nor told anything on stdout", async () => {
  const told = /^This is the first/;
  for (
    const [world, ...flags] of [[spoken(0)], [{ ...spoken(0), columns: 80 }, "--json"]] as const
  ) {
    const outcome = await runIn(world, "post", "x", "--as", "ada", ...flags);
    deepEqual([outcome.code, outcome.questions, told.test(outcome.stderr)], [0, [], true]);
  }
  for (const world of [{ ...spoken(0), terminal: false }, spoken(0)]) {
    const quiet = world.terminal ? ["--quiet"] : [];
    const outcome = await runIn(world, "post", "x", "--as", "ada", ...quiet);
    deepEqual([outcome.code, outcome.stderr, outcome.questions], [0, "", []]);
    deepEqual(outcome.calls.length, 2);
  }
});

Deno.test("post refuses before it opens anything", async () => {
  const files = {
    big: new Uint8Array(53_249),
    ok: new Uint8Array(53_248),
    dir: new Deno.errors.IsADirectory("Is a directory"),
    shut: new Deno.errors.PermissionDenied("no"),
  };
  const attach = (...paths: string[]): string[] => paths.flatMap((path) => ["--attach", path]);
  const cases: [string[], World, number, RegExp][] = [
    [["x", ...attach("none")], {}, 1, /Can't read none: no such file/],
    [["x", ...attach("dir")], {}, 1, /it's a folder/],
    [["x", ...attach("shut")], {}, 1, /permission denied/],
    [["x", ...attach("ok", "ok", "ok", "ok", "ok")], {}, 5, /at most 4 files/],
    [["x", ...attach("ok"), "--alt", "a", "--alt", "b"], {}, 2, /more --alt than --attach/],
    [["-"], { stdin: new Uint8Array([0xff]) }, 2, /not UTF-8/],
    [["-"], { stdin: "x".repeat(65_537) }, 5, /far too long/],
  ];
  for (const [argv, world, code, words] of cases) {
    const outcome = await runIn({ files, ...world }, "post", ...argv);
    deepEqual([outcome.code, outcome.stdout, outcome.places], [code, "", []], argv.join(" "));
    match(outcome.stderr, words);
  }
  const lengths: number[][] = [];
  const answers: World["answers"] = {
    post: ({ attachments }) => {
      lengths.push(attachments.map(({ base64 }) => atob(base64).length));
      return { id: ID, created: 1, waiting: false, notes: ["No room to mark #x."] };
    },
  };
  const said = await runIn({ files, answers }, "post", "x", ...attach("ok"));
  match(said.stderr, /No room to mark #x/);
  // What is too large reaches the node too large, but not whole: it says what would fit.
  await runIn({ files, answers }, "post", "x", ...attach("big", "big", "ok"));
  deepEqual(lengths, [[53_248], [53_249, 1, 1]]);
  equal((await runIn({ files, answers }, "post", "x", ...attach("ok", "ok", "ok", "ok"))).code, 0);
  equal((await runIn({ answers, stdin: "x".repeat(65_536) }, "post", "-")).code, 0);
});

Deno.test("identity create asks twice and hands the passphrase on", async () => {
  const outcome = await runIn(
    { terminal: true, typed: ["correct horse", "correct horse"] },
    ...["identity", "create", "--name", "ada", "--json"],
  );
  const recovery = { file: "gossamer-recovery-new.txt", passphrase: "seven words of its own" };
  deepEqual([outcome.code, JSON.parse(outcome.stdout)], [0, {
    id: "g1new",
    name: "ada",
    recovery,
  }]);
  equal(outcome.stderr.includes(recovery.passphrase), false);
  match(outcome.stderr, /It can't be recovered: if it's lost, so are they\./);
  deepEqual(outcome.passphrases, ["correct horse"]);
  equal(outcome.questions.length, 2);
  equal(outcome.secrets.every((bytes) => bytes.every((byte) => byte === 0)), true);
  const [{ name, network, dataDir } = { name: "", network: "", dataDir: "" }] = outcome.created;
  deepEqual([name, network, dataDir], ["ada", "main", "/home/ada/.local/share/gossamer"]);
});

Deno.test("identity create makes nothing when the passphrases differ or are called off", async () => {
  const cases: [(string | undefined)[], number, RegExp][] = [
    [["one", "two"], 1, /The two passphrases differ/],
    [["one", undefined], 3, /No passphrase was given/],
    [[undefined], 3, /No passphrase was given/],
  ];
  for (const [typed, code, words] of cases) {
    const outcome = await runIn({ terminal: true, typed }, "identity", "create");
    deepEqual([outcome.code, outcome.stdout, outcome.created], [code, "", []]);
    match(outcome.stderr, words);
    equal(outcome.secrets.every((bytes) => bytes.every((byte) => byte === 0)), true);
  }
  equal((await runIn({}, "identity", "create")).code, 3);
  equal(
    (await runIn({ files: { "/p": "one" } }, "identity", "create", "--passphrase-file", "/p")).code,
    0,
  );
});

Deno.test("identity list and show", async () => {
  const identities = [
    { id: "g1abcdef", name: "ada", unlocked: true },
    { id: "g1abzzzz", name: "g1abcdef", unlocked: true },
    { id: "g1qqqqqq", name: "", unlocked: true },
  ];
  const answers = { identities: () => identities };
  equal(
    (await runIn({ answers }, "identity", "list", "--json")).stdout,
    JSON.stringify(identities) + "\n",
  );
  const cases: [string[], number, string][] = [
    [["ada"], 0, "g1abcdef"],
    [["g1abc"], 0, "g1abcdef"],
    [["G1QQ"], 0, "g1qqqqqq"],
    [["g1abcdef"], 0, "g1abzzzz"],
    [["g1ab"], 2, ""],
    [["g1"], 1, ""],
    [[], 2, ""],
    [["bob"], 1, ""],
  ];
  for (const [argv, code, id] of cases) {
    const outcome = await runIn({ answers }, "identity", "show", "--json", ...argv);
    equal(outcome.code, code, argv.join());
    if (code === 0) equal(JSON.parse(outcome.stdout).id, id);
  }
  equal((await runIn({ answers: { identities: () => [] } }, "identity", "show")).code, 3);
});

Deno.test("unlock and lock need a running node", async () => {
  const files = { "/p": "right" };
  const answers = { lock: () => ({ unlocked: [] }) };
  const file = ["--passphrase-file", "/p"];
  const unlock = await runIn({ files }, "unlock", "--json", ...file);
  deepEqual([unlock.code, unlock.stdout], [0, '{"unlocked":["g1mine"]}\n']);
  deepEqual(unlock.calls, [["unlock"], ["close"]]);
  equal(unlock.secrets.every((bytes) => bytes.every((byte) => byte === 0)), true);
  equal((await runIn({ answers }, "lock", "--json")).stdout, '{"unlocked":[]}\n');
  equal((await runIn({ files, running: false }, "unlock", ...file)).code, 4);
  equal((await runIn({ answers, running: false }, "lock")).code, 4);
  equal((await runIn({}, "unlock")).code, 3);
});

Deno.test("profile set sends what is given, even if empty", async () => {
  const standing = { verified: true, distance: 0, revoked: null };
  const profile = { id: "g1a", name: "Ada", bio: "", link: "", updated: 10, ...standing };
  const answers = { "profile-set": () => profile, "profile-show": () => profile };
  const set = await runIn({ answers }, "profile", "set", "--name", "Ada", "--bio", "", "--json");
  deepEqual(set.calls[0], ["profile-set", { name: "Ada", bio: "" }]);
  deepEqual([set.code, set.stdout], [0, JSON.stringify(profile) + "\n"]);
  match(set.stderr, /A profile is public: everybody [^]* for ever/);
  deepEqual((await runIn({ answers }, "profile", "show")).calls[0], ["profile-show", {}]);
  deepEqual((await runIn({ answers }, "profile", "show", "g1b")).calls[0], ["profile-show", {
    id: "g1b",
  }]);
});

Deno.test("locator says what giving it away tells", async () => {
  const unlockedStatus = { unlocked: true } as Api["status"]["result"];
  const result = {
    ...{ locator: "g:?a=x", addresses: ["192.0.2.1:14677"], identities: ["g1a"] },
    known: [],
  };
  const answers = { status: () => unlockedStatus, locator: () => result };
  const plain = await runIn({ answers }, "locator");
  equal(plain.stdout, "g:?a=x\n");
  match(plain.stderr, /runs Gossamer:\n {2}192\.0\.2\.1:14677\nand that these identities/);
  match(plain.stderr, /\nNobody can be made to forget it, [^]*\n$/);
  deepEqual(plain.calls[1], ["locator", { identities: [], noIdentity: false, addresses: [] }]);
  const given = await runIn(
    { answers },
    ...[
      "locator",
      "--identity",
      "g1a",
      "--identity",
      "g1b",
      "--address",
      "a:1",
      "--address",
      "b:2",
    ],
    "--json",
  );
  deepEqual(given.calls[1], [
    "locator",
    { identities: ["g1a", "g1b"], noIdentity: false, addresses: ["a:1", "b:2"] },
  ]);
  equal(given.stdout, JSON.stringify(result) + "\n");
  const none = await runIn({ answers }, "locator", "--no-identity");
  deepEqual(none.calls[1], ["locator", { identities: [], noIdentity: true, addresses: [] }]);
});

Deno.test("locator says of each address why it is in it, and of others why not", async () => {
  const own = (text: string, used: boolean, why: string): OwnAddressView => {
    const address = parseAddress(text);
    if (address === undefined) throw new TypeError(text);
    return { address, source: "interface", reachable: null, used, why };
  };
  const result = {
    ...{ locator: "g:?a=x", addresses: ["10.0.0.2:14677"], identities: [] },
    known: [own("10.0.0.2:14677", true, "here only"), own("8.8.8.8:14677", false, "left out")],
  };
  const status = (): Api["status"]["result"] => ({ unlocked: true }) as Api["status"]["result"];
  const answers = { status, locator: () => result };
  const { stdout, stderr } = await runIn({ answers }, "locator");
  equal(stdout, "g:?a=x\n");
  match(
    stderr,
    /Gossamer:\n {2}10\.0\.0\.2:14677: here only\nNot in it:\n {2}8\.8\.8\.8:14677: left out\n/,
  );
});

Deno.test("locator of a locked node names no identity and asks nobody, but takes a file", async () => {
  const locked = { unlocked: false } as Api["status"]["result"];
  const result = { locator: "g:?a=x", addresses: ["a:1"], identities: [], known: [] };
  const answers = { status: () => locked, locator: () => result, lock: () => ({ unlocked: [] }) };
  const plain = await runIn({ answers, terminal: true }, "locator");
  deepEqual([plain.code, plain.questions], [0, []]);
  match(plain.stderr, /so no identity of yours is named/);
  const file = await runIn(
    { answers, files: { "/p": "right" } },
    "locator",
    "--passphrase-file",
    "/p",
  );
  deepEqual(file.calls.map((call) => Array.isArray(call) && call[0]), [
    "status",
    "unlock",
    "locator",
    "lock",
    "close",
  ]);
});

Deno.test("join follows only who agreed", async () => {
  const locator = `g:?a=192.0.2.1:14677&i=${ADA}&n=main`;
  const answers: World["answers"] = {
    join: ({ follow }) => ({ addresses: ["192.0.2.1:14677"], followed: follow ? ["g1q"] : [] }),
  };
  const cases: [World, string[], boolean, number][] = [
    [{}, [], false, 0],
    [{}, ["--follow"], true, 0],
    [{ terminal: true, confirms: true }, [], true, 1],
    [{ terminal: true, confirms: false }, [], false, 1],
    [{ terminal: true, confirms: true }, ["--no-follow"], false, 0],
    [{ terminal: true }, ["--follow"], true, 0],
  ];
  for (const [world, argv, follow, asked] of cases) {
    const outcome = await runIn({ answers, ...world }, "join", locator, "--json", ...argv);
    deepEqual(outcome.calls[0], ["join", { locator, follow }]);
    equal(outcome.questions.length, asked);
    deepEqual(JSON.parse(outcome.stdout).followed, follow ? ["g1q"] : []);
  }
  match((await runIn({ answers }, "join", locator)).stderr, /not followed; --follow does that/);
  const none = await runIn({ answers, terminal: true }, "join", "g:?a=192.0.2.1");
  deepEqual([none.questions, none.stderr], [[], ""]);
});

Deno.test("join asks for a starter list by itself, and options decide for both", async () => {
  const starter = "g1pyysjzgfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpyysqe6use";
  const locator = `g:?i=${ADA}&s=${starter}&n=main`;
  const answers: World["answers"] = { join: () => ({ addresses: [], followed: [] }) };
  const at: World = { answers, terminal: true, confirms: true };
  const both = await runIn(at, "join", locator);
  deepEqual(both.calls[0], ["join", { locator, follow: true, starters: true }]);
  deepEqual(both.questions.length, 2);
  const named = await runIn(at, "join", locator, "--follow");
  deepEqual([named.calls[0], named.questions], [["join", { locator, follow: true }], []]);
  match(named.stderr, /--follow-starters does that/);
  const list = await runIn({ answers }, "join", locator, "--no-follow", "--follow-starters");
  deepEqual(list.calls[0], ["join", { locator, follow: false, starters: true }]);
  match((await runIn({ answers }, "join", locator)).stderr, /starter list are not followed/);
});

Deno.test("join sees identities however the locator is written", async () => {
  const answers: World["answers"] = { join: () => ({ addresses: [], followed: [] }) };
  for (
    const locator of [
      `G:?I=${ADA.toUpperCase()}`,
      `g:?a=x&amp;i=${ADA}`,
      `g%3A%3Fa%3Dx%26i%3D${ADA}`,
      ` g:?a=x&\ni=${ADA.slice(0, 9)}\n${ADA.slice(9)} `,
      `g:?s=${ADA}`,
    ]
  ) {
    const outcome = await runIn({ answers, terminal: true, confirms: true }, "join", locator);
    equal(outcome.questions.length, 1, locator);
    match(outcome.stderr, /\n {2}g16adfsq/);
  }
});

Deno.test("follow, unfollow and following", async () => {
  const ada = { id: "g1a", name: "ada", petname: "ada", claimed: "", suspicious: false };
  const answers = { follow: () => [ada], unfollow: () => ada, following: () => [ada] };
  for (
    const [argv, call] of [
      [["follow", "g:?i=g1a"], ["follow", { target: "g:?i=g1a" }]],
      [["follow", "g1a", "--name", "ada"], ["follow", { target: "g1a", name: "ada" }]],
      [["follow", "g:?s=g1a", "--starters"], [
        "follow",
        { target: "g:?s=g1a", starters: true },
      ]],
      [["unfollow", "g1a"], ["unfollow", { id: "g1a" }]],
      [["following"], ["following", {}]],
    ] as const
  ) {
    const outcome = await runIn({ answers }, ...argv, "--json");
    deepEqual([JSON.parse(outcome.stdout), outcome.calls[0]], [[ada], call]);
  }
});

Deno.test("show gives one message, its thread, and its attachments under safe names", async () => {
  const file = { mediaType: "image/jpeg", size: 3, alt: "" };
  const shown = {
    ...message({
      attachments: [{ ...file, name: "a.jpg" }, { ...file, name: "a.jpg" }, {
        ...file,
        name: "../x",
      }],
    }),
    kind: "status",
  };
  const answers: World["answers"] = {
    show: () => shown,
    thread: () => [shown, shown],
    attachment: ({ index }) => ({
      ...file,
      name: shown.attachments[index]?.name ?? "",
      base64: "AQID",
    }),
  };
  equal((await runIn({ answers }, "show", "3f9a", "--json")).stdout, JSON.stringify(shown) + "\n");
  const thread = await runIn({ answers }, "show", "3f9a", "--thread", "--json");
  deepEqual(JSON.parse(thread.stdout).length, 2);
  deepEqual(thread.calls[0], ["thread", { id: "3f9a", hidden: false }]);
  const files = { "out/a.jpg": new Uint8Array() };
  const saved = await runIn(
    { answers, files },
    "show",
    "3f9a",
    "--json",
    "--save-attachments",
    "out",
  );
  const paths = ["out/a (2).jpg", "out/a (3).jpg", "out/_x"];
  deepEqual(JSON.parse(saved.stdout).saved, paths);
  deepEqual(
    saved.written,
    Object.fromEntries(paths.map((path) => [path, new Uint8Array([1, 2, 3])])),
  );
});
