/** Private conversations by the page. */
import assert from "node:assert/strict";
import type { LetterView } from "../../src/node/api.ts";
import { UserError } from "../../src/node/user_error.ts";
import { alone, conversationView, identityView, letterView, ME, OTHER, THIRD } from "./people.ts";
import { LETTERS_ON_PAGE } from "../../src/web/letters.ts";
import { type Answers, inTheClear, Visit } from "./visit.ts";

const OWN = letterView({ id: "ef".repeat(32), from: ME, to: OTHER, sent: true, text: "At eight." });

/** Id of whatever is sent. */
const SENT = "aa".repeat(32);

/** An owner with these letters from and to one person. */
function withLetters(letters: readonly LetterView[], part: Answers = {}): Visit {
  return new Visit(alone({
    inbox: ({ limit, before }) => ({
      messages: letters.slice(0, placeOf(letters, before)).slice(-limit),
      requests: 0,
      caughtUp: true,
      full: false,
    }),
    send: ({ to }) => ({ id: SENT, to, created: 1, waiting: false }),
    ...part,
  }));
}

function placeOf(letters: readonly LetterView[], before: string | undefined): number {
  return before === undefined ? letters.length : letters.findIndex(({ id }) => id === before);
}

function sent(visit: Visit): unknown[] {
  return visit.asked("send");
}

Deno.test("conversations list people, strangers and hidden ones apart", async () => {
  const visit = new Visit(alone({
    conversations: ({ requests, hidden }) => ({
      people: [conversationView({ name: hidden ? "Hid" : requests ? "Stranger" : "Bob" })],
      more: true,
      requests: 4,
      caughtUp: false,
      full: true,
    }),
  }));
  const page = await visit.page("/messages");
  assert.match(page, /Bob/);
  assert.match(page, /Strangers \(4\)/);
  assert.match(page, /still trying/);
  assert.match(page, /56 MiB/);
  assert.ok(page.includes(`href="?before=${visit.veil.hide(OTHER)}"`));
  assert.match(await visit.page("/messages?requests=1"), /Stranger<\/bdi>/);
  const hidden = await visit.page("/messages?hidden=1");
  assert.match(hidden, /Hid<\/bdi>/);
  assert.ok(hidden.includes(`href="/messages/${visit.veil.hide(OTHER)}?hidden=1"`));
  assert.ok(hidden.includes(`href="?hidden=1&amp;before=${visit.veil.hide(OTHER)}"`));
});

Deno.test("a conversation shows both sides, oldest first, and what can be done about each", async () => {
  const visit = withLetters([letterView(), { ...OWN, pending: true, replyTo: letterView().id }]);
  const page = await visit.page(`/messages/${OTHER}`);
  assert.ok(page.indexOf("Meet at eight?") < page.indexOf("At eight."));
  assert.equal(page.split('formaction="/retract"').length, 2, "only one's own are taken back");
  assert.ok(page.includes(`formaction="/retract" name="id" value="${OWN.id}"`));
  assert.match(page, /nobody else has it yet/);
  assert.match(page, /<header id="n0">.*href="#n0">Answers an earlier message/s);
  assert.match(page, /Everybody.{1,5}s node carries it, and only the two of you can read it/);
  assert.match(page, /no\s+forward secrecy/);
  assert.ok(page.includes(`data-live="/messages/${visit.veil.hide(OTHER)}/events"`));
  assert.match(page, /href="\/messages\/v-[\w-]+#write">Look again/);
  assert.match(page, /<title>Private conversation · Gossamer<\/title>/, "browsers keep titles");
  assert.deepEqual(visit.failures, []);
});

Deno.test("a message is sent by the only identity, and leads to where it is seen", async () => {
  const visit = withLetters([OWN]);
  const response = await visit.post(`/messages/${OTHER}`, { text: "Hi\r\nBob", as: ME, form: "f" });
  assert.equal(response.status, 303);
  assert.equal(
    response.headers.get("location"),
    `/messages/${visit.veil.hide(OTHER)}?sent=f#write`,
  );
  assert.deepEqual(sent(visit), [{ to: OTHER, text: "Hi\nBob", as: ME, attachments: [] }]);
});

