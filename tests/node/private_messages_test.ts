/** Private messages from one owner to another: who reads what, when, and what stays hidden. */
import assert from "node:assert/strict";
import { hpkeSeal } from "../../src/keystore/hpke.ts";
import { oneTimeSigner } from "../../src/keystore/mod.ts";
import { importPublic, x25519PublicKey } from "../../src/keystore/x25519.ts";
import { compose } from "../../src/node/compose.ts";
import { encodeInnerSealed, outerAad } from "../../src/wire/private_message.ts";
import { encodeSealed, SEALED_SUITE } from "../../src/wire/sealed_message.ts";
import { INNER_AT_ONCE } from "../../src/node/private_messages.ts";
import {
  OPEN_MS,
  scheduleTrials,
  TRIALS_AT_ONCE,
  TRY_MS,
  WRITE_MS,
} from "../../src/node/trial_schedule.ts";
import { SILENT } from "../../src/node/log.ts";
import type { Api, LetterView } from "../../src/node/api.ts";
import { LIFETIME_S } from "../../src/wire/limits.ts";
import { type MessageId, parseIdentity, parseMessageId } from "../../src/wire/ids.ts";
import type { AdmittedMessage } from "../../src/wire/message.ts";
import { StoreError } from "../../src/store/mod.ts";
import { toSeconds, type UnixMs } from "../../src/wire/time.ts";
import { Private } from "../../src/wire/privacy.ts";
import { statementOf } from "../store/support.ts";
import { carry, spread, START, type TestOwner, testOwner } from "./owner_helpers.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

async function inbox(
  { service }: TestOwner,
  params: Partial<Api["inbox"]["params"]> = {},
): Promise<readonly LetterView[]> {
  return (await service.call("inbox", { limit: 100, requests: false, ...params })).messages;
}

async function send(
  { service }: TestOwner,
  to: string,
  params: Partial<Api["send"]["params"]> = {},
): Promise<string> {
  return (await service.call("send", { to, text: "Hi", attachments: [], ...params })).id;
}

async function owners<T>(
  count: number,
  test: (all: readonly { owner: TestOwner; id: string }[]) => Promise<T>,
): Promise<void> {
  const all: { owner: TestOwner; id: string }[] = [];
  try {
    for (let n = 0; n < count; n++) {
      const owner = await testOwner();
      all.push({ owner, id: await owner.identity(`owner ${n}`) });
    }
    await test(all);
  } finally {
    for (const { owner } of all) await owner.close();
  }
}

Deno.test("a private message is read by whom it is for, both keep it, and a third sees a stranger's", async () => {
  await owners(3, async ([ada, bob, eve]) => {
    assert(ada !== undefined && bob !== undefined && eve !== undefined);
    await bob.owner.service.call("follow", { target: ada.id });
    const file = { name: "a.txt", mediaType: "text/plain", base64: "aGk=", alt: "hi" };
    const id = await send(ada.owner, bob.id, { text: "Meet at 8?", attachments: [file] });
    const [mine] = await inbox(ada.owner, { with: bob.id });
    assert(mine?.sent && mine.pending);
    assert.deepEqual(await inbox(ada.owner), [], "what one sent isn't in one's inbox");
    await carry(ada.owner, bob.owner);
    await carry(ada.owner, eve.owner);

    const [got, ...more] = await inbox(bob.owner);
    assert.deepEqual(more, []);
    assert.equal(got?.id, id);
    assert.equal(got.from, ada.id);
    assert.equal(got.to, bob.id);
    assert.equal(got.text, "Meet at 8?");
    assert.equal(got.attachments[0]?.size, 2);
    const whole = await bob.owner.service.call("attachment", { id: id.slice(0, 8), index: 0 });
    assert.equal(whole.base64, "aGk=");
    assert.equal((await bob.owner.service.call("show", { id })).kind, "private");

    const reply = await send(bob.owner, ada.id, { text: "Yes", replyTo: id.slice(0, 10) });
    await carry(bob.owner, ada.owner);
    const both = await inbox(ada.owner, { with: bob.id });
    assert.deepEqual(both.map(({ text, sent }) => [text, sent]), [["Meet at 8?", true], [
      "Yes",
      false,
    ]]);
    assert.equal(both[1]?.replyTo, id);
    assert.equal((await inbox(ada.owner))[0]?.id, reply, "an answer isn't a stranger's message");

    assert.deepEqual(await inbox(eve.owner), []);
    assert.deepEqual(await inbox(eve.owner, { requests: true }), []);
    const stored = eve.owner.context.store.index.get(parseMessageId(id) ?? ("" as never));
    assert.equal(stored?.created, (START / 1000) - (START / 1000) % 3_600);
    for (const known of [ada.id, bob.id]) assert.notEqual(stored?.key, parseIdentity(known));
  });
});

