/** Whom the owner blocks is left out of every view, and nothing else changes (docs/PROTOCOL.md section 7). */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { Hub } from "../../src/node/hub.ts";
import { SILENT } from "../../src/node/log.ts";
import { OwnerService } from "../../src/node/owner.ts";
import { type FailureCode, UserError } from "../../src/node/user_error.ts";
import { encodeKeyBundle } from "../../src/keystore/mod.ts";
import { formatIdentity, type IdentityKey } from "../../src/wire/ids.ts";
import type { AdmittedMessage } from "../../src/wire/message.ts";
import { fresh, keyOf, statusBody, stored } from "../store/support.ts";
import { carry, type TestOwner, testOwner, threadTexts } from "./owner_helpers.ts";

const [TROLL, FRIEND] = [keyOf(1), keyOf(2)];
const TROLL_ID = formatIdentity(TROLL);
const FRIEND_ID = formatIdentity(FRIEND);

/** The n-th status, made ten seconds after the one before. */
function status(
  n: number,
  key: IdentityKey,
  about: Partial<Record<"replyTo" | "quote", AdmittedMessage>> = {},
): AdmittedMessage {
  const body = statusBody(n, { text: `${n}`, created: 1_796_000_000 + n * 10 });
  const markup = [
    ...about.replyTo === undefined ? [] : [{ start: 0, end: 0, type: 3, value: about.replyTo.id }],
    ...about.quote === undefined ? [] : [{ start: 0, end: 0, type: 4, value: about.quote.id }],
  ];
  return stored(key, { ...body, markup });
}

async function owner(...messages: readonly AdmittedMessage[]): Promise<TestOwner & { id: string }> {
  const owner = await testOwner();
  const id = await owner.identity("ann");
  await owner.context.store.putMessages(fresh(messages));
  return { ...owner, id };
}

function failure(code: FailureCode, says: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof UserError && error.code === code && says.test(error.message);
}

async function texts(
  { service }: TestOwner,
  about: { limit?: number; before?: string } = {},
): Promise<readonly string[]> {
  return (await service.call("timeline", { limit: 50, all: true, ...about })).map(({ text }) =>
    text
  );
}

