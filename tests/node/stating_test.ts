import assert from "node:assert/strict";
import { makeRecovery, openRecoverySheet, Secret } from "../../src/keystore/mod.ts";
import { encodeBase64 } from "../../src/node/base64.ts";
import { makeStatement } from "../../src/node/compose_statement.ts";
import { UserError } from "../../src/node/user_error.ts";
import {
  formatIdentity,
  type IdentityKey,
  parseIdentity,
  parseMessageId,
} from "../../src/wire/ids.ts";
import { formatLocator } from "../../src/wire/locator.ts";
import { encode } from "../../src/wire/msgpack.ts";
import { consentBytes, heirOf, type Statement, statementValue } from "../../src/wire/statement.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { neitherSlowNorSecure } from "../keystore/fake_kdf.ts";
import { fresh, profileOf, statusBody, stored } from "../store/support.ts";
import { testKey } from "../wire/support.ts";
import { carry, spread, START, type TestOwner, testOwner, threadTexts } from "./owner_helpers.ts";

const NOW = unixSeconds(START / 1_000);
const pause = (): Promise<void> => Promise.resolve();
const base64 = (statement: Statement): string => encodeBase64(encode(statementValue(statement)));

function key(id: string): IdentityKey {
  const found = parseIdentity(id);
  assert.ok(found);
  return found;
}

const post = (owner: TestOwner, text: string): Promise<{ id: string }> =>
  owner.service.call("post", { text, attachments: [] });

const verified = async (owner: TestOwner, id: string): Promise<boolean> => {
  await owner.context.social.ready();
  return owner.context.social.isVerified(key(id));
};

const saying = (code: string, ...says: string[]) => (error: unknown): boolean =>
  error instanceof UserError && error.code === code &&
  says.every((part) => error.message.includes(part));

Deno.test("verify: counts here at once, elsewhere when it arrives, until it is withdrawn", async () => {
  const [ann, bob] = [await testOwner(), await testOwner()];
  const [annId, bobId] = [await ann.identity("ann"), await bob.identity("bob")];
  await post(bob, "I am Bob");
  await carry(bob, ann);
  const first = await ann.service.call("verify", { id: bobId });
  assert.deepEqual([first.id, first.by, first.waiting], [bobId, annId, true]);
  assert.equal(await verified(ann, bobId), true);
  // On its way it is in no store that anybody else could read, so goes along with nothing.
  assert.equal(ann.context.store.statements.size, 0);
  const [pending] = ann.context.own.pending();
  assert.equal(pending?.body.kind, "statement");
  assert.notEqual(pending?.key, key(annId));
  await assert.rejects(ann.service.call("verify", { id: bobId }), saying("failed", "already"));
  await carry(ann, bob);
  const [arrived] = await bob.context.store.statements.about(key(bobId));
  assert.deepEqual([arrived?.type, arrived?.issuer], [0, key(annId)]);
  // In the same ten seconds, and yet later.
  const second = await ann.service.call("unverify", { id: bobId });
  assert.equal(second.issued, first.issued + 10);
  assert.equal(await verified(ann, bobId), false);
  await assert.rejects(ann.service.call("unverify", { id: bobId }), saying("failed", "nothing"));
  const third = await ann.service.call("verify", { id: bobId });
  assert.ok(third.issued > second.issued);
  await ann.close();
  await bob.close();
});

Deno.test("verify: not oneself, nobody unseen, nobody revoked, and not by a revoked one", async () => {
  const ann = await testOwner();
  const annId = await ann.identity("ann");
  const verify = (id: string): Promise<unknown> => ann.service.call("verify", { id });
  await assert.rejects(verify(annId), saying("refused", "itself"));
  const stranger = "g1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqsu8w0pj";
  await assert.rejects(verify(stranger), UserError);
  await ann.close();
});

