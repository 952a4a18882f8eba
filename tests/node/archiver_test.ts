import assert from "node:assert/strict";
import { Archiver } from "../../src/node/archiver.ts";
import { SILENT } from "../../src/node/log.ts";
import { LIFETIME_S } from "../../src/wire/limits.ts";
import type { MessageId } from "../../src/wire/ids.ts";
import { toSeconds, type UnixMs, unixSeconds } from "../../src/wire/time.ts";
import { stored } from "../store/support.ts";
import { carry, spread, START, type TestOwner, testOwner, threadTexts } from "./owner_helpers.ts";

const LATER = unixSeconds(toSeconds(START as UnixMs) + LIFETIME_S + 1_000);

function archiverOf({ context: { store, keys } }: TestOwner): Archiver {
  return new Archiver({ store, keys, log: SILENT });
}

async function say(owner: TestOwner, text: string): Promise<string> {
  return (await owner.service.call("post", { text, attachments: [] })).id;
}

/** Everything that is stored leaves, as when its lifetime is over. */
async function dropAll({ context: { store } }: TestOwner): Promise<void> {
  const ids = [...store.index.newestFirst({ withRetracted: true })].map(({ id }) => id);
  await store.dropping.drop(ids, LATER);
  assert.equal(store.index.size, 0);
}

async function texts(owner: TestOwner, before?: string): Promise<readonly string[]> {
  const page = await owner.service.call("timeline", {
    limit: 2,
    all: false,
    ...(before === undefined ? {} : { before }),
  });
  return page.map(({ text }) => text);
}

Deno.test("what the owner wants stays readable when it left the store, and only that", async () => {
  const [ann, ben, eve] = [await testOwner(), await testOwner(), await testOwner()];
  await ann.identity("ann");
  const benKey = await ben.identity("ben");
  await eve.identity("eve");
  const strangers = await say(eve, "from a stranger");
  const friends = await say(ben, "from a friend");
  ann.at(20_000);
  await ann.service.call("follow", { target: benKey });
  await carry(ben, ann);
  await carry(eve, ann);
  const own = await say(ann, "my own");
  await archiverOf(ann).run();
  await dropAll(ann);
  ann.at(40_000);
  const again = await say(ann, "said later");

  assert.deepEqual(await texts(ann), ["my own", "said later"]);
  assert.deepEqual(await texts(ann, own), ["from a friend"]);
  assert.deepEqual(await texts(ann, again), ["from a friend", "my own"]);
  assert.equal((await ann.service.call("show", { id: friends.slice(0, 8) })).text, "from a friend");
  assert.deepEqual(await threadTexts(ann, friends), ["from a friend"]);
  await assert.rejects(ann.service.call("show", { id: strangers }), /No message here/);

  // Locked there is no archive: as if it had never been.
  await ann.service.call("lock", {});
  await assert.rejects(ann.service.call("show", { id: friends }), /No message here/);
  await archiverOf(ann).run();
  for (const owner of [ann, ben, eve]) await owner.close();
});

Deno.test("what its author takes back leaves the archive", async () => {
  const [ann, ben] = [await testOwner(), await testOwner()];
  await ann.identity("ann");
  const benKey = await ben.identity("ben");
  const id = await say(ben, "said too much") as MessageId;
  await ann.service.call("follow", { target: benKey });
  await carry(ben, ann);
  await archiverOf(ann).run();
  const archive = await ann.context.keys.need().store.archive();
  assert.ok(archive.has(id));
  const key = ann.context.store.index.get(id)?.key ?? assert.fail();
  // Evicted, then taken back.
  await ann.context.store.dropping.drop([id], toSeconds(START as UnixMs));
  assert.deepEqual(await texts(ann), ["said too much"]);
  const retraction = stored(key, { kind: "retraction", created: toSeconds(START as UnixMs), id });
  await ann.context.store.putMessages([
    { message: retraction, freshness: 0, storedAt: toSeconds(START as UnixMs) },
  ]);
  assert.deepEqual(await texts(ann), []);
  await archiverOf(ann).run();
  assert.equal(archive.has(id), false);
  for (const owner of [ann, ben]) await owner.close();
});

Deno.test("what the owner takes back isn't archived again while the retraction is on its way", async () => {
  const ann = await testOwner();
  await ann.identity("ann");
  const { store, keys, own } = ann.context;
  const { id } = await ann.service.call("post", { text: "too soon", attachments: [] });
  await spread(ann);
  const archiver = new Archiver({ store, keys, log: SILENT });
  archiver.leaveOut(() => own.retracting());
  await archiver.run();
  const archive = await keys.need().store.archive();
  assert.equal(archive.size, 1);
  await ann.service.call("retract", { id });
  assert.equal(archive.size, 0);
  await archiver.run();
  assert.equal(archive.size, 0);
  await ann.close();
});
