/**
 * Pages of what people read, asked of a real node over its control socket: 100,000 messages of 2,000
 * authors, of whom 500 are followed, and the keys open. Prints one JSON object; exits 1 when the goal of
 * 50 ms for a page of 50 of the timeline is missed. Linux only.
 *
 * `deno task bench:timeline [--messages N]`.
 */
import { parseArgs } from "node:util";
import type { Api, Backend, Method } from "../src/node/api.ts";
import { connectControl } from "../src/node/control_client.ts";
import { controlSocketPath } from "../src/node/control_socket.ts";
import { formatIdentity } from "../src/wire/ids.ts";
import { formatLocator } from "../src/wire/locator.ts";
import { MAIN_NETWORK } from "../src/wire/labels.ts";
import { Machine } from "../tests/e2e/harness/node.ts";
import { authorKey, fill } from "./fill.ts";
import { V8_FLAGS } from "./v8_flags.ts";

const GOAL_MS = 50;
const AUTHORS = 2_000;
const FOLLOWED = 500;
/** As many as fit into a locator. */
const AT_ONCE = 25;
const TIMES = 20;
const PAGE = 50;

const { values } = parseArgs({ options: { messages: { type: "string", default: "100000" } } });
const messages = Number(values.messages);

await using machine = await Machine.make();
const me = await machine.identity("me");
await fill({ dir: machine.dataDir, messages, authors: AUTHORS, mentioned: me });
await using _node = await machine.start(["--unlock"], { env: V8_FLAGS, unlock: true });
const node = await connectControl(controlSocketPath(machine.dataDir));
if (node === undefined) throw new Error("no node");
for (let n = 0; n < FOLLOWED; n += AT_ONCE) await follow(node, n);

const page = { limit: PAGE, all: false };
const [oldest] = await node.call("timeline", { limit: 1_000, all: false });
const report = {
  messages,
  followed: FOLLOWED,
  goalMs: GOAL_MS,
  timeline: await measure(node, { method: "timeline", params: page }),
  timelineBefore: await measure(node, {
    method: "timeline",
    params: { ...page, ...(oldest && { before: oldest.id }) },
  }),
  all: await measure(node, { method: "timeline", params: { ...page, all: true } }),
  mentions: await measure(node, { method: "mentions", params: { limit: PAGE, requests: false } }),
  search: await measure(node, {
    method: "search-page",
    params: { words: ["nothing has this"], limit: PAGE },
  }),
};
await node.close();
await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(report, undefined, 2)}\n`));
Deno.exitCode = report.timeline.medianMs < GOAL_MS && report.timelineBefore.medianMs < GOAL_MS
  ? 0
  : 1;

async function follow(node: Backend, from: number): Promise<void> {
  const identities = Array.from({ length: AT_ONCE }, (_, i) => ({ key: authorKey(from + i) }));
  const target = formatLocator({ addresses: [], identities, starters: [], network: MAIN_NETWORK });
  const followed = await node.call("follow", { target });
  if (followed[0]?.id !== formatIdentity(authorKey(from))) throw new Error("not followed");
}

interface Call<M extends Method> {
  readonly method: M;
  readonly params: Api[M]["params"];
}

async function measure<M extends Method>(
  node: Backend,
  { method, params }: Call<M>,
): Promise<{ readonly firstMs: number; readonly medianMs: number; readonly slowestMs: number }> {
  const times: number[] = [];
  for (let n = 0; n <= TIMES; n++) {
    const from = performance.now();
    await node.call(method, params);
    times.push(Math.round((performance.now() - from) * 10) / 10);
  }
  const [firstMs = NaN, ...rest] = times;
  rest.sort((a, b) => a - b);
  return { firstMs, medianMs: rest[TIMES / 2] ?? NaN, slowestMs: rest.at(-1) ?? NaN };
}
