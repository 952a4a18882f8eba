/**
 * How fast a node that was away catches up: two real nodes on loopback, one with 20,000 posts of 600
 * bytes by 200 authors, all stored hours ago.
 *
 * - The other has none: posts a second from the moment that it is told the address, beside the rate at
 *   which one core verifies signatures and does nothing else.
 * - The other lacks 100, the newest or scattered ones: time, and bytes on the wire in both directions,
 *   bodies and handshake included. Counting bytes takes processor time, so only here.
 *
 * Prints one JSON object; exits 1 when a goal is missed. `deno task bench:catch-up [--posts N]`; making
 * the posts takes minutes the first time, since each is stamped.
 */
import { parseArgs } from "node:util";
import { connectControl } from "../src/node/control_client.ts";
import { controlSocketPath } from "../src/node/control_socket.ts";
import { openStores } from "../src/store/mod.ts";
import { readStored } from "../src/wire/admit.ts";
import { labelsOf, MAIN_NETWORK } from "../src/wire/labels.ts";
import { asPublic } from "../src/wire/privacy.ts";
import { unixSeconds } from "../src/wire/time.ts";
import { Machine, QUIET } from "../tests/e2e/harness/node.ts";
import { startGossamer } from "../tests/e2e/harness/process.ts";
import { makePosts } from "./posts.ts";
import { cpuMs } from "./proc.ts";
import { V8_FLAGS } from "./v8_flags.ts";
import { verifyRate } from "./verify_rate.ts";
import { WireTap } from "./wire_tap.ts";

const GOALS = { ratio: 0.4, missingMs: 500, missingBytes: 120_000 };
const AUTHORS = 200;
/** Seconds between two posts of an author: a hundred of them reach back over two days. */
const SPACING_S = 2_000;
const MISSING = 100;
/** Seconds since the posts were stored; what came in the last minutes takes no part. */
const STORED_S = 7_200;
/** When a run is given up, in milliseconds. */
const DEADLINE_MS = 120_000;
/** Times that a node is asked for its progress while it catches up, more or less: asking costs it time. */
const POLLS = 40;

const { values } = parseArgs({ options: { posts: { type: "string", default: "20000" } } });
const count = Number(values.posts);
const labels = labelsOf(MAIN_NETWORK);
const posts = inOrder(
  await makePosts({ posts: count, authors: AUTHORS, width: 3, spacing: SPACING_S }),
);

await using full = await Machine.make();
await store(full, posts);
await using server = await start(full);

const before = verifyRate(posts);
const whole = await catchUp([], server.port);
const newest = await counted(posts.slice(0, -MISSING));
const step = Math.floor(count / MISSING);
const scattered = await counted(posts.filter((_, i) => i % step !== 0));
// The better of the two: a disturbed baseline would flatter the ratio.
const verifyPerSecond = Math.max(before, verifyRate(posts));
const postsPerSecond = count / (whole.ms / 1_000);
const report = {
  posts: count,
  authors: AUTHORS,
  bytesPerPost: Math.round(posts.reduce((sum, { length }) => sum + length, 0) / count),
  verifyPerSecond: Math.round(verifyPerSecond),
  postsPerSecond: Math.round(postsPerSecond),
  ratio: Math.round(1_000 * postsPerSecond / verifyPerSecond) / 1_000,
  whole,
  newest,
  scattered,
  goals: GOALS,
};
await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(report, undefined, 2)}\n`));
const met = report.ratio >= GOALS.ratio && newest.ms < GOALS.missingMs &&
  newest.bytes < GOALS.missingBytes;
Deno.exitCode = met ? 0 : 1;

/** As nodes order them: by time of creation, then by id. */
function inOrder(all: readonly Uint8Array[]): Uint8Array[] {
  const read = all.map((bytes) => ({ bytes, message: readStored(labels, asPublic(bytes)) }));
  return read
    .sort(({ message: a }, { message: b }) =>
      a.body.created - b.body.created || (a.id < b.id ? -1 : 1)
    )
    .map(({ bytes }) => bytes);
}

/** What a catch-up took. */
interface Took {
  /** Milliseconds from being told the address until everything was stored. */
  readonly ms: number;
  /** Milliseconds of processor time that the node which caught up took, on all its threads. */
  readonly cpuMs: number;
  /** The same of the node that served it. */
  readonly serverCpuMs: number;
}

/** The same, and bytes in both directions. */
async function counted(held: readonly Uint8Array[]): Promise<Took & { readonly bytes: number }> {
  await using tap = new WireTap(server.port);
  const took = await catchUp(held, tap.port);
  return { ...took, bytes: tap.bytes };
}

/** Lets a node that has these posts meet, at a port, the one that has them all. */
async function catchUp(held: readonly Uint8Array[], port: number): Promise<Took> {
  await using machine = await Machine.make();
  await store(machine, held);
  const servedBefore = await server.cpuMs();
  await using node = await start(machine);
  const cpuBefore = await node.cpuMs();
  const control = await connectControl(controlSocketPath(machine.dataDir));
  if (control === undefined) throw new Error("The node has no socket");
  const began = performance.now();
  try {
    await control.call("join", { locator: `g:?a=127.0.0.1:${port}`, follow: false });
    for (;;) {
      const { messages } = await control.call("status", {});
      const ms = performance.now() - began;
      if (messages >= posts.length) {
        const cpuMs = await node.cpuMs() - cpuBefore;
        const serverCpuMs = await server.cpuMs() - servedBefore;
        return { ms: Math.round(ms), cpuMs, serverCpuMs };
      }
      if (ms > DEADLINE_MS) throw new Error(`Only ${messages} posts after ${DEADLINE_MS} ms`);
      await new Promise((resolve) => setTimeout(resolve, Math.max(5, ms / POLLS)));
    }
  } finally {
    await control.close();
  }
}

async function store(machine: Machine, all: readonly Uint8Array[]): Promise<void> {
  const stores = await openStores({ dir: machine.dataDir, network: MAIN_NETWORK });
  const storedAt = unixSeconds(Math.floor(Date.now() / 1_000) - STORED_S);
  for (let at = 0; at < all.length; at += 1_000) {
    await stores.public.putMessages(
      all.slice(at, at + 1_000).map((bytes) => ({
        message: readStored(labels, asPublic(bytes)),
        freshness: 0,
        storedAt,
      })),
    );
  }
  await stores.close();
}

/** A node that runs. */
interface Started extends AsyncDisposable {
  readonly port: number;
  /** Processor time since its start, in milliseconds. */
  cpuMs(): Promise<number>;
}

/** Starts a node as its users do, and waits until it listens. */
async function start({ dataDir }: Machine): Promise<Started> {
  const node = await startGossamer(["node", ...QUIET], { dataDir, env: V8_FLAGS });
  const port = await node.stdout.find((line) => /^Listening on port (\d+)/.exec(line)?.[1], {
    what: "port",
  });
  return {
    port: Number(port),
    cpuMs: () => cpuMs(node.pid),
    [Symbol.asyncDispose]: () => node.kill(),
  };
}
