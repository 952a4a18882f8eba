import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { renderLetter } from "../../src/cli/render_private.ts";
import type { Api, LetterView } from "../../src/node/api.ts";
import { UserError } from "../../src/node/user_error.ts";
import { runIn } from "./fakes.ts";
import { letter } from "./messages.ts";

const ID = "ab".repeat(32);
const ADA = `g1${"a".repeat(58)}`;
const BOB = `g1${"b".repeat(58)}`;
const LETTER = letter({ id: ID, from: ADA, to: BOB });
const PAGE = { messages: [LETTER], requests: 0, caughtUp: true, full: false };

function known(part: Partial<Api["recipient"]["result"]> = {}): {
  recipient: () => Api["recipient"]["result"];
  send: () => Api["send"]["result"];
} {
  return {
    recipient: () => ({ id: BOB, name: "Bob", revoked: false, first: false, ...part }),
    send: () => ({ id: ID, to: BOB, created: 1, waiting: false }),
  };
}

Deno.test("send hands on what was said, from the command or from stdin", async () => {
  const answers = known();
  const done = await runIn({ answers }, "send", BOB, "Hi", "--reply-to", "abab", "--json");
  equal(done.code, 0);
  deepEqual(JSON.parse(done.stdout), { id: ID, to: BOB, created: 1 });
  const params = { to: BOB, text: "Hi", replyTo: "abab", attachments: [] };
  deepEqual(done.calls.at(-2), ["send", params]);
  const piped = await runIn({ answers, stdin: "Two\nlines\n" }, "send", BOB, "-");
  deepEqual(piped.calls.at(-2), ["send", { to: BOB, text: "Two\nlines", attachments: [] }]);
  match(piped.stdout, /Sent abababab/);
});

Deno.test("send says once what a private message isn't", async () => {
  const first = { answers: known({ first: true }), terminal: true };
  match((await runIn(first, "send", BOB, "Hi")).stderr, /no forward secrecy/);
  const later = { answers: known(), terminal: true };
  doesNotMatch((await runIn(later, "send", BOB, "Hi")).stderr, /forward secrecy/);
});

Deno.test("send asks before it goes to a revoked identity, and refuses where nobody can answer", async () => {
  const answers = known({ revoked: true });
  const script = await runIn({ answers }, "send", BOB, "Hi");
  equal(script.code, 5);
  match(script.stderr, /revoked.*--yes/s);
  const sent = ({ calls }: { calls: readonly unknown[] }): boolean =>
    calls.some((call) => Array.isArray(call) && call[0] === "send");
  equal(sent(script), false);
  equal(sent(await runIn({ answers }, "send", BOB, "Hi", "--yes")), true);
  const no = await runIn({ answers, terminal: true, confirms: false }, "send", BOB, "Hi");
  equal(no.code, 1);
  equal(sent(no), false);
  equal(sent(await runIn({ answers, terminal: true, confirms: true }, "send", BOB, "Hi")), true);
});

Deno.test("send passes on what the node refuses", async () => {
  const answers = {
    ...known(),
    send: (): never => {
      throw new UserError("refused", "at most 2000 characters; this has 2001");
    },
  };
  const done = await runIn({ answers }, "send", BOB, "Hi");
  equal(done.code, 5);
  match(done.stderr, /2001/);
});

Deno.test("inbox prints what came, and as JSON with every field", async () => {
  const answers = { inbox: () => PAGE };
  const json = await runIn({ answers }, "inbox", "--json");
  deepEqual(JSON.parse(json.stdout), [LETTER]);
  deepEqual(json.calls[0], ["inbox", { limit: 20, requests: false }]);
  const text = await runIn({ answers }, "inbox", "--with", ADA, "--as", "me", "--limit", "5");
  deepEqual(text.calls[0], ["inbox", { limit: 5, requests: false, with: ADA, as: "me" }]);
  match(text.stdout, /Ada.*\n├ private, to g1bbb.*\n│ Meet at eight\?/);
});

