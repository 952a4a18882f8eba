/** The owner's messages from the moment they are made until they are seen back. */
import assert from "node:assert/strict";
import type { SessionId } from "../../src/gossip/mod.ts";
import { BelievedClock } from "../../src/node/believed_clock.ts";
import { LINGER_MS, type OwnRoad } from "../../src/node/own_messages.ts";
import { UserError } from "../../src/node/user_error.ts";
import { addressOf } from "../../src/wire/address.ts";
import { parseMessageId } from "../../src/wire/ids.ts";
import { LIFETIME_S } from "../../src/wire/limits.ts";
import { Private } from "../../src/wire/privacy.ts";
import { toSeconds } from "../../src/wire/time.ts";
import { carry, spread, START, type TestOwner, testOwner, threadTexts } from "./owner_helpers.ts";

const POST = { text: "hello", attachments: [] };

/** A road that only notes what goes its way. */
class Road implements OwnRoad {
  readonly sent: string[] = [];
  forgotten = 0;
  later: { readonly ms: number; readonly f: () => void } | undefined;

  send({ id }: { readonly id: string }): void {
    this.sent.push(id);
  }

  /** What the engine would say. */
  holds = true;

  withdraw(): boolean {
    return this.holds;
  }

  forget(): void {
    this.forgotten++;
  }

  after(ms: number, f: () => void): () => void {
    const timer = { ms, f };
    this.later = timer;
    return () => {
      if (this.later === timer) this.later = undefined;
    };
  }
}

interface Bench extends TestOwner {
  readonly road: Road;
  post(text?: string): Promise<string>;
}

async function bench(): Promise<Bench> {
  const road = new Road();
  const owner = await testOwner(undefined, road);
  await owner.identity("ann");
  const post = async (text = "hello"): Promise<string> =>
    (await owner.service.call("post", { ...POST, text })).id;
  return { ...owner, road, post };
}

/** Locks and unlocks with the same keys. */
async function reopen({ service, context }: Bench, again = false): Promise<void> {
  const bundle = context.keys.need().keyring.encode().use((bytes) => bytes.slice());
  await service.call("lock", { again });
  await service.unlock(bundle);
}

Deno.test("a post is sealed, sent on its way, and in no public row before it was seen back", async () => {
  const ann = await bench();
  const id = await ann.post();
  assert.deepEqual(ann.road.sent, [id]);
  assert.equal(ann.context.store.index.size, 0);
  const [entry] = (await ann.context.keys.need().store.outbox.entries()).reveal();
  assert.deepEqual([entry?.id, entry?.origin], [id, ann.context.keys.own()[0]]);
  assert.equal((await ann.service.call("status", {})).pending, 1);
  await spread(ann);
  assert.equal((await ann.service.call("status", {})).pending, 0);
  assert.equal((await ann.service.call("show", { id })).pending, false);
  await ann.close();
});

Deno.test("profiles and posts strictly rise also while all of them are pending, and the newest profile shows", async () => {
  const ann = await bench();
  const ids = [await ann.post("one"), await ann.post("two")];
  await ann.service.call("profile-set", { name: "Ann" });
  const times = ann.context.own.pending().map(({ body }) => body.created);
  assert.deepEqual(times, [0, 10, 20].map((s) => START / 1000 + s));
  assert.equal((await ann.service.call("profile-show", {})).name, "Ann");
  const [, second] = await ann.service.call("timeline", { limit: 9, all: false });
  assert.deepEqual([second?.id, second?.name, second?.pending], [ids[1], "Ann", true]);
  // Each post brings the profile along, also one that nobody has seen.
  await ann.post("three");
  const body = ann.context.own.pending().at(-1)?.body;
  assert.equal(body?.kind === "status" && body.profile.name, "Ann");
  await ann.close();
});

Deno.test("pending and stored stand in one order, in pages, and threads go through both", async () => {
  const ann = await bench();
  const a = await ann.post("a");
  await spread(ann);
  ann.at(60_000);
  const b = (await ann.service.call("post", { ...POST, text: "b", replyTo: a })).id;
  const c = (await ann.service.call("post", { ...POST, text: "c", replyTo: b.slice(0, 12) })).id;
  const page = async (limit: number, before?: string): Promise<string[]> =>
    (await ann.service.call("timeline", { limit, all: true, ...(before && { before }) }))
      .map(({ text }) => text);
  assert.deepEqual(await page(9), ["a", "b", "c"]);
  assert.deepEqual(await page(2), ["b", "c"]);
  assert.deepEqual(await page(2, c), ["a", "b"]);
  assert.deepEqual(await page(2, b), ["a"]);
  assert.deepEqual(await page(2, a), []);
  const texts = await threadTexts(ann, b);
  assert.deepEqual(texts, ["a", "b", "c"]);
  await ann.close();
});