Deno.test("of several identities none speaks by chance", async () => {
  const two = { identities: () => [identityView(), identityView({ id: THIRD, name: "work" })] };
  const visit = withLetters([OWN], two);
  const page = await visit.page(`/messages/${OTHER}`);
  assert.match(page, new RegExp(`value="${ME}"[^>]* checked`));
  assert.match(page, /as <bdi>me<\/bdi>/);
  const mixed = withLetters([OWN, letterView({ to: THIRD })], two);
  assert.doesNotMatch(await mixed.page(`/messages/${OTHER}`), /checked/);
  for (const as of ["", "g1nobody"]) {
    const response = await visit.post(`/messages/${OTHER}`, { text: "Hi", as });
    assert.equal(response.status, 400);
    const back = await response.text();
    assert.match(back, /role="alert"><p>Choose which of your identities speaks/);
    assert.match(back, />\nHi<\/textarea>/);
  }
  assert.deepEqual(sent(visit), []);
});

Deno.test("a first message, a first one to somebody and one to a revoked identity each need a yes", async () => {
  const doubtful = withLetters([], {
    recipient: ({ to }) => ({ id: to, name: "Bob", revoked: true, first: true }),
  });
  const page = await doubtful.page(`/messages/${OTHER}`);
  assert.equal(page.split('name="agreed"').length, 4);
  for (const agreed of [[], ["first"], ["first", "stranger"], ["revoked"]]) {
    const response = await doubtful.post(`/messages/${OTHER}`, { text: "Hi", as: ME, agreed });
    assert.equal(response.status, 400, agreed.join());
    const back = await response.text();
    assert.match(back, /role="alert"><p>Nothing was sent. Agree/);
    assert.match(back, />\nHi<\/textarea>/);
    assert.equal(back.split(" checked").length, 1 + agreed.length);
  }
  assert.deepEqual(sent(doubtful), []);
  const agreed = ["first", "stranger", "revoked"];
  const done = await doubtful.post(`/messages/${OTHER}`, { text: "Hi", as: ME, agreed });
  assert.equal(done.status, 303);
});

Deno.test("that one wrote before is known also where the newest are all by the other", async () => {
  const many = Array.from(
    { length: 60 },
    (_, i) => letterView({ id: i.toString(16).padStart(64, "0"), text: `L${i}.` }),
  );
  const visit = withLetters([OWN, ...many]);
  const page = await visit.page(`/messages/${OTHER}`);
  assert.doesNotMatch(page, /name="agreed"/);
  assert.ok(page.includes("L59.") && page.includes("L10.") && !page.includes("L9."));
});

Deno.test("who was answered is no stranger, wherever one looks; an answer that is loaded again stays on its page", async () => {
  const many = Array.from(
    { length: LETTERS_ON_PAGE + 5 },
    (_, i) => letterView({ id: i.toString(16).padStart(64, "0") }),
  );
  const visit = withLetters([...many, OWN]);
  const before = `?before=${visit.veil.hide(many[5]?.id ?? "")}`;
  const path = `/messages/${visit.veil.hide(OTHER)}/answer${before}`;
  const page = await (await visit.post(path, { replyTo: many[0]?.id ?? "" })).text();
  assert.match(page, /It answers/);
  assert.doesNotMatch(page, /name="agreed"/);
  const again = await visit.get(path);
  assert.equal(again.headers.get("location"), path.replace("/answer", ""));
  const odd = await visit.get("/messages/g1%0ax/answer");
  assert.equal(odd.headers.get("location"), "/messages/g1%0Ax");
  assert.deepEqual(visit.failures, []);
});

