import assert from "node:assert/strict";
import { drawProgress, type Progress } from "../../src/cli/progress.ts";
import { runIn, type World } from "./fakes.ts";

interface Bench {
  readonly progress: Progress;
  /** What was written since the last look. */
  readonly seen: () => Promise<readonly string[]>;
  /** Lets time pass and a frame be drawn. */
  readonly at: (ms: number) => void;
  readonly running: () => boolean;
}

function bench(columns = 80): Bench {
  let time = 1_000_000;
  let call: (() => void) | undefined;
  const written: string[] = [];
  const progress = drawProgress("Working", {
    write: (text) => {
      written.push(text);
      return Promise.resolve();
    },
    columns: () => columns,
    now: () => time,
    every: (_ms, tick) => {
      call = tick;
      return () => call = undefined;
    },
  });
  return {
    progress,
    seen: async () => {
      for (let i = 0; i < 5; i++) await Promise.resolve();
      return written.splice(0);
    },
    at: (ms) => {
      time = 1_000_000 + ms;
      call?.();
    },
    running: () => call !== undefined,
  };
}

const CLEAR = "\r\x1b[K";

Deno.test("what is done in half a second shows nothing", async () => {
  const { progress, seen, at, running } = bench();
  at(125);
  at(499);
  await progress.end();
  assert.deepEqual(await seen(), []);
  assert.equal(running(), false);
});

Deno.test("without a known share it shows life and seconds, with one a bar, and takes the line away", async () => {
  const { progress, seen, at } = bench();
  at(500);
  at(625);
  assert.deepEqual(await seen(), [`${CLEAR}| Working, 0 s`, `${CLEAR}/ Working, 0 s`]);
  progress.at({ detail: "12 messages" });
  at(2_999);
  assert.deepEqual(await seen(), [`${CLEAR}- Working, 12 messages, 2 s`]);
  for (
    const [share, bar] of [[0.5, "[##########----------]  50%"], [
      1.1,
      `[${"#".repeat(20)}] 100%`,
    ]] as const
  ) {
    progress.at({ share });
    at(3_000);
    assert.deepEqual(await seen(), [`${CLEAR}${bar} Working, 3 s`]);
  }
  await progress.end();
  at(4_000);
  assert.deepEqual(await seen(), [CLEAR]);
});

Deno.test("a question has the terminal to itself", async () => {
  const { progress, seen, at } = bench();
  at(600);
  await seen();
  await progress.aside(async () => {
    assert.deepEqual(await seen(), [CLEAR]);
    at(5_000);
    assert.deepEqual(await seen(), []);
  });
  at(6_000);
  assert.equal((await seen()).length, 1);
  await assert.rejects(progress.aside(() => Promise.reject(new Error("x"))));
  at(7_000);
  assert.equal((await seen()).length, 2, "cleared for the question, drawn after it");
});

Deno.test("a line is never wider than the terminal, and details play no tricks", async () => {
  const { progress, seen, at } = bench(20);
  progress.at({ detail: "\x1b[2J wide wide wide wide" });
  at(600);
  const [line = ""] = await seen();
  assert.equal(line.slice(CLEAR.length).length, 19);
  assert.equal(line.lastIndexOf("\x1b"), CLEAR.indexOf("\x1b"));
});

Deno.test("simulate shows it on a terminal only, and not with --quiet or --json", async () => {
  // Far longer than it is given.
  const args = ["simulate", "--nodes", "500", "--runs", "100", "--seed", "1", "--rate", "2"];
  const shown = async (world: World, ...more: string[]): Promise<boolean> => {
    const { stderr } = await runIn(
      { ...world, interrupt: AbortSignal.timeout(900) },
      ...args,
      ...more,
    );
    assert.match(stderr, /Stopped before a run was finished/);
    return stderr.includes("Simulating, run 1 of 100");
  };
  assert.equal(await shown({ terminal: true }), true);
  assert.equal(await shown({}), false);
  assert.equal(await shown({ terminal: true }, "--quiet"), false);
  assert.equal(await shown({ terminal: true }, "--json"), false);
  assert.equal(await shown({ terminal: true, env: { TERM: "dumb" } }), false);
});

Deno.test("a node that catches up says how many came, and nothing of a few", async () => {
  const emitted = async (count: number): Promise<string> => {
    const id = "ab".repeat(32);
    const { stderr } = await runIn({
      terminal: true,
      runNode: async (_options, { emit }) => {
        for (let i = 0; i < count; i++) emit({ event: "message", id });
        // Longer than the line waits before it is drawn.
        await new Promise((resolve) => setTimeout(resolve, 800));
        emit({ event: "stopped" });
      },
    }, "node");
    return stderr;
  };
  assert.doesNotMatch(await emitted(31), /Catching up/);
  const many = await emitted(32);
  assert.match(many, /Catching up, 32 messages so far, 0 s/);
  assert.ok(many.endsWith(CLEAR), "the line is gone at the end");
});
