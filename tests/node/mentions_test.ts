import { deepEqual, equal, rejects } from "node:assert/strict";
import { UserError } from "../../src/node/user_error.ts";
import { MARKUP_TYPES } from "../../src/wire/body.ts";
import { formatIdentity, type IdentityKey, parseIdentity } from "../../src/wire/ids.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { fresh, keyOf, statusBody, stored } from "../store/support.ts";
import { carry, type TestOwner, testOwner } from "./owner_helpers.ts";

async function texts(owner: TestOwner, part = {}): Promise<string[]> {
  const page = { limit: 10, requests: false, ...part };
  return (await owner.service.call("mentions", page)).messages.map(({ text }) => text);
}

Deno.test("what mentions or answers me is found, by those I follow, and by strangers on request", async () => {
  const [ann, bob, eve] = [await testOwner(), await testOwner(), await testOwner()];
  const [a, b] = [await ann.identity("ann"), await bob.identity("bob")];
  await eve.identity("eve");
  const post = async (owner: TestOwner, text: string, about = {}): Promise<string> =>
    (await owner.service.call("post", { text, attachments: [], ...about })).id;
  const root = await post(ann, "mine");
  await post(ann, `me @${a}`);
  for (const owner of [bob, eve]) {
    await carry(ann, owner);
    const name = owner === bob ? "bob" : "eve";
    await post(owner, `${name}: hi @${a}`);
    await post(owner, `${name}: answer`, { replyTo: root });
    await post(owner, `${name}: quote`, { quote: root });
    await post(owner, `${name}: to bob @${b}`);
    await post(owner, `${name}: nothing`);
    await carry(owner, ann);
  }
  const mine = (name: string): string[] => [`${name}: hi @${a}`, `${name}: answer`];
  deepEqual(await texts(ann), []);
  deepEqual((await texts(ann, { requests: true })).sort(), [...mine("bob"), ...mine("eve")].sort());
  await ann.service.call("follow", { target: b });
  deepEqual(await texts(ann), mine("bob"));
  deepEqual(await texts(ann, { requests: true }), mine("eve"));
  const page = { limit: 10, requests: false };
  equal((await ann.service.call("mentions", page)).requests, 2);
  await ann.service.call("lock", {});
  await rejects(
    ann.service.call("mentions", page),
    (error) => error instanceof UserError && error.code === "locked",
  );
  for (const owner of [ann, bob, eve]) await owner.close();
});

/** What one author says, n-th, with these mentions. */
function calls(n: number, keys: readonly IdentityKey[]): ReturnType<typeof stored> {
  const markup = keys.map((key, i) => ({
    ...{ start: i, end: i + 1, type: MARKUP_TYPES.mention },
    value: formatIdentity(key),
  }));
  const created = 1_796_000_000 + n * 10;
  const body = statusBody(n, { created, text: `${String(n).padStart(3, "0")}`.padEnd(40, "x") });
  return stored(keyOf(7), { ...body, created: unixSeconds(created), markup });
}

Deno.test("pages come in true order, without a gap and without repeating", async () => {
  const ann = await testOwner();
  const me = parseIdentity(await ann.identity("ann"))!;
  const all = Array.from({ length: 60 }, (_, n) => calls(n, n % 2 === 0 ? [me] : [keyOf(n)]));
  await ann.context.store.putMessages(fresh(all));
  await ann.service.call("follow", { target: formatIdentity(keyOf(7)) });
  const seen: string[] = [];
  let before: string | undefined;
  for (;;) {
    const { messages } = await ann.service.call("mentions", {
      ...{ limit: 7, requests: false },
      ...(before !== undefined && { before }),
    });
    if (messages.length === 0) break;
    seen.unshift(...messages.map(({ text }) => text.slice(0, 3)));
    before = messages[0]?.id;
  }
  deepEqual(seen, Array.from({ length: 30 }, (_, i) => String(i * 2).padStart(3, "0")));
  await ann.close();
});

Deno.test("a post calls upon the first eight, and whoever stands ninth isn't bothered", async () => {
  const ann = await testOwner();
  const me = parseIdentity(await ann.identity("ann"))!;
  const others = (n: number): IdentityKey[] => Array.from({ length: n }, (_, i) => keyOf(100 + i));
  await ann.context.store.putMessages(fresh([
    calls(1, [...others(7), me]),
    calls(2, [...others(8), me]),
  ]));
  deepEqual((await texts(ann, { requests: true })).map((text) => text.slice(0, 3)), ["001"]);
  await ann.close();
});