Deno.test("what is older stands on pages of their own, all of it, where it can be answered", async () => {
  const last = 3 * LETTERS_ON_PAGE - 2;
  const many = [
    OWN,
    ...Array.from(
      { length: last },
      (_, i) => letterView({ id: (i + 1).toString(16).padStart(64, "0"), text: `L${i + 1}.` }),
    ),
  ];
  const visit = withLetters(many);
  const older = (page: string): string | undefined =>
    /href="(\/messages\/v-[^"]+)"[^>]*>Older messages/.exec(page)?.[1]?.replaceAll("&amp;", "&");
  const texts = (page: string): readonly string[] =>
    [...page.matchAll(/<p class="text" dir="auto">(.*?)<\/p>/g)].map(([, text]) => text ?? "");
  const [first, seen] = [await visit.page(`/messages/${OTHER}`), [] as string[]];
  let page = first;
  for (let pages = 1;; pages++) {
    seen.unshift(...texts(page));
    const next = older(page);
    if (next === undefined) {
      assert.equal(pages, 3);
      break;
    }
    assert.doesNotMatch(inTheClear(next), /g1|[0-9a-f]{10}/, "the browser keeps no id");
    page = await visit.page(next);
    assert.doesNotMatch(page, /data-live|<textarea/);
    assert.match(page, /#write">To the newest/);
  }
  assert.deepEqual(seen, many.map(({ text }) => text));
  const [action] = /\/messages\/v-[^"]*\/answer\?before=v-[^"]*/.exec(page) ?? [];
  const answer = async (to: string): Promise<string> =>
    await (await visit.post(to, { replyTo: OWN.id })).text();
  assert.match(await answer(action ?? ""), /It answers <q dir="auto">At eight\./);
  assert.match(await answer(`/messages/${OTHER}/answer`), /isn.{1,5}t on this page any more/);
});

Deno.test("of what blocks hide, older pages hide nothing else", async () => {
  const many = Array.from(
    { length: 60 },
    (_, i) => letterView({ id: i.toString(16).padStart(64, "0") }),
  );
  const visit = withLetters(many);
  const page = await visit.page(`/messages/${OTHER}?hidden=1`);
  assert.match(page, /\?hidden=1&amp;before=v-[^"]*"[^>]*>Older messages/);
  const [, older] = /href="([^"]*)"[^>]*>Older/.exec(page) ?? [];
  await visit.page((older ?? "").replaceAll("&amp;", "&"));
  const asked = visit.asked("inbox") as { hidden?: boolean; before?: string }[];
  assert.deepEqual(asked.map(({ hidden }) => hidden), asked.map(() => true));
  assert.ok(asked.some(({ before }) => before === many[10]?.id));
});

Deno.test("only a message of this conversation is answered in it", async () => {
  const visit = withLetters([letterView(), OWN]);
  const answer = async (replyTo: string): Promise<string> =>
    await (await visit.post(`/messages/${OTHER}/answer`, { replyTo })).text();
  const answering = await answer(letterView().id);
  assert.ok(answering.includes(`name="replyTo" value="${letterView().id}"`));
  assert.match(answering, /It answers <q dir="auto">Meet at eight\?<\/q>/);
  const other = await answer("99".repeat(32));
  assert.doesNotMatch(other, /type="hidden" name="replyTo"/);
});

Deno.test("what can't be sent stays in the form", async () => {
  const visit = withLetters([OWN], {
    send: () => {
      throw new UserError("refused", "Too long.");
    },
  });
  const response = await visit.post(`/messages/${OTHER}`, { text: "<b>Hi</b>", as: ME });
  assert.equal(response.status, 400);
  const page = await response.text();
  assert.match(page, /role="alert"><p>Too long\./);
  assert.ok(page.includes("&lt;b&gt;Hi&lt;/b&gt;</textarea>"));
});

Deno.test("a form that is sent twice says a thing once, and one that was refused can be sent again", async () => {
  let fails = 1;
  const visit = withLetters([OWN], {
    send: ({ to }) => {
      if (fails-- > 0) throw new UserError("failed", "The disk is full.");
      return { id: SENT, to, created: 1, waiting: false };
    },
  });
  const page = await visit.page(`/messages/${OTHER}`);
  const form = / name="form" value="([^"]+)"/.exec(page)?.[1] ?? "";
  const fields = { text: "Hi", as: ME, form };
  assert.equal((await visit.post(`/messages/${OTHER}`, fields)).status, 400);
  const [one, two] = await Promise.all([
    visit.post(`/messages/${OTHER}`, fields),
    visit.post(`/messages/${OTHER}`, fields),
  ]);
  assert.deepEqual([one.status, two.status], [303, 303]);
  assert.equal(sent(visit).length, 2, "the one that failed, and one more");
});

