/**
 * Range-based set reconciliation, Negentropy protocol 1 (docs/PROTOCOL.md section 8): two nodes learn
 * which ids of a range of time each of them lacks, at a cost that grows with the difference. Pure and
 * without state: each message says all there is to know.
 *
 * ```
 * initiator                      responder
 * initiate ── message ─────────> respond
 * reconcile <───────── message ──┘          have(id), need(id): known to the initiator only
 *    └─────── message ─────────> respond    … until reconcile says undefined
 * ```
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { malformed } from "./errors.ts";
import { ID_BYTES, type MessageId, messageId } from "./ids.ts";
import { MAX_SYNC_BYTES, MIN_SYNC_FRAME_BYTES, SYNC_COMPARED_IDS } from "./limits.ts";
import { FINGERPRINT_BYTES, SYNC_MODE, SyncReader, SyncWriter } from "./negentropy_codec.ts";
import {
  boundBetween,
  compareBounds,
  SYNC_END,
  type SyncBound,
  type SyncItems,
  type SyncRange,
} from "./negentropy_items.ts";

export {
  compareBounds,
  type SyncBound,
  type SyncItem,
  type SyncItems,
  type SyncRange,
} from "./negentropy_items.ts";

/** Bytes of the longest number that there is. */
const MAX_VARINT_BYTES = 8;
/** Protocol 1; its successors count on. */
const VERSION = 0x61;
/** Protocol versions are 0x60 to 0x6f. */
const [LOWEST_VERSION, HIGHEST_VERSION] = [0x60, 0x6f];
/** Pieces into which a range that differs is split. */
const PIECES = 16;
/** Bytes kept free for the end of a message: a skip (42), an open list's bound, a last fingerprint. */
const RESERVE = 200;

/** Settings of a message. */
export interface SyncOptions {
  /** Most bytes of the answer, `MIN_SYNC_FRAME_BYTES` or more; `MAX_SYNC_BYTES` unless said. */
  readonly frameLimit?: number;
}

/** Settings of a first message. */
export interface InitiateOptions extends SyncOptions {
  /**
   * Whether to say one fingerprint of it all: a twelfth of the bytes where both sides have the same, one
   * round more where they don't.
   */
  readonly whole?: boolean;
}

/** Who is told of the differences. No id is told twice within one call. */
export interface SyncDifferences extends SyncOptions {
  /** An id of ours that the other side lacks. */
  readonly have: (id: MessageId) => void;
  /** An id of theirs that we lack. They may have made it up. */
  readonly need: (id: MessageId) => void;
}

/** The initiator's first message. Throws a `RangeError` for a frame limit that is too small. */
export function initiate(
  items: SyncItems,
  range: SyncRange,
  options: InitiateOptions = {},
): Uint8Array {
  const round = new Round(items, range, { ...options, compare: undefined });
  return round.first(options);
}

/**
 * The responder's answer to a message. A version that isn't ours is answered with our version alone.
 * Throws a `WireError` for a malformed message.
 */
export function respond(
  items: SyncItems,
  range: SyncRange,
  message: Uint8Array,
  options: SyncOptions = {},
): Uint8Array {
  if (!isOurVersion(message)) return Uint8Array.of(VERSION);
  return new Round(items, range, { ...options, compare: undefined }).answer(message);
}

/**
 * The initiator's next message, or `undefined` when it has learned everything. Throws a `WireError`
 * for a malformed answer, or one in another version; what was told until then counts.
 */
export function reconcile(
  items: SyncItems,
  range: SyncRange,
  message: Uint8Array,
  differences: SyncDifferences,
): Uint8Array | undefined {
  if (!isOurVersion(message)) throw malformed("The answer has another sync version");
  const answer = new Round(items, range, { ...differences, compare: differences }).answer(message);
  return answer.length > 1 ? answer : undefined;
}

function isOurVersion(message: Uint8Array): boolean {
  if (message.length > MAX_SYNC_BYTES) throw malformed("The sync message is too long");
  const version = message[0];
  if (version === undefined || version < LOWEST_VERSION || version > HIGHEST_VERSION) {
    throw malformed("There is no such sync version");
  }
  return version === VERSION;
}

/** The first 16 bytes of SHA-256 over the sum of the ids and how many they are. */
function fingerprint(items: SyncItems, lower: number, upper: number): Uint8Array {
  const input = new SyncWriter(ID_BYTES + MAX_VARINT_BYTES);
  input.raw(items.sum(lower, upper));
  input.varint(upper - lower);
  return sha256(input.bytes()).subarray(0, FINGERPRINT_BYTES);
}

/** A range of the message that is being answered, with our ids in it by rank. */
interface Part {
  readonly lower: number;
  readonly upper: number;
  readonly bound: SyncBound;
}

/** The making of one message. */
class Round {
  readonly #items: SyncItems;
  readonly #first: number;
  readonly #end: number;
  readonly #limit: number;
  readonly #compare: SyncDifferences | undefined;
  readonly #out = new SyncWriter();
  /** Upper bound of the ranges before, when they are to be skipped and that isn't written yet. */
  #skipped: SyncBound | undefined;
  #compared = 0;

  constructor(
    items: SyncItems,
    range: SyncRange,
    options: SyncOptions & { readonly compare: SyncDifferences | undefined },
  ) {
    const { frameLimit = MAX_SYNC_BYTES, compare } = options;
    if (frameLimit < MIN_SYNC_FRAME_BYTES) throw new RangeError("The frame limit is too small");
    this.#items = items;
    this.#first = items.rank({ timestamp: range.from, prefix: SYNC_END.prefix });
    this.#end = Math.max(this.#first, this.#rankAtMost(items.size, range.to));
    this.#limit = frameLimit - RESERVE;
    this.#compare = compare;
    this.#out.raw(Uint8Array.of(VERSION));
  }

