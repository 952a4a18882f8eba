/** Who is let in to the page: rebinding, other sites' forms, links that were seen, browsers that left. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { IDLE_S, LINK_LIFE_S, MAX_LINKS, MAX_SESSIONS, Sessions } from "../../src/web/sessions.ts";
import { MAX_REQUEST_BYTES } from "../../src/web/app.tsx";
import { MAX_FIELDS } from "../../src/web/form.tsx";
import { ASSETS } from "../../src/web/assets.ts";
import { postView, Visit } from "./visit.ts";

const ORIGIN = "http://127.0.0.1:4321";
/** Any path: those that exist and those that don't. */
const PATHS = ["/", "/everything", "/thread/ab", "/events", "/keys", "/nothing", "/picture/ab/0"];

function makeSessions(): { sessions: Sessions; pass: (seconds: number) => void } {
  let now = 0;
  let n = 0;
  const sessions = new Sessions({
    now: () => now,
    random: (length) => {
      n++;
      return new Uint8Array(length).fill(n).fill(n >> 8, 1, 2);
    },
  });
  return { sessions, pass: (seconds) => now += seconds };
}

Deno.test("a link signs one browser in, once, for two minutes", () => {
  const { sessions, pass } = makeSessions();
  const [first, second] = [sessions.offer(), sessions.offer()];
  assert.notEqual(first, second);
  pass(LINK_LIFE_S);
  const session = sessions.redeem(first);
  assert.ok(session);
  assert.notEqual(session.id, session.csrf);
  pass(1);
  assert.equal(sessions.redeem(second), undefined);
  assert.equal(sessions.redeem(""), undefined);
  assert.equal(sessions.redeem(session.id), undefined);
  assert.equal(sessions.find(session.id, { person: true }), session);
  assert.equal(sessions.find(session.csrf, { person: true }), undefined);
});

Deno.test("a link that is used twice signs out whoever came first", () => {
  const { sessions } = makeSessions();
  const link = sessions.offer();
  const session = sessions.redeem(link);
  assert.ok(session);
  assert.equal(sessions.redeem(link), undefined);
  assert.ok(session.ended.aborted);
  assert.equal(sessions.find(session.id, { person: true }), undefined);
});

Deno.test("a browser is signed out when nobody asks for anything, whatever its page does by itself", () => {
  const { sessions, pass } = makeSessions();
  const session = sessions.redeem(sessions.offer());
  assert.ok(session);
  pass(IDLE_S);
  assert.ok(sessions.find(session.id, { person: true }));
  pass(IDLE_S);
  assert.ok(sessions.find(session.id, { person: false }));
  pass(1);
  assert.equal(sessions.find(session.id, { person: false }), undefined);
  assert.ok(session.ended.aborted);
});

Deno.test("links and browsers are bounded, the oldest goes", () => {
  const { sessions, pass } = makeSessions();
  const links = Array.from({ length: MAX_LINKS + 1 }, () => sessions.offer());
  assert.equal(sessions.redeem(links[0]!), undefined);
  assert.ok(sessions.redeem(links[1]!));
  const held = Array.from({ length: MAX_SESSIONS + 1 }, () => {
    pass(LINK_LIFE_S + 1);
    return sessions.redeem(sessions.offer())!;
  });
  assert.ok(sessions.size <= MAX_SESSIONS);
  assert.ok(held.at(-1) && !held.at(-1)!.ended.aborted);
  sessions.endAll();
  assert.equal(sessions.size, 0);
  assert.ok(held.every(({ ended }) => ended.aborted));
});

Deno.test("nothing is answered under another name for this machine", async () => {
  const visit = new Visit({ timeline: () => [postView()] });
  const hosts = [
    ...["evil.example:4321", "evil.example", "127.0.0.1", "127.0.0.1:80", "localhost:4322", ""],
    ...[
      "127.0.0.1.evil.example:4321",
      "localhost.evil.example:4321",
      "127.0.0.1:4321.evil",
      "[::1]:4321",
    ],
  ];
  for (const host of hosts) {
    for (const path of [...PATHS, "/sign-in?key=x"]) {
      const response = await visit.get(path, { host });
      assert.equal(response.status, 421, `${host} ${path}`);
      assert.equal(response.headers.get("set-cookie"), null);
    }
  }
  assert.equal((await visit.get("/everything", { host: "localhost:4321" })).status, 200);
  assert.deepEqual(visit.calls.map(({ method }) => method), ["timeline", "identities"]);
});

Deno.test("without its cookie a browser sees nothing of the owner's, and asks nothing of the node", async () => {
  const visit = new Visit({ timeline: () => [postView()] });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...PATHS),
      fc.oneof(
        fc.constant(""),
        fc.string().map((text) => `gossamer-4321=${encodeURIComponent(text)}`),
      ),
      async (path, cookie) => {
        const response = await visit.get(path, { cookie });
        assert.equal(response.status, 401);
        assert.match(await response.text(), /Not signed in/);
      },
    ),
    { numRuns: 50 },
  );
  assert.deepEqual(visit.calls, []);
  // A port's cookie is not another's.
  const other = { cookie: `gossamer-4322=${visit.session.id}` };
  assert.equal((await visit.get("/", other)).status, 401);
});