Deno.test("inbox goes back to what is older", async () => {
  const answers = { inbox: () => ({ ...PAGE, messages: [] }) };
  const asked = await runIn({ answers }, "inbox", "--before", "cdcd");
  deepEqual(asked.calls[0], ["inbox", { limit: 20, before: "cdcd", requests: false }]);
  match(asked.stderr, /None before that one\./);
  const watched = await runIn({ answers }, "inbox", "--before", "cdcd", "--watch");
  deepEqual([watched.code, watched.calls], [2, []]);
});

Deno.test("inbox says what it doesn't show", async () => {
  const answers = {
    inbox: () => ({ messages: [], requests: 3, caughtUp: false, full: true }),
  };
  const { stderr } = await runIn({ answers }, "inbox");
  match(stderr, /No private messages here yet/);
  match(stderr, /3 more.*--requests/s);
  match(stderr, /still trying/);
  match(stderr, /had to go/);
  doesNotMatch((await runIn({ answers }, "inbox", "--requests")).stderr, /3 more/);
});

Deno.test("inbox --watch prints each message once, and needs a node", async () => {
  const stop = new AbortController();
  const pages = [PAGE, PAGE, { ...PAGE, messages: [LETTER, { ...LETTER, id: "cd".repeat(32) }] }];
  const answers = {
    inbox: () => {
      const page = pages.shift();
      if (page !== undefined) return page;
      stop.abort();
      return PAGE;
    },
  };
  const world = { answers, running: true, interrupt: stop.signal };
  const { stdout, code } = await runIn(world, "inbox", "--watch", "--json");
  equal(code, 0);
  const ids = stdout.trim().split("\n").map((line) => JSON.parse(line).id);
  deepEqual(ids, [ID, "cd".repeat(32)]);
  equal((await runIn({ answers, running: false }, "inbox", "--watch")).code, 4);
});

Deno.test("inbox --watch prints what comes late, too, and nothing of what was there before", async () => {
  const stop = new AbortController();
  const one = (n: number, created: number): LetterView => ({
    ...LETTER,
    ...{ id: String(n).padStart(64, "0"), created },
  });
  const before = [one(1, 10), one(2, 20), one(3, 30)];
  const pages = [before, [one(4, 5), ...before], [one(4, 5), before[0], one(5, 15), before[1]]];
  const answers = {
    inbox: () => {
      const messages = pages.shift()?.filter((letter) => letter !== undefined);
      if (messages === undefined) stop.abort();
      return { ...PAGE, messages: messages ?? [] };
    },
  };
  const world = { answers, running: true, interrupt: stop.signal };
  const { stdout } = await runIn(world, "inbox", "--watch", "--json", "--limit", "1");
  deepEqual(stdout.trim().split("\n").map((line) => JSON.parse(line).created), [30, 5, 15]);
});

Deno.test("nothing in a private message plays tricks on a terminal", () => {
  const style = { width: 80, color: false, localTime: () => "now" };
  const hostile = "a\x1b[2Jb\u202Ec\u0007\n✓ Bob g1bbb";
  const shown = renderLetter({ ...LETTER, name: hostile, text: hostile }, style);
  doesNotMatch(shown.replaceAll("\n", ""), /[\p{Cc}\u202E]/u);
  const [head, ...rest] = shown.split("\n");
  match(head ?? "", /^· /);
  for (const line of rest) match(line, /^[│├]/);
});

Deno.test("taking a private message back says when", async () => {
  const answers = {
    retract: () => ({ id: null, retracted: ID, waiting: false, due: 1_796_083_200 }),
  };
  const done = await runIn({ answers }, "retract", "abab");
  match(done.stdout, /within a day/);
  match(done.stderr, /random moment/);
  const json = await runIn({ answers }, "retract", "abab", "--json");
  deepEqual(JSON.parse(json.stdout), { id: null, retracted: ID, due: 1_796_083_200 });
});
