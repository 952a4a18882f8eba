/**
 * What a node can be asked by its owner: one table of methods, served by the running node through
 * its control socket and by the command line itself on the store when no node runs. Identities and
 * message ids are given as people type them (`g1…`, a locator where said so, any unambiguous hex
 * prefix) and come back whole. Times are seconds since 1970. Failures are `UserError`s.
 */
import type {
  AttachmentInput,
  AttachmentView,
  BlockView,
  CapsuleTaken,
  FollowView,
  GapView,
  IdentityView,
  MessageView,
  ProfileView,
  StatedView,
} from "./api_views.ts";
import type { DiagnosisView } from "./api_diagnosis.ts";
import type { LetterApi } from "./api_letters.ts";
import type {
  HistorySample,
  OwnAddressView,
  PeerView,
  PrivacyView,
  StatusView,
} from "./api_health.ts";
import type { TrustView } from "./api_trust.ts";

export type * from "./api_diagnosis.ts";
export type * from "./api_activity.ts";
export type * from "./api_health.ts";
export type * from "./api_letters.ts";
export type * from "./api_trust.ts";
export type * from "./api_ways.ts";
export type * from "./api_views.ts";

/** Every method with what it takes and what it gives. */
export interface Api extends LetterApi {
  /** The node's health. */
  status: { params: Record<never, never>; result: StatusView };
  /** What `gossamer doctor` wants to know beyond that. Sends nothing to anybody. */
  diagnosis: { params: Record<never, never>; result: DiagnosisView };
  /** What is public about the owner and what is private; more of it when the keys are open. */
  privacy: { params: Record<never, never>; result: PrivacyView };
  /** How the running node did in the last day, a sample a minute, the oldest first; empty without one. */
  history: { params: Record<never, never>; result: readonly HistorySample[] };
  /** Known nodes. */
  peers: { params: Record<never, never>; result: readonly PeerView[] };
  /** A locator for this node, its identities or both. */
  locator: {
    params: {
      /** Identities to name; empty with `noIdentity` false means all of this node's own (when unlocked). */
      readonly identities: readonly string[];
      readonly noIdentity: boolean;
      /** Others' identities for new people to begin with. */
      readonly starters?: readonly string[];
      /** Addresses given by hand (`host:port`); empty means those that the node knows of itself. */
      readonly addresses: readonly string[];
    };
    result: {
      readonly locator: string;
      readonly addresses: readonly string[];
      readonly identities: readonly string[];
      /** Own addresses of the running node, used or not, and why; empty where others were given. */
      readonly known: readonly OwnAddressView[];
    };
  };
  /** Enters the network through a locator's nodes. */
  join: {
    params: {
      readonly locator: string;
      /** Follow the identities that it names. */
      readonly follow: boolean;
      /** Follow those of its starter list. */
      readonly starters?: boolean;
    };
    result: { readonly addresses: readonly string[]; readonly followed: readonly string[] };
  };
  /** This node's own identities; needs the keys. */
  identities: { params: Record<never, never>; result: readonly IdentityView[] };
  /**
   * Wipes the keys from memory. With `again`, by a command that unlocked only for itself: what it said
   * may still go out within two minutes. Otherwise that waits, sealed, for the next unlock.
   */
  lock: { params: { readonly again?: boolean }; result: { readonly unlocked: readonly string[] } };
  /** Has the running node listen for its web page, if it doesn't yet, and makes a link into it. */
  web: {
    params: {
      /** On 127.0.0.1; 0 or left out: the one that it has, or any. */ readonly port?: number;
    };
    result: {
      /** Signs one browser in, once. */
      readonly link: string;
      /** Until when, seconds since 1970. */
      readonly expires: number;
      /** What the node listens on. */
      readonly port: number;
    };
  };
  /** Signs all browsers out and listens for the web page no more. */
  "web-close": {
    params: Record<never, never>;
    result: { /** Whether it was open. */ readonly closed: boolean };
  };
  /**
   * The `keys` file as it is on the disk now, sealed: a running node can't read it any more, and needs
   * it to be unlocked by its web page. Whoever changes the file says so. Nothing is unlocked or locked.
   */
  "keys-file": {
    params: { /** Its 8,192 bytes in base64. */ readonly file: string };
    result: Record<never, never>;
  };
  /** Ends the running node, as SIGTERM does, so that a command can do what needs the folder alone. */
  stop: { params: Record<never, never>; result: Record<never, never> };
  /** Changes the given fields of a profile, in public. */
  "profile-set": {
    params: {
      readonly as?: string;
      readonly name?: string;
      readonly bio?: string;
      readonly link?: string;
    };
    result: ProfileView;
  };
  /** Somebody's profile, by default one's own. */
  "profile-show": { params: { readonly id?: string }; result: ProfileView };
  /** Signs a status and puts it into the outbox. */
  post: {
    params: {
      readonly text: string;
      /** Which identity speaks; may be left out when there is only one. */
      readonly as?: string;
      readonly replyTo?: string;
      readonly quote?: string;
      readonly warning?: string;
      /** Language tag (BCP 47). */
      readonly language?: string;
      readonly attachments: readonly AttachmentInput[];
    };
    result: {
      readonly id: string;
      readonly created: number;
      /** No node runs, so it goes out at the next start or unlock of one. */
      readonly waiting: boolean;
      /** What looks like a link, mention or tag and is sent as plain text, and why; sentences. */
      readonly notes: readonly string[];
    };
  };
  /** Takes back an own status or profile message; needs the keys. */
  retract: {
    params: { readonly id: string };
    result: {
      /** The retraction; null where none was needed, since the message never left this node. */
      readonly id: string | null;
      /** What was taken back. */
      readonly retracted: string;
      /** `waiting`: no node runs, so the retraction goes out at the next start or unlock of one. */
      readonly waiting: boolean;
      /** When the retraction of a private message leaves, seconds since 1970; for nothing else. */
      readonly due?: number;
    };
  };
  /** A page of statuses. */
  timeline: {
    params: {
      /** The newest so many, 1 to 1,000, oldest first. */
      readonly limit: number;
      /** Only those before this message. */
      readonly before?: string;
      /** Everybody's, which needs no keys, instead of those of whom the owner follows and the own ones. */
      readonly all: boolean;
      /** Only this identity's, followed or not, whatever `all` says; needs no keys. */
      readonly author?: string;
    };
    result: readonly MessageView[];
  };
  /**
   * Stored statuses that mention an own identity or answer an own message, by those who are followed,
   * verified or were written to; with `requests` by all others who aren't blocked. Needs the keys.
   */
  mentions: {
    /** As for `timeline`. */
    params: { readonly limit: number; readonly before?: string; readonly requests: boolean };
    result: {
      /** Oldest first. */
      readonly messages: readonly MessageView[];
      /** How many there are by all others, at most 100. */
      readonly requests: number;
    };
  };
  /** Some of a search: statuses of everybody, with open keys also pending and archived ones. */
  "search-page": {
    params: {
      /** All of them are to be in text, tags, names of author or attachments, in any case. */
      readonly words: readonly string[];
      /** Most to be found by this page, 1 to 1,000. */
      readonly limit: number;
      /** `next` of the page before; the first one without. */
      readonly before?: string;
    };
    result: {
      /** Newest first; may be none although there are more. */
      readonly found: readonly MessageView[];
      /** For the next page; null after the last one. */
      readonly next: string | null;
    };
  };
  /** One message. Refused when its author is blocked, unless `hidden`. */
  show: {
    params: { readonly id: string; readonly hidden?: boolean };
    /** `profile`, `retraction` and so on for what is not a status. */
    result: MessageView & { readonly kind: string };
  };
  /**
   * The message, what it replies to and the replies to it: each answer below what it answers, else in
   * the order of time. What is missing above is there as a gap, as is what would be too much to show,
   * and without `hidden` what blocked authors said.
   */
  thread: {
    params: { readonly id: string; readonly hidden?: boolean };
    result: readonly (MessageView | GapView)[];
  };
  /** One attachment with its bytes. Refused when the author is blocked, unless `hidden`. */
  attachment: {
    params: { readonly id: string; readonly index: number; readonly hidden?: boolean };
    result: AttachmentView & { readonly base64: string };
  };
  /**
   * Some of the stored messages, in the order of (created, id): about 256 KiB. With `pending` also the
   * owner's that nobody else has yet, in their places, which needs the keys.
   */
  "capsule-page": {
    params: {
      /** Seconds since 1970: nothing that was created before. */
      readonly since: number;
      /** Whether the owner's pending messages are wanted, too. */
      readonly pending?: boolean;
      /** `next` of the page before; the first one without. */
      readonly after?: string;
    };
    result: {
      /** Envelopes in base64. */
      readonly messages: readonly string[];
      /** How many of them are pending, or would have been here; 0 while the keys are locked. */
      readonly pending: number;
      /** For the next page; null after the last one. */
      readonly next: string | null;
      /** How many couldn't be read. */
      readonly damaged: number;
    };
  };
  /** Takes in messages from a file, each checked like any other; they enter at freshness 0. */
  "capsule-take": {
    params: { /** Envelopes in base64. */ readonly messages: readonly string[] };
    result: CapsuleTaken;
  };
  /** Follows an identity or all of a locator's; needs the keys. */
  follow: {
    params: {
      readonly target: string;
      /** What to call it; "" for nothing. Of one identity only. */
      readonly name?: string;
      /** Also those of a locator's starter list. */
      readonly starters?: boolean;
      /** The target's successor instead, if it fits the heir; it takes the petname over. */
      readonly successor?: boolean;
    };
    result: readonly FollowView[];
  };
  /** Stops following; needs the keys. */
  unfollow: { params: { readonly id: string }; result: FollowView };
  /** Verifies an identity, in public and for ever; needs the keys. */
  verify: {
    params: {
      readonly id: string;
      /** Which identity speaks; may be left out when there is only one. */
      readonly as?: string;
    };
    result: StatedView;
  };
  /** Takes a verification back, in public; needs the keys. */
  unverify: { params: { readonly id: string; readonly as?: string }; result: StatedView };
  /** Publishes a revocation that was signed before, whoever's it is; needs the keys of anybody. */
  revoke: {
    params: { /** The statement in base64. */ readonly statement: string };
    result: {
      /** Whose key is ended. */
      readonly id: string;
      /** Who goes on, if the revocation names anybody. */
      readonly successor: string | null;
      /** The message that carries it. */
      readonly message: string;
      /** No node runs, so it goes out at the next start or unlock of one. */
      readonly waiting: boolean;
    };
  };
  /** Everybody who is followed; needs the keys. */
  following: { params: Record<never, never>; result: readonly FollowView[] };
  /**
   * Blocks identities, all or none; needs the keys. Refused: own ones, followed ones unless `unfollow`,
   * and more than there is room for. `check` changes and refuses nothing.
   */
  block: {
    params: {
      readonly ids: readonly string[];
      /** Stops following those who are followed. */
      readonly unfollow?: boolean;
      /** Only says what the call would meet. */
      readonly check?: boolean;
    };
    result: {
      /** All that were named, once each. */
      readonly blocked: readonly Omit<BlockView, "since">[];
      /** How many of them were blocked by hand before. */
      readonly already: number;
      /** Those that are own identities. */
      readonly own: readonly string[];
      /** Those that were followed. */
      readonly followed: readonly string[];
      /** How many more there is room for after that; negative when not even for these. */
      readonly room: number;
    };
  };
  /** Stops blocking; needs the keys. */
  unblock: {
    params: { readonly id: string };
    /** `because`: who that are blocked verify it, so that it stays hidden; null when it is shown again. */
    result: Omit<BlockView, "because" | "since"> & { readonly because: readonly string[] | null };
  };
  /** Everybody who is blocked, by contagion too; needs the keys. */
  blocked: {
    params: {
      /** So many, 1 to 1,000; all without it. */
      readonly limit?: number;
      /** Only those who come behind this one in the list, `g1…`. */
      readonly after?: string;
    };
    result: readonly BlockView[];
  };
  /** A page of the statuses that blocks hide, newest first; needs the keys. */
  "blocked-hidden": {
    params: { readonly limit: number; readonly before?: string };
    result: readonly MessageView[];
  };
  /** Why an identity counts as verified; needs the keys. */
  trust: { params: { readonly id: string }; result: TrustView };
  /** Sets how far away somebody may be and still count as verified, 1 to 1,000; 0: any. Needs the keys. */
  "trust-limit": {
    params: { readonly maxDistance: number };
    result: { readonly maxDistance: number | null };
  };
}

/** Name of a method. */
export type Method = keyof Api;

/** A way to call the methods: the running node's control socket, or this process on the store. */
export interface Backend {
  /** Whether a node answers behind it. */
  readonly running: boolean;
  /** Calls a method. Throws a `UserError`, as the method itself or because the node went away. */
  call<M extends Method>(method: M, params: Api[M]["params"]): Promise<Api[M]["result"]>;
  /** New statuses as they are stored, in the order of arrival, until the signal aborts. */
  watch(options: { all: boolean; signal: AbortSignal }): AsyncIterable<MessageView>;
  /** Hands the node its keys, as the keystore encodes a key bundle; answers the identities. */
  unlock(bundle: Uint8Array): Promise<readonly string[]>;
  /** Lets go of the store and its lock, or of the connection. */
  close(): Promise<void>;
}