Deno.test("older ones are had page by page: all of them, each once, of this list alone", async () => {
  await owners(3, async ([ada, bob, eve]) => {
    assert(ada !== undefined && bob !== undefined && eve !== undefined);
    const elsewhere = await send(ada.owner, eve.id, { text: "Hi" });
    // Two a second, so that pages also end between such as have the same time.
    const ids: string[] = [];
    for (let n = 0; n < 7; n++) {
      ada.owner.at(Math.floor(n / 2) * 1_000);
      ids.push(await send(ada.owner, bob.id, { text: `${n}` }));
    }
    const page = async (before?: string): Promise<readonly string[]> => {
      const asked = { with: bob.id, limit: 2, ...(before === undefined ? {} : { before }) };
      return (await inbox(ada.owner, asked)).map(({ id }) => id);
    };
    const seen: string[] = [];
    for (let some = await page(); some.length > 0; some = await page(seen[0]?.slice(0, 20))) {
      seen.unshift(...some);
    }
    assert.deepEqual(seen.toSorted(), ids.toSorted());
    assert.deepEqual(seen, (await inbox(ada.owner, { with: bob.id })).map(({ id }) => id));
    for (const before of [elsewhere, "99".repeat(32), "", "x"]) {
      await assert.rejects(page(before), { code: "failed" });
    }
  });
});

Deno.test("what strangers write is counted, and shown when asked for", async () => {
  await owners(2, async ([ada, bob]) => {
    assert(ada !== undefined && bob !== undefined);
    await send(ada.owner, bob.id, { text: "Buy!" });
    await carry(ada.owner, bob.owner);
    const page = await bob.owner.service.call("inbox", { limit: 9, requests: false });
    assert.deepEqual(page.messages, []);
    assert.equal(page.requests, 1);
    assert.deepEqual((await inbox(bob.owner, { requests: true })).map(({ text }) => text), [
      "Buy!",
    ]);
    await bob.owner.service.call("follow", { target: ada.id });
    assert.deepEqual((await inbox(bob.owner)).map(({ text }) => text), ["Buy!"]);
  });
});

Deno.test("a locked node catches up, also with what it dropped meanwhile", async () => {
  await owners(2, async ([ada, bob]) => {
    assert(ada !== undefined && bob !== undefined);
    const { context, service } = bob.owner;
    await service.call("lock", {});
    const early = await send(ada.owner, bob.id, { text: "early" });
    await carry(ada.owner, bob.owner);
    const now = toSeconds((START + 40 * DAY_MS) as UnixMs);
    const id = parseMessageId(early);
    assert(id !== undefined);
    await context.store.dropping.drop([id], now);
    assert(!context.store.index.has(id));
    ada.owner.at(HOUR_MS);
    bob.owner.at(HOUR_MS);
    await send(ada.owner, bob.id, { text: "late" });
    await carry(ada.owner, bob.owner);
    assert.equal(context.mail.trials, 0, "a locked node tries nothing");
    await bob.owner.identity("another, which unlocks");
    const texts = (await inbox(bob.owner, { requests: true })).map(({ text }) => text);
    assert.deepEqual(texts, ["early", "late"]);
  });
});

Deno.test("each message is tried once with each identity, with new ones what is still here", async () => {
  await owners(2, async ([ada, bob]) => {
    assert(ada !== undefined && bob !== undefined);
    for (const text of ["one", "two"]) await send(ada.owner, bob.id, { text });
    await carry(ada.owner, bob.owner);
    const { mail } = bob.owner.context;
    await inbox(bob.owner);
    assert.equal(mail.trials, 2);
    await inbox(bob.owner);
    assert.equal(mail.trials, 2);
    await bob.owner.identity("later");
    await inbox(bob.owner);
    assert.equal(mail.trials, 4, "the new one tried two");
    // Unlocked again, as after a restart: nothing is left to try.
    await mail.load();
    await inbox(bob.owner);
    assert.equal(mail.trials, 4);
    assert.equal((await inbox(bob.owner, { requests: true })).length, 2, "and nothing is twice");
    // What comes late, by its time of writing, is tried too.
    ada.owner.at(-2 * HOUR_MS);
    await send(ada.owner, bob.id, { text: "late" });
    await carry(ada.owner, bob.owner);
    await inbox(bob.owner);
    assert.equal(mail.trials, 6);
    assert.equal((await inbox(bob.owner, { requests: true })).length, 3);
  });
});

