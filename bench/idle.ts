/**
 * What a node costs that has much to keep and little to do: 20,000 messages on disk, nobody else on
 * the network. Prints the time until it is ready, its memory, and how long a command against it
 * takes, process start included; exits 1 when a goal is missed. Linux only.
 */
import { createVerifier } from "../src/keystore/mod.ts";
import { openStores } from "../src/store/mod.ts";
import { admit } from "../src/wire/admit.ts";
import { labelsOf, MAIN_NETWORK } from "../src/wire/labels.ts";
import type { AdmittedMessage } from "../src/wire/message.ts";
import { toSeconds, type UnixMs } from "../src/wire/time.ts";
import { Machine } from "../tests/e2e/harness/node.ts";
import { makePosts } from "./posts.ts";
import { memoryOf } from "./proc.ts";
import { V8_FLAGS } from "./v8_flags.ts";

const GOALS = { readyMs: 1_000, rssMB: 120, commandMs: 150 };
const POSTS = { posts: 20_000, authors: 200 };
const COMMANDS = 20;
const labels = labelsOf(MAIN_NETWORK);
const verify = createVerifier();

await using machine = await Machine.make();
await fill(machine.dataDir);

let from = performance.now();
const node = await machine.start([], { env: V8_FLAGS });
const readyMs = performance.now() - from;

const times: number[] = [];
for (let n = 0; n < COMMANDS; n++) {
  from = performance.now();
  const { code } = await machine.run(["status", "--json"]);
  times.push(performance.now() - from);
  if (code !== 0) throw new Error("status failed");
}
times.sort((a, b) => a - b);

const report = {
  messages: POSTS.posts,
  readyMs: Math.round(readyMs),
  rssMB: (await memoryOf(node.process.pid)).rssMB,
  commandMs: Math.round(times[COMMANDS / 2] ?? NaN),
  slowestCommandMs: Math.round(times.at(-1) ?? NaN),
  goals: GOALS,
};
await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(report, undefined, 2)}\n`));
const met = report.readyMs < GOALS.readyMs && report.rssMB < GOALS.rssMB &&
  report.commandMs < GOALS.commandMs;
Deno.exitCode = met ? 0 : 1;

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
