/** With whom private messages were exchanged, and what one author said: what a page of a person is made of. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import type { Api } from "../../src/node/api.ts";
import { UserError } from "../../src/node/user_error.ts";
import { formatIdentity } from "../../src/wire/ids.ts";
import { fresh, keyOf, statusBody, stored } from "../store/support.ts";
import { carry, START, type TestOwner, testOwner } from "./owner_helpers.ts";

type Params = Partial<Api["conversations"]["params"]>;

async function people(
  { service }: TestOwner,
  params: Params = {},
): Promise<Api["conversations"]["result"]> {
  return await service.call("conversations", { limit: 10, requests: false, ...params });
}

async function send({ service }: TestOwner, to: string): Promise<void> {
  await service.call("send", { to, text: "Hi", attachments: [] });
}

Deno.test("conversations list both who wrote and who was written to, strangers and blocked ones apart", async () => {
  const [ann, bob, eve] = [await testOwner(), await testOwner(), await testOwner()];
  await rejects(people(ann), (error) => error instanceof UserError && error.code === "locked");
  const [annId, bobId] = [await ann.identity("ann"), await bob.identity("bob")];
  const eveId = await eve.identity("eve");
  deepEqual((await people(ann)).people, []);

  await send(ann, bobId);
  const view = {
    id: bobId,
    name: "",
    suspicious: false,
    verified: false,
    revoked: false,
    blocked: null,
    request: false,
    as: [annId],
    messages: 1,
    last: START / 1000,
    sent: true,
  };
  deepEqual((await people(ann)).people, [view], "whom one wrote to is listed before any answer");

  eve.at(10_000);
  await send(eve, annId);
  bob.at(20_000);
  await send(bob, annId);
  await carry(bob, ann);
  await carry(eve, ann);
  await ann.service.call("inbox", { limit: 1, requests: false });
  const after = await people(ann);
  deepEqual(after.people, [{ ...view, messages: 2, last: START / 1000 + 20, sent: false }]);
  equal(after.requests, 1);
  equal(after.caughtUp, true);
  deepEqual(
    (await people(ann, { requests: true })).people.map(({ id, request }) => [id, request]),
    [
      [eveId, true],
    ],
  );

  await ann.service.call("block", { ids: [eveId] });
  const blocked = await people(ann, { requests: true });
  deepEqual([blocked.people, blocked.requests], [[], 0]);
  const [hidden] = (await people(ann, { hidden: true })).people;
  deepEqual([hidden?.id, hidden?.blocked, hidden?.request], [eveId, "user", false]);
  for (const owner of [ann, bob, eve]) await owner.close();
});

Deno.test("conversations come newest first, page by page, and name the own identities that spoke", async () => {
  const [ann, bob, eve] = [await testOwner(), await testOwner(), await testOwner()];
  const first = await ann.identity("ann");
  const [bobId, eveId] = [await bob.identity("bob"), await eve.identity("eve")];
  const strange = formatIdentity(keyOf(7));
  await send(ann, bobId);
  ann.at(10_000);
  await send(ann, eveId);
  await ann.identity("work");
  const ids = (await ann.service.call("identities", {})).map(({ id }) => id);
  const second = ids.find((id) => id !== first) ?? "";
  ann.at(20_000);
  await ann.service.call("send", { to: bobId, as: second, text: "Hi", attachments: [] });
  const [newest, ...others] = (await people(ann)).people;
  deepEqual([newest?.id, newest?.messages], [bobId, 2]);
  deepEqual(newest?.as.toSorted(), [first, second].sort());
  deepEqual(others.map(({ id }) => id), [eveId]);

  const page = await people(ann, { limit: 1 });
  deepEqual([page.people.map(({ id }) => id), page.more], [[bobId], true]);
  const next = await people(ann, { limit: 1, before: bobId });
  deepEqual([next.people.map(({ id }) => id), next.more], [[eveId], false]);
  await rejects(people(ann, { before: strange }), /isn't in this list/);
  for (const limit of [0, 1.5, 1_001]) await rejects(people(ann, { limit }), /whole number/);
  for (const owner of [ann, bob, eve]) await owner.close();
});

Deno.test("an inbox asked for now answers although not everything was tried", async () => {
  const [ann, bob] = [await testOwner(), await testOwner()];
  const [annId, bobId] = [await ann.identity("ann"), await bob.identity("bob")];
  await bob.service.call("follow", { target: annId });
  await send(ann, bobId);
  await carry(ann, bob);
  const page = { limit: 10, requests: false };
  const now = await bob.service.call("inbox", { ...page, now: true });
  deepEqual([now.messages.length, now.caughtUp], [0, false]);
  const later = await bob.service.call("inbox", page);
  deepEqual([later.messages.length, later.caughtUp], [1, true]);
  for (const owner of [ann, bob]) await owner.close();
});

Deno.test("one author's statuses are had by name, followed or not, without any key", async () => {
  const [ada, eve] = [keyOf(1), keyOf(2)];
  const by = (n: number, key: typeof ada): ReturnType<typeof stored> =>
    stored(key, statusBody(n, { text: `${n}`, created: 1_796_000_000 + n * 10 }));
  const all = [by(1, ada), by(2, eve), by(3, ada), by(4, eve), by(5, ada)];
  const owner = await testOwner();
  await owner.context.store.putMessages(fresh(all));
  const texts = async (more: Partial<Api["timeline"]["params"]>): Promise<readonly string[]> =>
    (await owner.service.call("timeline", {
      limit: 10,
      all: false,
      author: formatIdentity(ada),
      ...more,
    })).map(({ text }) => text);
  deepEqual(await texts({}), ["1", "3", "5"]);
  deepEqual(await texts({ all: true }), ["1", "3", "5"]);
  deepEqual(await texts({ limit: 2 }), ["3", "5"]);
  deepEqual(await texts({ before: all[3]?.id ?? "" }), ["1", "3"]);
  deepEqual(await texts({ author: formatIdentity(keyOf(3)) }), []);
  await rejects(texts({ author: "ada" }), /g1…/);

  await owner.identity("ann");
  deepEqual(await texts({}), ["1", "3", "5"]);
  await owner.service.call("block", { ids: [formatIdentity(ada)] });
  deepEqual(await texts({}), [], "what blocks hide is shown by blocked-hidden alone");
  await owner.close();
});
