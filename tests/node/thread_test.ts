import { deepEqual, equal } from "node:assert/strict";
import { formatIdentity } from "../../src/wire/ids.ts";
import type { AdmittedMessage } from "../../src/wire/message.ts";
import { fresh, keyOf, statusBody, stored } from "../store/support.ts";
import { carry, type TestOwner, testOwner, threadTexts } from "./owner_helpers.ts";

/** A status in nobody's store yet. */
function reply(n: number, parent?: AdmittedMessage, author = 1): AdmittedMessage {
  const about = parent === undefined ? {} : { replyTo: parent.id };
  return stored(
    keyOf(author),
    statusBody(n, { text: `${n}`, created: 1_796_000_000 + n * 10, ...about }),
  );
}

async function put(owner: TestOwner, messages: readonly AdmittedMessage[]): Promise<void> {
  await owner.context.store.putMessages(fresh(messages));
}

Deno.test("a parent that isn't here is a gap, until it comes", async () => {
  const ann = await testOwner();
  const root = reply(0);
  const answer = reply(1, root);
  const again = reply(2, answer);
  await put(ann, [answer, again]);
  const [gap] = await ann.service.call("thread", { id: again.id });
  deepEqual(gap, { id: root.id, missing: true, why: "notHere" });
  deepEqual(await threadTexts(ann, again.id), ["(notHere)", "1", "2"]);
  await put(ann, [root]);
  deepEqual(await threadTexts(ann, again.id), ["0", "1", "2"]);
  await ann.close();
});

Deno.test("one may answer and quote by its full id what isn't here, and what was taken back says so", async () => {
  const [ann, bob] = [await testOwner(), await testOwner()];
  await ann.identity("ann");
  await bob.identity("bob");
  const post = async (owner: TestOwner, text: string, about = {}): Promise<string> =>
    (await owner.service.call("post", { text, attachments: [], ...about })).id;
  const first = await post(ann, "first");
  const answer = await post(bob, "answer", { replyTo: first });
  const quote = await post(bob, "look", { quote: first });
  deepEqual(await threadTexts(bob, answer), ["(notHere)", "answer"]);
  const quoted = async (): Promise<unknown> =>
    (await bob.service.call("show", { id: quote })).quoted;
  deepEqual(await quoted(), { id: first, missing: true, why: "notHere" });
  await carry(ann, bob);
  deepEqual(await threadTexts(bob, answer), ["first", "answer"]);
  equal((await quoted() as { text: string }).text, "first");
  ann.at(60_000);
  bob.at(60_000);
  await ann.service.call("retract", { id: first });
  await carry(ann, bob);
  deepEqual(await threadTexts(bob, answer), ["(retracted)", "answer"]);
  deepEqual(await quoted(), { id: first, missing: true, why: "retracted" });
  await ann.close();
  await bob.close();
});

Deno.test("each answer stands below what it answers, the oldest first, whatever their clocks said", async () => {
  const ann = await testOwner();
  const root = reply(50);
  const early = reply(1, root);
  const late = reply(60, root);
  const below = reply(70, early);
  await put(ann, [late, below, early, root]);
  deepEqual(await threadTexts(ann, root.id), ["50", "1", "70", "60"]);
  await ann.close();
});

Deno.test("a chain of 100 is shown whole above a message, of a longer one it is said that there is more", async () => {
  const ann = await testOwner();
  const chain = [reply(0)];
  for (let n = 1; n <= 101; n++) chain.push(reply(n, chain[n - 1]));
  await put(ann, chain);
  const at = (n: number): string => chain[n]?.id ?? "";
  equal((await threadTexts(ann, at(100))).length, 102);
  const cut = await ann.service.call("thread", { id: at(101) });
  deepEqual(cut[0], { id: at(0), missing: true, why: "more" });
  equal(cut.length, 102);
  await ann.close();
});

Deno.test("of 500 messages below each other or side by side all are shown, of one more that there is more", async () => {
  for (const isWide of [true, false]) {
    const ann = await testOwner();
    const all = [reply(0)];
    for (let n = 1; n < 500; n++) all.push(reply(n, isWide ? all[0] : all[n - 1]));
    await put(ann, all);
    const root = all[0]?.id ?? "";
    equal((await threadTexts(ann, root)).filter((text) => !text.startsWith("(")).length, 500);
    equal((await threadTexts(ann, root)).length, 500);
    await put(ann, [reply(500, isWide ? all[0] : all[499])]);
    const texts = await threadTexts(ann, root);
    deepEqual([texts.length, texts.at(-1)], [501, "(more)"]);
    await ann.close();
  }
});

Deno.test("a flood of answers hides none by whom the owner knows, and one of blocked ones nobody's", async () => {
  const ann = await testOwner();
  await ann.identity("ann");
  const [root, flood, friend] = [reply(0), 2, 3];
  const answers = Array.from({ length: 600 }, (_, n) => reply(n + 1, root, flood));
  const late = reply(700, root, friend);
  const below = reply(701, answers[599], friend);
  await put(ann, [root, ...answers, late, below]);
  equal((await threadTexts(ann, root.id)).includes("700"), false);
  await ann.service.call("follow", { target: formatIdentity(keyOf(friend)) });
  equal((await threadTexts(ann, root.id)).includes("700"), true);
  await ann.service.call("unfollow", { id: formatIdentity(keyOf(friend)) });
  await ann.service.call("block", { ids: [formatIdentity(keyOf(flood))], unfollow: false });
  const texts = await threadTexts(ann, root.id);
  deepEqual(texts.filter((text) => !text.startsWith("(")), ["0", "701", "700"]);
  deepEqual(new Set(texts.filter((text) => text.startsWith("("))), new Set(["(blocked)"]));
  equal(texts.length, 103);
  await ann.close();
});