Deno.test("a block hides what was said before and after it, and unblocking shows all again", async () => {
  const ann = await owner(status(1, TROLL), status(2, FRIEND), status(3, TROLL));
  const { service } = ann;
  deepEqual(await texts(ann), ["1", "2", "3"]);
  deepEqual(await service.call("block", { ids: [TROLL_ID] }), {
    blocked: [{ id: TROLL_ID, name: "", suspicious: false, because: "user" }],
    already: 0,
    own: [],
    followed: [],
    room: 99_999,
  });
  deepEqual(await texts(ann), ["2"]);
  await ann.context.store.putMessages(fresh([status(4, TROLL), status(5, FRIEND)]));
  deepEqual(await texts(ann), ["2", "5"]);
  const found = await service.call("search-page", { words: ["4"], limit: 9 });
  deepEqual(found, { found: [], next: null });
  const since = 1_796_083_200;
  deepEqual(await service.call("blocked", {}), [
    { id: TROLL_ID, name: "", suspicious: false, because: "user", since },
  ]);
  equal((await service.call("unblock", { id: TROLL_ID })).because, null);
  deepEqual(await texts(ann), ["1", "2", "3", "4", "5"]);
  deepEqual(await service.call("blocked", {}), []);
  await rejects(service.call("unblock", { id: TROLL_ID }), failure("failed", /isn't blocked/));
  await ann.close();
});

Deno.test("pages are full although many are hidden, here and in what is hidden", async () => {
  const many = Array.from({ length: 300 }, (_, n) => status(n, n % 10 === 0 ? FRIEND : TROLL));
  const ann = await owner(...many);
  await ann.service.call("block", { ids: [TROLL_ID] });
  const expected = (from: number, to: number): string[] =>
    Array.from({ length: to - from }, (_, i) => String(10 * (from + i)));
  deepEqual(await texts(ann, { limit: 12 }), expected(18, 30));
  deepEqual(await texts(ann, { limit: 12, before: many[180]!.id }), expected(6, 18));
  // The place may be one that is hidden.
  deepEqual(await texts(ann, { limit: 3, before: many[175]!.id }), expected(15, 18));
  const hidden = async (about: { limit: number; before?: string }): Promise<string[]> =>
    (await ann.service.call("blocked-hidden", about)).map(({ text }) => text);
  deepEqual(await hidden({ limit: 3 }), ["299", "298", "297"]);
  deepEqual(await hidden({ limit: 3, before: many[292]!.id }), ["291", "289", "288"]);
  const [shown] = await ann.service.call("blocked-hidden", { limit: 1 });
  equal(shown?.blocked, "user");
  await rejects(hidden({ limit: 0 }), failure("usage", /limit/));
  await ann.close();
});

Deno.test("a thread keeps its shape around what is hidden, and a quote says so", async () => {
  const root = status(1, FRIEND);
  const jeer = status(2, TROLL, { replyTo: root });
  const answer = status(3, FRIEND, { replyTo: jeer });
  const quote = status(4, FRIEND, { quote: jeer });
  const ann = await owner(root, jeer, answer, quote);
  deepEqual(await threadTexts(ann, root.id), ["1", "2", "3"]);
  await ann.service.call("block", { ids: [TROLL_ID] });
  for (const from of [root, jeer, answer]) {
    deepEqual(await threadTexts(ann, from.id), ["1", "(blocked)", "3"]);
  }
  const gap = { id: jeer.id, missing: true, why: "blocked" };
  const [, inThread] = await ann.service.call("thread", { id: root.id });
  deepEqual(inThread, { ...gap, replyTo: root.id });
  deepEqual((await ann.service.call("show", { id: quote.id })).quoted, gap);
  const all = await ann.service.call("thread", { id: root.id, hidden: true });
  deepEqual(all.map((one) => "missing" in one ? "" : one.text), ["1", "2", "3"]);
  const asked = await ann.service.call("show", { id: quote.id, hidden: true });
  equal((asked.quoted as { text: string }).text, "2");
  await ann.close();
});

Deno.test("a message that is asked for by its id says that it is hidden, and is shown on request", async () => {
  const jeer = status(1, TROLL);
  const ann = await owner(jeer);
  await ann.service.call("block", { ids: [TROLL_ID] });
  const hidden = failure("refused", /Hidden.*--hidden/);
  await rejects(ann.service.call("show", { id: jeer.id }), hidden);
  await rejects(ann.service.call("attachment", { id: jeer.id, index: 0 }), hidden);
  const view = await ann.service.call("show", { id: jeer.id, hidden: true });
  deepEqual([view.text, view.blocked], ["1", "user"]);
  const file = ann.service.call("attachment", { id: jeer.id, index: 0, hidden: true });
  await rejects(file, failure("usage", /no attachment/));
  await ann.close();
});

Deno.test("nobody blocks themselves, or by accident whom they follow", async () => {
  const ann = await owner();
  const { service } = ann;
  await rejects(service.call("block", { ids: [TROLL_ID, ann.id] }), failure("refused", /your own/));
  await service.call("follow", { target: FRIEND_ID });
  await rejects(
    service.call("block", { ids: [TROLL_ID, FRIEND_ID] }),
    failure("refused", /You follow .*--unfollow/),
  );
  deepEqual(await service.call("blocked", {}), [], "all or none");
  const plan = await service.call("block", { ids: [TROLL_ID, FRIEND_ID, ann.id], check: true });
  deepEqual([plan.own, plan.followed, plan.room], [[ann.id], [FRIEND_ID], 99_997]);
  deepEqual(await service.call("blocked", {}), [], "a check changes nothing");
  await service.call("block", { ids: [FRIEND_ID], unfollow: true });
  deepEqual(await service.call("following", {}), []);
  await rejects(service.call("follow", { target: FRIEND_ID }), failure("refused", /You block/));
  await rejects(service.call("block", { ids: ["g1nobody"] }), failure("usage", /named by/));
  await ann.close();
});

Deno.test("a watch leaves out who is blocked at that moment", async () => {
  const ann = await owner();
  const hub = new Hub();
  const log = SILENT;
  const service = new OwnerService(ann.context, hub);
  const stop = new AbortController();
  const views = service.watch({ all: true, signal: stop.signal })[Symbol.asyncIterator]();
  const said: string[] = [];
  const next = async (): Promise<void> => {
    const { value } = await views.next();
    said.push(value.text);
  };
  hub.tell(status(1, TROLL), log);
  await next();
  await service.call("block", { ids: [TROLL_ID] });
  for (const n of [2, 3]) hub.tell(status(n, n === 2 ? TROLL : FRIEND), log);
  await next();
  await service.call("unblock", { id: TROLL_ID });
  hub.tell(status(4, TROLL), log);
  await next();
  deepEqual(said, ["1", "3", "4"]);
  stop.abort();
  await ann.close();
});

Deno.test("locked nobody is blocked, and blocks come back with the keys", async () => {
  const ann = await owner(status(1, TROLL));
  await ann.service.call("block", { ids: [TROLL_ID] });
  const bundle = encodeKeyBundle(ann.context.keys.need().keyring);
  await ann.service.call("lock", {});
  deepEqual(await texts(ann), ["1"]);
  for (const call of ["blocked", "blocked-hidden"] as const) {
    await rejects(ann.service.call(call, { limit: 1 }), failure("locked", /keys/));
  }
  await rejects(ann.service.call("block", { ids: [TROLL_ID] }), failure("locked", /keys/));
  await ann.service.unlock(bundle);
  deepEqual(await texts(ann), []);
  await ann.close();
});

Deno.test("what is blocked is stored and handed on as before", async () => {
  const [ann, bob, cem] = [await owner(), await testOwner(), await testOwner()];
  const bobId = await bob.identity("bob");
  await bob.service.call("post", { text: "from bob", attachments: [] });
  await ann.service.call("block", { ids: [bobId] });
  await carry(bob, ann);
  deepEqual(await texts(ann), []);
  await carry(ann, cem);
  deepEqual(await texts(cem), ["from bob"]);
  ok(ann.context.store.index.size === bob.context.store.index.size);
  for (const one of [ann, bob, cem]) await one.close();
});

Deno.test("the list of blocks comes in pieces where it is asked for so", async () => {
  const ann = await owner();
  const ids = Array.from({ length: 5 }, (_, n) => formatIdentity(keyOf(n + 10)));
  await ann.service.call("block", { ids });
  const piece = async (limit: number, after?: string): Promise<readonly string[]> =>
    (await ann.service.call("blocked", { limit, ...(after === undefined ? {} : { after }) }))
      .map(({ id }) => id);
  const all = (await ann.service.call("blocked", {})).map(({ id }) => id);
  deepEqual(all.toSorted(), ids.toSorted());
  deepEqual(await piece(2), all.slice(0, 2));
  deepEqual(await piece(2, all[1]), all.slice(2, 4));
  deepEqual(await piece(1_000, all[3]), all.slice(4));
  deepEqual(await piece(2, all[4]), []);
  await rejects(piece(2, TROLL_ID), failure("failed", /isn't blocked/));
  for (const limit of [0, 1_001, 1.5]) {
    await rejects(piece(limit), failure("usage", /whole number/));
  }
  await ann.close();
});
