/** Pages of stored messages, and batches taken in. */
import assert from "node:assert/strict";
import { bytesToHex } from "@noble/hashes/utils.js";
import { seededRng } from "../../src/gossip/mod.ts";
import { encodeBase64 } from "../../src/node/base64.ts";
import { capsulePage } from "../../src/node/methods/capsule.ts";
import type { CapsuleTaken } from "../../src/node/api.ts";
import { makeSyncSource } from "../../src/node/sync_source.ts";
import { Author } from "../e2e/harness/author.ts";
import { UserError } from "../../src/node/user_error.ts";
import type { MessageId } from "../../src/wire/ids.ts";
import type { UnixMs } from "../../src/wire/time.ts";
import { fresh, keyOf, NOW, statusBody, stored } from "../store/support.ts";
import { spread, START, testOwner } from "./owner_helpers.ts";

Deno.test("pages bring every message once, in the order of (created, id), from a time on", async () => {
  const owner = await testOwner();
  const { context } = owner;
  const attachment = { mediaType: "image/png", name: "a", bytes: new Uint8Array(40_000), alt: "" };
  // Several of one second, so that pages begin and end in the middle of it.
  const messages = Array.from({ length: 40 }, (_, n) =>
    stored(keyOf(n), {
      ...statusBody(n, { created: NOW + 10 * (n % 3) }),
      attachments: [attachment],
    }));
  await context.store.putMessages(fresh(messages));
  const read = async (since: number): Promise<string[]> => {
    const all: string[] = [];
    let pages = 0;
    for (let after: string | undefined, more = true; more; pages++) {
      const page = await capsulePage(context, { since, ...(after && { after }) });
      assert.equal(page.damaged, 0);
      assert.ok(page.messages.length <= 8, "about 256 KiB");
      all.push(...page.messages);
      after = page.next ?? undefined;
      more = page.next !== null;
    }
    assert.ok(pages > 3, `${pages} pages`);
    return all;
  };
  const order = (since: number): string[] =>
    messages.filter(({ body }) => body.created >= since)
      .sort((a, b) => a.body.created - b.body.created || (a.id < b.id ? -1 : 1))
      .map(({ bytes }) => encodeBase64(bytes));
  assert.deepEqual(await read(0), order(0));
  assert.deepEqual(await read(NOW + 1), order(NOW + 10));
  for (const after of ["", "x", "1:zz", `${NOW}`, `${NOW}:${"0".repeat(63)}`]) {
    await assert.rejects(capsulePage(context, { since: 0, after }), UserError);
  }
  await assert.rejects(capsulePage(context, { since: -1 }), UserError);
  await owner.close();
});

Deno.test("what is taken in is checked and stored at freshness 0", async () => {
  const bob = await testOwner();
  const author = new Author();
  const posts = ["one", "two"].map((text) => author.post(text, { created: START / 1_000 }));
  const messages = posts.map(({ bytes }) => encodeBase64(bytes));
  const bad = posts[0]?.bytes.slice() ?? new Uint8Array();
  bad[0] = 0;
  const mixed = [...messages, encodeBase64(bad)];
  const none = { novel: 0, known: 0, outside: 0, unkept: 0, refused: 0 };
  const take = (batch: readonly string[]): Promise<CapsuleTaken> =>
    bob.service.call("capsule-take", { messages: batch });
  assert.deepEqual(await take(mixed), { ...none, novel: 2, refused: 1 });
  const metas = [...bob.context.store.index.newestFirst()];
  assert.deepEqual(metas.map(({ id }) => id).sort(), posts.map(({ id }) => id).sort());
  assert.deepEqual(metas.map(({ freshness }) => freshness), [0, 0]);
  assert.deepEqual(await take(messages), { ...none, known: 2 });
  bob.at(31 * 86_400_000);
  const early = author.post("early", { created: START / 1_000 });
  assert.deepEqual(await take([encodeBase64(early.bytes)]), { ...none, outside: 1 });
  await assert.rejects(take(["%"]), UserError);
  await bob.close();
});

