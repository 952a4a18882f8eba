/** What the API shows: plain data, as JSON carries it. Times are seconds since 1970. */
import type { RevokedView } from "./api_trust.ts";

/** An attachment as listed; its bytes come by `attachment`. */
export interface AttachmentView {
  /** File name; "" for none. */
  readonly name: string;
  /** Media type as its author gave it. */
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
  /** Text for who can't see it; "" for none. */
  readonly alt: string;
}

/** A link or locator in a status. Offsets are code points of its text. */
export interface LinkView {
  /** First code point. */
  readonly start: number;
  /** The code point after the last. */
  readonly end: number;
  /** What the text says there. */
  readonly text: string;
  /** Where it leads: `http:`, `https:`, `mailto:` or `g:`. */
  readonly url: string;
  /** Whether the text says where it leads. If not, `url` must be shown: somebody may be fishing. */
  readonly plain: boolean;
}

/** A mention of an identity in a status. Offsets are code points of its text. */
export interface MentionView {
  /** First code point. */
  readonly start: number;
  /** The code point after the last. */
  readonly end: number;
  /** What the text says there, which may be another's name. */
  readonly text: string;
  /** Who is meant, `g1…`. */
  readonly id: string;
  /** What the reader knows that identity by, as in {@linkcode MessageView}. */
  readonly name: string;
  /** As in {@linkcode MessageView}. */
  readonly suspicious: boolean;
}

/** Why somebody is blocked: the owner did it, or at least three who are blocked verify them: `g1…`. */
export type BlockedBecause = "user" | readonly string[];

/** Somebody who is blocked. */
export interface BlockView {
  /** Identity, `g1…`. */
  readonly id: string;
  /** As in {@linkcode MessageView}. */
  readonly name: string;
  /** As in {@linkcode MessageView}. */
  readonly suspicious: boolean;
  /** Why. */
  readonly because: BlockedBecause;
  /** When the owner did it, seconds since 1970; null by contagion, which is computed. */
  readonly since: number | null;
}

/** A message that is referred to and not shown. */
export interface GapView {
  /** Message id, 64 hex digits. */
  readonly id: string;
  /** Tells it from a message. */
  readonly missing: true;
  /**
   * `notHere`: it hasn't come yet, or was no status; `retracted`: its author took it back; `more`: it is
   * here, and the thread is too long to show it: ask for it by itself; `blocked`: its author is blocked.
   */
  readonly why: "notHere" | "retracted" | "more" | "blocked";
  /** Of a blocked one in a thread: id of the message that it answers, or null. */
  readonly replyTo?: string | null;
}

/** A status as shown with another that quotes it. */
export interface QuotedView {
  /** Message id, 64 hex digits. */
  readonly id: string;
  /** Author, `g1…`. */
  readonly author: string;
  /** As in {@linkcode MessageView}. */
  readonly name: string;
  /** As in {@linkcode MessageView}. */
  readonly suspicious: boolean;
  /** When the author says to have written it, seconds since 1970. */
  readonly created: number;
  /** Up to 140 characters. */
  readonly text: string;
  /** As in {@linkcode MessageView}. */
  readonly verified: boolean;
  /** As in {@linkcode MessageView}. */
  readonly revoked: boolean;
  /** Content warning, or null. */
  readonly warning: string | null;
}

/** A status as shown. Strings from elsewhere are raw here: the renderer makes them safe to print. */
export interface MessageView {
  /** Message id, 64 hex digits. */
  readonly id: string;
  /** Author, `g1…`. */
  readonly author: string;
  /** Petname if the owner gave one, else the name that the profile claims, else "". */
  readonly name: string;
  /**
   * Whether `name` is only claimed and looks like that of somebody else whom the owner knows: followed,
   * given a petname, or an own identity. False while locked.
   */
  readonly suspicious: boolean;
  /** When the author says to have written it, seconds since 1970. */
  readonly created: number;
  /** Up to 140 characters. */
  readonly text: string;
  /** Whether the author counts as verified; nobody does while the keys are locked. */
  readonly verified: boolean;
  /** Whether the author ended this key. */
  readonly revoked: boolean;
  /** Id of the message that this one answers. */
  readonly replyTo: string | null;
  /** Id of the message that this one quotes. */
  readonly quote: string | null;
  /** The quoted message, or why it isn't shown; null when none is quoted. */
  readonly quoted: QuotedView | GapView | null;
  /** Content warning, or null. */
  readonly warning: string | null;
  /** Language tag (BCP 47), or null. */
  readonly language: string | null;
  /** Identities that it mentions, in the order of the text. */
  readonly mentions: readonly MentionView[];
  /** Tags without their `#`, in the order of the text. */
  readonly tags: readonly string[];
  /** Links and locators, in the order of the text. */
  readonly links: readonly LinkView[];
  /** Why its author is blocked, or null. Blocked ones are shown only where they are asked for. */
  readonly blocked: BlockedBecause | null;
  /** Whether it is an own one that was not seen coming back from others yet; shown to its author only. */
  readonly pending: boolean;
  /** Up to four. */
  readonly attachments: readonly AttachmentView[];
}

