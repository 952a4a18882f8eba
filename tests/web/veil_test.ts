/** Addresses tell nothing to who reads them later, and come back as they were while the page runs. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { UserError } from "../../src/node/user_error.ts";
import { Veil } from "../../src/web/veil.ts";
import { alone, conversationView, followView, identityView, ME, OTHER, THIRD } from "./people.ts";
import { letterView } from "./people.ts";
import { inTheClear, postView, Visit } from "./visit.ts";

function random(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}

Deno.test("what is veiled comes back, is the same each time, and fits into an address", () => {
  const veil = new Veil(random);
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    const hidden = veil.hide(text);
    assert.equal(veil.read(hidden), text);
    assert.equal(veil.hide(text), hidden);
    assert.match(hidden, /^v-[\w-]+$/);
    assert.ok(text.length < 4 || !hidden.includes(text));
  }));
  assert.equal(veil.read(OTHER), OTHER, "what isn't veiled is taken as it is");
});

Deno.test("what another run veiled, or somebody changed, is refused", () => {
  const veil = new Veil(random);
  const hidden = veil.hide(OTHER);
  const refused = (error: unknown): boolean =>
    error instanceof UserError && /until/.test(error.message);
  assert.throws(() => new Veil(random).read(hidden), refused);
  for (const bad of ["v-", "v-####", `${hidden}A`, hidden.slice(0, -4), `v-${"A".repeat(200)}`]) {
    assert.throws(() => veil.read(bad), refused, bad);
  }
});

Deno.test("no link or redirect of these pages says whom or what one looks at, writes to, follows or blocks, or who one is", async () => {
  const many = <T>(make: (i: number) => T): T[] => Array.from({ length: 101 }, (_, i) => make(i));
  const visit = new Visit(alone({
    identities: () => [identityView(), identityView({ id: THIRD })],
    following: () => many(() => followView()),
    follow: () => [followView()],
    unfollow: () => followView(),
    blocked: () => many(() => ({ ...followView(), because: "user" as const, since: 1 })),
    unblock: () => ({ ...followView(), because: null }),
    timeline: () => many(() => postView()),
    "blocked-hidden": () => many(() => postView()),
    mentions: () => ({ messages: many(() => postView()), requests: 0 }),
    conversations: () => ({
      people: [conversationView()],
      more: true,
      requests: 0,
      caughtUp: false,
      full: false,
    }),
    inbox: () => ({
      messages: [letterView({
        attachments: [{ name: "a.png", mediaType: "image/png", size: 1, alt: "" }],
      })],
      requests: 0,
      caughtUp: true,
      full: false,
    }),
    locator: () => ({ locator: "g:?a=x", addresses: [], identities: [], known: [] }),
    send: ({ to }) => ({ id: "aa".repeat(32), to, created: 1, waiting: false }),
    verify: () => ({
      ...{ id: OTHER, name: "Bob", by: ME, issued: 1, message: "ab".repeat(32), waiting: false },
    }),
  }));
  const told = (address: string): boolean =>
    /g1|[0-9a-f]{10}/.test(inTheClear(address)) && !address.startsWith("/assets/");
  const veiled = `/messages/${visit.veil.hide(OTHER)}`;
  for (
    const path of [
      "/mentions",
      "/messages",
      "/messages/new",
      veiled,
      "/following",
      "/blocks",
      "/blocks/hidden",
      "/",
      "/everything",
      `/person/${OTHER}`,
    ]
  ) {
    const page = await visit.page(path);
    const addresses = [...page.matchAll(/ (?:href|action|formaction|data-live|src)="([^"]*)"/g)];
    assert.deepEqual(addresses.map(([, one = ""]) => one).filter(told), [], path);
  }
  assert.doesNotMatch(await visit.page("/invite"), /<form[^>]*method="get"/);
  for (
    const [path, fields] of [
      ["/follow", { target: OTHER }],
      ["/follow", { target: OTHER, from: "person" }],
      ["/follow", { target: OTHER, rename: "1", name: "Bob" }],
      ["/unfollow", { id: OTHER, from: "person" }],
      ["/block", { ids: OTHER, sure: "1" }],
      ["/unblock", { id: OTHER }],
      ["/verify/sure", { id: OTHER, as: ME }],
      ["/profile/edit", { as: ME, name: "Bob", bio: "Weaves.", link: "https://example.org/bob" }],
      ["/messages/new", { to: OTHER }],
      ["/trust", { id: OTHER }],
      ["/search", { q: OTHER }],
      [veiled, { text: "Hi", as: ME, agreed: ["stranger"], form: "f" }],
    ] as const
  ) {
    const to = (await visit.post(path, fields)).headers.get("location") ?? "g1";
    assert.doesNotMatch(inTheClear(to), /g1|[0-9a-f]{10}/, path);
  }
});