Deno.test("locked, nothing tells that there is anything; unlocked, all of it goes its way again", async () => {
  const ann = await bench();
  const ids = [await ann.post("one"), await ann.post("two")];
  const bundle = ann.context.keys.need().keyring.encode().use((bytes) => bytes.slice());
  await ann.service.call("lock", {});
  assert.equal(ann.road.forgotten, 1);
  assert.deepEqual(ann.context.own.pending(), []);
  assert.equal((await ann.service.call("status", {})).pending, null);
  assert.deepEqual(await ann.service.call("timeline", { limit: 9, all: true }), []);
  await assert.rejects(ann.service.call("show", { id: ids[0]! }), UserError);
  ann.road.sent.length = 0;
  await ann.service.unlock(bundle);
  assert.deepEqual(ann.road.sent, ids);
  assert.deepEqual(ann.context.own.pending().map(({ id }) => id), ids);
  await ann.close();
});

Deno.test("a command that unlocked only for itself leaves two minutes; an unlock within them goes on", async () => {
  const ann = await bench();
  await ann.post();
  const bundle = ann.context.keys.need().keyring.encode().use((bytes) => bytes.slice());
  await ann.service.call("lock", { again: true });
  assert.deepEqual([ann.road.forgotten, ann.road.later?.ms], [0, LINGER_MS]);
  ann.road.later?.f();
  assert.equal(ann.road.forgotten, 1);
  await ann.service.unlock(bundle);
  await reopen(ann, true);
  assert.deepEqual([ann.road.forgotten, ann.road.later], [1, undefined]);
  // And a lock that is meant ends them.
  await ann.service.call("lock", { again: true });
  await ann.service.call("lock", {});
  assert.deepEqual([ann.road.forgotten, ann.road.later], [2, undefined]);
  await ann.close();
});

Deno.test("what was seen back leaves the outbox, at unlock and now and then; the rest is sent again", async () => {
  const ann = await bench();
  const sealed = async (): Promise<string[]> =>
    (await ann.context.keys.need().store.outbox.entries()).reveal().map(({ id }) => id);
  const one = await ann.post("one");
  await spread(ann);
  assert.deepEqual(await sealed(), [one], "The moment shows on the disk");
  const two = await ann.post("two");
  ann.road.sent.length = 0;
  await ann.service.tidy();
  assert.deepEqual([await sealed(), ann.road.sent], [[two], [two]]);
  await spread(ann);
  await reopen(ann);
  assert.deepEqual(await sealed(), []);
  await ann.service.call("lock", {});
  await ann.service.tidy();
  await ann.close();
});

Deno.test("what nobody took within its lifetime is dropped, and status says so", async () => {
  const ann = await bench();
  const old = await ann.post("old");
  ann.at((LIFETIME_S - 60) * 1000);
  const young = await ann.post("young");
  await reopen(ann);
  assert.deepEqual(ann.context.own.pending().map(({ id }) => id), [old, young]);
  ann.at((LIFETIME_S + 60) * 1000);
  await ann.service.tidy();
  assert.deepEqual(
    ann.context.own.pending().map(({ id }) => id),
    [old, young],
    "On one clock's word",
  );
  const { clock } = ann.context;
  assert.ok(clock instanceof BelievedClock);
  for (let i = 1; i <= 5; i++) {
    const remote = addressOf(`4${i}.1.2.3`, 14677)!;
    const session = 1 as SessionId;
    clock.heard({ session, remote, outbound: true, time: toSeconds(clock.now()) });
    clock.ended({ session, completed: true });
  }
  await ann.service.tidy();
  assert.deepEqual(ann.context.own.pending().map(({ id }) => id), [young]);
  const { warnings, pending } = await ann.service.call("status", {});
  assert.equal(pending, 1);
  assert.match(warnings.join(), /1 of your messages found nobody/);
  await ann.close();
});

Deno.test("without a node nothing is dropped for its age, and nothing sent", async () => {
  const ann = await testOwner();
  await ann.identity("ann");
  const { id, waiting } = await ann.service.call("post", POST);
  assert.equal(waiting, true);
  ann.at((LIFETIME_S + 60) * 1000);
  await ann.service.tidy();
  assert.equal(ann.context.own.get(parseMessageId(id)!)?.id, id);
  await ann.close();
});

Deno.test("what somebody else's keys left in the outbox is dropped", async () => {
  const ann = await bench();
  const { outbox } = ann.context.keys.need().store;
  await ann.post("ann's");
  const bob = await testOwner();
  await bob.identity("bob");
  await bob.service.call("post", { ...POST, text: "bob's" });
  const foreign = (await bob.context.keys.need().store.outbox.entries()).map(([entry]) => entry!);
  assert.equal(await outbox.add(foreign), true);
  await reopen(ann);
  assert.equal(await outbox.entries().catch(() => undefined), undefined);
  const left = (await ann.context.keys.need().store.outbox.entries()).reveal();
  assert.equal(left.length, 1);
  assert.equal(ann.context.own.pending().length, 1);
  await bob.close();
  await ann.close();
});

