import { deepEqual, equal, match } from "node:assert/strict";
import type { MessageView } from "../../src/node/api.ts";
import { UserError } from "../../src/node/user_error.ts";
import { runIn, type World } from "./fakes.ts";
import { message } from "./messages.ts";

const A = message({ id: "aa".repeat(32), text: "a" });
const B = message({ id: "bb".repeat(32), text: "b" });
const C = message({ id: "cc".repeat(32), text: "c" });

function lines(text: string): unknown[] {
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

Deno.test("timeline asks for what the options say", async () => {
  const answers = { timeline: () => [A, B] };
  const plain = await runIn({ answers }, "timeline", "--json");
  deepEqual(plain.calls[0], ["timeline", { limit: 20, all: false }]);
  equal(plain.stdout, `${JSON.stringify([A, B])}\n`);
  const all = await runIn({ answers }, "timeline", "--limit", "1000", "--all", "--before", "ab");
  deepEqual(all.calls[0], ["timeline", { limit: 1000, all: true, before: "ab" }]);
  match(all.stdout, /^· ada .*\n│ a\n· ada .*\n│ b\n$/);
});

Deno.test("timeline --mentions shows what speaks to one, and says how many strangers do", async () => {
  const mentions = (requests: number): World => ({
    answers: { mentions: () => ({ messages: [A, B], requests }) },
  });
  const plain = await runIn(mentions(3), "timeline", "--mentions", "--before", "ab");
  deepEqual(plain.calls[0], ["mentions", { limit: 20, requests: false, before: "ab" }]);
  match(plain.stdout, /^· ada .*\n│ a\n· ada .*\n│ b\n$/);
  match(plain.stderr, /From people you don't know: 3\. To see them, add --requests/);
  match((await runIn(mentions(100), "timeline", "--mentions")).stderr, /: 100 or more\./);
  const json = await runIn(mentions(0), "timeline", "--mentions", "--requests", "--json");
  deepEqual(json.calls[0], ["mentions", { limit: 20, requests: true }]);
  deepEqual([json.stdout, json.stderr], [`${JSON.stringify([A, B])}\n`, ""]);
  for (const wrong of [["--requests"], ["--mentions", "--all"], ["--mentions", "--watch"]]) {
    equal((await runIn(mentions(0), "timeline", ...wrong)).code, 2, wrong.join());
  }
});

Deno.test("an empty timeline prints nothing but a note", async () => {
  const outcome = await runIn({ answers: { timeline: () => [] } }, "timeline");
  deepEqual([outcome.code, outcome.stdout], [0, ""]);
  match(outcome.stderr, /gossamer follow/);
});

Deno.test("--watch prints the page, then each new message once, until Ctrl-C", async () => {
  const stop = new AbortController();
  const world: World = {
    answers: { timeline: () => [A, B] },
    interrupt: stop.signal,
    news: async function* (signal): AsyncIterable<MessageView> {
      yield B;
      yield C;
      stop.abort();
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
  };
  const outcome = await runIn(world, "timeline", "--watch", "--json");
  deepEqual([outcome.code, outcome.stderr], [0, ""]);
  deepEqual(lines(outcome.stdout), [A, B, C]);
  equal(outcome.calls.filter((call) => Array.isArray(call) && call[0] === "close").length, 1);
});

Deno.test("--watch unlocks, and locks again at the end", async () => {
  const stop = new AbortController();
  const world: World = {
    needKeys: ["timeline"],
    answers: { timeline: () => [A], lock: () => ({ unlocked: [] }) },
    files: { "/p": "right" },
    interrupt: stop.signal,
    news: async function* (): AsyncIterable<MessageView> {
      await Promise.resolve();
      yield C;
      stop.abort();
    },
  };
  const outcome = await runIn(world, "timeline", "--watch", "--json", "--passphrase-file", "/p");
  equal(outcome.code, 0, outcome.stderr);
  deepEqual(lines(outcome.stdout), [A, C]);
  deepEqual(outcome.calls.map((call) => Array.isArray(call) && call[0]), [
    ...["timeline", "unlock", "timeline", "watch", "timeline", "lock", "close"],
  ]);
});

Deno.test("--watch ends with 4 when the node stops, and when none runs", async () => {
  const gone: World = {
    answers: { timeline: () => [A] },
    news: async function* (): AsyncIterable<MessageView> {
      await Promise.resolve();
      yield C;
      throw new UserError("noNode", "The node went away.");
    },
  };
  const outcome = await runIn(gone, "timeline", "--watch", "--json");
  equal(outcome.code, 4);
  deepEqual(lines(outcome.stdout), [A, C, {
    error: { code: "noNode", message: "The node went away." },
  }]);
  const ended = { ...gone, news: async function* (): AsyncIterable<MessageView> {} };
  equal((await runIn(ended, "timeline", "--watch")).code, 4);
  equal((await runIn({ ...gone, running: false }, "timeline", "--watch")).code, 4);
});

Deno.test("--watch ends quietly when nobody reads stdout any more", async () => {
  let written = 0;
  const world: World = {
    answers: { timeline: () => [A] },
    onStdout: () => {
      if (++written > 2) throw new Deno.errors.BrokenPipe();
    },
    news: async function* (signal): AsyncIterable<MessageView> {
      while (!signal.aborted) {
        await Promise.resolve();
        yield C;
      }
    },
  };
  const outcome = await runIn(world, "timeline", "--watch", "--json");
  deepEqual([outcome.code, outcome.stderr, lines(outcome.stdout)], [0, "", [A, C]]);
});
