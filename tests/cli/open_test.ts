/** `open`: what it prints, and how it starts a browser. */
import assert from "node:assert/strict";
import { UserError } from "../../src/node/user_error.ts";
import { runIn, statusView, type World } from "./fakes.ts";

const LINK = "http://127.0.0.1:4000/sign-in?key=abc";
const FILE = "/d/open.html";

function world(part: Partial<World> = {}): World {
  let browsers = 0;
  return {
    answers: {
      web: ({ port = 4_000 }) => ({ link: LINK, expires: 1, port }),
      "web-close": () => ({ closed: true }),
      "keys-file": () => ({}),
      status: () => statusView({ web: { port: 4_000, browsers: browsers++ } }),
    },
    ...part,
  };
}

Deno.test("open prints a link, and starts nothing for a program that reads it", async () => {
  const launched: string[][] = [];
  const plain = await runIn(world({ launched }), "--data-dir", "/d", "open");
  assert.deepEqual([plain.code, plain.stdout.includes(LINK), launched], [0, true, []]);
  const json = await runIn(world({ launched, columns: 100 }), "--json", "open", "--port", "0");
  assert.deepEqual(JSON.parse(json.stdout), { link: LINK, expires: 1, port: 0 });
  assert.deepEqual([launched, json.calls[0]], [[], ["web", { port: 0 }]]);
});

Deno.test("at a terminal a browser gets a file, in which the link is, and which is gone afterwards", async () => {
  const launched: string[][] = [];
  const outcome = await runIn(world({ launched, columns: 100 }), "--data-dir", "/d", "open");
  assert.equal(outcome.code, 0, outcome.stderr);
  assert.deepEqual(launched, [["xdg-open", FILE]]);
  assert.match(outcome.stderr, /A browser is signed in/);
  assert.deepEqual(outcome.written, {});
});

Deno.test("a file that somebody else put in its place is opened by nobody", async () => {
  const launched: string[][] = [];
  const files = { [FILE]: new TextEncoder().encode("elsewhere") };
  const outcome = await runIn(world({ launched, columns: 100, files }), "--data-dir", "/d", "open");
  assert.deepEqual([outcome.code, launched], [0, []]);
  assert.match(outcome.stderr, /is there already, and isn't ours/);
});

Deno.test("without a program that opens files the link is enough", async () => {
  const outcome = await runIn(world({ columns: 100 }), "--data-dir", "/d", "open");
  assert.deepEqual([outcome.code, outcome.written], [0, {}]);
  assert.match(outcome.stderr, /there is no xdg-open here/);
  const none = await runIn(world({ columns: 100, launched: [] }), "open", "--no-browser");
  assert.deepEqual([none.code, none.stderr], [0, ""]);
});

Deno.test("open tells the node of the keys file, and that it is of no use if it isn't", async () => {
  const told = await runIn(world(), "--data-dir", "/d", "open");
  assert.deepEqual(told.calls[1], ["keys-file", { file: "keys of /d" }]);
  const refuses = (): never => {
    throw new UserError("failed", "The keys file is cut off.");
  };
  const answers = { ...world().answers, "keys-file": refuses };
  const damaged = await runIn(world({ answers }), "--data-dir", "/d", "open");
  assert.deepEqual([damaged.code, damaged.stdout.includes(LINK)], [0, true]);
  assert.match(damaged.stderr, /The keys file is cut off/);
});

Deno.test("open --close says whether there was anything to close", async () => {
  const outcome = await runIn(world(), "--json", "open", "--close");
  assert.deepEqual(JSON.parse(outcome.stdout), { closed: true });
});
