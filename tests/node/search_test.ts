/** Searching what is stored, archived and on its way. */
import assert from "node:assert/strict";
import { toSeconds, type UnixMs } from "../../src/wire/time.ts";
import { spread, START, type TestOwner, testOwner, threadTexts } from "./owner_helpers.ts";

async function all(owner: TestOwner, words: readonly string[], limit = 1_000): Promise<string[]> {
  const texts: string[] = [];
  let before: string | null | undefined;
  while (before !== null) {
    const { found, next } = await owner.service.call("search-page", {
      words,
      limit,
      ...(before === undefined ? {} : { before }),
    });
    texts.push(...found.map(({ text }) => text));
    before = next;
  }
  return texts;
}

Deno.test("search finds all words as parts, in any case and form, in text, name and file names", async () => {
  const ann = await testOwner();
  await ann.identity("ann");
  await ann.service.call("profile-set", { name: "Ann Example" });
  const post = async (text: string, name?: string): Promise<string> =>
    (await ann.service.call("post", {
      text,
      attachments: name === undefined
        ? []
        : [{ name, mediaType: "text/plain", base64: "", alt: "" }],
    })).id;
  await post("A Bicycle repaired");
  await post("nothing here", "ﬁnal-Notes.txt");
  await spread(ann);
  const last = await post("bicycles, ＦＵＬＬ width");
  assert.deepEqual(await all(ann, ["BICYCLE"]), ["bicycles, ＦＵＬＬ width", "A Bicycle repaired"]);
  assert.deepEqual(await all(ann, ["bicycle", "repair"]), ["A Bicycle repaired"]);
  assert.deepEqual(await all(ann, ["full cycle"]), ["bicycles, ＦＵＬＬ width"]);
  assert.deepEqual(await all(ann, ["final-notes"]), ["nothing here"]);
  assert.equal((await all(ann, ["example"])).length, 3);
  // Each page goes on where the one before ended.
  assert.equal((await all(ann, ["example"], 1)).length, 3);
  assert.deepEqual(await all(ann, ["absent"]), []);
  for (const words of [[], [" "]]) {
    await assert.rejects(all(ann, words), { code: "usage" });
  }
  for (const limit of [0, 1_001, 1.5]) {
    await assert.rejects(all(ann, ["a"], limit), { code: "usage" });
  }
  const bad = { words: ["a"], limit: 1, before: "1:zz" };
  await assert.rejects(ann.service.call("search-page", bad), { code: "usage" });

  await ann.service.call("retract", { id: last });
  assert.deepEqual(await all(ann, ["bicycle"]), ["A Bicycle repaired"]);
  await spread(ann);
  assert.deepEqual(await all(ann, ["bicycle"]), ["A Bicycle repaired"]);
  await ann.close();
});

Deno.test("with open keys search finds what only the archive has; locked, what is stored and nothing else", async () => {
  const ann = await testOwner();
  await ann.identity("ann");
  const { id } = await ann.service.call("post", { text: "kept for long", attachments: [] });
  await spread(ann);
  const { store, keys, own } = ann.context;
  const message = await store.getMessage(store.index.idAt(0));
  assert.equal(message?.id, id);
  await keys.need().store.archive().then((archive) => archive.add([message!]));
  await own.tidy();
  assert.deepEqual(await all(ann, ["long"]), ["kept for long"]);
  ann.at(40 * 86_400_000);
  await store.dropping.drop([message!.id], toSeconds(START as UnixMs));
  assert.deepEqual(await all(ann, ["long"]), ["kept for long"]);
  await ann.service.call("lock", {});
  assert.deepEqual(await all(ann, ["long"]), []);
  await ann.close();
});

Deno.test("a thread has the answers that only the archive holds, and what is stored below them", async () => {
  const ann = await testOwner();
  await ann.identity("ann");
  const post = async (text: string, replyTo?: string): Promise<string> =>
    (await ann.service.call("post", { text, attachments: [], ...(replyTo && { replyTo }) })).id;
  const root = await post("root");
  const answer = await post("answer", root);
  await post("elsewhere");
  await spread(ann);
  const { store, keys } = ann.context;
  const message = await store.getMessage(store.index.idsByPrefix(answer)[0]!);
  const archive = await keys.need().store.archive();
  await archive.add([message!]);
  await post("below", answer);
  await spread(ann);
  await store.dropping.drop([message!.id], toSeconds(START as UnixMs));
  await ann.context.own.tidy();
  assert.equal(store.index.has(message!.id), false);
  const texts = await threadTexts(ann, root);
  assert.deepEqual(texts, ["root", "answer", "below"]);
  await ann.close();
});

Deno.test("search reads many at a time, however few of them the store gives at once", async () => {
  const ann = await testOwner();
  await ann.identity("ann");
  for (let n = 0; n < 7; n++) {
    await ann.service.call("post", { text: `word ${n}`, attachments: [] });
  }
  await spread(ann);
  const { store } = ann.context;
  const read = store.getReadableBatch.bind(store);
  const asked: number[] = [];
  store.getReadableBatch = (ids) => {
    asked.push(ids.length);
    return read(ids.slice(0, 3));
  };
  store.getReadable = () => Promise.reject(new Error("Read singly"));
  const texts = Array.from({ length: 7 }, (_, n) => `word ${6 - n}`);
  assert.deepEqual(await all(ann, ["word"]), texts);
  assert.deepEqual(asked, [7, 4, 1]);
  await ann.close();
});
