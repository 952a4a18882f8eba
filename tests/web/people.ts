/** People and what they wrote, as the API would give them to a page under test. */
import type {
  ConversationView,
  FollowView,
  IdentityView,
  LetterView,
  ProfileView,
  TrustView,
} from "../../src/node/api.ts";
import { letter } from "../cli/messages.ts";
import type { Answers } from "./visit.ts";

/** Identities that no key stands behind: what the page gets is from the node, and checked there. */
export const ME: string = "g1me".padEnd(60, "q");
/** Somebody else. */
export const OTHER: string = "g1other".padEnd(60, "q");
/** Somebody third. */
export const THIRD: string = "g1third".padEnd(60, "q");

/** A followed identity. */
export function followView(part: Partial<FollowView> = {}): FollowView {
  return { id: OTHER, name: "Bob", petname: "", claimed: "Bob", suspicious: false, ...part };
}

/** A profile. */
export function profileView(part: Partial<ProfileView> = {}): ProfileView {
  return {
    id: OTHER,
    name: "Bob",
    bio: "Weaves.",
    link: "https://example.org/bob",
    updated: 1_800_000_000,
    verified: false,
    distance: null,
    revoked: null,
    ...part,
  };
}

/** What trust says of somebody. */
export function trustView(part: Partial<TrustView> = {}): TrustView {
  return {
    id: OTHER,
    name: "Bob",
    suspicious: false,
    distance: null,
    verified: false,
    because: [],
    verifiedBy: [],
    trusted: 0,
    revoked: null,
    maxDistance: null,
    ...part,
  };
}

/** A private message. */
export function letterView(part: Partial<LetterView> = {}): LetterView {
  const id = "cd".repeat(32);
  return letter({ id, from: OTHER, to: ME, name: "Bob", created: 1_800_000_000, ...part });
}

/** Somebody with whom something was said privately. */
export function conversationView(part: Partial<ConversationView> = {}): ConversationView {
  return {
    id: OTHER,
    name: "Bob",
    suspicious: false,
    verified: false,
    revoked: false,
    blocked: null,
    request: false,
    as: [ME],
    messages: 2,
    last: 1_800_000_000,
    sent: false,
    ...part,
  };
}

/** An own identity. */
export function identityView(part: Partial<IdentityView> = {}): IdentityView {
  return { id: ME, name: "me", unlocked: true, ...part };
}

/** An owner with one identity who knows nobody: what a person's page and a conversation ask. */
export function alone(part: Answers = {}): Answers {
  return {
    identities: () => [identityView()],
    "profile-show": ({ id }) => profileView({ id: id ?? ME }),
    trust: ({ id }) => trustView({ id }),
    block: ({ ids }) => ({
      blocked: ids.map((id) => ({ id, name: "Bob", suspicious: false, because: "user" as const })),
      already: 0,
      own: ids.filter((id) => id === ME),
      followed: [],
      room: 99_999,
    }),
    following: () => [],
    timeline: () => [],
    recipient: ({ to }) => ({ id: to, name: "Bob", revoked: false, first: false }),
    inbox: () => ({ messages: [], requests: 0, caughtUp: true, full: false }),
    ...part,
  };
}
