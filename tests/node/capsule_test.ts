/** Pages of stored messages, and batches taken in. */
import assert from "node:assert/strict";
import { encodeBase64 } from "../../src/node/base64.ts";
import { capsulePage } from "../../src/node/methods/capsule.ts";
import type { CapsuleTaken } from "../../src/node/api.ts";
import { Author } from "../e2e/harness/author.ts";
import { UserError } from "../../src/node/user_error.ts";
import { fresh, keyOf, NOW, statusBody, stored } from "../store/support.ts";
import { START, testOwner } from "./owner_helpers.ts";

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
  const { messages } = await ann.service.call("capsule-page", { since: 0 });
  assert.deepEqual(messages, []);
  await ann.close();
});
