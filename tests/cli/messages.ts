/** What the node answers about messages, everything plain: a test gives what matters. */
import type { LetterView, MessageView } from "../../src/node/api.ts";

/** A post. */
export function message(given: Partial<MessageView> = {}): MessageView {
  return {
    id: "3f9a01c2d4e5".padEnd(64, "0"),
    author: "g1qyqszqgpqyqszqgpqyqszqgpqyqszqgp",
    name: "ada",
    suspicious: false,
    created: 1_790_000_000,
    text: "Hello",
    verified: false,
    revoked: false,
    replyTo: null,
    quote: null,
    quoted: null,
    warning: null,
    language: null,
    blocked: null,
    pending: false,
    mentions: [],
    tags: [],
    links: [],
    attachments: [],
    ...given,
  };
}

/** A private message. */
export function letter(given: Partial<LetterView> = {}): LetterView {
  return {
    id: "ab".repeat(32),
    from: `g1${"a".repeat(58)}`,
    to: `g1${"b".repeat(58)}`,
    name: "Ada",
    suspicious: false,
    created: 1_796_083_200,
    text: "Meet at eight?",
    verified: false,
    revoked: false,
    replyTo: null,
    sent: false,
    request: false,
    blocked: null,
    pending: false,
    attachments: [],
    ...given,
  };
}
