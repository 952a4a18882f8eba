/** Unlocking, locking, and what else there is to do with keys. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { StatusView } from "../../src/node/api.ts";
import { LOCKED_AT_TERMINAL } from "../../src/node/locked_words.ts";
import { UserError } from "../../src/node/user_error.ts";
import { seal } from "../../src/web/client/seal.ts";
import { furthestOf } from "../../src/web/idle_clock.ts";
import { localPath } from "../../src/web/local_path.ts";
import { IDLE_S, Sessions } from "../../src/web/sessions.ts";
import { MAX_SECRET_FORM_BYTES } from "../../src/web/secret_form.ts";
import { type Answers, Visit } from "./visit.ts";

const ID = "g1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgp";

/** A node that is locked until the passphrase `right` comes. */
interface Node {
  readonly visit: Visit;
  readonly tried: string[];
  locked: number;
  unlocked: boolean;
}

function makeNode(unlocked = false): Node {
  const status = (): StatusView =>
    ({ network: "main", unlocked: node.unlocked }) as Partial<StatusView> as StatusView;
  const answers: Answers = {
    status,
    identities: () => [{ id: ID, name: "<b>ada</b>", unlocked: true }],
    lock: () => {
      node.unlocked = false;
      return { unlocked: [] };
    },
  };
  const visit = new Visit(answers);
  const node: Node = { visit, tried: [], locked: 0, unlocked };
  visit.unlock = async (passphrase) => {
    node.tried.push(new TextDecoder().decode(passphrase));
    await Promise.resolve();
    const right = node.tried.at(-1) === "right";
    passphrase.fill(0);
    if (!right) throw new UserError("locked", "Wrong passphrase. Nothing was changed.");
    node.unlocked = true;
    return {
      identities: [ID],
      lockAgain: () => {
        node.locked++;
        node.unlocked = false;
        return Promise.resolve();
      },
    };
  };
  return node;
}

Deno.test("a locked node asks for the passphrase, and leads back to where it was needed", async () => {
  const node = makeNode();
  const page = await node.visit.page("/keys?back=%2Fcompose%3Fto%3Dab");
  assert.match(page, /<input[^>]* type="password"[^>]*>/);
  assert.match(page, /name="back" value="\/compose\?to=ab"/);
  const back = "/compose?to=ab";
  const done = await node.visit.submit("/keys/unlock", { passphrase: "right", back });
  assert.deepEqual([done.status, done.headers.get("location")], [303, back]);
  assert.deepEqual(node.tried, ["right"]);
  assert.match(await node.visit.page("/keys"), /The keys are unlocked/);
});

Deno.test("a wrong passphrase is said on the page, with the way back, and never shown", async () => {
  const node = makeNode();
  const response = await node.visit.submit("/keys/unlock", {
    passphrase: "wr<ng",
    back: "/search",
  });
  const page = await response.text();
  assert.equal(response.status, 403);
  assert.match(page, /role="alert"><p>Wrong passphrase/);
  assert.match(page, /name="back" value="\/search"/);
  assert.ok(!/wr(<|&lt;)ng/.test(page));
  assert.deepEqual(node.visit.failures, []);
  node.visit.unlock = () => Promise.reject(new UserError("refused", "Try again in 4 seconds."));
  const early = await node.visit.submit("/keys/unlock", { passphrase: "right" });
  assert.equal(early.status, 400);
  assert.match(await early.text(), /role="alert"><p>Try again in 4 seconds/);
});

Deno.test("a passphrase that the page's script sealed is opened, and each form can be sent once", async () => {
  const node = makeNode();
  const [, offer = ""] = /data-seal="(\w+)"/.exec(await node.visit.page("/keys")) ?? [];
  const sealed = await seal("right", offer);
  await node.visit.submit("/keys/unlock", { "passphrase-sealed": sealed });
  assert.deepEqual([node.tried, node.unlocked], [["right"], true]);
  node.unlocked = false;
  const again = await node.visit.submit("/keys/unlock", { "passphrase-sealed": sealed });
  assert.equal(again.status, 400);
  assert.match(await again.text(), /role="alert"><p>That form was sent before/);
  assert.deepEqual(node.tried, ["right"]);
});

Deno.test("signs and spaces of a passphrase arrive as they were typed", async () => {
  const node = makeNode();
  const typed = " pässwörd+&=%41 \u{1F511}";
  await node.visit.submit("/keys/unlock", { passphrase: typed });
  assert.deepEqual(node.tried, [typed]);
});

Deno.test("who clicks twice unlocks once, and both answers lead on", async () => {
  const node = makeNode();
  const answers = await Promise.all(
    ["/a", "/b"].map((back) => node.visit.submit("/keys/unlock", { passphrase: "right", back })),
  );
  assert.deepEqual(answers.map(({ headers }) => headers.get("location")), ["/a", "/b"]);
  assert.deepEqual(node.tried, ["right"]);
});

Deno.test("a form that lacks its fields, is too large or another page's tries nothing", async () => {
  const node = makeNode();
  const { visit } = node;
  const huge = "x".repeat(MAX_SECRET_FORM_BYTES);
  assert.equal((await visit.submit("/keys/unlock", { passphrase: huge })).status, 400);
  assert.equal((await visit.submit("/keys/unlock", { csrf: "", passphrase: "right" })).status, 403);
  const origin = "http://evil.example";
  const foreign = await visit.submit("/keys/unlock", { passphrase: "right" }, { origin });
  assert.equal(foreign.status, 403);
  const stranger = await visit.submit("/keys/unlock", { passphrase: "right" }, { cookie: "" });
  assert.equal(stranger.status, 401);
  assert.deepEqual(node.tried, []);
  await visit.submit("/keys/unlock");
  assert.deepEqual(node.tried, [""]);
  assert.equal((await visit.get("/keys/unlock")).status, 400);
  assert.deepEqual(visit.failures, []);
});

