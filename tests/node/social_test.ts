import assert from "node:assert/strict";
import { Social } from "../../src/node/social.ts";
import { formatIdentity, type IdentityKey, parseIdentity } from "../../src/wire/ids.ts";
import { Private } from "../../src/wire/privacy.ts";
import { STATEMENT_TYPES } from "../../src/wire/statement.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { keyOf, statementOf } from "../store/support.ts";
import { testOwner } from "./owner_helpers.ts";

const [ann, bob, cyd, dan] = [keyOf(1), keyOf(2), keyOf(3), keyOf(4)];

function mine(id: string): IdentityKey {
  const key = parseIdentity(id);
  assert.ok(key !== undefined);
  return key;
}

Deno.test("who is verified: read from the store at the first need, then as statements come", async () => {
  const owner = await testOwner();
  const { store, social } = owner.context;
  const me = mine(await owner.identity("me"));
  await store.statements.put([ann, bob].map((subject) => statementOf({ issuer: me, subject })));
  assert.equal(social.isVerified(ann), false);
  await social.ready();
  assert.deepEqual([me, ann, dan].map((key) => social.standing(key).distance), [0, 1, null]);
  await store.statements.put([statementOf({ issuer: me, subject: cyd })]);
  await store.statements.put(
    [ann, bob, cyd].map((issuer) => statementOf({ issuer, subject: dan })),
  );
  assert.equal(social.standing(dan).distance, 2);
  assert.deepEqual(social.verifiedBy(dan), [ann, bob, cyd].sort());
  await owner.close();
});

Deno.test("a verification that went to make room counts no longer", async () => {
  const owner = await testOwner();
  const { store, social } = owner.context;
  const me = mine(await owner.identity("me"));
  await social.ready();
  await store.statements.put([ann, bob].map((subject) => statementOf({ issuer: me, subject })));
  assert.deepEqual([ann, bob].map((key) => social.isVerified(key)), [true, true]);
  store.statements.limit(0);
  await store.statements.put([statementOf({ issuer: ann, subject: cyd })]);
  assert.equal(store.statements.size, 0);
  assert.deepEqual([ann, bob].map((key) => social.isVerified(key)), [false, false]);
  await owner.close();
});

Deno.test("while the keys are locked nobody is verified, blocked or own", async () => {
  const owner = await testOwner();
  const { store, social, keys } = owner.context;
  const me = mine(await owner.identity("me"));
  await store.statements.put([statementOf({ issuer: me, subject: ann })]);
  await social.ready();
  social.setBlocks(new Private([bob]));
  assert.deepEqual([social.isVerified(ann), social.isBlocked(bob)], [true, true]);
  await owner.service.call("lock", {});
  for (const key of [me, ann, bob]) {
    assert.equal(social.isVerified(key) || social.isBlocked(key), false);
    assert.deepEqual(social.standing(key), { verified: false, distance: null, revoked: null });
    assert.deepEqual([social.because(key), social.blockReason(key)], [[], undefined]);
  }
  assert.deepEqual([...social.contagious()], []);
  social.setBlocks(new Private([bob]));
  await owner.identity("another");
  assert.equal(keys.own().length, 2);
  assert.deepEqual([social.isVerified(ann), social.isBlocked(bob)], [true, false]);
  await owner.close();
});

Deno.test("nothing is read as long as there are no keys", async () => {
  const owner = await testOwner();
  const { labels, keys, pause, store } = owner.context;
  const statements = new Proxy(store.statements, {
    get: () => assert.fail("statements were looked at"),
  });
  const social = new Social({ labels, keys, pause, store: { heirs: store.heirs, statements } });
  await social.ready();
  assert.equal(social.isVerified(ann), false);
  await owner.close();
});