Deno.test("a kill before the write loses nothing: what wasn't written is tried again", async () => {
  await owners(2, async ([ada, bob]) => {
    assert(ada !== undefined && bob !== undefined);
    await send(ada.owner, bob.id, { text: "once" });
    await carry(ada.owner, bob.owner);
    const { mail } = bob.owner.context;
    for (let n = 0; n < 4; n++) await mail.tryNext(TRIALS_AT_ONCE);
    await mail.openSome();
    // Everything in memory is gone.
    mail.lock();
    await mail.load();
    assert.deepEqual((await inbox(bob.owner, { requests: true })).map(({ text }) => text), [
      "once",
    ]);
  });
});

Deno.test("what never left is simply not sent; what did is taken back within a day, at a time drawn at random", async () => {
  await owners(2, async ([ada, bob]) => {
    assert(ada !== undefined && bob !== undefined);
    const { service, context } = ada.owner;
    const id = await send(ada.owner, bob.id);
    await carry(ada.owner, bob.owner);
    assert.equal((await inbox(bob.owner, { requests: true })).length, 1);
    const answer = await service.call("retract", { id });
    assert.equal(answer.id, null);
    const due = answer.due ?? 0;
    assert(due >= START / 1000 && due <= START / 1000 + 86_400);
    assert.deepEqual(await inbox(ada.owner, { with: bob.id }), []);
    ada.owner.at(due * 1000 - START - 1000);
    await service.tidy();
    assert.deepEqual(context.own.pending(), [], "not before its time");
    ada.owner.at(due * 1000 - START);
    await service.tidy();
    await service.tidy();
    const [retraction, ...more] = context.own.pending();
    assert(retraction?.body.kind === "retraction" && retraction.body.id === id);
    assert.deepEqual(more, []);
    assert.notEqual(retraction.key, parseIdentity(ada.id));
    assert.equal(retraction.key, context.store.index.get(retraction.body.id)?.key);
    bob.owner.at(due * 1000 - START);
    await carry(ada.owner, bob.owner);
    assert.deepEqual(await inbox(bob.owner, { requests: true }), []);
    await assert.rejects(service.call("retract", { id }), /taken back/);
  });
});

Deno.test("only the author takes a private message back", async () => {
  await owners(2, async ([ada, bob]) => {
    assert(ada !== undefined && bob !== undefined);
    const id = await send(ada.owner, bob.id);
    await carry(ada.owner, bob.owner);
    await inbox(bob.owner);
    await assert.rejects(bob.owner.service.call("retract", { id }), /not yours/);
  });
});

Deno.test("what can't be sent is refused with what would do", async () => {
  await owners(1, async ([ada]) => {
    assert(ada !== undefined);
    const { id, owner } = ada;
    const over = "a".repeat(2_001);
    await assert.rejects(send(owner, id, { text: over }), /at most 2000 characters; this has 2001/);
    await assert.rejects(send(owner, id, { text: " " }), /nothing to send/);
    const file = { name: "a", mediaType: "a/b", alt: "", base64: "A".repeat(80_000) };
    await assert.rejects(send(owner, id, { attachments: [file] }), /takes \d+ bytes of files/);
    const five = Array.from({ length: 5 }, () => ({ ...file, base64: "" }));
    await assert.rejects(send(owner, id, { attachments: five }), /at most 4/);
    await assert.rejects(send(owner, "g1nobody"), /g1/);
    await owner.identity("second");
    await assert.rejects(send(owner, id), /several identities/);
    assert.deepEqual(owner.context.own.pending(), []);
  });
});