Deno.test("an own post that nobody else has yet is in no capsule", async () => {
  const ann = await testOwner();
  await ann.identity("ann");
  await ann.service.call("post", { text: "mine", attachments: [] });
  const { messages, pending } = await ann.service.call("capsule-page", { since: 0 });
  assert.deepEqual([messages, pending], [[], 1]);
  await ann.service.call("lock", {});
  assert.equal((await ann.service.call("capsule-page", { since: 0 })).pending, 0);
  await assert.rejects(
    ann.service.call("capsule-page", { since: 0, pending: true }),
    (error) => error instanceof UserError && error.code === "locked",
  );
  await ann.close();
});

Deno.test("pending posts stand in a capsule where they will once others have them", async () => {
  const ann = await testOwner();
  await ann.identity("ann");
  const { store, own } = ann.context;
  const created = START / 1_000;
  // Of the same seconds, before and after, so that only the ids decide about some.
  const bytes = new Uint8Array(40_000);
  const others = Array.from({ length: 24 }, (_, n) =>
    stored(keyOf(n), {
      ...statusBody(n, { created: created + 10 * (n % 6) }),
      attachments: [{ mediaType: "image/png", name: "a", bytes, alt: "" }],
    }));
  await store.putMessages(fresh(others));
  const mine: string[] = [];
  for (let n = 0; n < 5; n++) {
    mine.push((await ann.service.call("post", { text: `mine ${n}`, attachments: [] })).id);
  }
  const all = async (since: number, pending: boolean): Promise<[string[], number]> => {
    const [messages, counted]: [string[], number[]] = [[], []];
    for (let after: string | undefined, more = true; more;) {
      const given = { since, pending, ...(after && { after }) };
      const page = await ann.service.call("capsule-page", given);
      messages.push(...page.messages);
      counted.push(page.pending);
      after = page.next ?? undefined;
      more = page.next !== null;
    }
    return [messages, counted.reduce((sum, n) => sum + n, 0)];
  };
  const [without, leftOut] = await all(0, false);
  assert.deepEqual([without.length, leftOut], [24, 5]);
  const [within, written] = await all(0, true);
  assert.deepEqual([within.length, written], [29, 5]);
  const second = own.get(mine[1] as MessageId)?.body.created ?? 0;
  const [later, counted] = await all(second, true);
  assert.deepEqual([later.length, counted], [
    others.filter(({ body }) => body.created >= second).length + 4,
    4,
  ]);

  // Once they are everybody's, the same capsule comes out: nothing had marked them.
  await spread(ann);
  assert.deepEqual(await all(0, false), [within, 0]);
  assert.deepEqual(await all(0, true), [within, 0]);
  await ann.close();
});

Deno.test("an own post that is pending stays so when a capsule brings it, and another's node stores it", async () => {
  const ann = await testOwner();
  const bob = await testOwner();
  await ann.identity("ann");
  const { id } = await ann.service.call("post", { text: "mine", attachments: [] });
  const { messages } = await ann.service.call("capsule-page", { since: 0, pending: true });
  const none = { novel: 0, known: 0, outside: 0, unkept: 0, refused: 0 };
  const take = (owner: typeof ann): Promise<CapsuleTaken> =>
    owner.service.call("capsule-take", { messages });
  assert.deepEqual(await take(ann), { ...none, known: 1 });
  const mine = id as MessageId;
  assert.deepEqual([ann.context.store.has(mine), ann.context.own.pending().length], [false, 1]);
  const junk = encodeBase64(new Uint8Array([1, 2, 3]));
  assert.deepEqual(
    await ann.service.call("capsule-take", { messages: [junk] }),
    { ...none, refused: 1 },
  );
  assert.deepEqual(await take(bob), { ...none, novel: 1 });
  assert.equal(bob.context.store.index.get(mine)?.freshness, 0);
  await ann.close();
  await bob.close();
});

Deno.test("what a capsule brought is found by reconciliation, after the wait of all that is new", async () => {
  const bob = await testOwner();
  let now = START;
  const source = makeSyncSource({
    store: bob.context.store,
    rng: seededRng(1),
    clock: () => now as UnixMs,
  });
  const { bytes, id } = new Author().post("carried", { created: START / 1_000 });
  await bob.service.call("capsule-take", { messages: [encodeBase64(bytes)] });
  assert.equal(source.items().size, 0);
  now += 119_000;
  assert.equal(source.items().size, 0);
  now += 121_000;
  const items = source.items();
  assert.deepEqual([items.size, bytesToHex(items.at(0).id)], [1, id]);
  assert.equal(source.holds(id), true);
  await bob.close();
});
