import assert from "node:assert/strict";
import type { StatusView } from "../../src/node/api.ts";
import { renderWatch, type Watched, watchLine } from "../../src/cli/render_watch.ts";
import { activityView } from "../node/activity_helpers.ts";
import { type Outcome, runIn, statusView, type World } from "./fakes.ts";

const AT = 1_795_000_040;

function watched(given: Partial<StatusView> = {}, before?: StatusView): Watched {
  const activity = given.activity ?? activityView();
  return { now: statusView({ activity, ...given }), activity, before, at: AT };
}

function row(lines: readonly string[], name: string): string {
  return lines.find((line) => line.startsWith(`${name} `))?.slice(11) ?? "";
}

Deno.test("the live view has exchanges, novelty, budgets, disk, coverage, clock, memory and uptime", () => {
  const clock = { standing: "disagrees", ahead: -7_200, groups: 6 } as const;
  const lines = renderWatch(watched({ clock, warnings: ["A\x1b[2J"] }), 300);
  assert.equal(row(lines, "node"), "running for 1 h 1 min; 90 MB of memory, 20 MB of it heap");
  assert.equal(row(lines, "peers"), "2 known, 3 connections open");
  assert.equal(row(lines, "exchanges"), "5 completed, 1 failed; 2 in, 3 out");
  assert.equal(row(lines, "novelty"), "25% of 16 messages offered were new to the peer");
  assert.equal(
    row(lines, "budgets"),
    "5 prefixes in, 6 dialled; the busiest: messages used up by 1, addresses used up by 1, " +
      "statements 40% left, sync used up by 2",
  );
  assert.equal(row(lines, "disk"), "2.0 MB of 5.0 GB, 3 messages");
  assert.equal(
    row(lines, "coverage"),
    "compared with a peer 40 s ago: nothing was missing 17 min ago; in the last hour 2 of 3 found " +
      "nothing missing, 7 came",
  );
  assert.equal(row(lines, "clock"), "others disagree: set it (2 h 0 min behind 6 groups)");
  assert.match(lines.at(-1) ?? "", /^warning: A/);
  assert.ok(!lines.join("").includes("\x1b"));
});

Deno.test("what came since the last look is shown, and what isn't known is said to be so", () => {
  const before = statusView({});
  const exchanges = { ...before.exchanges, completed: 8, received: 9 };
  const lines = renderWatch(watched({ exchanges }, before), 300);
  assert.match(row(lines, "exchanges"), /^8 completed \(\+3\), 1 failed;/);
  assert.match(row(lines, "received"), /^9 \(\+2\) by exchanges/);
  const none = { finished: 0, complete: 0, received: 0 };
  const activity = activityView({
    offeredKnown: 0,
    coverage: { finished: null, complete: null, lastHour: none },
  });
  const fresh = renderWatch(
    watched({
      activity,
      exchanges: { ...before.exchanges, delivered: 0 },
      clock: { standing: "own", ahead: 0, groups: 0 },
    }),
    300,
  );
  assert.equal(row(fresh, "novelty"), "nothing was offered to peers yet");
  assert.equal(row(fresh, "coverage"), "not compared with any peer yet");
  assert.equal(row(fresh, "clock"), "this machine's; nobody contradicts (no other heard)");
});

Deno.test("what is too long for the terminal goes on in the next line", () => {
  for (const width of [40, 80]) {
    const lines = renderWatch(watched({ warnings: ["word ".repeat(40)] }), width);
    for (const line of lines) assert.ok(line.length <= width, line);
    const at = lines.findIndex((line) => line.startsWith("budgets"));
    assert.match(lines[at + 1] ?? "", /^ {11}\S/);
    assert.ok(lines.join(" ").replace(/\s+/g, " ").includes("sync used up by 2"));
  }
});

Deno.test("a line for a file has the same in names and numbers, and names nobody", () => {
  const line = watchLine(watched({ addresses: ["203.0.113.9:1"], network: "garden" }));
  assert.match(line, /^uptime=3700 peers=2 connections=3 completed=5 /);
  assert.match(line, / received=97 delivered=12 refused=2 novelty=0\.25 exhausted=4 /);
  assert.match(line, / clock=agreed memory=90000000 warnings=0$/);
  assert.doesNotMatch(line, /203|garden/);
});

/** Watches until the node was asked three times. */
async function watchThree(world: World, ...more: string[]): Promise<Outcome> {
  const interrupt = new AbortController();
  let asked = 0;
  const status = (): StatusView => {
    asked++;
    if (asked === 3) interrupt.abort();
    return statusView({ activity: activityView(), uptime: asked });
  };
  const args = ["status", "--watch", "--interval", "1", ...more];
  return await runIn({ ...world, answers: { status }, interrupt: interrupt.signal }, ...args);
}

Deno.test("status --watch draws in place on a terminal, no wider and no higher, and gives the cursor back", async () => {
  const { code, stdout } = await watchThree({ columns: 60, rows: 6 });
  assert.equal(code, 0);
  assert.ok(stdout.startsWith("\x1b[?25l") && stdout.endsWith("\x1b[?25h"));
  const frames = stdout.slice(6, -6).split("\x1b[5A\r\x1b[J");
  assert.equal(frames.length, 3);
  for (const [i, frame] of frames.entries()) {
    const lines = frame.split("\n");
    assert.equal(lines.length, 6, "five lines and the end of the last");
    for (const line of lines) assert.ok(line.length <= 59, line);
    assert.match(frame, new RegExp(`running for ${i + 1} s`));
  }
});

Deno.test("status --watch prints a line each time elsewhere, and JSON lines with --json", async () => {
  for (const world of [{}, { columns: 80, env: { TERM: "dumb" } }]) {
    const { stdout } = await watchThree(world);
    const lines = stdout.trimEnd().split("\n");
    assert.deepEqual(lines.map((line) => /uptime=(\d)/.exec(line)?.[1]), ["1", "2", "3"]);
    assert.ok(!stdout.includes("\x1b"));
    assert.match(lines[0] ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ uptime=/);
  }
  for (const world of [{}, { columns: 80 }]) {
    const { stdout } = await watchThree(world, "--json");
    const values = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(values.map(({ uptime }) => uptime), [1, 2, 3]);
    assert.ok(values.every(({ time, activity }) => time > 1e9 && activity.connections === 3));
  }
});

Deno.test("status --watch needs a node, also later on, and then gives the cursor back too", async () => {
  const none = await runIn({ running: false }, "status", "--watch");
  assert.equal(none.code, 4);
  const gone = await runIn(
    {
      columns: 80,
      answers: {
        status: () => {
          throw new Error("gone");
        },
      },
    },
    "status",
    "--watch",
  );
  assert.equal(gone.code, 1);
  assert.ok(gone.stdout.endsWith("\x1b[?25h"));
  for (
    const args of [["--interval", "5"], ["--watch", "--interval", "0"], [
      "--watch",
      "--interval",
      "3601",
    ]]
  ) {
    assert.equal((await runIn({}, "status", ...args)).code, 2, args.join(" "));
  }
});
