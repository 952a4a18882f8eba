/**
 * What goes into the engine and what comes out of it (docs/ARCHITECTURE.md). The engine never
 * awaits, reads no clock and touches no socket: `handle(event, now)` answers with a list of
 * {@linkcode OutEvent}s that the node, the simulator or a test carries out.
 */
import type { NodeAddress } from "../wire/address.ts";
import type { Frame, ResultCode } from "../wire/frame.ts";
import type { MessageId } from "../wire/ids.ts";
import type { UnixSeconds } from "../wire/time.ts";

/** Exists for the type checker only. */
declare const brand: unique symbol;

/**
 * One connection, unique for the life of the process. The engine numbers those that it dials from 1;
 * whoever accepts connections numbers them from 2^40.
 */
export type SessionId = number & { readonly [brand]: "SessionId" };

/**
 * How a node heard of an address by itself: a locator that the owner gave, whose addresses are kept for
 * ever; a beacon or DNS-SD in the local network; BitTorrent's DHT.
 */
export type HeardSource = "locator" | "beacon" | "mdns" | "dht";

/** The same, or from other nodes: one told it, or came in from there and named its port. */
export type AddressSource = HeardSource | "gossip" | "inbound";

/** What the engine keeps of a message. */
export interface MessageFact {
  /** Its id. */
  readonly id: MessageId;
  /** When its author says to have made it. */
  readonly created: UnixSeconds;
  /** Bytes of the whole envelope. */
  readonly size: number;
  /** Bits that its stamp has over the base; not known of what an earlier run took in. */
  readonly spareBits?: number;
}

/** A wake-up that the engine asked for; opaque to whoever keeps the time. */
export type Timer =
  | { readonly kind: "gossip" }
  | { readonly kind: "dial" }
  | { readonly kind: "candidates" }
  | { readonly kind: "age" }
  | { readonly kind: "stem" }
  | { readonly kind: "sync" }
  | { readonly kind: "frame-deadline"; readonly session: SessionId }
  | { readonly kind: "exchange-deadline"; readonly session: SessionId };

/** Something that happened. */
export type InEvent =
  /** The node is up: timers start. */
  | { readonly kind: "start" }
  /** The machine slept, or stood still: what did it miss? */
  | { readonly kind: "woke" }
  | { readonly kind: "timer"; readonly timer: Timer }
  /**
   * The owner says something: it enters by the stem. Nothing is stored before `publish` says so, or a
   * peer brings it. `origin` is the identity's key. Saying it again changes nothing.
   */
  | {
    readonly kind: "own-message";
    readonly message: MessageFact;
    readonly bytes: Uint8Array;
    readonly origin: string;
  }
  /** The owner's keys are gone: messages of the owner that were not handed on yet are forgotten. */
  | { readonly kind: "locked" }
  /**
   * A message was stored that no session brought, as `publish` asked, or from a file. It enters at
   * full freshness, and starts an exchange only if its `publish` was meant to.
   */
  | { readonly kind: "injected"; readonly message: MessageFact }
  /**
   * The message of a `publish` was not stored. With `later` it was for want of room, so that it is
   * held and tried again some times: section 6.
   */
  | { readonly kind: "unpublished"; readonly id: MessageId; readonly later: boolean }
  /** A stored message's bytes are no longer held: its author took it back. */
  | { readonly kind: "message-gone"; readonly id: MessageId }
  | {
    readonly kind: "address-heard";
    readonly address: NodeAddress;
    readonly source: Exclude<HeardSource, "dht">;
  }
  /** A node of BitTorrent's DHT, which is at `from`, names an address. */
  | {
    readonly kind: "address-heard";
    readonly address: NodeAddress;
    readonly source: "dht";
    readonly from: NodeAddress;
  }
  /** A TCP connection came in; nothing of it was read yet. Answered by `handshake` or `close`. */
  | { readonly kind: "accepted"; readonly session: SessionId; readonly remote: NodeAddress }
  /** The Noise handshake is done, on either side. */
  | { readonly kind: "opened"; readonly session: SessionId }
  /** An outbound connection or its handshake failed. */
  | {
    readonly kind: "dial-failed";
    readonly session: SessionId;
    /** Somebody accepted the connection and closed it without a word. */
    readonly turnedAway?: boolean;
  }
  | { readonly kind: "frame"; readonly session: SessionId; readonly frame: Frame }
  /** A record or frame was not what the protocol says; the node reads no further. */
  | { readonly kind: "bad-frame"; readonly session: SessionId }
  /** What became of an `admit`, in the order of the `admit`s of that session. */
  | {
    readonly kind: "admitted";
    readonly session: SessionId;
    readonly code: ResultCode;
    /** Of the statements that the `admit` allowed, how many cost a check; none if absent. */
    readonly novelStatements?: number;
    /** As the `admit` said: the session may be gone by now. */
    readonly purpose: AdmitPurpose;
    /** Present when the message was novel and is now stored; of a stem message, when it is valid and novel. */
    readonly message: MessageFact | undefined;
  }
  /**
   * The message of a `send-message` was handed to the connection, in a frame of so many bytes; in the
   * order of the `send-message`s of that session.
   */
  | { readonly kind: "sent"; readonly session: SessionId; readonly bytes: number }
  /** The connection is gone, whoever closed it. */
  | { readonly kind: "closed"; readonly session: SessionId }
  /** The node is stopping: no new exchange starts, open ones are closed. */
  | { readonly kind: "stop" };

