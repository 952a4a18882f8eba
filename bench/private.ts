/**
 * What private messages of others cost a node that holds an identity: trial decryptions a second on one
 * core, by size, and the share of a core that the schedule of a running node takes while thousands wait to
 * be tried, which is the most by which it can slow what the node relays.
 *
 * Prints one JSON object; exits 1 when a goal is missed. `deno task bench:private [--messages N]`.
 */
import { parseArgs } from "node:util";
import process from "node:process";
import { encodeKeyBundle, Keyring, PrivateBox, publicKeyOf, Secret } from "../src/keystore/mod.ts";
import { SILENT } from "../src/node/log.ts";
import { PrivateMessages } from "../src/node/private_messages.ts";
import { scheduleTrials } from "../src/node/trial_schedule.ts";
import { Keys } from "../src/node/keys.ts";
import { openMemoryStores } from "../src/store/mod.ts";
import { labelsOf, MAIN_NETWORK } from "../src/wire/labels.ts";
import { Private } from "../src/wire/privacy.ts";
import { encodeSealed, SEALED_SUITE } from "../src/wire/sealed_message.ts";
import { unixSeconds } from "../src/wire/time.ts";
import { fresh, keyOf, stored } from "../tests/store/support.ts";

const GOALS = { decryptionsPerSecond: 1_000, cpuShare: 0.05 };
const SIZES = [1_040, 4_112, 16_400, 49_168];
/** How long the schedule is watched, in milliseconds. */
const WATCHED_MS = 12_000;

const { values } = parseArgs({ options: { messages: { type: "string", default: "4000" } } });
const count = Number(values.messages);
const labels = labelsOf(MAIN_NETWORK);

const decryptionsPerSecond: Record<string, number> = {};
for (const size of SIZES) decryptionsPerSecond[size] = await decryptions(size);
const schedule = await watchSchedule();
const report = { messages: count, decryptionsPerSecond, schedule, goals: GOALS };
await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(report, undefined, 2)}\n`));
const met = (decryptionsPerSecond["1040"] ?? 0) >= GOALS.decryptionsPerSecond &&
  schedule.cpuShare < GOALS.cpuShare;
Deno.exit(met ? 0 : 1);

/** Outer layers tried in vain a second of processor time, all threads counted. */
async function decryptions(size: number): Promise<number> {
  const seed = Secret.take(new Uint8Array(32).fill(1));
  const box = new PrivateBox(seed.use(publicKeyOf), seed);
  const sealed = foreign(size);
  const tries = size > 16_400 ? 500 : 2_000;
  const run = async (): Promise<number> => {
    const before = process.cpuUsage();
    for (let n = 0; n < tries; n++) {
      const inner = await box.openOuter(sealed, { labels, oneTimeKey: keyOf(n) });
      if (inner !== undefined) throw new Error("It opened");
    }
    const { user, system } = process.cpuUsage(before);
    return Math.round(tries / ((user + system) / 1e6));
  };
  await run();
  return await run();
}

/** The share of one core that a running node's schedule takes while there is always something to try. */
async function watchSchedule(): Promise<
  { trials: number; seconds: number; idleCpuShare: number; cpuShare: number }
> {
  const stores = await openMemoryStores(MAIN_NETWORK);
  const messages = Array.from({ length: count }, (_, n) => {
    const created = unixSeconds(1_800_000_000 - n % 400 * 3_600);
    return stored(keyOf(n), { kind: "private", created, sealed: foreign(1_040) });
  });
  await stores.public.putMessages(fresh(messages));
  const keys = new Keys(stores.private);
  const seed = Secret.take(new Uint8Array(32).fill(1));
  const entry = {
    seed,
    created: unixSeconds(0),
    name: new Private("bench"),
    heir: new Uint8Array(32),
  };
  const storeKey = Secret.take(new Uint8Array(32).fill(2));
  using keyring = new Keyring({ storeKey, entries: [entry] });
  await keys.unlock(encodeKeyBundle(keyring));
  const isKnown = (): Promise<boolean> => Promise.resolve(false);
  const mail = new PrivateMessages({ labels, store: stores.public, keys, isKnown });
  await mail.load();
  const idleCpuShare = await shareOf(() => {});
  let stop = (): void => {};
  const cpuShare = await shareOf(() => {
    const every = (ms: number, f: () => void): () => void => {
      const timer = setInterval(f, ms);
      return () => clearInterval(timer);
    };
    stop = scheduleTrials(mail, { every, log: SILENT });
  });
  stop();
  const { trials } = mail;
  if (trials === count) throw new Error("Nothing was left to try: give more --messages");
  keys.lock();
  await stores.close();
  return { trials, seconds: WATCHED_MS / 1_000, idleCpuShare, cpuShare };
}

async function shareOf(start: () => void): Promise<number> {
  const before = process.cpuUsage();
  start();
  await new Promise((resolve) => setTimeout(resolve, WATCHED_MS));
  const { user, system } = process.cpuUsage(before);
  return Math.round((user + system) / WATCHED_MS) / 1_000;
}

/** A private message to somebody else. */
function foreign(size: number): Uint8Array {
  const enc = crypto.getRandomValues(new Uint8Array(32));
  const ct = new Uint8Array(size);
  return encodeSealed({ suite: SEALED_SUITE, enc, ct });
}
