/**
 * What starting costs, and what a node costs that has nothing to do, with nobody else on the network:
 * how long a command takes that asks no node, and one that does; how long a node with 20,000 messages
 * needs until it is ready; memory and processor time of that node and of an empty one, idle. Process
 * start is included everywhere. Prints JSON; exits 1 when a goal is missed. Linux only.
 */
import { createVerifier } from "../src/keystore/mod.ts";
import { openStores } from "../src/store/mod.ts";
import { admit } from "../src/wire/admit.ts";
import { labelsOf, MAIN_NETWORK } from "../src/wire/labels.ts";
import type { AdmittedMessage } from "../src/wire/message.ts";
import { toSeconds, type UnixMs } from "../src/wire/time.ts";
import { Machine } from "../tests/e2e/harness/node.ts";
import { makePosts } from "./posts.ts";
import { cpuMs, memoryOf } from "./proc.ts";
import { V8_FLAGS } from "./v8_flags.ts";

const GOALS = { commandMs: 150, readyMs: 1_000, cpuPercent: 1, emptyRssMB: 90, rssMB: 120 };
const POSTS = { posts: 20_000, authors: 200 };
const COMMANDS = 20;
/** Until what a start leaves behind is done. */
const SETTLE_MS = 20_000;
const IDLE_MS = 60_000;
const labels = labelsOf(MAIN_NETWORK);
const verify = createVerifier();

await using empty = await Machine.make();
const alone = await measured(empty);
await using machine = await Machine.make();
await fill(machine.dataDir);
const full = await measured(machine);

const report = {
  version: alone.version,
  status: full.status,
  empty: alone.idle,
  full: { messages: POSTS.posts, ...full.idle },
  goals: GOALS,
};
await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(report, undefined, 2)}\n`));
const commands = [report.version, report.status].map(({ commandMs }) => commandMs);
const nodes = [report.empty, report.full];
const met = commands.every((ms) => ms < GOALS.commandMs) &&
  nodes.every(({ readyMs, cpuPercent }) =>
    readyMs < GOALS.readyMs && cpuPercent < GOALS.cpuPercent
  ) && report.empty.rssMB < GOALS.emptyRssMB && report.full.rssMB < GOALS.rssMB;
Deno.exitCode = met ? 0 : 1;

/** A node on a data folder: its start, commands without it and with it, then its idling. */
async function measured(machine: Machine): Promise<{
  readonly version: CommandTimes;
  readonly status: CommandTimes;
  readonly idle: {
    readonly readyMs: number;
    readonly rssMB: number;
    readonly cpuPercent: number;
  };
}> {
  const version = await timesOf(machine, ["version"]);
  const from = performance.now();
  await using node = await machine.start([], { env: V8_FLAGS });
  const readyMs = Math.round(performance.now() - from);
  const status = await timesOf(machine, ["status", "--json"]);
  await sleep(SETTLE_MS);
  const [cpuBefore, since] = [await cpuMs(node.process.pid), performance.now()];
  await sleep(IDLE_MS);
  const used = await cpuMs(node.process.pid) - cpuBefore;
  const cpuPercent = Math.round(10_000 * used / (performance.now() - since)) / 100;
  const { rssMB } = await memoryOf(node.process.pid);
  return { version, status, idle: { readyMs, rssMB, cpuPercent } };
}

/** How long a command takes, median and longest of some. */
interface CommandTimes {
  readonly commandMs: number;
  readonly slowestMs: number;
}

async function timesOf(machine: Machine, args: readonly string[]): Promise<CommandTimes> {
  const times: number[] = [];
  for (let n = 0; n < COMMANDS; n++) {
    const from = performance.now();
    const { code } = await machine.run(args, { env: V8_FLAGS });
    times.push(performance.now() - from);
    if (code !== 0) throw new Error(`${args.join(" ")} failed`);
  }
  times.sort((a, b) => a - b);
  const [commandMs, slowestMs] = [times[COMMANDS / 2], times.at(-1)];
  return { commandMs: Math.round(commandMs ?? NaN), slowestMs: Math.round(slowestMs ?? NaN) };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Puts the posts into a store as a node would have. */
async function fill(dir: string): Promise<void> {
  const messages = (await makePosts(POSTS)).map(admitted);
  const stores = await openStores({ dir, network: MAIN_NETWORK });
  const storedAt = toSeconds(Date.now() as UnixMs);
  for (let at = 0; at < messages.length; at += 1_000) {
    const batch = messages.slice(at, at + 1_000);
    await stores.public.putMessages(
      batch.map((message) => ({ message, freshness: 0, storedAt })),
    );
  }
  await stores.close();
}

function admitted(bytes: Uint8Array): AdmittedMessage {
  const verdict = admit(bytes, {
    labels,
    now: toSeconds(Date.now() as UnixMs),
    known: () => false,
    verify,
    extraStampBits: 0,
  });
  if (verdict.kind !== "accept") throw new Error("A post of the bench was refused");
  return verdict.message;
}
