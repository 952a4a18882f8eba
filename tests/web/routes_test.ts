/**
 * What must hold for every route there is, those of views to come as well: changes take a token, nothing
 * is shown without a cookie, looking changes nothing, and no page asks for what its policy forbids.
 */
import assert from "node:assert/strict";
import type { Method } from "../../src/node/api.ts";
import { ANSWERS, CHANGING, ID, MESSAGE } from "./everything.ts";
import { inTheClear, Visit } from "./visit.ts";

const routes = new Visit({}).app.routes.filter(({ path }) => path !== "/*");

/** Each path with something in the place of its parameters. */
function pathsOf(method: string): readonly string[] {
  const paths = routes.filter((route) => route.method === method).map(({ path }) => path);
  return [...new Set(paths)].map((path) =>
    path.replace(/:index\b/, "0").replace(/:(?:msg|message|post)\w*/, MESSAGE)
      .replace(/:\w+/, /thread|picture|attachment|show/.test(path) ? MESSAGE : ID)
  );
}

Deno.test("there are routes of both kinds", () => {
  assert.ok(pathsOf("GET").length > 25 && pathsOf("POST").length > 15);
  assert.deepEqual(
    [...new Set(routes.map(({ method }) => method))].filter((one) => one !== "ALL").sort(),
    ["GET", "POST"],
  );
});

Deno.test("nothing is done for a form without its token, whatever form it has", async () => {
  const visit = new Visit(ANSWERS);
  const origin = "http://127.0.0.1:4321";
  for (const path of pathsOf("POST")) {
    const bodies: readonly BodyInit[] = [
      new URLSearchParams({ sure: "yes", text: "x" }),
      new URLSearchParams({ csrf: "0".repeat(64) }),
      new URLSearchParams([["csrf", ""], ["csrf", visit.session.csrf]]),
      "csrf=" + visit.session.csrf,
      JSON.stringify({ csrf: visit.session.csrf }),
      new Uint8Array([0xff, 0xfe, 0]),
      "",
    ];
    for (const body of bodies) {
      const headers = { host: "127.0.0.1:4321", cookie: `gossamer-4321=${visit.session.id}` };
      const response = await visit.app.request(`${origin}${path}`, {
        method: "POST",
        body,
        headers,
      });
      await response.body?.cancel();
      assert.ok([400, 403].includes(response.status), `${path}: ${response.status}`);
    }
    for (const headers of [{ origin: "http://evil.example" }, { "sec-fetch-site": "cross-site" }]) {
      const response = await visit.post(path, {}, headers as Record<string, string>);
      assert.equal(response.status, 403, path);
    }
  }
  assert.deepEqual(visit.calls, []);
  assert.ok(!visit.session.ended.aborted);
});

Deno.test("without a cookie every path says only that nobody is signed in", async () => {
  const visit = new Visit(ANSWERS);
  for (const path of [...pathsOf("GET"), ...pathsOf("POST")]) {
    if (path.startsWith("/assets/") || path === "/sign-in") continue;
    for (const cookie of ["", `gossamer-4321=${"0".repeat(64)}`]) {
      const response = await visit.get(path, { cookie });
      assert.equal(response.status, 401, path);
      assert.match(await response.text(), /Not signed in/);
    }
  }
  assert.deepEqual(visit.calls, []);
});

Deno.test("looking changes nothing", async () => {
  const visit = new Visit(ANSWERS);
  for (const path of pathsOf("GET")) {
    for (
      const query of ["", "?back=1&hidden=1&requests=1&q=x&id=x&locator=g:?a=203.0.113.7:14677"]
    ) {
      const response = await visit.get(path + query);
      await response.body?.cancel();
      assert.ok(response.status < 500, path);
    }
  }
  const changed = visit.calls.filter(({ method, params }) =>
    (CHANGING as readonly Method[]).includes(method) &&
    !(method === "block" && (params as { check?: boolean }).check === true)
  );
  assert.deepEqual(changed, []);
  assert.deepEqual(visit.failures, []);
});

Deno.test("no address on any page tells whom or what one looked at: browsers keep those", async () => {
  const visit = new Visit(ANSWERS);
  let addresses = 0;
  for (const path of pathsOf("GET")) {
    const response = await visit.get(`${path}?q=x`);
    if (!/^text\/html/.test(response.headers.get("content-type") ?? "")) {
      await response.body?.cancel();
      continue;
    }
    const all = (await response.text())
      .matchAll(/\s(?:href|xlink:href|src|action|formaction|data-live)="([^"]*)"/g);
    for (const [, to = ""] of all) {
      if (/^(?:https?:|\/assets\/)/.test(to)) continue;
      addresses++;
      assert.doesNotMatch(inTheClear(to), /g1|[0-9a-f]{10}|g:|script/, path);
    }
  }
  assert.ok(addresses > 500, `${addresses}`);
});

Deno.test("no page holds what its policy forbids, or asks anybody else for anything", async () => {
  const visit = new Visit(ANSWERS);
  let pages = 0;
  for (const path of pathsOf("GET")) {
    const response = await visit.get(path);
    if (!/^text\/html/.test(response.headers.get("content-type") ?? "")) {
      await response.body?.cancel();
      continue;
    }
    const text = await response.text();
    pages++;
    // Names of attributes without what stands in their quotes, where words may look like anything.
    const tags = text.replace(/="[^"]*"/g, '=""');
    assert.doesNotMatch(tags, /<[^>]*\s(?:style|srcdoc|on\w+)\s*=/i, path);
    assert.doesNotMatch(tags, /<(?:style|iframe|object|embed|base)\b|<script(?! type="" src="")/i);
    const asked = /<(?!a\b)\w+\b[^>]*?\s(?:src|href|action|formaction)="([^"]*)"/gi;
    for (const [, url = ""] of text.matchAll(asked)) {
      assert.match(url, /^(?:\/(?!\/)|\?|$)/, `${path} asks for ${url}`);
    }
    for (const [, url = ""] of text.matchAll(/<a\b[^>]*?\shref="([^"]*)"/gi)) {
      assert.match(url, /^(?:\/(?!\/)|[?#]|https?:)/, `${path} leads to ${url}`);
    }
    assert.ok(!text.includes(visit.session.id), `${path} shows the cookie`);
    const tricks = ["\u202E", "\u0007", "\u200B"].filter((one) => text.includes(one));
    assert.deepEqual(tricks, [], `${path} shows characters that play tricks`);
    assert.equal(text.match(/<h1/g)?.length, 1, `${path} has one heading of the first kind`);
  }
  assert.ok(pages > 18, `${pages} pages`);
});
