/**
 * The web page of a real node with 100,000 messages of 2,000 authors, of whom 500 are followed: how long
 * a page of 50 posts takes, how much a browser needs to paint it, and how long a new post takes to an open
 * page. Prints one JSON object; exits 1 when a goal is missed. Linux only.
 *
 * `deno task bench:web [--messages N]`.
 */
import { parseArgs } from "node:util";
import { connectControl } from "../src/node/control_client.ts";
import { controlSocketPath } from "../src/node/control_socket.ts";
import type { Backend } from "../src/node/api.ts";
import { formatLocator } from "../src/wire/locator.ts";
import { MAIN_NETWORK } from "../src/wire/labels.ts";
import { Machine } from "../tests/e2e/harness/node.ts";
import { authorKey, fill } from "./fill.ts";
import { memoryOf } from "./proc.ts";
import { V8_FLAGS } from "./v8_flags.ts";

const GOALS = { renderMs: 30, firstPaintBytes: 60_000, newPostMs: 300 };
const AUTHORS = 2_000;
const FOLLOWED = 500;
/** As many as fit into a locator. */
const AT_ONCE = 25;
const TIMES = 20;

const { values } = parseArgs({ options: { messages: { type: "string", default: "100000" } } });
const messages = Number(values.messages);

await using machine = await Machine.make();
const me = await machine.identity("me");
await fill({ dir: machine.dataDir, messages, authors: AUTHORS, mentioned: me });
await using running = await machine.start(["--unlock"], { env: V8_FLAGS, unlock: true });
const node = await connectControl(controlSocketPath(machine.dataDir));
if (node === undefined) throw new Error("no node");
for (let n = 0; n < FOLLOWED; n += AT_ONCE) await follow(node, n);

const before = await memoryOf(running.process.pid);
const { link } = await node.call("web", {});
const signedIn = await fetch(link);
await signedIn.body?.cancel();
const { origin } = new URL(link);
const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
const first = await page("/");
const assets = [...first.text.matchAll(/(?:href|src)="(\/assets\/[^"]+\.(?:css|svg))"/g)];
const weights = await Promise.all(assets.map(([, path = ""]) => page(path)));
const api = await times(() => node.call("timeline", { limit: 51, all: false }));
const whole = await times(() => page("/"));
const report = {
  messages,
  followed: FOLLOWED,
  goals: GOALS,
  posts: first.text.split("<article").length - 1,
  /** Request to last byte; `apiMs` of it is the node's own answer on the control socket. */
  pageMs: whole,
  apiMs: api,
  everythingMs: await times(() => page("/everything")),
  /** Page, style sheet and icon, as a browser gets them, and before they are compressed. */
  firstPaintBytes: sum(weights.map(({ gzipped }) => gzipped)) + first.gzipped,
  firstPaintPlainBytes: sum(weights.map(({ bytes }) => bytes)) + first.bytes,
  newPostMs: await newPost(),
  memory: { before, withPage: await memoryOf(running.process.pid) },
};
await node.close();
await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(report, undefined, 2)}\n`));
Deno.exitCode = report.pageMs.medianMs < GOALS.renderMs &&
    report.firstPaintBytes < GOALS.firstPaintBytes && report.newPostMs < GOALS.newPostMs
  ? 0
  : 1;

/** From the answer to `post` until an open page has it. */
async function newPost(): Promise<number> {
  const gone = new AbortController();
  const stream = await fetch(`${origin}/events?all=true`, {
    headers: { cookie },
    signal: gone.signal,
  });
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  const stored = running.event("message", () => true, { timeoutMs: 60_000 }).then(() =>
    performance.now()
  );
  await using other = await Machine.make();
  await other.identity("other");
  await using _second = await other.start(["--unlock", "--eager", "--join", await locator()], {
    unlock: true,
  });
  await other.object(["post", "News"]);
  for (let text = ""; !text.includes("News");) text += (await reader.read()).value ?? "";
  const shown = performance.now();
  gone.abort();
  return Math.round((shown - await stored) * 10) / 10;
}

async function locator(): Promise<string> {
  return (await node!.call("locator", {
    identities: [],
    noIdentity: true,
    addresses: [`127.0.0.1:${await running.port()}`],
  })).locator;
}

interface Got {
  readonly text: string;
  readonly bytes: number;
  readonly gzipped: number;
}

async function page(path: string): Promise<Got> {
  const headers = { cookie, "accept-encoding": "identity" };
  const response = await fetch(`${origin}${path}`, { headers });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  const bytes = new TextEncoder().encode(text);
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  const gzipped = (await new Response(packed).bytes()).length;
  return { text, bytes: bytes.length, gzipped };
}

async function follow(node: Backend, from: number): Promise<void> {
  const identities = Array.from({ length: AT_ONCE }, (_, i) => ({ key: authorKey(from + i) }));
  const target = formatLocator({ addresses: [], identities, starters: [], network: MAIN_NETWORK });
  await node.call("follow", { target });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

async function times(
  run: () => Promise<unknown>,
): Promise<{ readonly medianMs: number; readonly slowestMs: number }> {
  const taken: number[] = [];
  for (let n = 0; n <= TIMES; n++) {
    const from = performance.now();
    await run();
    taken.push(Math.round((performance.now() - from) * 10) / 10);
  }
  taken.sort((a, b) => a - b);
  return { medianMs: taken[TIMES / 2] ?? NaN, slowestMs: taken.at(-1) ?? NaN };
}