Deno.test("what changes something comes from the page's own forms", async () => {
  const visit = new Visit({});
  const refused: readonly Record<string, string>[] = [
    { origin: "http://evil.example" },
    { origin: "null" },
    { origin: "http://127.0.0.1:4322" },
    { origin: "http://localhost:4321" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "none" },
  ];
  for (const headers of refused) {
    assert.equal((await visit.post("/sign-out", {}, headers)).status, 403, JSON.stringify(headers));
  }
  for (const csrf of ["", "x", visit.session.id]) {
    const body = new URLSearchParams({ csrf });
    const headers = {
      host: "127.0.0.1:4321",
      origin: ORIGIN,
      cookie: `gossamer-4321=${visit.session.id}`,
    };
    const response = await visit.app.request(`${ORIGIN}/sign-out`, {
      method: "POST",
      body,
      headers,
    });
    assert.equal(response.status, 403);
  }
  for (const method of ["PUT", "DELETE", "PATCH", "POST"]) {
    const response = await visit.app.request(`${ORIGIN}/`, {
      method,
      headers: { host: "127.0.0.1:4321", cookie: `gossamer-4321=${visit.session.id}` },
    });
    assert.equal(response.status, 403, method);
  }
  assert.ok(!visit.session.ended.aborted);
  assert.equal((await visit.post("/sign-out")).status, 200);
  assert.ok(visit.session.ended.aborted);
});

Deno.test("every answer says that nothing of it may run, be framed or be kept", async () => {
  const visit = new Visit({ timeline: () => [] });
  const answers = [
    await visit.get("/everything"),
    await visit.get("/nothing"),
    await visit.get("/", { cookie: "" }),
    await visit.get("/", { host: "evil.example" }),
    await visit.post("/sign-out"),
  ];
  for (const { headers } of answers) {
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /^default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe|data:|\*|https?:/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(headers.get("referrer-policy"), "same-origin");
    assert.equal(headers.get("access-control-allow-origin"), null);
  }
});

Deno.test("signing in sets a cookie that no script and no other site has, and looking ahead uses nothing up", async () => {
  const visit = new Visit({});
  const link = `/sign-in?key=${visit.sessions.offer()}`;
  assert.equal((await visit.get(link, { cookie: "", "sec-purpose": "prefetch" })).status, 503);
  const response = await visit.get(link, { cookie: "" });
  assert.equal(response.status, 200);
  const cookie = response.headers.get("set-cookie") ?? "";
  assert.match(cookie, /^gossamer-4321=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict$/);
  assert.ok(!(await response.text()).includes(link.slice(-64)));
  const again = await visit.get(link, { cookie: "" });
  assert.equal(again.status, 403);
  assert.equal(again.headers.get("set-cookie"), null);
});

Deno.test("a request is taken up to its limit", async () => {
  const visit = new Visit({});
  const room = MAX_REQUEST_BYTES - 1_000;
  assert.equal((await visit.post("/sign-out", { a: "x".repeat(room) })).status, 200);
  const other = new Visit({});
  const response = await other.post("/sign-out", { a: "x".repeat(MAX_REQUEST_BYTES) });
  assert.equal(response.status, 400);
  assert.match(await response.text(), /too much for one form/);
  assert.ok(!other.session.ended.aborted);
});

Deno.test("a path is let in by the same reading of it as it is routed by", async () => {
  const visit = new Visit({});
  const paths = [
    ...["/person/..\\sign-in", "/block/..\\sign-in", "/trust/..\\sign-in", "/posted/..\\sign-in"],
    ...["/messages/g1\\..\\..\\sign-in", "/picture/../sign-in", "/verify/..\\..\\assets\\x.css"],
    ...["/thread/%2e%2e%5csign-in", "/keys/..;/sign-in", "/sign-in/../keys", "/assets/../keys"],
    ...["//sign-in/../keys", "/keys#/../sign-in", "/sign-in%00", "/assets/a%2f..%2f..%2fkeys"],
  ];
  for (const path of paths) {
    // As the server gives it: a Request of a test would tidy the address up.
    const url = `${ORIGIN}${path}`;
    const request = new Request(ORIGIN, { headers: { host: "127.0.0.1:4321" } });
    const response = await visit.app.fetch(
      new Proxy(request, {
        get: (target, name) => name === "url" ? url : Reflect.get(target, name, target),
      }),
    );
    assert.equal(response.status, 401, path);
    assert.match(await response.text(), /Not signed in/, path);
  }
  assert.deepEqual(visit.calls, []);
  assert.deepEqual(visit.failures, []);
});

