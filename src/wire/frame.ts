/**
 * Frames of an exchange (docs/PROTOCOL.md section 6).
 *
 * ```
 * 0 hello   [0, version 1, port or 0, observed address, capabilities, extra stamp bits,
 *            time floored to 300, horizon, digest: bin8]
 * 1 offer   [1, [id…], address or nil]
 * 2 answer  [2, [code per id], knew address: bool, stems to come]
 * 3 message [3, bytes]             empty: no longer held, no blame
 * 4 result  [4, code]
 * 5 sync    [5, from, to, bytes]
 * 6 fetch   [6, [id…]]
 * 7 bye     [7]
 * 8 busy    [8, seconds]
 * 9 stem    [9, bytes]
 * ```
 */
import type { NodeAddress } from "./address.ts";
import type { MessageId } from "./ids.ts";
import type { UnixSeconds } from "./time.ts";

/** What the receiver of an offer says of each id. */
export const ANSWER = { want: 0, known: 1, inFlight: 2, notNow: 3 } as const;
/** One of {@linkcode ANSWER}. */
export type AnswerCode = typeof ANSWER[keyof typeof ANSWER];

/** What became of a message that was sent. */
export const RESULT = {
  accepted: 0,
  known: 1,
  malformed: 2,
  tooLarge: 3,
  outsideLifetime: 4,
  unstamped: 5,
  forged: 6,
  busy: 7,
} as const;
/** One of {@linkcode RESULT}. */
export type ResultCode = typeof RESULT[keyof typeof RESULT];

/** First frame of each side. */
export interface HelloFrame {
  readonly kind: "hello";
  /** TCP port on which the sender accepts connections, or 0 for none. */
  readonly port: number;
  /** Where the sender sees the receiver. */
  readonly observed: NodeAddress;
  /** Bit field; unknown bits are ignored. */
  readonly capabilities: number;
  /** Stamp bits that the sender asks for on top of the base, 0 to 4. */
  readonly extraStampBits: number;
  /** Sender's clock, floored to 300 s. */
  readonly time: UnixSeconds;
  /** The sender refuses messages created before this. */
  readonly horizon: UnixSeconds;
  /** First 8 bytes of the digest of the rules that the sender keeps. */
  readonly digest: Uint8Array;
}

/** Ids of messages to be had, at most `OFFER_IDS` in an exchange and `SYNC_IDS` in a sync. */
export interface OfferFrame {
  readonly kind: "offer";
  readonly ids: readonly MessageId[];
  readonly address: NodeAddress | undefined;
}

/** One code for each id of the offer, in its order. */
export interface AnswerFrame {
  readonly kind: "answer";
  readonly codes: readonly AnswerCode[];
  readonly knewAddress: boolean;
  /** Stem messages that the sender of the answer will send after the wanted ones. */
  readonly stems: number;
}

/** A message's bytes; empty when it is no longer held. */
export interface MessageFrame {
  readonly kind: "message";
  readonly bytes: Uint8Array;
}

/** What became of the message in the same position. */
export interface ResultFrame {
  readonly kind: "result";
  readonly code: ResultCode;
}

/** A step of reconciliation over [from, to); empty bytes end the range. */
export interface SyncFrame {
  readonly kind: "sync";
  readonly from: UnixSeconds;
  readonly to: UnixSeconds;
  readonly bytes: Uint8Array;
}

/** Asks for messages by id. */
export interface FetchFrame {
  readonly kind: "fetch";
  readonly ids: readonly MessageId[];
}

/** The end of the exchange. */
export interface ByeFrame {
  readonly kind: "bye";
}

/** In place of a hello: come back after that many seconds, at most 600. */
export interface BusyFrame {
  readonly kind: "busy";
  readonly seconds: number;
}

/** A message on its stem. */
export interface StemFrame {
  readonly kind: "stem";
  readonly bytes: Uint8Array;
}

/** Any frame. */
export type Frame =
  | HelloFrame
  | OfferFrame
  | AnswerFrame
  | MessageFrame
  | ResultFrame
  | SyncFrame
  | FetchFrame
  | ByeFrame
  | BusyFrame
  | StemFrame;
