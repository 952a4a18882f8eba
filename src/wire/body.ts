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
  /** When it was changed; never after the `created` of the message that brings it. */
  readonly updated: UnixSeconds;
  /** At most 40 code points; may be empty. */
  readonly name: string;
  /** At most 160 code points; may be empty. */
  readonly bio: string;
  /** At most 200 bytes of UTF-8; may be empty; not checked to be a link. */
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
  /** First code point; not checked to lie in the text. */
  readonly start: number;
  /** The code point after the last. */
  readonly end: number;
  /** One of {@linkcode MARKUP_TYPES} or a later one. */
  readonly type: number;
  /** At most 512 bytes of UTF-8. */
  readonly value: string;
}

/** A file that travels with a status. */
export interface Attachment {
  /** At most 64 bytes of UTF-8; readers clean it. */
  readonly mediaType: string;
  /** A file name of at most 64 code points; readers clean it. */
  readonly name: string;
  /** The contents. */
  readonly bytes: Uint8Array;
  /** At most 500 code points, for those who cannot see it. */
  readonly alt: string;
}

/** A public post. */
export interface StatusBody {
  /** Type 0. */
  readonly kind: "status";
  /** Floored to 10 s by its author. */
  readonly created: UnixSeconds;
  /** At most 140 code points. */
  readonly text: string;
  /** At most 32 entries. */
  readonly markup: readonly Markup[];
  /** At most 4. */
  readonly attachments: readonly Attachment[];
  /** What the author says of itself, as of this post. */
  readonly profile: Profile;
}

/** A private message, opaque to all but its recipient. `created` is a multiple of 3,600. */
export interface PrivateBody {
  /** Type 1. */
  readonly kind: "private";
  /** Floored to the hour. */
  readonly created: UnixSeconds;
  /** Bytes that `decodeSealed` reads. */
  readonly sealed: Uint8Array;
}

/** A profile change without a post. */
export interface ProfileBody {
  /** Type 2. */
  readonly kind: "profile";
  /** Floored to 10 s by its author. */
  readonly created: UnixSeconds;
  /** The new profile. */
  readonly profile: Profile;
}

/** Asks nodes to drop the body of a message by the same key. */
export interface RetractionBody {
  /** Type 3. */
  readonly kind: "retraction";
  /** Floored to 10 s by its author. */
  readonly created: UnixSeconds;
  /** The message to be dropped. */
  readonly id: MessageId;
}

/** Carries a statement that no message by its subject is passing for. */
export interface StatementBody {
  /** Type 4. */
  readonly kind: "statement";
  /** Floored to 10 s by its author. */
  readonly created: UnixSeconds;
  /** Verified in an `AdmittedMessage`; see `statementsOf`. */
  readonly statement: Statement;
}

/** A type that this version does not know (5 to 15): relayed, not shown. */
export interface UnknownBody {
  /** Types 5 to 15. */
  readonly kind: "unknown";
  /** The number itself. */
  readonly type: number;
  /** The second field of every type. */
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