Deno.test("two own identities may write to one another, and one reads it as received", async () => {
  await owners(1, async ([ada]) => {
    assert(ada !== undefined);
    const second = await ada.owner.identity("second");
    await send(ada.owner, second, { as: ada.id, text: "note" });
    await spread(ada.owner);
    assert.deepEqual((await inbox(ada.owner, { as: second })).map(({ text }) => text), ["note"]);
    assert.deepEqual(await inbox(ada.owner, { as: ada.id }), []);
  });
});

Deno.test("a message of the past stays in the hour that it bears, whatever its author says inside", async () => {
  await owners(2, async ([ada, bob]) => {
    assert(ada !== undefined && bob !== undefined);
    ada.owner.at(30 * 60_000);
    await send(ada.owner, bob.id);
    await carry(ada.owner, bob.owner);
    const [got] = await inbox(bob.owner, { requests: true });
    assert.equal(got?.created, START / 1000 + 1_800);
    assert(LIFETIME_S > 3_600);
  });
});

Deno.test("the schedule is the same whether or not a message is for the owner", async () => {
  const traces: string[][] = [];
  for (const forBob of [true, false]) {
    await owners(3, async ([ada, bob, eve]) => {
      assert(ada !== undefined && bob !== undefined && eve !== undefined);
      await send(ada.owner, forBob ? bob.id : eve.id);
      await carry(ada.owner, bob.owner);
      const { mail } = bob.owner.context;
      const trace: string[] = [];
      const timers: { ms: number; f: () => void }[] = [];
      const every = (ms: number, f: () => void): () => void => {
        timers.push({ ms, f });
        return () => {};
      };
      const steps = {
        tryNext: async (trials: number): Promise<void> => {
          const before = mail.trials;
          await mail.tryNext(trials);
          trace.push(`tried ${mail.trials - before}`);
        },
        openSome: async (): Promise<void> => {
          await mail.openSome();
          trace.push("opened");
        },
        write: async (): Promise<void> => {
          await mail.write();
          trace.push("wrote");
        },
      };
      scheduleTrials(steps, { every, log: SILENT });
      assert.deepEqual(timers.map(({ ms }) => ms), [TRY_MS, OPEN_MS, WRITE_MS]);
      for (const { f } of [...timers, ...timers, ...timers]) {
        f();
        await mail.write();
      }
      traces.push(trace);
      assert.equal((await inbox(bob.owner, { requests: true })).length, forBob ? 1 : 0);
    });
  }
  assert.deepEqual(traces[0], traces[1]);
  assert(INNER_AT_ONCE > 0);
});

Deno.test("nothing is shown of who is blocked, and all of it again once they aren't", async () => {
  await owners(2, async ([ada, bob]) => {
    assert(ada !== undefined && bob !== undefined);
    const { context, service } = bob.owner;
    await service.call("follow", { target: ada.id });
    await send(ada.owner, bob.id, { text: "one" });
    await carry(ada.owner, bob.owner);
    assert.equal((await inbox(bob.owner)).length, 1);
    const key = parseIdentity(ada.id);
    assert(key !== undefined);
    const { blocks } = context.keys.need().store;
    await blocks.add(new Private([{ key, blockedAt: toSeconds(START as UnixMs) }]));
    context.social.changed();
    ada.owner.at(20_000);
    await send(ada.owner, bob.id, { text: "two" });
    await carry(ada.owner, bob.owner);
    for (const params of [{}, { requests: true }, { with: ada.id }]) {
      assert.deepEqual(await inbox(bob.owner, params), []);
    }
    await blocks.remove(new Private(key));
    context.social.changed();
    assert.deepEqual((await inbox(bob.owner)).map(({ text }) => text), ["one", "two"]);
  });
});

Deno.test("before one writes to somebody it is said whether they were revoked, and whether it is the first", async () => {
  await owners(2, async ([ada, bob]) => {
    assert(ada !== undefined && bob !== undefined);
    const { service } = ada.owner;
    assert.deepEqual(await service.call("recipient", { to: bob.id }), {
      id: bob.id,
      name: "",
      revoked: false,
      first: true,
    });
    await send(ada.owner, bob.id);
    assert.equal((await service.call("recipient", { to: bob.id })).first, false);
    const key = parseIdentity(bob.id);
    assert(key !== undefined);
    const revocation = statementOf({ type: 2, issuer: key, subject: key });
    await ada.owner.context.store.statements.put([revocation]);
    assert.equal((await service.call("recipient", { to: bob.id })).revoked, true);
  });
});