/** A private message as shown to its owner. Strings from elsewhere are raw, as in {@linkcode MessageView}. */
export interface LetterView {
  /** Id of the message that carried it, 64 hex digits. */
  readonly id: string;
  /** Author, `g1…`. */
  readonly from: string;
  /** Recipient, `g1…`. */
  readonly to: string;
  /** Petname of the author if the owner gave one, else the name that their profile claims, else "". */
  readonly name: string;
  /** Whether that name is claimed and looks like that of somebody else whom the owner knows. */
  readonly suspicious: boolean;
  /** When the author says to have written it, within the hour that the message bears; seconds since 1970. */
  readonly created: number;
  /** Up to 2,000 characters. */
  readonly text: string;
  /** Whether the author counts as verified. */
  readonly verified: boolean;
  /** Whether the author's key is revoked, whenever this was written. */
  readonly revoked: boolean;
  /** Id of the message that this one answers, private or not; its author's word. */
  readonly replyTo: string | null;
  /** Whether an identity of this node wrote it. */
  readonly sent: boolean;
  /** Whether a stranger wrote it: neither verified nor followed, and the owner never wrote to them. */
  readonly request: boolean;
  /** As in {@linkcode MessageView}. */
  readonly blocked: BlockedBecause | null;
  /** Whether it is an own one that was not seen coming back from others yet. */
  readonly pending: boolean;
  /** Up to four. */
  readonly attachments: readonly AttachmentView[];
}

/** Somebody with whom private messages were exchanged. */
export interface ConversationView {
  /** Identity, `g1…`. */
  readonly id: string;
  /** As in {@linkcode MessageView}. */
  readonly name: string;
  /** As in {@linkcode MessageView}. */
  readonly suspicious: boolean;
  /** Whether they count as verified. */
  readonly verified: boolean;
  /** Whether their key is revoked. */
  readonly revoked: boolean;
  /** As in {@linkcode MessageView}. */
  readonly blocked: BlockedBecause | null;
  /** Whether they are a stranger, as in {@linkcode LetterView}. */
  readonly request: boolean;
  /** Which own identities had part in it, `g1…`. */
  readonly as: readonly string[];
  /** Messages in both directions that are kept. */
  readonly messages: number;
  /** When the newest was written, by its author's clock; seconds since 1970. */
  readonly last: number;
  /** Whether the owner wrote that one. */
  readonly sent: boolean;
}

/** A profile as shown. `updated` 0 means that none was seen. */
export interface ProfileView {
  /** Identity, `g1…`. */
  readonly id: string;
  /** Claimed name. */
  readonly name: string;
  /** A few words. */
  readonly bio: string;
  /** A link. */
  readonly link: string;
  /** When it was last changed, seconds since 1970. */
  readonly updated: number;
  /** Whether the identity counts as verified; nobody does while the keys are locked. */
  readonly verified: boolean;
  /** How far it is verified: 0 own, 1 by the owner; null when it isn't. */
  readonly distance: number | null;
  /** That it ended its key, or null. */
  readonly revoked: RevokedView | null;
}

/** An identity of this node. */
export interface IdentityView {
  /** Identity, `g1…`. */
  readonly id: string;
  /** Local name: private, never sent. */
  readonly name: string;
  /** Whether its key is in memory. */
  readonly unlocked: boolean;
}

/** A followed identity. */
export interface FollowView {
  /** Identity, `g1…`. */
  readonly id: string;
  /** Petname, else claimed name, else "". */
  readonly name: string;
  /** What the owner calls it; "" for nothing. */
  readonly petname: string;
  /** What its profile claims; "" for nothing. */
  readonly claimed: string;
  /** As in {@linkcode MessageView}. */
  readonly suspicious: boolean;
  /** Present when its owner ended it. */
  readonly revoked?: RevokedView;
}

/** What became of messages that came in a file. */
export interface CapsuleTaken {
  /** Stored here now, and not before. */
  readonly novel: number;
  /** Were here already, or were and must not come again. */
  readonly known: number;
  /** Too old, or of a time that is still to come. */
  readonly outside: number;
  /** Valid, but not what this node keeps (`--relay text`). */
  readonly unkept: number;
  /** Not what the protocol allows: damaged, forged or without their stamp. */
  readonly refused: number;
}

/** A file to attach: its bytes in base64. */
export interface AttachmentInput {
  /** File name. */
  readonly name: string;
  /** Media type. */
  readonly mediaType: string;
  /** The bytes. */
  readonly base64: string;
  /** Text for who can't see it. */
  readonly alt: string;
}

/** What was said of somebody in public. */
export interface StatedView {
  /** Of whom, `g1…`. */
  readonly id: string;
  /** What that identity is called here. */
  readonly name: string;
  /** Which own identity said it. */
  readonly by: string;
  /** When, seconds since 1970. */
  readonly issued: number;
  /** The message that carries it. */
  readonly message: string;
  /** No node runs, so it goes out at the next start or unlock of one. */
  readonly waiting: boolean;
}