/** What an ended exchange did, for the log, `status` and the tests. */
export interface ExchangeSummary {
  /** On which connection. */
  readonly session: SessionId;
  /** Where the peer can be dialled, or, not known, the source address of its connection. */
  readonly address: NodeAddress;
  /** Of a completed one that came in: what the peer says to have dialled. Its word only. */
  readonly seenAs?: NodeAddress | undefined;
  /** Whether this node dialled. */
  readonly outbound: boolean;
  /** Whether every message got its result. */
  readonly completed: boolean;
  /** Why it failed, in a word, when it did. */
  readonly reason: string | undefined;
  /** Novel messages received. */
  readonly received: number;
  /** Messages delivered that the peer accepted as novel. */
  readonly delivered: number;
  /** Offered messages that the peer knew. */
  readonly known: number;
  /** Messages from the peer that were refused with blame. */
  readonly refused: number;
}

/** What an ended reconciliation did, for `status` and the tests. */
export interface SyncSummary {
  /** On which connection. */
  readonly session: SessionId;
  /** The address dialled, or the source address of a connection that came in. */
  readonly address: NodeAddress;
  /** Whether this node began it. */
  readonly outbound: boolean;
  /** Whether this node, which began it, asked for all that it missed. */
  readonly finished: boolean;
  /** Why it failed, in a word, when it did. */
  readonly reason: string | undefined;
  /** Novel messages received. */
  readonly received: number;
  /** Messages delivered that the peer accepted as novel. */
  readonly delivered: number;
  /** Messages from the peer that were refused with blame. */
  readonly refused: number;
  /** Sync frames of the initiator. */
  readonly rounds: number;
  /** Bytes of sync frames and messages that came. */
  readonly bytesIn: number;
  /** Bytes of sync frames and messages that left. */
  readonly bytesOut: number;
}

/**
 * What a message that passes its checks is for: `offered` is stored at full freshness, `sync` is
 * stored at freshness 0, `stem` is not stored: the engine holds it until it becomes normal.
 */
export type AdmitPurpose = "offered" | "stem" | "sync";

/** Something to be done. */
export type OutEvent =
  /** Connect, shake hands as initiator, then say `opened` or `dial-failed`. */
  | { readonly kind: "dial"; readonly session: SessionId; readonly address: NodeAddress }
  /** Shake hands as responder on an accepted connection. */
  | { readonly kind: "handshake"; readonly session: SessionId }
  | { readonly kind: "send"; readonly session: SessionId; readonly frame: Frame }
  /** Send the stored message in a `message` frame, in order with the `send`s; empty when it is gone. */
  | { readonly kind: "send-message"; readonly session: SessionId; readonly id: MessageId }
  /**
   * Check the bytes, do with what passes what its purpose says, then say `admitted`. Anything but
   * the expected id is malformed; a stem message comes without having been offered, so with none.
   */
  | {
    readonly kind: "admit";
    readonly session: SessionId;
    readonly bytes: Uint8Array;
    readonly expected: MessageId | undefined;
    readonly purpose: AdmitPurpose;
    /**
     * Prefix of the peer, as budgets are counted: by it is decided what goes when space is short, so
     * it holds nothing that a peer can choose.
     */
    readonly prefix: string;
    /** By whom it waits for its turn: prefix and class of the link, as budgets are counted. */
    readonly payer: string;
    /** Bits that the stamp must have over the base, as this node's hello demanded: 0 to 4. */
    readonly extraStampBits: number;
    /** Appended statements that may cost a check; those beyond are stripped. */
    readonly novelStatements: number;
  }
  /** A stem message became normal: store it like any message, then say `injected`, or `unpublished`. */
  | {
    readonly kind: "publish";
    readonly id: MessageId;
    readonly bytes: Uint8Array;
    /** Prefix that brought it, as with `admit`; none for the owner's. */
    readonly prefix: string | undefined;
  }
  /**
   * Close the connection once all that was sent before has left; `atOnce` cuts it off instead, for
   * somebody else needs its place.
   */
  | { readonly kind: "close"; readonly session: SessionId; readonly atOnce?: true }
  /** Wake the engine with this timer after a delay; the same timer set again is moved. */
  | { readonly kind: "set-timer"; readonly timer: Timer; readonly afterMs: number }
  | { readonly kind: "clear-timer"; readonly timer: Timer }
  /** Keep an address and its freshness (0 = candidate); written when convenient. */
  | { readonly kind: "address-changed"; readonly address: NodeAddress; readonly freshness: number }
  | { readonly kind: "address-gone"; readonly address: NodeAddress }
  /** Keep a message's freshness; written when convenient, harmless when lost. */
  | { readonly kind: "freshness-changed"; readonly id: MessageId; readonly freshness: number }
  /** A peer said hello: what it says of its clock and its rules, for `status` to compare. */
  | {
    readonly kind: "greeted";
    /** On which connection; `exchange-ended` tells how it went on. */
    readonly session: SessionId;
    /** The address dialled, or the source address of a connection that came in. */
    readonly remote: NodeAddress;
    /** Whether this node dialled. */
    readonly outbound: boolean;
    /** The peer's clock, floored to 300 s. */
    readonly time: UnixSeconds;
    /** First bytes of the hash of the peer's rules. */
    readonly digest: Uint8Array;
  }
  | { readonly kind: "exchange-ended"; readonly summary: ExchangeSummary }
  | { readonly kind: "sync-ended"; readonly summary: SyncSummary };
