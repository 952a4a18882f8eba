/**
 * Bodies of messages (docs/PROTOCOL.md section 3).
 *
 * ```
 * 0 status     [0, created, text, markup, attachments, profile]
 * 1 private    [1, created, sealed: bin]
 * 2 profile    [2, created, profile]
 * 3 retraction [3, created, id: bin32]
 * 4 statement  [4, created, statement]
 * 5-15         any arity: relayed and not shown
 * profile      [updated, name, bio, link, heir: bin32]
 * markup       [[start, end, type, value: str]…]
 * attachment   [media type, name, bytes, alt text]
 * ```
 */
import type { MessageId } from "./ids.ts";
import type { Statement } from "./statement.ts";
import type { UnixSeconds } from "./time.ts";

/** The type numbers that this version knows. */
export const BODY_TYPES = {
  status: 0,
  private: 1,
  profile: 2,
  retraction: 3,
  statement: 4,
} as const;

/** What an identity says of itself. All of it is public. */
export interface Profile {
  readonly updated: UnixSeconds;
  readonly name: string;
  readonly bio: string;
  readonly link: string;
  /** SHA-256(label "heir", successor key); 32 zero bytes mean that there is no heir. */
  readonly heir: Uint8Array;
}

/** Types of markup that this version knows; others are kept and not shown. */
export const MARKUP_TYPES = {
  link: 0,
  mention: 1,
  tag: 2,
  replyTo: 3,
  quote: 4,
  locator: 5,
  language: 6,
  warning: 7,
} as const;

/** One span of a status, in code points of the text as sent. */
export interface Markup {
  readonly start: number;
  readonly end: number;
  /** One of {@linkcode MARKUP_TYPES} or a later one. */
  readonly type: number;
  readonly value: string;
}

/** A file that travels with a status. */
export interface Attachment {
  readonly mediaType: string;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly alt: string;
}

/** A public post. */
export interface StatusBody {
  readonly kind: "status";
  readonly created: UnixSeconds;
  readonly text: string;
  readonly markup: readonly Markup[];
  readonly attachments: readonly Attachment[];
  readonly profile: Profile;
}

/** A private message, opaque to all but its recipient. `created` is a multiple of 3,600. */
export interface PrivateBody {
  readonly kind: "private";
  readonly created: UnixSeconds;
  readonly sealed: Uint8Array;
}

/** A profile change without a post. */
export interface ProfileBody {
  readonly kind: "profile";
  readonly created: UnixSeconds;
  readonly profile: Profile;
}

/** Asks nodes to drop the body of a message by the same key. */
export interface RetractionBody {
  readonly kind: "retraction";
  readonly created: UnixSeconds;
  readonly id: MessageId;
}

/** Carries a statement that no message by its subject is passing for. */
export interface StatementBody {
  readonly kind: "statement";
  readonly created: UnixSeconds;
  readonly statement: Statement;
}

/** A type that this version does not know (5 to 15): relayed, not shown. */
export interface UnknownBody {
  readonly kind: "unknown";
  readonly type: number;
  readonly created: UnixSeconds;
}

/** Any body. */
export type Body =
  | StatusBody
  | PrivateBody
  | ProfileBody
  | RetractionBody
  | StatementBody
  | UnknownBody;
