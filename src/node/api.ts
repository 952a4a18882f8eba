/**
 * What a node can be asked by its owner: one table of methods, served by the running node through
 * its control socket and by the command line itself on the store when no node runs. Identities and
 * message ids are given as people type them (`g1…`, a locator where said so, any unambiguous hex
 * prefix) and come back whole. Times are seconds since 1970. Failures are `UserError`s.
 */

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

/** A status as shown. Strings from elsewhere are raw here: the renderer makes them safe to print. */
export interface MessageView {
  /** Message id, 64 hex digits. */
  readonly id: string;
  /** Author, `g1…`. */
  readonly author: string;
  /** Petname if the owner gave one, else the name that the profile claims, else "". */
  readonly name: string;
  /** When the author says to have written it, seconds since 1970. */
  readonly created: number;
  /** Up to 140 characters. */
  readonly text: string;
  /** Whether the author counts as verified; for now only the node's own identities do. */
  readonly verified: boolean;
  /** Id of the message that this one answers. */
  readonly replyTo: string | null;
  /** Id of the message that this one quotes. */
  readonly quote: string | null;
  /** Content warning, or null. */
  readonly warning: string | null;
  /** Whether it is an own one that was not seen coming back from others yet; shown to its author only. */
  readonly pending: boolean;
  /** Up to four. */
  readonly attachments: readonly AttachmentView[];
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
}

/**
 * A known node. `freshness` 0 is a candidate that was only heard of; `lastSeen` is null until an
 * exchange completed. Also, behind the nodes, prefixes of peers whose address isn't known.
 */
export interface PeerView {
  /** `host:port`; a prefix such as `203.0.113.0/24` for peers that can't be dialled. */
  readonly address: string;
  /** 0 to 6. */
  readonly freshness: number;
  /** Last completed exchange, seconds since 1970. */
  readonly lastSeen: number | null;
  /** Novel messages that its prefix brought in the last hour, to ten minutes. */
  readonly lastHour: { readonly messages: number; readonly bytes: number };
}

/** How much the node stores. The caps are a running node's: null without one. */
export interface StorageView {
  /** Bytes on disk, about; without the write-ahead log of up to some 10 MB. */
  readonly used: number;
  /** Bytes on disk at most. */
  readonly cap: number | null;
  /** Messages at most. */
  readonly maxMessages: number | null;
  /** For how many days the caps last at the rate of the last day; null when nothing came. */
  readonly days: number | null;
  /** Ids of dropped messages that are remembered. */
  readonly remembered: number;
  /** Messages made before then are refused, seconds since 1970; 0 for none. */
  readonly horizon: number;
}

/** The node's health. Counters count since the node started and are 0 without one. */
export interface StatusView {
  /** Whether a node runs. */
  readonly running: boolean;
  /** Name of the network. */
  readonly network: string;
  /** TCP port. */
  readonly port: number | null;
  /** Where the node can perhaps be reached. */
  readonly addresses: readonly string[];
  /** Seconds since the node started. */
  readonly uptime: number;
  /** Stored messages. */
  readonly messages: number;
  /** Bytes of stored messages. */
  readonly bytes: number;
  /** What all that is stored may take, and takes. */
  readonly storage: StorageView;
  /** Known nodes with freshness above 0. */
  readonly peers: number;
  /** What the exchanges did. */
  readonly exchanges: {
    readonly completed: number;
    readonly failed: number;
    readonly inbound: number;
    readonly outbound: number;
    readonly received: number;
    readonly delivered: number;
    /** Messages refused with blame: malformed, too large, forged, unstamped. */
    readonly refused: number;
  };
  /** What reconciliations did: finding out by sets of ids what was missed, and fetching it. */
  readonly reconciliation: {
    /** Begun by this node and finished: nothing is missing that the peer had. */
    readonly completed: number;
    /** Begun by this node and ended before that, by time, budget, failure or the peer. */
    readonly cutShort: number;
    /** Begun by peers. */
    readonly served: number;
    /** Messages that they brought. */
    readonly received: number;
    /** Messages given that the peer accepted as novel. */
    readonly delivered: number;
  };
  /** Whether keys are in memory. */
  readonly unlocked: boolean;
  /** Own messages that were not seen coming back yet; null while locked. */
  readonly pending: number | null;
  /**
   * What the running node may still do on its machine, as the runtime says at this moment: `read`,
   * `write`, `run`, `env`, `ffi`, `import`, `net`, `sys`, each `granted` or `denied`. Null without one.
   */
  readonly permissions: Readonly<Record<string, string>> | null;
  /** Things that the owner should know, in plain words; usually empty. */
  readonly warnings: readonly string[];
}

