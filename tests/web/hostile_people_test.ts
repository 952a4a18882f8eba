/** Names, profiles, private messages and reasons written by somebody hostile, on every page of people. */
import assert from "node:assert/strict";
import type { AttachmentView } from "../../src/node/api.ts";
import {
  alone,
  conversationView,
  followView,
  identityView,
  letterView,
  ME,
  OTHER,
  profileView,
  THIRD,
  trustView,
} from "./people.ts";
import { type Answers, postView, Visit } from "./visit.ts";

const MARKUP = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>&lt;b&gt;`;
const ZALGO = `a${"\u0301".repeat(200)}`;
const BIDI = "\u202Elooc\u2066\u200B\u200F";
const CONTROLS = "\u0000\u001B[31m\u0007\u009B\u0085";
const EVIL = `${MARKUP}${BIDI}${CONTROLS}${ZALGO}`;
const FILE: AttachmentView = { name: EVIL, mediaType: EVIL, size: 1, alt: EVIL };

/** An owner all of whose world is hostile. */
function hostile(link = "javascript:alert(3)"): Answers {
  const revoked = { issued: 1_800_000_000, successor: THIRD, fits: false };
  const status = postView({ text: EVIL, name: EVIL, author: OTHER, warning: EVIL });
  const letter = letterView({ text: EVIL, name: EVIL, suspicious: true, attachments: [FILE] });
  const person = { name: EVIL, suspicious: true };
  const blocked = [
    { id: OTHER, ...person, because: "user" as const, since: 1_800_000_000 },
    { id: THIRD, ...person, because: [OTHER, OTHER, OTHER], since: null },
  ];
  return alone({
    identities: () => [identityView(), identityView({ id: THIRD, name: EVIL })],
    "profile-show": ({ id }) => profileView({ id: id ?? ME, name: EVIL, bio: EVIL, link, revoked }),
    trust: ({ id }) => trustView({ id, ...person, revoked }),
    following: () => [
      followView({ name: EVIL, petname: EVIL, claimed: `${EVIL}!`, suspicious: true, revoked }),
    ],
    block: ({ ids }) => ({
      blocked: ids.map((id) => ({ id, ...person, because: [THIRD, THIRD, THIRD] })),
      already: 0,
      own: [],
      followed: [...ids],
      room: 5,
    }),
    blocked: () => blocked,
    "blocked-hidden": () => [status],
    timeline: () => [status],
    mentions: () => ({ messages: [status], requests: 3 }),
    "search-page": () => ({ found: [status], next: null }),
    recipient: ({ to }) => ({ id: to, name: EVIL, revoked: true, first: true }),
    inbox: () => ({ messages: [letter], requests: 1, caughtUp: false, full: true }),
    conversations: () => ({
      people: [conversationView({ name: EVIL, suspicious: true })],
      more: true,
      requests: 1,
      caughtUp: false,
      full: true,
    }),
  });
}

/** What must not come through on any page. */
function assertHarmless(page: string, where: string): void {
  const found = /<script>alert|<img src|onerror=alert\(2\)>(?!&)|href="(?:javascript|data):/i.exec(
    page,
  );
  assert.equal(found, null, where);
  assert.doesNotMatch(page, /(?!\n)\p{Cc}/u, where);
  assert.doesNotMatch(page, /[\u202A-\u202E\u2066\u2067\u200B\u200E\u200F]/, where);
  assert.doesNotMatch(page, /\p{M}{5}/u, where);
  assert.doesNotMatch(page, / style=| on\w+="/, where);
}

const PAGES = [
  "/mentions",
  "/mentions?requests=1",
  "/messages",
  "/messages?requests=1",
  "/messages?hidden=1",
  "/messages/new",
  `/messages/${OTHER}`,
  `/person/${OTHER}`,
  "/profile/edit",
  "/following",
  "/blocks",
  "/blocks/hidden",
  `/search?q=${encodeURIComponent(MARKUP)}`,
];

const FORMS: readonly (readonly [path: string, fields: Record<string, string>])[] = [
  ["/profile/edit/whose", { as: THIRD }],
  ["/block", { ids: OTHER }],
  ["/verify", { id: OTHER }],
  ["/verify", { undo: OTHER }],
  [`/messages/${OTHER}/answer`, { replyTo: letterView().id }],
];

Deno.test("nothing hostile comes through on any page of people", async () => {
  const visit = new Visit(hostile());
  for (const path of PAGES) {
    const page = await visit.page(path);
    assert.ok(page.includes("&lt;script&gt;"), path);
    assertHarmless(page, path);
  }
  for (const path of ["/following", "/blocks"]) {
    assertHarmless(await visit.page(`${path}?new=${visit.veil.hide(OTHER)}`), path);
  }
  for (const [path, fields] of FORMS) {
    const page = await (await visit.post(path, fields)).text();
    assert.ok(page.includes("&lt;script&gt;"), path);
    assertHarmless(page, path);
  }
  assert.deepEqual(visit.failures, []);
});

Deno.test("forms that were refused come back with what stood in them, harmless", async () => {
  const visit = new Visit(hostile());
  for (
    const [path, fields] of [
      ["/follow", { target: EVIL, name: EVIL }],
      ["/block", { ids: EVIL }],
      [`/messages/${OTHER}`, { text: EVIL, as: EVIL }],
    ] as const
  ) {
    const response = await visit.post(path, fields);
    if (response.status === 303) continue;
    const page = await response.text();
    // What the owner typed stays in its field as it was typed, but no markup comes of it.
    assert.doesNotMatch(page, /<script>alert|<img src/, path);
  }
});

Deno.test("the link of a profile leads only where http, https and mailto do, and shows where", async () => {
  const links: readonly (readonly [link: string, href: string | undefined])[] = [
    ["https://example.org/a?b=c", "https://example.org/a?b=c"],
    ["HTTP://EXAMPLE.org", "http://example.org/"],
    ["mailto:bob@example.org", "mailto:bob@example.org"],
    ["https://exаmple.org/", "https://xn--exmple-4nf.org/"],
    ["javascript:alert(1)", undefined],
    ["JaVaScRiPt:alert(1)", undefined],
    [" javascript:alert(1)", undefined],
    ["java\nscript:alert(1)", undefined],
    ["data:text/html,<script>alert(1)</script>", undefined],
    ["vbscript:x", undefined],
    ["file:///etc/passwd", undefined],
    ["//example.org", undefined],
    ["example.org", undefined],
    ["https:example.org", undefined],
    ["https://example.org/\u202Egpj.exe", undefined],
    ["https://", undefined],
    ["g:?a=192.0.2.1:1", undefined],
  ];
  for (const [link, href] of links) {
    const page = await new Visit(alone({ "profile-show": () => profileView({ link }) }))
      .page(`/person/${OTHER}`);
    const found =
      /<a href="([^"]*)" rel="noopener noreferrer nofollow ugc" target="_blank">(.*?)<\/a>/
        .exec(page);
    assert.equal(found?.[1], href?.replaceAll("&", "&amp;"), link);
    if (href !== undefined) assert.ok(found?.[2]?.includes(href.replaceAll("&", "&amp;")), link);
  }
});
