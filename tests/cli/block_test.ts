import { deepEqual, equal, match } from "node:assert/strict";
import type { Api } from "../../src/node/api.ts";
import { formatIdentity } from "../../src/wire/ids.ts";
import { keyOf } from "../store/support.ts";
import { type Answers, runIn } from "./fakes.ts";
import { message } from "./messages.ts";

const IDS = [1, 2, 3].map((n) => formatIdentity(keyOf(n)));
const [A = "", B = "", C = ""] = IDS;

/** A node that blocks whatever it is told; some are its own or followed, some blocked already. */
function blocking(
  given: { own?: string[]; followed?: string[]; already?: number; room?: number } = {},
): Answers {
  const { own = [], followed = [], already = 0, room = 1_000 } = given;
  return {
    block: ({ ids }: Api["block"]["params"]) => ({
      blocked: ids.map((id) => ({ id, name: "Troll", suspicious: false, because: "user" })),
      already,
      own: own.filter((id) => ids.includes(id)),
      followed: followed.filter((id) => ids.includes(id)),
      room: room - ids.length,
    }),
  };
}

/** Calls of `block`: how many ids each named, and whether it changed anything. */
function blocks(calls: readonly unknown[]): unknown[] {
  return (calls as [string, Api["block"]["params"]][])
    .filter(([method]) => method === "block")
    .map(([, { ids, check = false }]) => [ids.length, check ? "check" : "block"]);
}

Deno.test("block asks first what that would meet, then blocks", async () => {
  const outcome = await runIn({ answers: blocking() }, "block", A, "--json");
  equal(outcome.code, 0);
  deepEqual(JSON.parse(outcome.stdout), [
    { id: A, name: "Troll", suspicious: false, because: "user" },
  ]);
  deepEqual(blocks(outcome.calls), [[1, "check"], [1, "block"]]);
  const plain = await runIn({ answers: blocking({ already: 1 }) }, "block", A);
  equal(plain.stdout, `Blocked:\n${A}  Troll  (by you)\n`);
  match(plain.stderr, /1 of them you had blocked before/);
  equal((await runIn({}, "block")).code, 2);
  equal((await runIn({}, "block", A, "--file", "f")).code, 2);
});

Deno.test("block refuses an own identity, and asks about one that is followed", async () => {
  const own = await runIn({ answers: blocking({ own: [A] }) }, "block", A);
  equal(own.code, 5);
  match(own.stderr, /your own identity.*Nobody was blocked/);
  const answers = blocking({ followed: [A] });
  const script = await runIn({ answers }, "block", A);
  equal(script.code, 5);
  match(script.stderr, /You follow g1.*Nobody was blocked; --unfollow/);
  const no = await runIn({ answers, terminal: true }, "block", A);
  deepEqual([no.code, no.questions], [1, ["Stop following and block?"]]);
  match(no.stderr, /You follow Troll g1/);
  for (const outcome of [own, script, no]) deepEqual(blocks(outcome.calls), [[1, "check"]]);
  const yes = await runIn({ answers, terminal: true, confirms: true }, "block", A);
  deepEqual(blocks(yes.calls), [[1, "check"], [1, "block"]]);
  equal((await runIn({ answers }, "block", A, "--unfollow")).code, 0);
});

Deno.test("a file of identities is blocked whole or not at all", async () => {
  const run = (text: string, answers = blocking()) =>
    runIn({ answers, files: { list: text } }, "block", "--file", "list");
  const good = await run(
    `\ufeff# Trolls of the month\r\n\r\n${A} # the worst\n${B.toUpperCase()}\n${A}\n`,
  );
  equal(good.code, 0);
  deepEqual(blocks(good.calls), [[2, "check"], [2, "block"]]);
  const bad = await run(`${A}\nAda\n#\n${B.slice(0, -1)}\n${C}`);
  equal(bad.code, 2);
  match(bad.stderr, /list: no identity \(g1…\) in lines 2, 4\. Nobody was blocked/);
  deepEqual(bad.calls, []);
  const many = await run(Array.from({ length: 12 }, () => "x").join("\n"));
  match(many.stderr, /lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more/);
  equal((await run("# nobody\n")).code, 2);
  const mine = await run(`${A}\n${B}\n`, blocking({ own: [B] }));
  match(mine.stderr, /your own identity: line 2/);
  const friend = await run(`${A}\n\n${B}\n`, blocking({ followed: [A, B] }));
  match(friend.stderr, /You follow lines 1, 3/);
  const full = await run(IDS.join("\n"), blocking({ room: 2 }));
  match(full.stderr, /room for 2 more blocks, and these are 3/);
  deepEqual([mine, friend, full].map(({ code }) => code), [5, 5, 5]);
  for (const outcome of [mine, friend, full]) {
    deepEqual(blocks(outcome.calls), [[outcome === full ? 3 : 2, "check"]]);
  }
  equal((await runIn({}, "block", "--file", "missing")).code, 1);
});

