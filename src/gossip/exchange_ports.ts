/** What the parts of an exchange work with, and how they end it. */
import type { MessageId } from "../wire/ids.ts";
import { RESULT, type ResultCode } from "../wire/frame.ts";
import type { UnixMs } from "../wire/time.ts";
import type { AddressBook } from "./address_book.ts";
import { type BudgetLink, type Budgets, payerOf } from "./budgets.ts";
import type { GossipConfig } from "./config.ts";
import type { AdmitPurpose, OutEvent, SessionId } from "./events.ts";
import type { FreshMessages } from "./freshness.ts";
import type { InFlight } from "./in_flight.ts";
import type { OwnAddresses } from "./own_addresses.ts";
import type { Rng } from "./rng.ts";
import type { Stem } from "./stem.ts";

/** Tells what this node stores. */
export interface KnownMessages {
  /** Whether a message is stored, or was and must not come again. */
  has(id: MessageId): boolean;
}

/** The engine's state, as all exchanges share it. */
export interface ExchangePorts {
  /** Constants, and which refinements are on. */
  readonly config: GossipConfig;
  /** Chance. */
  readonly rng: Rng;
  /** Takes what is to be done. */
  readonly emit: (event: OutEvent) => void;
  /** Messages above freshness 0. */
  readonly messages: FreshMessages;
  /** Messages that are not to be seen here yet. */
  readonly stem: Stem;
  /** Ids that were asked for elsewhere. */
  readonly inFlight: InFlight;
  /** Known nodes and candidates. */
  readonly nodes: AddressBook;
  /** This node's own addresses. */
  readonly own: OwnAddresses;
  /** What links may cost us. */
  readonly budgets: Budgets;
  /** Seconds for which a payer should stay away, as this node is overloaded; 0: it isn't. */
  readonly busy: (payer: string, now: UnixMs) => number;
  /** Which messages are stored. */
  readonly known: KnownMessages;
}

/** The other side of one exchange. */
export interface Peer {
  /** On which connection. */
  readonly session: SessionId;
  /** Whether it came to us. */
  readonly inbound: boolean;
  /** By what it is remembered what it knows, as `placeOf` says. */
  readonly place: string;
  /** By what its budgets are counted. */
  readonly link: BudgetLink;
  /** Messages that this exchange has lowered, each at most once. */
  readonly lowered: Set<MessageId>;
  /** Stamp bits over the base that our hello demanded of what it offers. */
  extraStampBits: number;
}

/** What ends an exchange before its time, in a word, and whether the peer loses freshness by it. */
export interface Failure {
  /** Why, in a word, for the log. */
  readonly reason: string;
  /**
   * `blame` always costs freshness, `failed` unless this node itself seems to be offline, `none` is
   * nobody's fault. `turned-away`: without a word; where a hello had come it is as good as failed.
   */
  readonly fault: "blame" | "failed" | "turned-away" | "none";
  /** Cuts the connection off: nothing that waits to be sent is worth the place that it takes. */
  readonly atOnce?: true;
}

/** What the peer did that no frame of the protocol allows there. */
export function violation(what: string): Failure {
  return { reason: `violation: ${what}`, fault: "blame" };
}

/** Lowers a message that both sides knew: at most once an exchange, and by the rules of freshness. */
export function lowerKnown({ messages }: ExchangePorts, { peer, id }: {
  readonly peer: Peer;
  readonly id: MessageId;
}): void {
  if (peer.lowered.has(id)) return;
  peer.lowered.add(id);
  messages.lower(id, peer);
}

/**
 * Has bytes checked that a peer sent. What sync brings needs no more than the base stamp: raised
 * demands are for what is offered.
 */
export function askAdmission(
  { budgets, emit }: ExchangePorts,
  { peer, bytes, expected, purpose, now }: {
    readonly peer: Peer;
    readonly bytes: Uint8Array;
    readonly expected: MessageId | undefined;
    readonly purpose: AdmitPurpose;
    readonly now: UnixMs;
  },
): void {
  const { session, link } = peer;
  emit({
    kind: "admit",
    session,
    bytes,
    expected,
    purpose,
    prefix: link.prefix,
    payer: payerOf(link),
    extraStampBits: purpose === "sync" ? 0 : peer.extraStampBits,
    novelStatements: budgets.statementsLeft(link, now),
  });
}

/** Whether a result blames its message's sender (section 3). */
export function isBlame(code: ResultCode): boolean {
  return code === RESULT.malformed || code === RESULT.tooLarge || code === RESULT.unstamped ||
    code === RESULT.forged;
}
