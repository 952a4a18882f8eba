/**
 * What messages cost a node that keeps them: time to start, and memory, with 100,000 and with a million.
 * Real processes, started as the task `node` starts one, alone on the network. Prints one JSON object;
 * exits 1 when a goal is missed. Linux only.
 *
 * `deno task bench:memory [--messages N,N…]`.
 */
import { parseArgs } from "node:util";
import { Machine } from "../tests/e2e/harness/node.ts";
import { fill } from "./fill.ts";
import { memoryOf } from "./proc.ts";
import { V8_FLAGS } from "./v8_flags.ts";

interface Goal {
  readonly messages: number;
  readonly rssMB: number;
  readonly readyMs: number;
}

/** The goals of the project; a start with a million has none of its own. */
const GOALS: readonly Goal[] = [
  { messages: 100_000, rssMB: 150, readyMs: 1_500 },
  { messages: 1_000_000, rssMB: 400, readyMs: Infinity },
];
const AUTHORS = 2_000;
/** How long the node is left alone before its memory is read, in milliseconds. */
const SETTLE_MS = 5_000;

const { values } = parseArgs({
  options: { messages: { type: "string", default: "100000,1000000" } },
});

const runs = [];
for (const messages of values.messages.split(",").map(Number)) runs.push(await measure(messages));
await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(runs, undefined, 2)}\n`));
Deno.exitCode = runs.every(({ met }) => met) ? 0 : 1;

async function measure(messages: number): Promise<Record<string, unknown> & { met: boolean }> {
  await using machine = await Machine.make();
  await fill({ dir: machine.dataDir, messages, authors: AUTHORS });
  const from = performance.now();
  const node = await machine.start([], { env: V8_FLAGS });
  const readyMs = Math.round(performance.now() - from);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const { rssMB, peakMB } = await memoryOf(node.process.pid);
  const goal = GOALS.find((one) => one.messages === messages);
  const met = goal === undefined || rssMB < goal.rssMB && readyMs < goal.readyMs;
  return { messages, readyMs, rssMB, peakMB, goal, met };
}
