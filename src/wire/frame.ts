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
import { decodeAddress, encodeAddress, MAX_PORT, type NodeAddress } from "./address.ts";
import { malformed, WireError } from "./errors.ts";
import {
  binField,
  boolField,
  type Field,
  fields,
  listField,
  timeField,
  uintField,
} from "./fields.ts";
import { ID_BYTES, idBytes, type MessageId, messageId } from "./ids.ts";
import {
  HELLO_GRAIN_S,
  MAX_BUSY_S,
  MAX_EXTRA_STAMP_BITS,
  MAX_FRAME_BYTES,
  MAX_MESSAGE_BYTES,
  MAX_SYNC_BYTES,
  PROTOCOL_VERSION,
  SYNC_IDS,
} from "./limits.ts";
import { decode, encode, type Value } from "./msgpack.ts";
import { asPublic, type Public } from "./privacy.ts";
import { RULE_DIGEST_BYTES } from "./rules.ts";
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
  /** Tells the frames apart. */
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
  /** Tells the frames apart. */
  readonly kind: "offer";
  /** No id twice. */
  readonly ids: readonly MessageId[];
  /** A node's address, the sender's own or one of its view. */
  readonly address: NodeAddress | undefined;
}

/** One code for each id of the offer, in its order. */
export interface AnswerFrame {
  /** Tells the frames apart. */
  readonly kind: "answer";
  /** In the order of the offer. */
  readonly codes: readonly AnswerCode[];
  /** Whether the offer's address was known already; false when there was none. */
  readonly knewAddress: boolean;
  /** Stem messages that the sender of the answer will send after the wanted ones. */
  readonly stems: number;
}

/** A message's bytes; empty when it is no longer held. */
export interface MessageFrame {
  /** Tells the frames apart. */
  readonly kind: "message";
  /** At most `MAX_MESSAGE_BYTES`. */
  readonly bytes: Uint8Array;
}

/** What became of the message in the same position. */
export interface ResultFrame {
  /** Tells the frames apart. */
  readonly kind: "result";
  /** One of `RESULT`. */
  readonly code: ResultCode;
}

/** A step of reconciliation over [from, to); empty bytes end the range. */
export interface SyncFrame {
  /** Tells the frames apart. */
  readonly kind: "sync";
  /** First second of the range. */
  readonly from: UnixSeconds;
  /** First second after the range, not less than `from`. */
  readonly to: UnixSeconds;
  /** Negentropy message, at most `MAX_SYNC_BYTES`. */
  readonly bytes: Uint8Array;
}

/** Asks for messages by id. */
export interface FetchFrame {
  /** Tells the frames apart. */
  readonly kind: "fetch";
  /** At most `SYNC_IDS`, no id twice. */
  readonly ids: readonly MessageId[];
}

/** The end of the exchange. */
export interface ByeFrame {
  /** Tells the frames apart. */
  readonly kind: "bye";
}

/** In place of a hello: come back after that many seconds, at most 600. */
export interface BusyFrame {
  /** Tells the frames apart. */
  readonly kind: "busy";
  /** 0 to `MAX_BUSY_S`. */
  readonly seconds: number;
}