  first({ whole = false }: InitiateOptions): Uint8Array {
    if (whole && this.#end - this.#first >= 2 * PIECES) this.#rest(this.#first);
    else this.#split({ lower: this.#first, upper: this.#end, bound: SYNC_END });
    return this.#out.bytes();
  }

  answer(message: Uint8Array): Uint8Array {
    const reader = new SyncReader(message);
    reader.take(1);
    let lower = this.#first;
    let before: SyncBound = { timestamp: 0, prefix: SYNC_END.prefix };
    let goOn = true;
    while (goOn && reader.left > 0) {
      const bound = reader.bound();
      if (compareBounds(before, bound) > 0) throw malformed("The bounds don't ascend");
      const upper = this.#upper(bound, lower);
      goOn = this.#part(reader, { lower, upper, bound });
      [lower, before] = [upper, bound];
    }
    return this.#out.bytes();
  }

  /** Answers one range; false when the message is full. */
  #part(reader: SyncReader, part: Part): boolean {
    switch (reader.varint()) {
      case SYNC_MODE.skip:
        this.#skipped = part.bound;
        return true;
      case SYNC_MODE.fingerprint:
        return this.#fingerprint(part, reader.take(FINGERPRINT_BYTES));
      case SYNC_MODE.ids: {
        const theirs = reader.ids();
        return this.#compare === undefined
          ? this.#list(part)
          : this.#difference(part, theirs, this.#compare);
      }
      default:
        throw malformed("There is no such sync mode");
    }
  }

  #fingerprint(part: Part, theirs: Uint8Array): boolean {
    const ours = fingerprint(this.#items, part.lower, part.upper);
    if (ours.every((byte, i) => byte === theirs[i])) {
      this.#skipped = part.bound;
      return true;
    }
    return this.#splitIfItFits(part);
  }

  #splitIfItFits(part: Part): boolean {
    this.#skip();
    const fits = this.#out.attempt(() => {
      this.#split(part);
      return this.#out.length <= this.#limit;
    });
    if (!fits) this.#rest(part.lower);
    return fits;
  }

  /** The responder's own ids, as many as fit. */
  #list({ lower, upper, bound }: Part): boolean {
    const room = Math.floor((this.#limit - this.#out.length) / ID_BYTES) + 1;
    this.#skip();
    const end = Math.min(upper, lower + room);
    this.#ids({ lower, upper: end, bound: end < upper ? this.#boundAt(end) : bound });
    const full = this.#out.length > this.#limit;
    if (full) this.#rest(end);
    return !full;
  }

  /** The initiator compares; where that would be too much work it asks more closely. */
  #difference(part: Part, theirs: Uint8Array, compare: SyncDifferences): boolean {
    const count = part.upper - part.lower;
    if (count > SYNC_COMPARED_IDS) return this.#splitIfItFits(part);
    if (this.#compared + count > SYNC_COMPARED_IDS) {
      this.#skip();
      this.#rest(part.lower);
      return false;
    }
    this.#compared += count;
    this.#skipped = part.bound;
    const lacking = new Set<MessageId>();
    for (let at = 0; at < theirs.length; at += ID_BYTES) {
      lacking.add(messageId(theirs.subarray(at, at + ID_BYTES)));
    }
    for (let rank = part.lower; rank < part.upper; rank++) {
      const id = messageId(this.#items.at(rank).id);
      if (!lacking.delete(id)) compare.have(id);
    }
    for (const id of lacking) compare.need(id);
    return true;
  }

  /** All our ids of a range if they are few, otherwise fingerprints of pieces of equal size. */
  #split({ lower, upper, bound }: Part): void {
    const count = upper - lower;
    if (count < 2 * PIECES) return this.#ids({ lower, upper, bound });
    const larger = count % PIECES;
    let from = lower;
    for (let piece = 0; piece < PIECES; piece++) {
      const to = from + Math.floor(count / PIECES) + (piece < larger ? 1 : 0);
      const last = piece === PIECES - 1;
      this.#out.bound(last ? bound : boundBetween(this.#items.at(to - 1), this.#items.at(to)));
      this.#out.varint(SYNC_MODE.fingerprint);
      this.#out.raw(fingerprint(this.#items, from, to));
      from = to;
    }
  }

  #ids({ lower, upper, bound }: Part): void {
    this.#out.bound(bound);
    this.#out.varint(SYNC_MODE.ids);
    this.#out.varint(upper - lower);
    for (let rank = lower; rank < upper; rank++) this.#out.raw(this.#items.at(rank).id);
  }

  #skip(): void {
    if (this.#skipped === undefined) return;
    this.#out.bound(this.#skipped);
    this.#out.varint(SYNC_MODE.skip);
    this.#skipped = undefined;
  }

  /** One fingerprint for all that is left, so that the other side asks again from there. */
  #rest(lower: number): void {
    this.#out.bound(SYNC_END);
    this.#out.varint(SYNC_MODE.fingerprint);
    this.#out.raw(fingerprint(this.#items, lower, this.#end));
  }

  #upper(bound: SyncBound, lower: number): number {
    if (bound.timestamp === Infinity) return this.#end;
    return Math.min(Math.max(this.#items.rank(bound), lower), this.#end);
  }

  #boundAt(rank: number): SyncBound {
    const { created, id } = this.#items.at(rank);
    return { timestamp: created, prefix: id };
  }

  #rankAtMost(size: number, timestamp: number): number {
    return timestamp === Infinity ? size : this.#items.rank({ timestamp, prefix: SYNC_END.prefix });
  }
}