Deno.test("a private message passed on as if it were to somebody else is shown to nobody", async () => {
  await owners(3, async ([ada, bob, eve]) => {
    assert(ada !== undefined && bob !== undefined && eve !== undefined);
    const { labels, keys, store } = bob.owner.context;
    const id = parseMessageId(await send(ada.owner, bob.id, { text: "Not for Eve" }));
    await carry(ada.owner, bob.owner);
    const original = id && await store.getMessage(id);
    assert(original?.body.kind === "private");
    const [bobs, eves] = [parseIdentity(bob.id), parseIdentity(eve.id)];
    assert(bobs !== undefined && eves !== undefined);
    const box = keys.need().keyring.privateBox(bobs);
    const inner = await box.openOuter(original.body.sealed, { labels, oneTimeKey: original.key });
    assert(inner !== undefined);
    // Bob wraps Ada's words for Eve, under a key that he has: all is valid but for whom they were meant.
    using signer = oneTimeSigner((length) => crypto.getRandomValues(new Uint8Array(length)));
    const raw = x25519PublicKey(eves);
    assert(raw !== undefined);
    const outer = await hpkeSeal(encodeInnerSealed(inner), {
      info: labels.private,
      aad: outerAad(signer.key),
      recipient: await importPublic(raw),
    });
    const sealed = encodeSealed({ suite: SEALED_SUITE, ...outer });
    const body = { kind: "private", created: original.body.created, sealed } as const;
    const pause = (): Promise<void> => Promise.resolve();
    const bytes = await compose(body, { labels, signer, pause });
    const { message } = await eve.owner.context.injector.inject(bytes);
    assert(message !== undefined, "it is relayed like any other");
    assert.deepEqual(await inbox(eve.owner, { requests: true }), []);
    assert.equal(eve.owner.context.mail.trials, 1);
  });
});

Deno.test("who waits for news is told when a letter was opened, and when the keys go", async () => {
  await owners(2, async ([ada, bob]) => {
    assert(ada !== undefined && bob !== undefined);
    const { context, service } = bob.owner;
    const { mail } = context;
    const uses = context.keys.uses;
    const news = service.call("inbox", { limit: 9, requests: true, news: true });
    await send(ada.owner, bob.id, { text: "now" });
    await carry(ada.owner, bob.owner);
    for (let n = 0; n < 3; n++) await mail.tryNext(TRIALS_AT_ONCE);
    await mail.openSome();
    assert.deepEqual((await news).messages.map(({ text }) => text), ["now"]);
    assert.equal(context.keys.uses, uses, "waiting is no use of the keys");
    const another = service.call("inbox", { limit: 9, requests: true, news: true });
    const locked = assert.rejects(another, { code: "locked" });
    await service.call("lock", {});
    await locked;
  });
});

Deno.test("a private message answers none that was said between others, an own identity's among them", async () => {
  await owners(3, async ([ada, bob, eve]) => {
    assert(ada !== undefined && bob !== undefined && eve !== undefined);
    const id = await send(eve.owner, ada.id);
    await carry(eve.owner, ada.owner);
    await inbox(ada.owner, { requests: true });
    await assert.rejects(send(ada.owner, bob.id, { replyTo: id }), /between others/);
    const second = await ada.owner.identity("second");
    await assert.rejects(
      send(ada.owner, eve.id, { as: second, replyTo: id.slice(0, 9) }),
      /between others/,
    );
    assert.deepEqual(ada.owner.context.own.pending(), []);
    await send(ada.owner, eve.id, { as: ada.id, replyTo: id });
    const own = await send(ada.owner, bob.id, { as: ada.id });
    await send(ada.owner, bob.id, { as: ada.id, replyTo: own });
  });
});

Deno.test("whoever waits for news no more isn't waited with: a watch asks for days", async () => {
  await owners(1, async ([ada]) => {
    assert(ada !== undefined);
    const { mail } = ada.owner.context;
    const waiting = new AbortController();
    const news = mail.news(waiting.signal);
    waiting.abort();
    await news;
    await mail.news(waiting.signal);
  });
});