Deno.test("revoke: from the sheet alone, on a machine that never had the key; it speaks no more", async () => {
  const [ann, other] = [await testOwner(), await testOwner()];
  const annId = await ann.identity("ann");
  await post(ann, "before");
  using words = Secret.take(new Uint8Array([7, 7, 7]));
  const { labels } = ann.context;
  const common = { labels, passphrase: words, kdf: neitherSlowNorSecure };
  const signer = ann.context.keys.need().keyring.signer(key(annId));
  const { sheet } = await makeRecovery(signer, { ...common, now: NOW, pause });
  const opened = await openRecoverySheet(sheet, common);
  opened.successor.wipe();

  await other.identity("somebody");
  const statement = base64(opened.revocation);
  const done = await other.service.call("revoke", { statement });
  assert.equal(done.id, annId);
  assert.equal(key(done.successor ?? ""), opened.revocation.subject);
  // It waits sealed over a lock, although its origin is no identity of this node.
  await other.service.call("lock", {});
  assert.equal(other.context.own.pending().length, 0);
  await other.identity("again");
  assert.equal(other.context.own.pending().length, 1);

  await carry(other, ann);
  await assert.rejects(post(ann, "after"), saying("refused", "revoked"));
  await assert.rejects(
    ann.service.call("profile-set", { name: "x" }),
    saying("refused", "revoked"),
  );
  await ann.context.social.ready();
  const { revoked } = await ann.context.social.look(key(annId));
  assert.equal(revoked?.successor, opened.revocation.subject);
  await ann.close();
  await other.close();
});

Deno.test("revoke: a thief of the daily key ends the identity, and inherits nothing", async () => {
  const [ann, bob] = [await testOwner(), await testOwner()];
  const annId = await ann.identity("ann");
  await bob.identity("bob");
  await post(ann, "hello");
  await carry(ann, bob);
  const thief = testKey(66);
  const { labels } = ann.context;
  const signer = ann.context.keys.need().keyring.signer(key(annId));
  const consent = thief.sign(consentBytes(labels, key(annId)));
  const content = { type: 2, subject: thief.key, issued: NOW, consent } as const;
  const stolen = await makeStatement(content, { labels, pause, signer });
  await bob.service.call("revoke", { statement: base64(stolen) });
  const { revoked, verified } = await bob.context.social.look(key(annId));
  assert.deepEqual([revoked?.successor, revoked?.fits, verified], [thief.key, false, false]);
  await ann.close();
  await bob.close();
});

Deno.test("succession: a fitting one is offered to who follows, under the same name; a claim isn't", async () => {
  for (const isThief of [false, true]) {
    const [ann, bob] = [await testOwner(), await testOwner()];
    const annId = await ann.identity("ann");
    await bob.identity("bob");
    const { labels } = ann.context;
    const next = testKey(77);
    // The first 80 bits of the heir, as a locator of Ann's says them.
    const prefix = heirOf(labels, isThief ? testKey(78).key : next.key).slice(0, 10);
    const locator = formatLocator({
      ...{ network: labels.network, addresses: [], starters: [] },
      identities: [{ key: key(annId), heirPrefix: prefix }],
    });
    await bob.service.call("follow", { target: locator, name: "Annie" });
    const go = (): ReturnType<typeof post> | Promise<unknown> =>
      bob.service.call("follow", { target: annId, successor: true });
    await assert.rejects(async () => await go(), saying("failed", "not revoked"));
    const signer = ann.context.keys.need().keyring.signer(key(annId));
    const consent = next.sign(consentBytes(labels, key(annId)));
    const content = { type: 2, subject: next.key, issued: NOW, consent } as const;
    const statement = await makeStatement(content, { labels, pause, signer });
    await ann.service.call("revoke", { statement: base64(statement) });
    await carry(ann, bob);
    const [shown] = await bob.service.call("following", {});
    assert.deepEqual(shown?.revoked, {
      ...{ issued: NOW, successor: formatIdentity(next.key), fits: !isThief },
    });
    if (isThief) await assert.rejects(async () => await go(), saying("refused", "only claims"));
    else {
      await go();
      const names = (await bob.service.call("following", {})).map(({ name }) => name);
      assert.deepEqual(names, ["Annie", "Annie"]);
      await bob.service.call("follow", { target: formatIdentity(next.key), name: "" });
    }
    // The heir is the same person and so no borrower of the name; whoever only claims to be is one.
    const profile = profileOf("Annie", NOW);
    const heir = stored(next.key, statusBody(1, { created: NOW, profile }));
    await bob.context.store.putMessages(fresh([heir]));
    const { name, suspicious } = await bob.service.call("show", { id: heir.id });
    assert.deepEqual([name, suspicious], ["Annie", isThief]);
    await ann.close();
    await bob.close();
  }
});