/** A message on its stem. */
export interface StemFrame {
  /** Tells the frames apart. */
  readonly kind: "stem";
  /** At most `MAX_MESSAGE_BYTES`. */
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

/** First item of each frame's array. */
const TAG = {
  hello: 0,
  offer: 1,
  answer: 2,
  message: 3,
  result: 4,
  sync: 5,
  fetch: 6,
  bye: 7,
  busy: 8,
  stem: 9,
} as const satisfies Record<Frame["kind"], number>;

/**
 * Encodes a frame for a record. Throws a `RangeError` when the frame is one that
 * {@linkcode decodeFrame} would refuse: nothing leaves that a peer would blame this node for.
 */
export function encodeFrame(frame: Frame): Public<Uint8Array> {
  const value = toValue(frame);
  try {
    // Nothing but its length can be wrong with what is sent most, and reading it back would copy it.
    if (frame.kind === "message") bytesOf(frame.bytes, MAX_MESSAGE_BYTES);
    else fromValue(value);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new RangeError(`Cannot encode this ${frame.kind}: ${error.message}`, { cause: error });
  }
  return asPublic(encode(value));
}

/**
 * Decodes a whole frame; nothing in the result is a view of the input. Throws a `WireError`:
 * "too-large" for a frame, message, stem or sync payload over its cap, else "malformed". Offers of
 * up to `SYNC_IDS` ids pass here; the tighter `OFFER_IDS` of an exchange is for its engine, which
 * knows whether this is one, and so is whether an answer fits its offer.
 */
export function decodeFrame(bytes: Uint8Array): Frame {
  return fromValue(decode(bytes, { maxBytes: MAX_FRAME_BYTES }));
}

function toValue(frame: Frame): Value {
  switch (frame.kind) {
    case "hello":
      return [
        TAG.hello,
        PROTOCOL_VERSION,
        frame.port,
        encodeAddress(frame.observed),
        frame.capabilities,
        frame.extraStampBits,
        frame.time,
        frame.horizon,
        frame.digest,
      ];
    case "offer": {
      const address = frame.address === undefined ? null : encodeAddress(frame.address);
      return [TAG.offer, frame.ids.map(idBytes), address];
    }
    case "answer":
      return [TAG.answer, frame.codes, frame.knewAddress, frame.stems];
    case "message":
      return [TAG.message, frame.bytes];
    case "result":
      return [TAG.result, frame.code];
    case "sync":
      return [TAG.sync, frame.from, frame.to, frame.bytes];
    case "fetch":
      return [TAG.fetch, frame.ids.map(idBytes)];
    case "bye":
      return [TAG.bye];
    case "busy":
      return [TAG.busy, frame.seconds];
    case "stem":
      return [TAG.stem, frame.bytes];
    default:
      return frame satisfies never;
  }
}

function fromValue(value: Value): Frame {
  const tag = uintField(itemsOf(value)[0]);
  switch (tag) {
    case TAG.hello:
      return readHello(value);
    case TAG.offer: {
      const [, ids, address] = fields(value, 3);
      return {
        kind: "offer",
        ids: readIds(ids),
        address: address === null ? undefined : decodeAddress(address),
      };
    }
    case TAG.answer: {
      const [, codes, knewAddress, stems] = fields(value, 4);
      return {
        kind: "answer",
        codes: listField(codes, SYNC_IDS).map((code) =>
          uintField(code, ANSWER.notNow) as AnswerCode
        ),
        knewAddress: boolField(knewAddress),
        stems: uintField(stems),
      };
    }
    case TAG.message:
      return { kind: "message", bytes: readBytes(fields(value, 2)[1], MAX_MESSAGE_BYTES) };
    case TAG.result:
      return { kind: "result", code: uintField(fields(value, 2)[1], RESULT.busy) as ResultCode };
    case TAG.sync: {
      const [, fromField, toField, bytes] = fields(value, 4);
      const [from, to] = [timeField(fromField), timeField(toField)];
      if (from > to) throw malformed("A range that ends before it begins");
      return { kind: "sync", from, to, bytes: readBytes(bytes, MAX_SYNC_BYTES) };
    }
    case TAG.fetch:
      return { kind: "fetch", ids: readIds(fields(value, 2)[1]) };
    case TAG.bye:
      fields(value, 1);
      return { kind: "bye" };
    case TAG.busy:
      return { kind: "busy", seconds: uintField(fields(value, 2)[1], MAX_BUSY_S) };
    case TAG.stem:
      return { kind: "stem", bytes: readBytes(fields(value, 2)[1], MAX_MESSAGE_BYTES) };
    default:
      throw malformed("Unknown type of frame");
  }
}

function readHello(value: Value): HelloFrame {
  // Before anything else of it: another version may have another shape.
  const version = uintField(itemsOf(value)[1]);
  if (version !== PROTOCOL_VERSION) throw malformed(`Protocol version ${version}, not 1`);
  const [, , port, observed, capabilities, extra, timeValue, horizon, digest] = fields(value, 9);
  const time = timeField(timeValue);
  if (time % HELLO_GRAIN_S !== 0) throw malformed("A hello's time not floored");
  return {
    kind: "hello",
    port: uintField(port, MAX_PORT),
    observed: decodeAddress(observed),
    capabilities: uintField(capabilities),
    extraStampBits: uintField(extra, MAX_EXTRA_STAMP_BITS),
    time,
    horizon: timeField(horizon),
    digest: binField(digest, RULE_DIGEST_BYTES).slice(),
  };
}

/** The items of an array whose arity isn't known yet; the frame's size has bounded it already. */
function itemsOf(value: Value): readonly Value[] {
  return listField(value, MAX_FRAME_BYTES);
}

function readIds(value: Field): readonly MessageId[] {
  const ids = listField(value, SYNC_IDS).map((id) => messageId(binField(id, ID_BYTES)));
  if (new Set(ids).size !== ids.length) throw malformed("An id twice in a list");
  return ids;
}

/** A copy of a bin: the record's buffer, padding and all, need not live as long as the message. */
function readBytes(value: Field, maxBytes: number): Uint8Array {
  return bytesOf(value, maxBytes).slice();
}

function bytesOf(value: Field, maxBytes: number): Uint8Array {
  const bytes = binField(value);
  if (bytes.length > maxBytes) throw new WireError("too-large", `Over ${maxBytes} bytes`);
  return bytes;
}