Deno.test("a post can't name a private message: everybody would know whose it is", async () => {
  await owners(2, async ([ada, bob]) => {
    assert(ada !== undefined && bob !== undefined);
    const id = await send(ada.owner, bob.id);
    const post = (
      owner: TestOwner,
      about: { replyTo?: string; quote?: string },
    ): Promise<unknown> => owner.service.call("post", { text: "x", attachments: [], ...about });
    await assert.rejects(post(ada.owner, { replyTo: id }), /private message/);
    await carry(ada.owner, bob.owner);
    // By its stored envelope alone, then by what was opened, then by that alone.
    await assert.rejects(post(bob.owner, { quote: id.slice(0, 8) }), /private message/);
    await inbox(bob.owner, { requests: true });
    await assert.rejects(post(bob.owner, { replyTo: id.slice(0, 8) }), /private message/);
    const key = parseMessageId(id);
    assert(key !== undefined);
    await bob.owner.context.store.dropping.drop([key], toSeconds(START as UnixMs));
    await assert.rejects(post(bob.owner, { replyTo: id }), /private message/);
    assert.deepEqual(bob.owner.context.own.pending(), []);
  });
});

/** A letter that Bob has, and its retraction, which he hasn't. */
async function takenBack(
  ada: TestOwner,
  bob: { readonly owner: TestOwner; readonly id: string },
): Promise<{ readonly id: MessageId; readonly retraction: AdmittedMessage }> {
  const id = parseMessageId(await send(ada, bob.id));
  assert(id !== undefined);
  await carry(ada, bob.owner);
  assert.equal((await inbox(bob.owner, { requests: true })).length, 1);
  await ada.service.call("retract", { id });
  ada.at(DAY_MS + HOUR_MS);
  bob.owner.at(DAY_MS + HOUR_MS);
  await ada.service.tidy();
  const retraction = ada.context.own.pending().find(({ body }) => body.kind === "retraction");
  assert(retraction !== undefined);
  return { id, retraction };
}

const FULL = (): Promise<never> => Promise.reject(new StoreError("full", "The disk is full"));

Deno.test("a retraction that comes while the disk is full ends no node, and hides its letter all the same", async () => {
  await owners(2, async ([ada, bob]) => {
    assert(ada !== undefined && bob !== undefined);
    const { id, retraction } = await takenBack(ada.owner, bob);
    const { context, service } = bob.owner;
    const letters = await context.keys.need().store.letters("requests");
    const { remove } = letters;
    letters.remove = FULL;
    await context.injector.inject(retraction.bytes);
    // Nobody waits for what a message brings about, so a rejection would be nobody's.
    await context.mail.write();
    assert.deepEqual(await inbox(bob.owner, { requests: true }), []);
    await assert.rejects(service.call("attachment", { id, index: 0 }));
    await context.mail.load();
    assert.deepEqual(await inbox(bob.owner, { requests: true }), []);
    assert(letters.has(id));
    letters.remove = remove;
    await context.mail.load();
    assert(!letters.has(id), "it goes from the disk when that works again");
  });
});

Deno.test("a letter that is being written is listed once", async () => {
  await owners(2, async ([ada, bob]) => {
    assert(ada !== undefined && bob !== undefined);
    const { mail, keys } = bob.owner.context;
    await send(ada.owner, bob.id);
    await carry(ada.owner, bob.owner);
    for (let n = 0; n < 3; n++) await mail.tryNext(TRIALS_AT_ONCE);
    await mail.openSome();
    const tried = await keys.need().store.tried();
    const { save } = tried;
    let seen: [number, number] | undefined;
    tried.save = async () => {
      const heads = (await mail.heads()).reveal();
      seen = [heads.length, (await mail.read(heads.map(({ id }) => id))).reveal().length];
      await save.call(tried);
    };
    await mail.write();
    assert.deepEqual(seen, [1, 1]);
  });
});

Deno.test("what a full disk kept from being written is written when there is room", async () => {
  await owners(2, async ([ada, bob]) => {
    assert(ada !== undefined && bob !== undefined);
    const { mail, keys } = bob.owner.context;
    await send(ada.owner, bob.id);
    await carry(ada.owner, bob.owner);
    for (let n = 0; n < 3; n++) await mail.tryNext(TRIALS_AT_ONCE);
    await mail.openSome();
    const letters = await keys.need().store.letters("requests");
    const { add } = letters;
    letters.add = FULL;
    for (let n = 0; n < 9; n++) await assert.rejects(mail.write(), { code: "full" });
    letters.add = add;
    await mail.write();
    assert.equal(letters.size, 1);
  });
});

