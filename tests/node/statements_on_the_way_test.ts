/** Statements that come with messages and go out with them, by the node's own road. */
import assert from "node:assert/strict";
import { createVerifier } from "../../src/keystore/mod.ts";
import { Hub } from "../../src/node/hub.ts";
import { Injector } from "../../src/node/inject.ts";
import { loadMessages } from "../../src/node/load_messages.ts";
import { SILENT } from "../../src/node/log.ts";
import { factOf } from "../../src/node/message_fact.ts";
import { Appended, openMemoryStores, type PublicStore } from "../../src/store/mod.ts";
import { encodeBody } from "../../src/wire/body_encode.ts";
import { RESULT } from "../../src/wire/frame.ts";
import type { IdentityKey } from "../../src/wire/ids.ts";
import { MAIN_NETWORK } from "../../src/wire/labels.ts";
import { decodeEnvelope } from "../../src/wire/message.ts";
import type { UnixMs } from "../../src/wire/time.ts";
import { envelope, LABELS, NOW, statement, status, testKey } from "../wire/support.ts";

const [ANN, BOB, EVE] = [testKey(11), testKey(12), testKey(13)];
const BY_BOB = statement({ issuer: BOB, subject: ANN.key });
const BY_EVE = statement({ issuer: EVE, subject: ANN.key });
const ABOUT_EVE = statement({ issuer: BOB, subject: EVE.key });
const FORGED = { ...BY_EVE, signature: BY_BOB.signature, stamp: BY_BOB.stamp };

interface Node {
  readonly store: PublicStore;
  readonly injector: Injector;
  load(id: string, told?: Set<IdentityKey>): Promise<Uint8Array>;
  close(): Promise<void>;
}

async function node(): Promise<Node> {
  const stores = await openMemoryStores(MAIN_NETWORK);
  const store = stores.public;
  const injector = new Injector({
    ...{ labels: LABELS, store, verify: createVerifier(), hub: new Hub() },
    clock: { now: () => (NOW * 1_000) as UnixMs },
    log: SILENT,
  });
  const load = loadMessages({
    ...{ store, textOnly: false, keeper: { refuses: () => false } },
    appended: new Appended({ ...store, below: (n) => Math.floor(Math.random() * n) }),
  });
  return {
    store,
    injector,
    load: async (id, told = new Set()) => {
      const meta = [...store.index.newestFirst()].find((one) => one.id === id);
      const [bytes] = meta === undefined ? [] : await load([meta.id], told);
      assert.ok(bytes);
      return bytes;
    },
    close: () => stores.close(),
  };
}

const post = (text: string, statements = [BY_BOB]): Uint8Array =>
  envelope(ANN, { body: encodeBody(status({ text })), statements });

Deno.test("what a message brings is stored by itself, and goes along with all of its author's", async () => {
  const { store, injector, load, close } = await node();
  const brought = await injector.inject(post("one", [BY_BOB, ABOUT_EVE, FORGED, BY_BOB]));
  const bare = await injector.inject(post("two", []));
  assert.deepEqual([brought.code, bare.code], [RESULT.accepted, RESULT.accepted]);
  assert.deepEqual(await store.statements.about(ANN.key), [BY_BOB]);
  for (const { message } of [brought, bare]) {
    assert.ok(message);
    const kept = await store.getBytes(message.id);
    assert.deepEqual(kept && decodeEnvelope(kept).statements, []);
    const sent = await load(message.id);
    assert.deepEqual(decodeEnvelope(sent).statements, [BY_BOB]);
    assert.ok(sent.length <= factOf(message).size, "no more than the engine reckons with");
  }
  // To one peer once: in a long catch-up they would be most of what is sent.
  const told = new Set<IdentityKey>();
  const [first, second] = [brought, bare].map(({ message }) => message?.id ?? "");
  assert.equal(decodeEnvelope(await load(first ?? "", told)).statements.length, 1);
  assert.equal(decodeEnvelope(await load(second ?? "", told)).statements.length, 0);
  await close();
});

Deno.test("a second copy of a message brings statements in, within what they may cost", async () => {
  const { store, injector, close } = await node();
  await injector.inject(post("one", []));
  const none = await injector.inject(post("one", [BY_BOB]), { novelStatements: 0 });
  assert.deepEqual([none.code, none.novelStatements], [RESULT.known, 0]);
  assert.equal(store.statements.size, 0);
  const late = await injector.inject(post("one", [BY_BOB, ABOUT_EVE, FORGED]));
  assert.deepEqual([late.code, late.message], [RESULT.known, undefined]);
  // The forged one cost a check, too; the foreign one none.
  assert.equal(late.novelStatements, 2);
  assert.deepEqual(await store.statements.about(ANN.key), [BY_BOB]);
  assert.equal(store.statements.size, 1);
  // The same again is known to the byte, and costs nothing.
  assert.equal((await injector.inject(post("one", [BY_BOB]))).novelStatements, 0);
  await close();
});

Deno.test("of copies that come at the same moment, the statements of all are taken in", async () => {
  const { store, injector, close } = await node();
  const copies = [post("one", [BY_BOB]), post("one", [BY_EVE]), post("one", [])];
  const results = await Promise.all(copies.map((bytes) => injector.inject(bytes)));
  assert.deepEqual(results.map(({ code }) => code), [RESULT.accepted, RESULT.known, RESULT.known]);
  assert.equal((await store.statements.about(ANN.key)).length, 2);
  await close();
});