Deno.test("what the engine never handed on is simply not sent; nothing tells that it was", async () => {
  const ann = await bench();
  const id = await ann.post();
  const answer = await ann.service.call("retract", { id: id.slice(0, 8) });
  assert.deepEqual([answer.id, answer.retracted], [null, id]);
  assert.deepEqual(ann.context.own.pending(), []);
  assert.deepEqual((await ann.context.keys.need().store.outbox.entries()).reveal(), []);
  await assert.rejects(ann.service.call("retract", { id }), { code: "failed" });
  await ann.close();
});

Deno.test("what may have left is followed by a retraction, and gone from the owner's views at once", async () => {
  const ann = await bench();
  const id = await ann.post("handed on");
  ann.road.holds = false;
  const handed = ann.context.own.pending()[0]?.bytes;
  const answer = await ann.service.call("retract", { id });
  const [only, ...others] = ann.context.own.pending();
  assert.deepEqual([only?.id, others.length], [answer.id, 0]);
  assert.ok(only?.body.kind === "retraction" && only.body.id === id);
  assert.equal(only.body.created, START / 1000 + 10);
  // It comes back from the stem before its retraction does.
  await ann.context.injector.inject(handed!);
  assert.deepEqual(await ann.service.call("timeline", { limit: 9, all: true }), []);
  await assert.rejects(ann.service.call("show", { id }), { code: "failed" });
  assert.deepEqual(await ann.service.call("thread", { id }), []);
  await assert.rejects(ann.service.call("retract", { id }), { code: "failed" });
  await assert.rejects(ann.service.call("retract", { id: answer.id! }), { code: "refused" });
  await spread(ann);
  await assert.rejects(ann.service.call("retract", { id: answer.id! }), { code: "refused" });
  assert.deepEqual(await ann.service.call("timeline", { limit: 9, all: true }), []);
  await ann.close();
});

for (const when of ["both wait", "the retraction is out already"]) {
  Deno.test(`a kill between sealing a retraction and dropping its target sends no target: ${when}`, async () => {
    const ann = await bench();
    const other = await ann.post("stays");
    const target = await ann.post("taken back");
    const { outbox } = ann.context.keys.need().store;
    const before = (await outbox.entries()).reveal().find(({ id }) => id === target);
    assert.ok(before);
    ann.road.holds = false;
    const { id } = await ann.service.call("retract", { id: target });
    assert.ok(id);
    if (when !== "both wait") {
      const own = ann.context.own.pending().find((one) => one.id === id);
      assert.ok(own);
      await ann.context.injector.inject(own.bytes);
    }
    // As the kill leaves it: the target behind its retraction, so that order is no help.
    await outbox.add(new Private(before));
    ann.road.sent.length = 0;
    await reopen(ann);
    assert.deepEqual(ann.road.sent, when === "both wait" ? [other, id] : [other]);
    const left = (await ann.context.keys.need().store.outbox.entries()).reveal().map((entry) =>
      entry.id
    );
    assert.equal(left.includes(before.id), false);
    await ann.close();
  });
}

Deno.test("after another unlock nobody can say that a message never left, so a retraction follows it", async () => {
  const ann = await bench();
  const id = await ann.post();
  await reopen(ann);
  const answer = await ann.service.call("retract", { id });
  assert.notEqual(answer.id, null);
  assert.deepEqual(ann.context.own.pending().map(({ id }) => id), [answer.id]);
  await reopen(ann);
  assert.deepEqual(ann.context.own.pending().map(({ id }) => id), [answer.id]);
  await ann.close();
});

Deno.test("only one's own is taken back, with the keys, also out of the archive", async () => {
  const [ann, bob] = [await bench(), await bench()];
  const id = await ann.post();
  await carry(ann, bob);
  await assert.rejects(bob.service.call("retract", { id }), { code: "refused" });
  await assert.rejects(bob.service.call("retract", { id: "0".repeat(64) }), { code: "failed" });
  const archive = await ann.context.keys.need().store.archive();
  const message = await ann.context.store.getMessage(ann.context.store.index.idAt(0));
  assert.equal(message?.id, id);
  await archive.add([message!]);
  await ann.service.call("retract", { id });
  assert.equal(archive.has(message!.id), false);
  await carry(ann, bob);
  assert.deepEqual(await bob.service.call("timeline", { limit: 9, all: true }), []);
  await ann.service.call("lock", {});
  await assert.rejects(ann.service.call("retract", { id }), { code: "locked" });
  await ann.close();
  await bob.close();
});