Deno.test("files go with a private message, and what was taken out of them is said once", async () => {
  const visit = withLetters([OWN]);
  const file = new File(["turn left"], "map.txt");
  const response = await visit.post(`/messages/${OTHER}`, {
    text: "",
    as: ME,
    file1: [file],
    alt1: "The way",
  });
  assert.equal(response.status, 303);
  assert.deepEqual(sent(visit), [{
    ...{ to: OTHER, text: "", as: ME },
    attachments: [
      { name: "map.txt", mediaType: "text/plain", base64: "dHVybiBsZWZ0", alt: "The way" },
    ],
  }]);
  const secret = new File(["%PDF-1.7"], "me.pdf");
  const refused = await visit.post(`/messages/${OTHER}`, { text: "x", as: ME, file1: [secret] });
  assert.equal(refused.status, 400);
  const page = await refused.text();
  assert.match(page, /me\.pdf.*Nothing was sent\. Choose the file again\./s);
  assert.match(page, /may be known to whoever gets it/);
});

Deno.test("what was written while the keys were locked is not lost", async () => {
  const visit = new Visit({});
  const agreed = ["first"];
  const response = await visit.post(`/messages/${OTHER}`, {
    text: "A long letter",
    as: ME,
    agreed,
  });
  assert.equal(response.status, 403);
  const page = await response.text();
  assert.match(page, /A long letter<\/textarea>/);
  assert.match(page, /href="\/keys" target="_blank"/);
  assert.ok(page.includes(`type="hidden" name="as" value="${ME}"`));
  assert.ok(page.includes('type="hidden" name="agreed" value="first"'));
});

Deno.test("whom to write to is named in full, or chosen among those who are followed", async () => {
  const visit = new Visit(alone({
    recipient: ({ to }) => {
      if (to !== OTHER) throw new UserError("usage", "That is no identity.");
      return { id: OTHER, name: "Bob", revoked: false, first: false };
    },
  }));
  const found = await visit.post("/messages/new", { to: ` ${OTHER} ` });
  assert.equal(found.headers.get("location"), `/messages/${visit.veil.hide(OTHER)}#write`);
  const lost = await visit.post("/messages/new", { to: "Bob" });
  assert.equal(lost.status, 400);
  assert.match(await lost.text(), /role="alert"><p>That is no identity\./);
});

Deno.test("new messages come into an open conversation, each once, until the keys are locked", async () => {
  const letters = [letterView()];
  const news = Promise.withResolvers<void>();
  let asked = 0;
  const visit = withLetters([], {
    inbox: async (params) => {
      if (params.news) {
        if (++asked > 1) throw new UserError("locked", "Locked.");
        await news.promise;
        letters.push(OWN);
      }
      return { messages: [...letters], requests: 0, caughtUp: true, full: false };
    },
  });
  const response = await visit.get(`/messages/${OTHER}/events`);
  assert.match(response.headers.get("content-type") ?? "", /text\/event-stream/);
  news.resolve();
  const stream = await response.text();
  assert.equal(stream.split(`m-${letterView().id}`).length, 2, "told at the beginning, once");
  assert.equal(stream.split(`id=\\"m-${OWN.id}`).length, 2);
  assert.match(stream, /event: locked/);
  assert.ok(visit.calls.some(({ params }) => JSON.stringify(params).includes('"news":true')));
  const order = visit.calls.map(({ method }) => method);
  assert.ok(
    order.lastIndexOf("identities") < order.indexOf("inbox"),
    "what comes is no use of keys",
  );
});

Deno.test("the stream of a conversation ends with the session", async () => {
  const visit = withLetters([], {
    inbox: ({ news }) =>
      news ? new Promise(() => {}) : { messages: [], requests: 0, caughtUp: true, full: false },
  });
  const response = await visit.get(`/messages/${OTHER}/events`);
  const reading = response.text();
  visit.sessions.end(visit.session.id);
  assert.match(await reading, /event: signed-out/);
});
