/** Blocking is contagious, says by whom, undoes itself, and can't be turned against the owner. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { UserError } from "../../src/node/user_error.ts";
import { formatIdentity, type IdentityKey, parseIdentity } from "../../src/wire/ids.ts";
import { fresh, keyOf, NOW, statementOf, statusBody, stored } from "../store/support.ts";
import { type TestOwner, testOwner } from "./owner_helpers.ts";

const [A, B, C, VICTIM, NEXT] = [1, 2, 3, 4, 5].map(keyOf) as [
  IdentityKey,
  IdentityKey,
  IdentityKey,
  IdentityKey,
  IdentityKey,
];
const HOSTILE = [A, B, C];
const VICTIM_ID = formatIdentity(VICTIM);

/** An owner with a status by each of them. */
async function owner(): Promise<TestOwner & { key: IdentityKey }> {
  const owner = await testOwner();
  const id = await owner.identity("ann");
  const all = [...HOSTILE, VICTIM, NEXT].map((key, n) =>
    stored(key, statusBody(n, { text: `${n + 1}`, created: 1_796_000_000 + n }))
  );
  await owner.context.store.putMessages(fresh(all));
  return { ...owner, key: parseIdentity(id)! };
}

/** Verifications as they come in from the network, or their withdrawals. */
async function verify(
  { context }: TestOwner,
  by: readonly IdentityKey[],
  subject: IdentityKey,
  type: 0 | 1 = 0,
): Promise<void> {
  const issued = (NOW + 60 * type) as typeof NOW;
  await context.store.statements.put(
    by.map((issuer) => statementOf({ issuer, subject, type, issued })),
  );
}

async function shown({ service }: TestOwner): Promise<string> {
  const page = await service.call("timeline", { limit: 50, all: true });
  return page.map(({ text }) => text).join("");
}

async function block({ service }: TestOwner, keys: readonly IdentityKey[]): Promise<void> {
  await service.call("block", { ids: keys.map(formatIdentity) });
}

Deno.test("whom three blocked identities verify is blocked, marked with which, as long as that is so", async () => {
  const ann = await owner();
  await verify(ann, HOSTILE, VICTIM);
  await block(ann, [A, B]);
  equal(await shown(ann), "345");
  await block(ann, [C]);
  equal(await shown(ann), "5");
  const because = HOSTILE.map(formatIdentity);
  const list = await ann.service.call("blocked", {});
  deepEqual(list.map(({ id }) => id), [...HOSTILE, VICTIM].map(formatIdentity));
  deepEqual(list[3], { id: VICTIM_ID, name: "", suspicious: false, because, since: null });
  const hidden = await ann.service.call("blocked-hidden", { limit: 1 });
  deepEqual(hidden.map(({ text, blocked }) => ({ text, blocked })), [
    { text: "4", blocked: because },
  ]);
  await rejects(
    ann.service.call("unblock", { id: VICTIM_ID }),
    (error) =>
      error instanceof UserError && error.code === "refused" &&
      because.every((id) => error.message.includes(id)),
  );
  await ann.service.call("unblock", { id: because[1]! });
  equal(await shown(ann), "245");
  await ann.close();
});

Deno.test("it reaches on from those whom it reached, and ends where a verification is withdrawn", async () => {
  const ann = await owner();
  await block(ann, HOSTILE);
  await verify(ann, [A, B, VICTIM], NEXT);
  await verify(ann, HOSTILE, VICTIM);
  equal(await shown(ann), "");
  await verify(ann, [B], VICTIM, 1);
  equal(await shown(ann), "45");
  await ann.close();
});

Deno.test("three hostile identities can't silence whom the owner is, follows or verified", async () => {
  const ann = await owner();
  const mine = (await ann.service.call("post", { text: "!", attachments: [] })).id;
  await ann.service.call("follow", { target: VICTIM_ID });
  await verify(ann, [ann.key], NEXT);
  for (const subject of [VICTIM, NEXT, ann.key]) await verify(ann, HOSTILE, subject);
  await block(ann, HOSTILE);
  equal(await shown(ann), "45!");
  equal((await ann.service.call("show", { id: mine })).blocked, null);
  deepEqual((await ann.service.call("blocked", {})).length, 3);
  await ann.service.call("unfollow", { id: VICTIM_ID });
  equal(await shown(ann), "5!", "computed anew without the follow");
  await ann.service.call("follow", { target: VICTIM_ID });
  equal(await shown(ann), "45!");
  // Nor by a block of one's own is somebody else's word needed: that always counts.
  await block(ann, [NEXT]);
  equal(await shown(ann), "4!");
  await ann.close();
});

Deno.test("who is blocked by hand and by contagion stays hidden until both are over", async () => {
  const ann = await owner();
  await verify(ann, HOSTILE, VICTIM);
  await block(ann, [...HOSTILE, VICTIM]);
  const still = await ann.service.call("unblock", { id: VICTIM_ID });
  deepEqual(still.because, HOSTILE.map(formatIdentity));
  equal(await shown(ann), "5");
  await ann.service.call("unblock", { id: formatIdentity(A) });
  equal(await shown(ann), "145");
  await ann.close();
});

Deno.test("a new identity is heard until it is blocked: nobody can be blocked before", async () => {
  const ann = await owner();
  await block(ann, HOSTILE);
  const stranger = keyOf(9);
  await ann.context.store.putMessages(fresh([stored(stranger, statusBody(9, { text: "9" }))]));
  equal(await shown(ann), "459");
  await block(ann, [stranger]);
  equal(await shown(ann), "45");
  await ann.close();
});
