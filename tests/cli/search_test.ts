import { deepEqual, equal, match } from "node:assert/strict";
import { runIn } from "./fakes.ts";
import { message } from "./messages.ts";

const A = message({ id: "aa".repeat(32), text: "a" });
const B = message({ id: "bb".repeat(32), text: "b\u001b[31m" });

Deno.test("search goes page by page until there is enough, and prints the newest last", async () => {
  const answers = {
    "search-page": ({ before }: { readonly before?: string }) =>
      before === undefined ? { found: [B], next: "place" } : { found: [A], next: null },
  };
  const all = await runIn({ answers }, "search", "one", "two", "--json");
  deepEqual(all.calls.slice(0, 2), [
    ["search-page", { words: ["one", "two"], limit: 20 }],
    ["search-page", { words: ["one", "two"], limit: 19, before: "place" }],
  ]);
  deepEqual(JSON.parse(all.stdout), [A, B]);
  const one = await runIn({ answers }, "search", "one", "--limit", "1");
  equal(one.calls.filter((call) => Array.isArray(call) && call[0] === "search-page").length, 1);
  equal(one.stdout.includes("\u001b"), false);
  equal((await runIn({ answers }, "search", "one", "--limit", "1001")).code, 2);
});

Deno.test("a search that is called off prints what it found, and an empty one says so", async () => {
  const stop = new AbortController();
  const answers = {
    "search-page": () => {
      stop.abort();
      return { found: [A], next: "place" };
    },
  };
  const off = await runIn({ answers, interrupt: stop.signal }, "search", "one", "--json");
  deepEqual(JSON.parse(off.stdout), [A]);
  match(off.stderr, /Called off/);
  const none = { "search-page": () => ({ found: [], next: null }) };
  match((await runIn({ answers: none }, "search", "one")).stderr, /Nothing here holds/);
});