/** What anybody may know of one of this node's own identities. */
export interface OwnPublicView {
  /** Identity, `g1…`. */
  readonly id: string;
  /** Local name: private, never sent. */
  readonly name: string;
  /** Messages that it wrote in public, of any kind, as far as they are stored here or on their way. */
  readonly messages: number;
  /** Fields of its profile that are published and not empty: `name`, `bio`, `link`. */
  readonly profile: readonly string[];
}

/** What is public about the owner, what is private, and where it is. */
export interface PrivacyView {
  /** Whether a node runs. */
  readonly running: boolean;
  /** Name of the network. */
  readonly network: string;
  /** Whether keys are in memory; without them the next two are not known. */
  readonly unlocked: boolean;
  /** The owner's identities; empty while locked. */
  readonly identities: readonly OwnPublicView[];
  /** How many identities are followed, which nobody else learns; null while locked. */
  readonly following: number | null;
  /** Addresses that the node tells others of itself; none without a node. */
  readonly announced: readonly string[];
  /** Whether the node announces itself in the local network. */
  readonly beacon: boolean;
  /** Stored messages, own and others'. */
  readonly messages: number;
  /** Stored addresses of other nodes. */
  readonly nodes: number;
  /** How many of these are marked as from a locator that the owner opened. */
  readonly locatorNodes: number;
  /** Every datum that the program holds or sends. */
  readonly data: readonly {
    readonly what: string;
    readonly class: "public" | "private";
    readonly places: readonly string[];
    readonly seenBy: string;
    readonly until: string;
  }[];
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

/** Every method with what it takes and what it gives. */
export interface Api {
  /** The node's health. */
  status: { params: Record<never, never>; result: StatusView };
  /** What is public about the owner and what is private; more of it when the keys are open. */
  privacy: { params: Record<never, never>; result: PrivacyView };
  /** Known nodes. */
  peers: { params: Record<never, never>; result: readonly PeerView[] };
  /** A locator for this node, its identities or both. */
  locator: {
    params: {
      /** Identities to name; empty with `noIdentity` false means all of this node's own (when unlocked). */
      readonly identities: readonly string[];
      readonly noIdentity: boolean;
      /** Addresses given by hand (`host:port`); empty means those that the node knows of itself. */
      readonly addresses: readonly string[];
    };
    result: {
      readonly locator: string;
      readonly addresses: readonly string[];
      readonly identities: readonly string[];
    };
  };
  /** Enters the network through a locator's nodes. */
  join: {
    params: { readonly locator: string; readonly follow: boolean };
    result: { readonly addresses: readonly string[]; readonly followed: readonly string[] };
  };
  /** This node's own identities; needs the keys. */
  identities: { params: Record<never, never>; result: readonly IdentityView[] };
  /**
   * Wipes the keys from memory. With `again`, by a command that unlocked only for itself: what it said
   * may still go out within two minutes. Otherwise that waits, sealed, for the next unlock.
   */
  lock: { params: { readonly again?: boolean }; result: { readonly unlocked: readonly string[] } };
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
      readonly attachments: readonly AttachmentInput[];
    };
    /** `waiting`: no node runs, so it goes out at the next start or unlock of one. */
    result: { readonly id: string; readonly created: number; readonly waiting: boolean };
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
    };
  };
  /** A page of statuses. */
  timeline: {
    /** The `limit` newest (1 to 1,000) before `before`, oldest first; `all` shows everybody's. */
    params: { readonly limit: number; readonly before?: string; readonly all: boolean };
    result: readonly MessageView[];
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
  /** One message. */
  show: {
    params: { readonly id: string };
    /** `profile`, `retraction` and so on for what is not a status. */
    result: MessageView & { readonly kind: string };
  };
  /** The message, what it replies to (as far as stored, oldest first) and the replies to it. */
  thread: { params: { readonly id: string }; result: readonly MessageView[] };
  /** One attachment with its bytes. */
  attachment: {
    params: { readonly id: string; readonly index: number };
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
  follow: { params: { readonly target: string }; result: readonly FollowView[] };
  /** Stops following; needs the keys. */
  unfollow: { params: { readonly id: string }; result: FollowView };
  /** Everybody who is followed; needs the keys. */
  following: { params: Record<never, never>; result: readonly FollowView[] };
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
