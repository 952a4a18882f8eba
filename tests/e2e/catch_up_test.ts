/**
 * A node that was away, between real processes: it has everything that was said meanwhile soon after
 * it comes back, also when it is killed in the middle. What was said lies on the other node's disk
 * since hours, as if it had come then: the last minutes take no part in reconciliation.
 */
import assert from "node:assert/strict";
import { makePosts } from "../../bench/posts.ts";
import { openStores } from "../../src/store/mod.ts";
import { readStored } from "../../src/wire/admit.ts";
import type { MessageId } from "../../src/wire/ids.ts";
import { labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";
import { asPublic } from "../../src/wire/privacy.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { Machine } from "./harness/node.ts";

const POSTS = 2_000;
/** Posts that the node had before it went. */
const BEFORE = 500;
/** Seconds since the posts were stored. */
const STORED_S = 7_200;

Deno.test("a node that was off during 2,000 posts has them all within 30 s, killed in the middle or not", async () => {
  const posts = await makePosts({ posts: POSTS + BEFORE, authors: 50 });
  await using there = await Machine.make();
  await using away = await Machine.make();
  await store(there, posts);
  const before = await store(away, posts.slice(0, BEFORE));
  const node = await there.start();
  const join = ["--join", `g:?a=127.0.0.1:${await node.port()}`];

  const first = await away.start(join);
  // Each stored message is an event: when some are there, and not all, the lights go out.
  await first.event("message");
  await first.kill();

  const back = performance.now();
  await away.start(join);
  let messages = await count(away);
  assert.ok(messages > BEFORE);
  while (messages < posts.length && performance.now() - back < 30_000) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    messages = await count(away);
  }
  assert.equal(messages, posts.length);
  // What came so is nothing to talk about: the network knows it.
  const { reconciliation, exchanges } = await away.object(["status"]) as {
    reconciliation: { received: number };
    exchanges: { received: number };
  };
  assert.ok(reconciliation.received > 0, JSON.stringify(reconciliation));
  assert.equal(exchanges.received, 0);
  assert.equal(before.size, BEFORE);
});

/** How many messages a machine's node has. */
async function count(machine: Machine): Promise<number> {
  const { messages } = await machine.object(["status"]);
  assert.ok(typeof messages === "number");
  return messages;
}

/** Puts posts on a machine's disk, as if they had come hours ago and been talked about. */
async function store(machine: Machine, posts: readonly Uint8Array[]): Promise<Set<MessageId>> {
  const labels = labelsOf(MAIN_NETWORK);
  const storedAt = unixSeconds(Math.floor(Date.now() / 1_000) - STORED_S);
  const messages = posts.map((bytes) => readStored(labels, asPublic(bytes)));
  const stores = await openStores({ dir: machine.dataDir, network: MAIN_NETWORK });
  await stores.public.putMessages(
    messages.map((message) => ({ message, freshness: 0, storedAt })),
  );
  await stores.close();
  return new Set(messages.map(({ id }) => id));
}
