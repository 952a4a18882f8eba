import { deepEqual, equal, match } from "node:assert/strict";
import { runIn } from "./fakes.ts";

Deno.test("capsule write says how much, what a finder learns, and takes dates in UTC", async () => {
  const human = await runIn({}, "capsule", "write", "/media/x");
  deepEqual([human.code, human.stdout], [0, "3 messages, 900 bytes, in /media/x\n"]);
  match(human.stderr, /Whoever finds it learns that somebody had Gossamer/);
  const quiet = await runIn({}, "capsule", "write", "/media/x", "--quiet", "--json");
  equal(quiet.stderr, "");
  deepEqual(JSON.parse(quiet.stdout), {
    file: "/media/x",
    messages: 3,
    pending: 0,
    novel: 0,
    damaged: 0,
    bytes: 900,
  });
  const dates: readonly (readonly [string, number])[] = [
    ["2026-11-30", 1_795_996_800],
    ["2026-11-30T12:00", 1_796_040_000],
    ["2026-11-30T12:00:01Z", 1_796_040_001],
    ["1795996800", 1_795_996_800],
  ];
  for (const [date, since] of dates) {
    const { calls } = await runIn({}, "capsule", "write", "/x", "--since", date);
    deepEqual(calls[0], [
      "capsuleWrite",
      { file: "/x", network: "main", since, withPending: false },
    ]);
  }
  for (const date of ["yesterday", "2026-13-01", "1969-01-01", "", "-5"]) {
    equal((await runIn({}, "capsule", "write", "/x", `--since=${date}`)).code, 2, date);
  }
});

Deno.test("capsule read says what was taken in, and what wasn't", async () => {
  const { code, stdout, stderr } = await runIn({}, "capsule", "read", "/media/x");
  deepEqual([code, stdout], [0, "5 messages in the capsule, 2 new here\n"]);
  match(stderr, /Not taken in: 1 too old, or ahead of this clock; 1 refused: damaged or forged\./);
  match(
    stderr,
    /damaged or was cut off: bytes in 1 place made no sense\. What was whole is here\./,
  );
});

Deno.test("capsule write says that pending messages are left out and how to get them in, or what they tell", async () => {
  const without = await runIn({ pending: 2 }, "capsule", "write", "/media/x", "--json");
  match(
    without.stderr,
    /^2 messages of yours are not in it, .*pending.*--with-pending puts them in/s,
  );
  equal(JSON.parse(without.stdout).pending, 0);
  const one = await runIn({ pending: 1 }, "capsule", "write", "/media/x");
  match(one.stderr, /^1 message of yours is not in it/);
  equal(one.stdout, "3 messages, 900 bytes, in /media/x\n");

  const answers = { identities: (): [] => [] };
  const within = await runIn(
    { pending: 2, answers },
    "capsule",
    "write",
    "/media/x",
    "--with-pending",
  );
  deepEqual(
    [within.code, within.stdout],
    [0, "3 messages (2 of them pending), 900 bytes, in /media/x\n"],
  );
  match(
    within.stderr,
    /^2 messages of yours in it are pending: as far as your node knows, no other has them\./,
  );
  match(within.stderr, /can conclude that the node that wrote it, yours,\nwrote them/);
  equal(/nothing in it says who wrote/.test(within.stderr), false);
  const json = await runIn(
    { pending: 2, answers },
    "capsule",
    "write",
    "/x",
    "--with-pending",
    "--json",
  );
  deepEqual([JSON.parse(json.stdout).pending, json.stdout.split("\n").length], [2, 2]);
  const none = await runIn({ answers }, "capsule", "write", "/media/x", "--with-pending");
  match(none.stderr, /^Whoever finds it learns/);
  const locked = await runIn(
    { answers, needKeys: ["identities"] },
    "capsule",
    "write",
    "/x",
    "--with-pending",
  );
  deepEqual([locked.code, locked.calls.filter((call) => /capsule/.test(`${call}`))], [3, []]);
});