Deno.test("what a browser unlocked is locked when its session ends, however that comes", async () => {
  const away = makeNode();
  await away.visit.submit("/keys/unlock", { passphrase: "right" });
  assert.equal(away.locked, 0);
  away.visit.sessions.endAll();
  assert.deepEqual([away.locked, away.unlocked], [1, false]);
  const out = makeNode();
  await out.visit.submit("/keys/unlock", { passphrase: "right" });
  await out.visit.submit("/sign-out");
  assert.equal(out.locked, 1);
  const late = makeNode();
  const { unlock } = late.visit;
  late.visit.unlock = async (passphrase) => {
    late.visit.sessions.endAll();
    return await unlock(passphrase);
  };
  await late.visit.submit("/keys/unlock", { passphrase: "right" });
  assert.deepEqual([late.locked, late.unlocked], [1, false], "it ended while the keys were opened");
});

Deno.test("who was away too long is signed out though nobody asks, and what belongs to that is done", async () => {
  let now = 0;
  let n = 0;
  const sessions = new Sessions({
    now: () => now,
    random: (length) => new Uint8Array(length).fill(++n),
  });
  const session = sessions.redeem(sessions.offer()) ?? assert.fail("no session");
  const gate = Promise.withResolvers<void>();
  const done: string[] = [];
  sessions.whenEnded(session, async () => {
    await gate.promise;
    done.push("locked");
  });
  sessions.whenEnded(session, () => Promise.reject(new Error("the disk is full")));
  now = IDLE_S;
  sessions.expire();
  assert.equal(session.ended.aborted, false);
  now++;
  sessions.expire();
  assert.equal(session.ended.aborted, true);
  const settled = sessions.settled();
  gate.resolve();
  await settled;
  assert.deepEqual(done, ["locked"]);
});

Deno.test("keys that somebody else unlocked stay so when a browser leaves", async () => {
  const node = makeNode(true);
  const response = await node.visit.submit("/keys/unlock", { passphrase: "wrong", back: "/" });
  assert.equal(response.status, 303);
  node.visit.sessions.endAll();
  assert.deepEqual([node.tried, node.locked, node.unlocked], [[], 0, true]);
});

Deno.test("an unlocked node shows whose keys it has, and locks", async () => {
  const node = makeNode(true);
  const page = await node.visit.page("/keys");
  assert.ok(page.includes(ID));
  assert.ok(page.includes("&lt;b&gt;ada&lt;/b&gt;"));
  assert.ok(!page.includes('type="password"'));
  const response = await node.visit.submit("/keys/lock");
  assert.deepEqual([response.status, response.headers.get("location")], [303, "/keys"]);
  assert.equal(node.unlocked, false);
  assert.match(await node.visit.page("/keys"), /The keys are locked/);
});

Deno.test("an open page can ask whether it may go on, which doesn't count as use", async () => {
  const node = makeNode(true);
  assert.deepEqual(await (await node.visit.get("/session")).json(), { unlocked: true });
  node.unlocked = false;
  assert.deepEqual(await (await node.visit.get("/session")).json(), { unlocked: false });
  assert.equal((await node.visit.get("/session", { cookie: "" })).status, 401);
});

Deno.test("a page leads back only to paths of its own", () => {
  for (const path of ["/", "/compose?to=g1ab", "/thread/ab"]) assert.equal(localPath(path), path);
  for (
    const elsewhere of [
      ...[
        "",
        "compose",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "http://evil.example/",
      ],
      ...["javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", `/${"x".repeat(2_000)}`],
    ]
  ) {
    const path = localPath(elsewhere);
    assert.ok(
      path === undefined || new URL(path, "http://own.invalid").origin === "http://own.invalid",
    );
    if (!/[\t\n]/.test(elsewhere)) assert.equal(path, undefined, elsewhere);
  }
  fc.assert(fc.property(fc.webUrl({ withQueryParameters: true }), fc.string(), (url, text) => {
    for (const given of [url, text, `/${text}`, url.slice(url.indexOf("//"))]) {
      const path = localPath(given);
      if (path === undefined) continue;
      assert.ok(!path.startsWith("//"), path);
      assert.equal(new URL(path, "http://own.invalid").origin, "http://own.invalid");
    }
  }));
});

Deno.test("idle time goes on by whichever clock goes furthest, and never back", () => {
  let [steady, wall] = [5, 1_000];
  const now = furthestOf([() => steady, () => wall]);
  assert.equal(now(), 0);
  [steady, wall] = [15, 1_010];
  assert.equal(now(), 10);
  // Asleep.
  [steady, wall] = [16, 4_610];
  assert.equal(now(), 3_610);
  // Set back.
  [steady, wall] = [20, 0];
  assert.equal(now(), 3_614);
});

Deno.test("what needs keys says what to do in a browser, whatever was sent, and at a terminal that", async () => {
  const locked = (): never => {
    throw new UserError("locked", LOCKED_AT_TERMINAL);
  };
  const visit = new Visit({ follow: locked, post: locked, identities: locked, mentions: locked });
  for (
    const answer of [
      await visit.post("/follow", { target: ID }),
      await visit.post("/compose", { text: "Hello", as: ID }),
      await visit.get("/mentions"),
    ]
  ) {
    assert.equal(answer.status, 403);
    const page = await answer.text();
    assert.match(page, /keys, and they are locked/);
    assert.doesNotMatch(page, /prompt|--passphrase/);
  }
  assert.match(LOCKED_AT_TERMINAL, /--passphrase-file, or at the prompt/);
});