Deno.test("a disk that fails while statements are read is said, and asked again the next time", async () => {
  const owner = await testOwner();
  const { labels, keys, pause, store } = owner.context;
  const me = mine(await owner.identity("me"));
  await store.statements.put([statementOf({ issuer: me, subject: ann })]);
  let fails = true;
  const statements = new Proxy(store.statements, {
    get(target, name): unknown {
      if (name === "all" && fails) throw new Error("broken disk");
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const social = new Social({ labels, keys, pause, store: { heirs: store.heirs, statements } });
  await assert.rejects(social.ready(), /broken disk/);
  fails = false;
  await social.ready();
  assert.equal(social.isVerified(ann), true);
  await owner.close();
});

Deno.test("follows and blocks come from the store: contagion spares the followed until they aren't", async () => {
  const owner = await testOwner();
  const { store, social, keys } = owner.context;
  await owner.identity("me");
  const blocked = [ann, bob, cyd].map((key) => ({ key, blockedAt: unixSeconds(1) }));
  await keys.need().store.blocks.add(new Private(blocked));
  await store.statements.put(
    [ann, bob, cyd].map((issuer) => statementOf({ issuer, subject: dan })),
  );
  await social.ready();
  assert.equal(social.isBlocked(dan), true);
  await owner.service.call("follow", { target: formatIdentity(dan) });
  await social.ready();
  assert.equal(social.isBlocked(dan), false);
  await owner.service.call("unfollow", { id: formatIdentity(dan) });
  await social.ready();
  assert.equal(social.isBlocked(dan), true);
  await owner.close();
});

Deno.test("trust: why and how far; the cap is kept with the keys", async () => {
  const owner = await testOwner();
  const { store } = owner.context;
  const me = mine(await owner.identity("me"));
  const friends = [ann, bob, cyd];
  await store.statements.put(friends.flatMap((one) => [
    statementOf({ issuer: me, subject: one }),
    statementOf({ issuer: one, subject: dan }),
  ]));
  const id = formatIdentity(dan);
  const seen = await owner.service.call("trust", { id });
  assert.deepEqual([seen.verified, seen.distance, seen.trusted], [true, 2, 3]);
  assert.deepEqual(seen.verifiedBy, friends.sort().map(formatIdentity));
  assert.deepEqual(
    seen.because.map(({ because, distance }) => [because, distance]),
    [["three verifiers", 2], ...friends.map(() => ["own verification", 1]), ["own key", 0]],
  );
  await owner.service.call("trust-limit", { maxDistance: 1 });
  const near = await owner.service.call("trust", { id });
  assert.deepEqual([near.verified, near.maxDistance, near.because], [false, 1, []]);
  await owner.service.call("lock", {});
  await assert.rejects(owner.service.call("trust", { id }), { code: "locked" });
  await owner.identity("another");
  assert.equal((await owner.service.call("trust", { id })).verified, false);
  await owner.service.call("trust-limit", { maxDistance: 0 });
  assert.equal((await owner.service.call("trust", { id })).distance, 2);
  await owner.service.call("lock", {});
  await owner.identity("third");
  const far = await owner.service.call("trust", { id });
  assert.deepEqual([far.distance, far.maxDistance], [2, null]);
  for (const maxDistance of [-1, 1.5, 1_001, NaN]) {
    await assert.rejects(owner.service.call("trust-limit", { maxDistance }), { code: "usage" });
  }
  await owner.close();
});

Deno.test("a revocation is shown with its successor as a claim, unless the heir says otherwise", async () => {
  const owner = await testOwner();
  await owner.identity("me");
  const { type, consent } = { type: STATEMENT_TYPES.revoke, consent: new Uint8Array(64) };
  await owner.context.store.statements.put([
    statementOf({ type, consent, issuer: ann, subject: bob, issued: unixSeconds(7) }),
  ]);
  const profile = await owner.service.call("profile-show", { id: formatIdentity(ann) });
  assert.deepEqual(profile.revoked, { issued: 7, successor: formatIdentity(bob), fits: false });
  assert.deepEqual([profile.verified, profile.distance], [false, null]);
  await owner.close();
});
