/**
 * A peer that floods, and one that lies about addresses, against a real node. With
 * GOSSAMER_FLOOD=10000 the flood is that of the issue; less by default, since each message of it is
 * work to make. They are made once a week and kept (`bench/posts.ts`).
 */
import assert from "node:assert/strict";
import { makePosts } from "../../bench/posts.ts";
import { addressOf } from "../../src/wire/address.ts";
import { ANSWER, RESULT } from "../../src/wire/frame.ts";
import { labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";
import { OFFER_IDS } from "../../src/wire/limits.ts";
import { decodeEnvelope, messageIdOf } from "../../src/wire/message.ts";
import { Author, type Made } from "./harness/author.ts";
import { helloFrame, RawClient } from "./harness/client.ts";
import { Machine } from "./harness/node.ts";

const FLOOD = Number(Deno.env.get("GOSSAMER_FLOOD") ?? 2_000);
/** What a prefix may bring at once, and a second (docs/PROTOCOL.md section 6). */
const BURST = 1_200;
const PER_SECOND = 20;
/** Connections that are opened in a second, besides. */
const CONNECTIONS = 200;
const HONEST = 5;
/** In which an honest post has to arrive while all that goes on. */
const ARRIVAL_MS = 60_000;

Deno.test("a flood stops no honest post, and brings no more than its prefix may", async () => {
  const flood = (await makePosts({ posts: FLOOD, authors: FLOOD })).map(made);
  await using victim = await Machine.make();
  await using friend = await Machine.make();
  const friendNode = await friend.start();
  const join = ["--join", `g:?a=127.0.0.1:${await friendNode.port()}`];
  const node = await victim.start(join);
  const port = await node.port();
  const began = Date.now();
  const count: Count = { connections: 0, offered: 0, taken: 0 };
  const over = new AbortController();
  const flooding = Promise.all([
    connectAndLeave(port, { count, signal: over.signal }),
    ...[0, 1, 2, 3].map((part) =>
      deliver(port, { flood: flood.filter((_, i) => i % 4 === part), count, signal: over.signal })
    ),
  ]);

  const author = new Author();
  for (let n = 0; n < HONEST; n++) {
    while (count.offered < FLOOD * n / HONEST) await pause(100);
    const post = author.post(`An honest word ${n}`, { created: timeOf(n) });
    // The friend's other peers bring it: it is a message like any other there.
    using client = await RawClient.open({ port: await friendNode.port() });
    await client.deliverAll([post]);
    await node.event("message", ({ id }) => id === post.id, { timeoutMs: ARRIVAL_MS });
  }
  while (count.offered < FLOOD) await pause(100);
  over.abort();
  await flooding;
  const seconds = (Date.now() - began) / 1_000;
  const { messages } = await victim.object(["status"]);
  const stored = Number(messages) - HONEST;
  assert.ok(stored <= BURST + PER_SECOND * seconds, `${stored} after ${seconds} s`);
  // It was a flood: what it could take was taken, and the connections were made.
  assert.ok(count.taken >= FLOOD / 10, JSON.stringify(count));
  assert.ok(count.connections >= CONNECTIONS * seconds / 4, JSON.stringify(count));
  assert.equal((await node.stop()).code, 0);
});

Deno.test("a peer that lies about an address makes nobody knock there more than four times", async () => {
  await using machine = await Machine.make();
  const port = await (await machine.start()).port();
  // What is no node at all: it hangs up on everyone. In a hurry a node tries a candidate a second.
  using bystander = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let knocks = 0;
  const listening = (async (): Promise<void> => {
    for await (const connection of bystander) {
      knocks++;
      connection.close();
    }
  })();
  const address = addressOf("127.0.0.1", bystander.addr.port);
  const until = Date.now() + 12_000;
  while (Date.now() < until) {
    using liar = await RawClient.open({ port });
    await liar.send(helloFrame(), { kind: "offer", ids: [], address });
    await liar.expect("hello");
    await liar.expect("answer");
    const { ids } = await liar.expect("offer");
    const codes = ids.map(() => ANSWER.notNow);
    await liar.send({ kind: "answer", codes, knewAddress: false, stems: 0 }, { kind: "bye" });
    await liar.rest();
  }
  // At once, and then after 15 s and longer: here there is time for one.
  assert.equal(knocks, 1);
  bystander.close();
  await listening.catch(() => {});
});

function made(bytes: Uint8Array): Made {
  return { id: messageIdOf(labelsOf(MAIN_NETWORK), decodeEnvelope(bytes)), bytes };
}

function timeOf(n: number): number {
  return Math.floor(Date.now() / 10_000) * 10 - 10 * n;
}

/** What the flood did so far. */
interface Count {
  connections: number;
  /** Messages that were offered, perhaps in vain. */
  offered: number;
  taken: number;
}

/** Hands over one batch after the other, again and again. */
async function deliver(
  port: number,
  { flood, count, signal }: {
    readonly flood: readonly Made[];
    readonly count: Count;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  for (let at = 0; !signal.aborted; at = (at + OFFER_IDS) % flood.length) {
    const some = flood.slice(at, at + OFFER_IDS);
    try {
      using client = await RawClient.open({ port });
      const { results } = await client.deliverAll(some);
      count.taken += results.filter((code) => code === RESULT.accepted).length;
    } catch {
      // Cut off for another one of ours: the next goes on.
    }
    count.offered += some.length;
  }
}

/** Opens connections and says nothing, two hundred a second. */
async function connectAndLeave(
  port: number,
  { count, signal }: { readonly count: Count; readonly signal: AbortSignal },
): Promise<void> {
  const open: Deno.Conn[] = [];
  while (!signal.aborted) {
    for (let n = 0; n < CONNECTIONS / 20; n++) {
      try {
        open.push(await Deno.connect({ hostname: "127.0.0.1", port }));
        count.connections++;
      } catch {
        // No room in the system's queue.
      }
    }
    while (open.length > CONNECTIONS) open.shift()?.close();
    await pause(50);
  }
  for (const connection of open) connection.close();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
