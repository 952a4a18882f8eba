/**
 * What a node writes to its disk, in bytes, as the kernel counts them: idle with a peer, locked and
 * unlocked, and for each message that comes. Two real nodes on this machine; eleven minutes, since what can
 * be lost is written every five. Prints JSON, with what that makes in a day: idle is measured over one such
 * period and multiplied, messages come one by one, so that none shares a commit with another. Linux only.
 */
import { NOTES_MS } from "../src/node/remember.ts";
import { Machine, type RunningNode } from "../tests/e2e/harness/node.ts";
import { writtenBy } from "./proc.ts";
import { V8_FLAGS } from "./v8_flags.ts";

const POSTS = 30;
/** Between two posts: longer than what is stored together. */
const PAUSE_MS = 3_000;
/** Until what a start leaves behind is done: an unlocked node writes its letters for four minutes. */
const SETTLE_MS = 270_000;
const DAY_MS = 86_400_000;

await using reader = await Machine.make();
await using author = await Machine.make();
await author.identity("Ada");
const relay = await reader.start([], { env: V8_FLAGS });
const address = `127.0.0.1:${await relay.port()}`;
const speaker = await author.start(["--unlock", "--eager", "--join", `g:?a=${address}`], {
  unlock: true,
  env: V8_FLAGS,
});
await sleep(SETTLE_MS);
const [locked, unlocked] = await Promise.all([relay, speaker].map(idle));
const perMessage = await receiving();

const mb = (bytes: number): number => Math.round(bytes / 1e5) / 10;
const idleDay = (locked ?? NaN) * DAY_MS / NOTES_MS;
const report = {
  idleMBPerDay: { locked: mb(idleDay), unlocked: mb((unlocked ?? NaN) * DAY_MS / NOTES_MS) },
  bytesPerMessage: Math.round(perMessage),
  relayMBPerDay: {
    "1,000 messages": mb(idleDay + 1_000 * perMessage),
    "10,000 messages": mb(idleDay + 10_000 * perMessage),
  },
};
await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(report, undefined, 2)}\n`));

/** Bytes written in one period of the notes. */
async function idle({ process }: RunningNode): Promise<number> {
  const before = await writtenBy(process.pid);
  await sleep(NOTES_MS);
  return await writtenBy(process.pid) - before;
}

/** Bytes that the relay writes for a message, less what it writes anyway. */
async function receiving(): Promise<number> {
  const before = await writtenBy(relay.process.pid);
  const from = performance.now();
  for (let n = 0; n < POSTS; n++) {
    const { id } = await author.object(["post", `Post number ${n} of the bench of writes`]);
    await relay.event("message", (event) => event["id"] === id);
    await sleep(PAUSE_MS);
  }
  const anyway = (locked ?? NaN) * (performance.now() - from) / NOTES_MS;
  return (await writtenBy(relay.process.pid) - before - anyway) / POSTS;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