Deno.test("a large file is checked whole before the first of it is blocked, in requests that fit", async () => {
  const text = Array.from({ length: 5_000 }, (_, n) => formatIdentity(keyOf(n))).join("\n");
  const files = { list: text };
  const outcome = await runIn(
    { answers: blocking({ room: 9_000 }), files },
    "block",
    "--file",
    "list",
  );
  equal(outcome.stdout, "Blocked: 5000 identities\n");
  deepEqual(blocks(outcome.calls), [
    ...[[2_000, "check"], [2_000, "check"], [1_000, "check"]],
    ...[[2_000, "block"], [2_000, "block"], [1_000, "block"]],
  ]);
  const full = await runIn(
    { answers: blocking({ room: 4_999 }), files },
    "block",
    "--file",
    "list",
  );
  equal(full.code, 5);
  equal(blocks(full.calls).length, 3);
});

Deno.test("unblock says when contagion keeps it hidden", async () => {
  const view = { id: A, name: "A\u001b[31m", suspicious: false };
  const free = await runIn(
    { answers: { unblock: () => ({ ...view, because: null }) } },
    "unblock",
    A,
  );
  equal(free.stdout, `Not blocked by you any more:\n${A}  A�[31m\n`);
  equal(free.stderr, "");
  const still = await runIn(
    { answers: { unblock: () => ({ ...view, because: IDS }) } },
    "unblock",
    A,
  );
  match(still.stderr, /stays hidden: verified by 3 that are blocked: g1/);
});

Deno.test("blocked lists who and why, and with --hidden what that hides", async () => {
  const by = [...IDS, A, B, C];
  const answers: Answers = {
    blocked: () => [
      { id: A, name: "Bob", suspicious: true, because: "user", since: 5 },
      { id: B, name: "", suspicious: false, because: by, since: null },
    ],
    "blocked-hidden": () => [message({ text: "jeer", blocked: "user" })],
  };
  const list = await runIn({ answers }, "blocked");
  const [first = "", second = ""] = list.stdout.split("\n");
  match(first, /^g1\S+ {2}Bob {2}\(by you since \S+ \S+, not who you know by that name\)$/);
  match(second, /^g1\S+ {2}\(verified by 6 that are blocked: (?:g1\S+… ?,? ?){5} and 1 more\)$/);
  const json = JSON.parse((await runIn({ answers }, "blocked", "--json")).stdout);
  deepEqual(json[1], { id: B, name: "", suspicious: false, because: by, since: null });
  const hidden = await runIn({ answers }, "blocked", "--hidden", "--limit", "3", "--before", "ab");
  deepEqual(hidden.calls[0], ["blocked-hidden", { limit: 3, before: "ab" }]);
  match(hidden.stdout, /\(blocked\)\n│ jeer/);
  equal((await runIn({ answers }, "blocked", "--before", "ab")).code, 2);
  const none = { blocked: () => [], "blocked-hidden": () => [] };
  match((await runIn({ answers: none }, "blocked")).stderr, /You block nobody/);
  match((await runIn({ answers: none }, "blocked", "--hidden")).stderr, /hide no status/);
});

Deno.test("what is read without keys says that blocks don't count", async () => {
  const answers: Answers = {
    timeline: () => [message({})],
    "search-page": () => ({ found: [message({})], next: null }),
  };
  for (const command of [["timeline", "--all"], ["search", "hello"]]) {
    match((await runIn({ answers }, ...command)).stderr, /keys are locked.*block is shown/);
    equal((await runIn({ answers, unlocked: true }, ...command)).stderr, "");
    equal((await runIn({ answers, anyIdentity: false }, ...command)).stderr, "");
  }
});