Deno.test("retractions that waited for the keys leave one by one: together they would name one sender", async () => {
  await owners(2, async ([ada, bob]) => {
    assert(ada !== undefined && bob !== undefined);
    const { context, service } = ada.owner;
    const ids = [await send(ada.owner, bob.id), await send(ada.owner, bob.id)];
    await spread(ada.owner);
    for (const id of ids) await service.call("retract", { id });
    ada.owner.at(2 * DAY_MS);
    const out = (): number =>
      context.own.pending().filter(({ body }) => body.kind === "retraction").length;
    for (const expected of [1, 2, 2]) {
      await service.tidy();
      assert.equal(out(), expected);
    }
    assert.deepEqual((await context.keys.need().store.takeBacks.entries()).reveal(), []);
  });
});

Deno.test("a retraction that finds no room in the outbox keeps nobody from unlocking, and waits", async () => {
  await owners(2, async ([ada, bob]) => {
    assert(ada !== undefined && bob !== undefined);
    const { context, service } = ada.owner;
    const id = await send(ada.owner, bob.id);
    await spread(ada.owner);
    await service.call("retract", { id });
    ada.owner.at(2 * DAY_MS);
    const { add } = context.own;
    context.own.add = FULL;
    await service.tidy();
    await ada.owner.identity("another, which unlocks");
    assert.equal((await context.keys.need().store.takeBacks.entries()).reveal().length, 1);
    context.own.add = add;
    await service.tidy();
    assert.deepEqual((await context.keys.need().store.takeBacks.entries()).reveal(), []);
  });
});

Deno.test("marks of what went go in the end, also while the keys stay open, and nothing is tried twice", async () => {
  await owners(2, async ([ada, bob]) => {
    assert(ada !== undefined && bob !== undefined);
    const { mail, keys } = bob.owner.context;
    await send(ada.owner, bob.id);
    await carry(ada.owner, bob.owner);
    assert.equal((await inbox(bob.owner, { requests: true })).length, 1);
    const tried = await keys.need().store.tried();
    const gone = (n: number): MessageId => hexOf(`${n.toString(16).padStart(12, "0")}00`);
    for (let n = 0; n <= 65_537; n++) tried.mark(new Private(gone(n)));
    assert(tried.stale);
    await mail.write();
    assert(!mail.caughtUp && !tried.stale && tried.has(gone(0)));
    assert.equal((await inbox(bob.owner, { requests: true })).length, 1);
    await mail.write();
    assert(mail.caughtUp);
    assert(!tried.has(gone(1)), "it wasn't asked for");
    assert(!tried.stale);
    assert.equal(mail.trials, 1);
  });
});

function hexOf(start: string): MessageId {
  const id = parseMessageId(start.padEnd(64, "0"));
  assert(id !== undefined);
  return id;
}

Deno.test("what can't be kept isn't sent: whoever sees it fail tries again", async () => {
  await owners(2, async ([ada, bob]) => {
    assert(ada !== undefined && bob !== undefined);
    const { context } = ada.owner;
    const { keep } = context.mail;
    context.mail.keep = FULL;
    await assert.rejects(send(ada.owner, bob.id), /full/);
    assert.deepEqual(context.own.pending(), []);
    context.mail.keep = keep;
    await send(ada.owner, bob.id);
    assert.equal(context.own.pending().length, 1);
  });
});

Deno.test("a private message takes the place of no other whose id begins like its own", async () => {
  await owners(2, async ([ada, bob]) => {
    assert(ada !== undefined && bob !== undefined);
    const id = await send(ada.owner, bob.id);
    await carry(ada.owner, bob.owner);
    await inbox(bob.owner, { requests: true });
    const { context, service } = bob.owner;
    const { index } = context.store;
    assert.equal((await service.call("show", { id: id.slice(0, 6) })).kind, "private");
    const other = hexOf(id.slice(0, 6));
    const { idsByPrefix } = index;
    index.idsByPrefix = (prefix, limit) =>
      other.startsWith(prefix)
        ? [other, ...idsByPrefix.call(index, prefix, limit)]
        : idsByPrefix.call(index, prefix, limit);
    await assert.rejects(service.call("show", { id: id.slice(0, 6) }), /Several messages/);
    assert.equal((await service.call("show", { id })).kind, "private");
  });
});
