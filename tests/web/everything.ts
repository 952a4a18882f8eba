/** An owner who answers all that views ask, with words that somebody wrote who means harm. */
import type { BlockView, GapView, MessageView, Method } from "../../src/node/api.ts";
import { statusView } from "../cli/fakes.ts";
import {
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
import { type Answers, postView } from "./visit.ts";

/** Somebody. */
export const ID = OTHER;
/** A message. */
export const MESSAGE: string = "ab".repeat(32);

/** Markup of several kinds, quotes, controls, invisible and direction-changing characters. */
export const EVIL =
  `"'><script>alert(1)</script><img src=x onerror=alert(2)> style="x" \u202Eabc\u200B\u0007 javascript:alert(3)`;

const named = { name: EVIL, suspicious: true };
const file = { name: `${EVIL}.png`, mediaType: EVIL, size: 9, alt: EVIL };
const blocked: BlockView = { id: THIRD, ...named, because: [ME, OTHER, THIRD], since: null };
const revoked = { issued: 1, successor: THIRD, fits: false };
const gap: GapView = { id: "cd".repeat(32), missing: true, why: "blocked", replyTo: MESSAGE };

/** A status that has everything a status can have. */
export const STATUS: MessageView = postView({
  ...named,
  id: MESSAGE,
  author: OTHER,
  text: EVIL,
  warning: EVIL,
  language: EVIL,
  replyTo: gap.id,
  quote: gap.id,
  quoted: {
    ...{ ...named, id: gap.id, author: THIRD, created: 1, text: EVIL },
    ...{ verified: true, revoked: true, warning: EVIL },
  },
  mentions: [{ start: 0, end: 5, text: EVIL, id: THIRD, ...named }],
  links: [
    { start: 6, end: 9, text: EVIL, url: "javascript:alert(4)", plain: false },
    { start: 10, end: 12, text: EVIL, url: `https://evil.example/"onmouseover=x`, plain: false },
    { start: 13, end: 15, text: EVIL, url: `g:?a="><script>`, plain: true },
  ],
  tags: [EVIL],
  attachments: [file, { ...file, mediaType: "image/png" }, { ...file, mediaType: "image/svg+xml" }],
});
const letter = letterView({ ...named, text: EVIL, attachments: [file], replyTo: MESSAGE });
const done = { waiting: false, notes: [EVIL] };
const stated = { id: OTHER, name: EVIL, by: ME, issued: 1, message: MESSAGE, waiting: false };

/** Every method that a view uses. */
export const ANSWERS: Answers = {
  status: () => statusView({ warnings: [EVIL], network: EVIL, addresses: [], unlocked: true }),
  history: () => [],
  privacy: () => ({
    ...{ running: true, network: EVIL, unlocked: true, following: 1, announced: [EVIL] },
    ...{ beacon: true, mdns: true, portMapping: true, dht: true, proxy: EVIL, messages: 1 },
    ...{ nodes: 1, locatorNodes: 1, identities: [], data: [], files: [] },
  }),
  peers: () => [{
    ...{ address: EVIL, freshness: 1, lastSeen: null, found: null, ways: [] },
    lastHour: { messages: 0, bytes: 0 },
  }],
  locator: () => ({ locator: `g:?${EVIL}`, addresses: [EVIL], identities: [ME], known: [] }),
  join: () => ({ addresses: [EVIL], followed: [OTHER] }),
  identities: () => [identityView({ name: EVIL }), identityView({ id: THIRD, name: EVIL })],
  lock: () => ({ unlocked: [] }),
  stop: () => ({}),
  "profile-set": () => profileView({ id: ME, name: EVIL }),
  "profile-show": ({ id }) =>
    profileView({ id: id ?? ME, name: EVIL, bio: EVIL, link: "javascript:alert(5)", revoked }),
  post: () => ({ id: MESSAGE, created: 1, ...done }),
  retract: () => ({ id: MESSAGE, retracted: MESSAGE, waiting: false }),
  recipient: ({ to }) => ({ id: to, name: EVIL, revoked: true, first: true }),
  send: ({ to }) => ({ id: MESSAGE, to, created: 1, waiting: false }),
  inbox: () => ({ messages: [letter], requests: 3, caughtUp: false, full: true }),
  conversations: () => ({
    people: [conversationView(named)],
    more: true,
    ...{ requests: 2, caughtUp: false, full: true },
  }),
  timeline: () => [STATUS],
  mentions: () => ({ messages: [STATUS], requests: 2 }),
  "search-page": () => ({ found: [STATUS], next: EVIL }),
  show: () => ({ ...STATUS, kind: "status" }),
  thread: () => [STATUS, gap],
  attachment: () => ({ ...file, base64: btoa("<html><script>alert(6)</script>") }),
  follow: () => [followView(named)],
  unfollow: () => followView(named),
  following: () => [followView({ ...named, petname: EVIL, revoked })],
  verify: () => stated,
  unverify: () => stated,
  revoke: () => ({ id: OTHER, successor: THIRD, message: MESSAGE, waiting: false }),
  block: ({ ids }) => ({
    blocked: ids.map((id) => ({ ...blocked, id })),
    ...{ already: 1, own: [ME], followed: [OTHER], room: 5 },
  }),
  unblock: ({ id }) => ({ id, ...named, because: [OTHER] }),
  blocked: () => [blocked, { ...blocked, id: OTHER, because: "user", since: 1 }],
  "blocked-hidden": () => [{ ...STATUS, blocked: [OTHER, THIRD] }],
  trust: ({ id }) => {
    const one = { ...trustView({ id, ...named, revoked, distance: 1, verifiedBy: [OTHER] }) };
    return {
      ...one,
      because: [{ ...one, because: "own verification", by: [{ ...one, id: ME, distance: 0 }] }],
    };
  },
  "trust-limit": ({ maxDistance }) => ({ maxDistance }),
};

/** Methods that change something or say something to somebody. */
export const CHANGING: readonly Method[] = [
  ...["join", "lock", "stop", "web", "web-close", "keys-file", "profile-set", "post"] as const,
  ...["retract", "send", "follow", "unfollow", "verify", "unverify", "revoke", "block"] as const,
  ...["unblock", "trust-limit", "capsule-take"] as const,
];