Deno.test("revoke: what no node would take, and what is no revocation, is not sent", async () => {
  const ann = await testOwner();
  const annId = await ann.identity("ann");
  const signer = ann.context.keys.need().keyring.signer(key(annId));
  const content = { subject: key(annId), issued: NOW, consent: new Uint8Array(0) };
  const { labels } = ann.context;
  const good = await makeStatement({ ...content, type: 2 }, { labels, pause, signer });
  const bad = { ...good, signature: new Uint8Array(64) };
  const call = (statement: string): Promise<unknown> => ann.service.call("revoke", { statement });
  await assert.rejects(call(base64(bad)), saying("failed", "Nothing was sent"));
  for (const text of ["", "%", "AAAA", base64({ ...good, type: 0 })]) {
    await assert.rejects(call(text), saying("usage"));
  }
  assert.equal(ann.context.own.pending().length, 0);
  await ann.close();
});

Deno.test("revoke: what comes after it is passed on and shown nowhere, changes no profile and no heir", async () => {
  const [ann, bob] = [await testOwner(), await testOwner()];
  const annId = await ann.identity("ann");
  await bob.identity("bob");
  await bob.service.call("follow", { target: annId });
  await ann.service.call("profile-set", { name: "Ann" });
  const before = await post(ann, "before");
  await carry(ann, bob);
  const { labels } = ann.context;
  const signer = ann.context.keys.need().keyring.signer(key(annId));
  const content = {
    ...{ type: 2, subject: key(annId), issued: NOW, consent: new Uint8Array(0) } as const,
  };
  const statement = await makeStatement(content, { labels, pause, signer });
  await bob.service.call("revoke", { statement: base64(statement) });
  await spread(bob);
  // Ann's own node doesn't know of it: this is what a thief could send.
  ann.at(60_000);
  const after = await ann.service.call("post", {
    ...{ text: "after #x", replyTo: before.id, attachments: [] },
  });
  await ann.service.call("profile-set", { name: "Thief" });
  await carry(ann, bob);
  const { service, context } = bob;
  assert.ok(await context.store.getBytes(parseMessageId(after.id) ?? assert.fail()));
  const texts = (views: readonly { text: string }[]): string[] => views.map(({ text }) => text);
  assert.deepEqual(texts(await service.call("timeline", { limit: 9, all: false })), ["before"]);
  assert.deepEqual(texts(await service.call("timeline", { limit: 9, all: true })), ["before"]);
  const { found } = await service.call("search-page", { words: ["after"], limit: 9 });
  assert.deepEqual(found, []);
  assert.deepEqual(await threadTexts(bob, before.id), ["before"]);
  await assert.rejects(service.call("show", { id: after.id }), saying("failed", "revoked"));
  assert.equal((await service.call("show", { id: after.id, hidden: true })).text, "after #x");
  assert.equal((await service.call("profile-show", { id: annId })).name, "Ann");
  assert.equal((await context.store.heirs.of(key(annId)))?.disputed, false);
  await ann.close();
  await bob.close();
});
