import { deepEqual, equal, match } from "node:assert/strict";
import type { PrivacyView } from "../../src/node/api.ts";
import { runIn } from "./fakes.ts";

const LOCKED: PrivacyView = {
  running: true,
  network: "main",
  unlocked: false,
  identities: [],
  following: null,
  announced: ["192.0.2.1:14677"],
  beacon: true,
  mdns: true,
  portMapping: true,
  dht: true,
  proxy: null,
  messages: 7,
  nodes: 1,
  locatorNodes: 1,
  data: [
    { what: "a post", class: "public", places: ["peers"], seenBy: "all", until: "for ever" },
    { what: "follows", class: "private", places: ["memory"], seenBy: "you", until: "you stop" },
  ],
};
const OPEN: PrivacyView = {
  ...LOCKED,
  unlocked: true,
  identities: [
    { id: "g1a", name: "ada\x1b[31m", messages: 2, profile: ["name", "bio"] },
    { id: "g1b", name: "", messages: 0, profile: [] },
  ],
  following: 3,
};

Deno.test("privacy without keys shows the node's part, asks nobody, and says what is missing", async () => {
  const outcome = await runIn({ answers: { privacy: () => LOCKED }, terminal: true }, "privacy");
  deepEqual([outcome.code, outcome.questions], [0, []]);
  equal(outcome.stderr, "The keys are locked, or there are none: your identities are left out.\n");
  match(outcome.stdout, /^NOW\n- Your node tells others where it is: 192\.0\.2\.1:14677\.\n/);
  match(outcome.stdout, /- It announces itself in the local network/);
  match(outcome.stdout, /- It takes part in BitTorrent's DHT \(--dht\)\. Anybody can ask/);
  match(outcome.stdout, /7 messages, yours among them, and 1 address of nodes, 1 of them marked/);
  match(outcome.stdout, /\nPUBLIC: .*\n- a post \(in: peers\)\. Seen by all\. Until for ever\.\n/);
  match(outcome.stdout, /\nPRIVATE: never sent\n- follows \(in: memory\)/);
  match(outcome.stdout, /\nFILES in \/home\/ada\S*\n- public\.kv: /);
  match((await runIn({ answers: { privacy: () => LOCKED } }, "privacy", "--quiet")).stderr, /^$/);
});

Deno.test("privacy with a passphrase at hand shows the identities, and locks again", async () => {
  let open = false;
  const answers = {
    privacy: () => {
      const view = open ? OPEN : LOCKED;
      open = true;
      return view;
    },
    lock: () => ({ unlocked: [] }),
  };
  const world = { answers, files: { "/p": "right" } };
  const outcome = await runIn(world, "privacy", "--passphrase-file", "/p");
  match(
    outcome.stdout,
    /- g1a \(to you: ada.*\) has 2 public messages here\. .* name, bio\.\n/,
  );
  equal(outcome.stdout.includes("\x1b"), false);
  match(outcome.stdout, /- g1b has said nothing in public that is stored here\.\n/);
  match(outcome.stdout, /- You follow 3 identities: told to nobody/);
  deepEqual(outcome.calls.map((call) => Array.isArray(call) && call[0]), [
    "privacy",
    "unlock",
    "privacy",
    "lock",
    "close",
  ]);
});

Deno.test("privacy --json gives the state, the classes and the files", async () => {
  const outcome = await runIn({ answers: { privacy: () => OPEN } }, "privacy", "--json");
  const { folder, files, ...view } = JSON.parse(outcome.stdout);
  deepEqual(view, JSON.parse(JSON.stringify(OPEN)));
  match(folder, /^\/home\/ada/);
  deepEqual(files[0], {
    name: "public.kv",
    holds: "messages, profiles, statements, addresses: readable",
  });
});