Deno.test("pages of others, on other ports as well, load nothing from here and make no work", async () => {
  const visit = new Visit({ timeline: () => [postView()], identities: () => [] });
  for (const site of ["cross-site", "same-site"]) {
    for (const dest of ["image", "script", "style", "empty", "iframe", "object", "audio"]) {
      for (
        const path of ["/", "/search?q=a", "/picture/ab/0", "/sign-in?key=x", ASSETS.client.path]
      ) {
        const headers = { "sec-fetch-site": site, "sec-fetch-dest": dest };
        assert.equal((await visit.get(path, headers)).status, 403, `${site} ${dest} ${path}`);
      }
    }
  }
  assert.deepEqual(visit.calls, []);
  for (const site of ["none", "same-origin", "cross-site"]) {
    const headers = { "sec-fetch-site": site, "sec-fetch-dest": "document" };
    assert.equal((await visit.get("/everything", headers)).status, 200, site);
  }
  const image = { "sec-fetch-site": "same-origin", "sec-fetch-dest": "script" };
  assert.equal((await visit.get(ASSETS.client.path, image)).status, 200);
});

Deno.test("a link isn't used up by who only asks about it", async () => {
  const visit = new Visit({});
  const path = `/sign-in?key=${visit.sessions.offer()}`;
  const head = await visit.app.request(`${ORIGIN}${path}`, {
    method: "HEAD",
    headers: { host: "127.0.0.1:4321" },
  });
  assert.equal(head.status, 405);
  assert.equal((await visit.get(path, { cookie: "", "sec-purpose": "prefetch" })).status, 503);
  assert.equal((await visit.get(path, { cookie: "" })).status, 200);
});

Deno.test("what a page's script asks for by itself doesn't keep a browser signed in", async () => {
  const seen: boolean[] = [];
  const visit = new Visit({ timeline: () => [], identities: () => [] });
  const find = visit.sessions.find.bind(visit.sessions);
  visit.sessions.find = (id, options) => {
    seen.push(options.person);
    return find(id, options);
  };
  await visit.get("/everything", { "sec-fetch-site": "same-origin", "sec-fetch-dest": "empty" });
  await visit.get("/everything", { "sec-fetch-site": "same-origin", "sec-fetch-dest": "document" });
  await visit.get("/everything");
  await visit.get("/session");
  assert.deepEqual(seen, [false, true, true, false]);
});

Deno.test("what somebody sends who isn't signed in isn't even read", async () => {
  const visit = new Visit({});
  let read = 0;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      read++;
      controller.enqueue(new Uint8Array(1_024));
    },
  }, { highWaterMark: 0 });
  const response = await visit.app.request(`${ORIGIN}/sign-in`, {
    method: "POST",
    body,
    headers: {
      host: "127.0.0.1:4321",
      "content-type": "application/x-www-form-urlencoded",
      "transfer-encoding": "chunked",
    },
  });
  assert.equal(response.status, 401);
  assert.equal(read, 0);
});

Deno.test("a form has fields up to their limit, of either kind, and is taken apart only then", async () => {
  const send = async (fields: number, files: boolean): Promise<Response> => {
    const visit = new Visit({ identities: () => [] });
    // With the token.
    const body = files ? new FormData() : new URLSearchParams();
    body.append("csrf", visit.session.csrf);
    for (let n = 1; n < fields; n++) body.append(`f${n % 3}`, "--x & y");
    return await visit.app.request(`${ORIGIN}/sign-out`, {
      method: "POST",
      body,
      headers: { host: "127.0.0.1:4321", cookie: `gossamer-4321=${visit.session.id}` },
    });
  };
  for (const files of [false, true]) {
    assert.equal((await send(MAX_FIELDS, files)).status, 200);
    const response = await send(MAX_FIELDS + 1, files);
    assert.equal(response.status, 400);
    assert.match(await response.text(), /too many fields/);
  }
});

Deno.test("odd forms are refused without an error, whatever their fields are called", async () => {
  const visit = new Visit({ identities: () => [] });
  const { csrf } = visit.session;
  const forms: readonly (readonly [type: string, body: string])[] = [
    ["application/x-www-form-urlencoded", `csrf=${csrf}&__proto__=1&__proto__[a]=1&constructor=x`],
    ["application/x-www-form-urlencoded", `csrf=${csrf}&id=%ff%fe%00%c3%28&hasOwnProperty=1`],
    ["application/x-www-form-urlencoded", `csrf=${csrf}&id=%&id=%zz`],
    ["multipart/form-data", `csrf=${csrf}`],
    ["multipart/form-data; boundary=", `csrf=${csrf}`],
    ["multipart/form-data; boundary=x", "--x\r\n\r\ncsrf"],
    ["multipart/form-data; y=1; boundary=x", `--x\r\n\r\n${csrf}\r\n--x--`],
    ['multipart/form-data; boundary="a\\"b"', `csrf=${csrf}`],
    ["text/plain", `csrf=${csrf}\r\nid=x`],
    ["application/json", JSON.stringify({ csrf })],
  ];
  for (const [type, body] of forms) {
    const response = await visit.app.request(`${ORIGIN}/unblock`, {
      method: "POST",
      body,
      headers: {
        host: "127.0.0.1:4321",
        cookie: `gossamer-4321=${visit.session.id}`,
        "content-type": type,
      },
    });
    assert.ok([400, 403].includes(response.status), `${type}: ${response.status}`);
  }
  assert.deepEqual(visit.failures, []);
});
