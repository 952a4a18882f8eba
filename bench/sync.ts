/**
 * What it costs to reconcile a million ids that differ in a hundred, beside what it costs the
 * reference's TypeScript to only build its vector of them; and the dearest messages that a hostile
 * peer can send. Prints one JSON object; exits 1 when a goal isn't reached.
 *
 * `deno task bench:sync [--ids N]`
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { nip77 } from "nostr-tools";
import { bytesToHex } from "@noble/hashes/utils.js";
import { mergeItems, seededRng, SyncTree } from "../src/gossip/mod.ts";
import { LIFETIME_S } from "../src/wire/limits.ts";
import { initiate, reconcile, respond, type SyncItems } from "../src/wire/negentropy.ts";
import { hostileMessages } from "./sync_hostile.ts";
import { BenchColumns } from "./sync_columns.ts";

/** Of what the reference spends on building, what ours may spend on all of a reconciliation. */
const GOAL = 0.1;
/** Bytes for each id besides the columns. */
const GOAL_BYTES = 8;
const DIFFERENCES = 100;
const CHANGES = 100_000;
const ALL = { from: 0, to: Infinity };

const { values } = parseArgs({ options: { ids: { type: "string", default: "1000000" } } });
const ids = Number(values.ids);
const rng = seededRng(1);
const columns = new BenchColumns(ids + DIFFERENCES, { rng, seconds: LIFETIME_S });
const half = DIFFERENCES / 2;
const shared = Uint32Array.from({ length: ids }, (_, slot) => slot);
const onlyOurs = shared.slice(0, half).map((slot) => ids + slot);
const onlyTheirs = onlyOurs.map((slot) => slot + half);

const building = measured(() => {
  const tree = new SyncTree(columns);
  tree.addAll(shared);
  return tree;
});
const ours = building.result;
const theirs = new SyncTree(columns);
theirs.addAll(shared);
ours.addAll(onlyOurs);
theirs.addAll(onlyTheirs);

reconciled(ours, theirs);
const exchange = measured(() => reconciled(ours, theirs));
const twoSets = halves();
reconciled(twoSets, theirs);
const merged = measured(() => reconciled(twoSets, theirs));
const changing = measured(changed);
const hostile = { oneSet: hostileMessages(ours), twoSets: hostileMessages(twoSets) };
const reference = measured(() => {
  const vector = new nip77.NegentropyStorageVector();
  for (const slot of shared) vector.insert(columns.createdOf(slot), bytesToHex(columns.idOf(slot)));
  vector.seal();
  return vector;
});

const cpuRatio = exchange.cpuMs / reference.cpuMs;
const memoryRatio = building.bytes / reference.bytes;
const bytesPerId = building.bytes / ids;
const report = {
  ids,
  differences: DIFFERENCES,
  tree: {
    addAllCpuMs: round(building.cpuMs),
    bytesPerId: round(bytesPerId),
    addOrRemoveMicroseconds: round(changing.cpuMs * 1_000 / (2 * CHANGES)),
  },
  reconciliation: { cpuMsBothSides: round(exchange.cpuMs), ...exchange.result },
  ofTwoSetsInOne: { cpuMsBothSides: round(merged.cpuMs), ...merged.result },
  hostile,
  reference: {
    buildCpuMs: round(reference.cpuMs),
    bytesPerId: round(reference.bytes / ids),
    size: reference.result.size(),
  },
  cpuRatio: round(cpuRatio),
  memoryRatio: round(memoryRatio),
  goal: { ratio: GOAL, bytesPerId: GOAL_BYTES },
};
await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(report, undefined, 2)}\n`));
Deno.exit(cpuRatio <= GOAL && memoryRatio <= GOAL && bytesPerId <= GOAL_BYTES ? 0 : 1);

/** A whole reconciliation, both sides. */
function reconciled(a: SyncItems, b: SyncItems): Record<string, number> {
  let [have, need, messages, bytes] = [0, 0, 0, 0];
  const differences = { have: (): void => void have++, need: (): void => void need++ };
  let message: Uint8Array | undefined = initiate(a, ALL);
  while (message !== undefined) {
    const answer = respond(b, ALL, message);
    messages += 2;
    bytes += message.length + answer.length;
    message = reconcile(a, ALL, answer, differences);
  }
  return { have, need, messages, bytes };
}

/** Our ids as two trees, stored and remembered ones. */
function halves(): SyncItems {
  const [a, b] = [new SyncTree(columns), new SyncTree(columns)];
  a.addAll(shared.filter((slot) => slot % 2 === 0));
  b.addAll(shared.filter((slot) => slot % 2 === 1));
  return mergeItems(a, b);
}

/** Takes ids out anywhere and puts them back. */
function changed(): void {
  const slots = Array.from({ length: CHANGES }, () => Math.floor(rng.next() * ids));
  for (const slot of slots) ours.remove(slot);
  for (const slot of slots) ours.add(slot);
}

/** What something costs: CPU time of the whole process, and bytes that are left over. */
function measured<T>(make: () => T): { result: T; cpuMs: number; bytes: number } {
  const before = heldBytes();
  const start = process.cpuUsage();
  const result = make();
  const { user, system } = process.cpuUsage(start);
  return { result, cpuMs: (user + system) / 1_000, bytes: heldBytes() - before };
}

function heldBytes(): number {
  const gc: unknown = Reflect.get(globalThis, "gc");
  if (typeof gc !== "function") throw new Error("Run it by deno task bench:sync: it needs gc()");
  gc();
  gc();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
