/**
 * How fast posts come in: 20,000 distinct ones of 140 characters by 200 authors, the whole way from
 * bytes to disk (decode, every check of docs/PROTOCOL.md section 3, commits in `public.kv`), beside
 * the rate at which one core verifies their signatures and does nothing else. Prints one JSON
 * object; exits 1 when the ratio of the two is below the goal.
 *
 * `deno task bench [--posts N] [--dir FOLDER]`; the folder is on the disk that is measured.
 */
import { parseArgs } from "node:util";
import { createParallelVerifier } from "../src/keystore/mod.ts";
import { systemClock } from "../src/node/clock.ts";
import { Hub } from "../src/node/hub.ts";
import { Injector } from "../src/node/inject.ts";
import { SILENT } from "../src/node/log.ts";
import { openStores } from "../src/store/mod.ts";
import { RESULT } from "../src/wire/frame.ts";
import { labelsOf, MAIN_NETWORK } from "../src/wire/labels.ts";
import { makePosts } from "./posts.ts";
import { verifyRate } from "./verify_rate.ts";

const GOAL = 0.4;
const AUTHORS = 200;
/** Peers that bring messages at the same time, as many as a node dials. */
const PEERS = 4;
/** Messages that a peer hands over before it waits for their results. */
const AT_ONCE = 256;

const { values } = parseArgs({
  options: { posts: { type: "string", default: "20000" }, dir: { type: "string" } },
});
const posts = Number(values.posts);
const labels = labelsOf(MAIN_NETWORK);

const started = performance.now();
const messages = await makePosts({ posts, authors: AUTHORS });
const makingS = (performance.now() - started) / 1_000;

const before = verifyRate(messages);
const ingest = await ingestRate(messages);
const after = verifyRate(messages);
// The better of the two: a disturbed baseline would flatter the ratio.
const verifyPerSecond = Math.max(before, after);
const ratio = ingest.perSecond / verifyPerSecond;
const report = {
  posts,
  authors: AUTHORS,
  bytesPerPost: Math.round(messages.reduce((sum, { length }) => sum + length, 0) / posts),
  verifyPerSecond: Math.round(verifyPerSecond),
  ingestPerSecond: Math.round(ingest.perSecond),
  ratio: Math.round(ratio * 1_000) / 1_000,
  goal: GOAL,
  seconds: round(ingest.seconds),
  makingSeconds: round(makingS),
};
await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(report, undefined, 2)}\n`));
Deno.exit(ratio >= GOAL ? 0 : 1);

/** Bytes to disk, through the road that a peer's messages take. */
async function ingestRate(
  all: readonly Uint8Array[],
): Promise<{ perSecond: number; seconds: number }> {
  const dir = await Deno.makeTempDir({ prefix: "gossamer-bench-", ...dirOption() });
  try {
    const stores = await openStores({ dir, network: MAIN_NETWORK });
    const injector = new Injector({
      labels,
      store: stores.public,
      verify: createParallelVerifier(),
      clock: systemClock,
      hub: new Hub(),
      log: SILENT,
    });
    const from = performance.now();
    let next = 0;
    const peer = async (payer: string): Promise<void> => {
      while (next < all.length) {
        const chunk = all.slice(next, next += AT_ONCE);
        const results = await Promise.all(chunk.map((bytes) => injector.inject(bytes, { payer })));
        const refused = results.find(({ code }) => code !== RESULT.accepted);
        if (refused !== undefined) throw new Error(`A post was refused: code ${refused.code}`);
      }
    };
    await Promise.all(Array.from({ length: PEERS }, (_, n) => peer(`peer ${n}`)));
    const seconds = (performance.now() - from) / 1_000;
    if (stores.public.index.size !== all.length) throw new Error("Not every post was stored");
    await stores.close();
    return { perSecond: all.length / seconds, seconds };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function dirOption(): { dir?: string } {
  return values.dir === undefined ? {} : { dir: values.dir };
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
