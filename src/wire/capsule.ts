/**
 * Capsules: messages in a file, carried where there is no network (docs/PROTOCOL.md section 7).
 *
 * ```
 * header    "gsmrcaps", version: u8 = 1, length: u8, network's name
 * message   f7 67 73 6d, length: u16be, envelope          in the order of (created, id)
 * end       f8 67 73 6d, how many messages: u32be
 * ```
 * Nothing else is in it: no times of storing, no node. The marks are for finding the next message
 * after damage: each message is checked by itself like any other, so a bad one costs no other.
 */
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { type NetworkName, parseNetworkName } from "./labels.ts";
import { MAX_MESSAGE_BYTES, MAX_NETWORK_NAME } from "./limits.ts";

const MAGIC = utf8ToBytes("gsmrcaps");
const VERSION = 1;
const NAME_AT = MAGIC.length + 2;
/** Begin with bytes that stand in no UTF-8 text. */
const MESSAGE_MARK = new Uint8Array([0xf7, 0x67, 0x73, 0x6d]);
const END_MARK = new Uint8Array([0xf8, 0x67, 0x73, 0x6d]);
const MARK_BYTES = 4;
const BODY_AT = MARK_BYTES + 2;
const END_BYTES = MARK_BYTES + 4;

/** Most bytes that a header can have. */
export const MAX_CAPSULE_HEADER_BYTES: number = NAME_AT + MAX_NETWORK_NAME;

/** What the beginning of a file says. */
export type CapsuleHeader =
  | { readonly kind: "capsule"; readonly network: NetworkName; readonly bytes: number }
  | { readonly kind: "newer"; readonly version: number }
  | { readonly kind: "none" };

/** The first bytes of a capsule. */
export function capsuleHeader(network: NetworkName): Uint8Array {
  const name = utf8ToBytes(network);
  return concatBytes(MAGIC, new Uint8Array([VERSION, name.length]), name);
}

/** One message in a capsule. Throws a `RangeError` for one that is empty or over the cap. */
export function capsuleRecord(message: Uint8Array): Uint8Array {
  const { length } = message;
  if (length === 0 || length > MAX_MESSAGE_BYTES) throw new RangeError("Not a message's size");
  return concatBytes(MESSAGE_MARK, new Uint8Array([length >> 8, length & 0xff]), message);
}

/** The last bytes of a capsule with so many messages. */
export function capsuleEnd(messages: number): Uint8Array {
  const bytes = new Uint8Array(END_BYTES);
  bytes.set(END_MARK);
  new DataView(bytes.buffer).setUint32(MARK_BYTES, messages);
  return bytes;
}

/** Reads the beginning of a file, of which {@linkcode MAX_CAPSULE_HEADER_BYTES} are enough. */
export function readCapsuleHeader(bytes: Uint8Array): CapsuleHeader {
  if (!startsWith(bytes, { mark: MAGIC, at: 0 })) return { kind: "none" };
  const version = bytes[MAGIC.length] ?? 0;
  if (version > VERSION) return { kind: "newer", version };
  const end = NAME_AT + (bytes[NAME_AT - 1] ?? 0);
  if (version !== VERSION || end > bytes.length) return { kind: "none" };
  const network = parseNetworkName(String.fromCharCode(...bytes.subarray(NAME_AT, end)));
  return network === undefined ? { kind: "none" } : { kind: "capsule", network, bytes: end };
}

/** Takes a capsule apart, piece by piece, after its header. Holds a message's bytes at most, and a piece. */
export class CapsuleReader {
  #rest: Uint8Array = new Uint8Array();
  #read = 0;
  #promised: number | undefined;
  #damaged = 0;
  /** Bytes of damage are being skipped: all up to the next mark are one place. */
  #skipping = false;

  /** Messages found so far, unchecked. */
  get messages(): number {
    return this.#read;
  }

  /** Places where bytes had to be skipped. */
  get damaged(): number {
    return this.#damaged;
  }

  /** Whether everything was there to the end, with nothing between. */
  get complete(): boolean {
    return this.#promised !== undefined && this.#damaged === 0 && this.missing === 0;
  }

  /** Messages that the end tells of and that were not found; 0 without an end. */
  get missing(): number {
    return Math.max(0, (this.#promised ?? 0) - this.#read);
  }

  /** Takes the next bytes, answers the messages that they complete. Each is a copy. */
  push(bytes: Uint8Array): Uint8Array[] {
    this.#rest = this.#rest.length === 0 ? bytes : concatBytes(this.#rest, bytes);
    return this.#take(false);
  }

  /** The file ends here: answers what could still be a message. */
  finish(): Uint8Array[] {
    const last = this.#take(true);
    this.#rest = new Uint8Array();
    return last;
  }

  #take(final: boolean): Uint8Array[] {
    const found: Uint8Array[] = [];
    const rest = this.#rest;
    let at = 0;
    for (;;) {
      const step = this.#step(at, final);
      if (step === "more") break;
      if (typeof step === "object") {
        found.push(step.message);
        at = step.end;
        continue;
      }
      at = step;
    }
    this.#rest = rest.slice(at);
    this.#read += found.length;
    return found;
  }

  /** Looks at one place: a message, where to look next, or that more bytes are needed. */
  #step(
    at: number,
    final: boolean,
  ): "more" | number | { readonly message: Uint8Array; readonly end: number } {
    const rest = this.#rest;
    const left = rest.length - at;
    if (left === 0) return "more";
    if (!final && left < END_BYTES) return "more";
    // Only the last bytes of all are the end: an attachment may hold such a mark, too.
    if (left === END_BYTES && startsWith(rest, { mark: END_MARK, at })) {
      if (!final) return "more";
      this.#promised = new DataView(rest.buffer, rest.byteOffset + at + MARK_BYTES).getUint32(0);
      return rest.length;
    }
    if (startsWith(rest, { mark: MESSAGE_MARK, at })) {
      const length = (rest[at + MARK_BYTES] ?? 0) * 256 + (rest[at + MARK_BYTES + 1] ?? 0);
      const end = at + BODY_AT + length;
      const fits = length > 0 && length <= MAX_MESSAGE_BYTES;
      // A length that was damaged shows by what follows: there must be a mark.
      if (fits && !final && rest.length < end + MARK_BYTES) return "more";
      if (fits && end <= rest.length && this.#isBorder(end)) {
        this.#skipping = false;
        return { message: rest.slice(at + BODY_AT, end), end };
      }
    }
    return this.#skip(at);
  }

  /** Whether a mark stands there, or as much of one as the file still has. */
  #isBorder(at: number): boolean {
    const next = this.#rest.subarray(at, at + MARK_BYTES);
    return [MESSAGE_MARK, END_MARK].some((mark) => next.every((byte, i) => byte === mark[i]));
  }

  /** Where the next mark may begin. */
  #skip(at: number): number {
    if (!this.#skipping) this.#damaged++;
    this.#skipping = true;
    const rest = this.#rest;
    let next = at + 1;
    while (next < rest.length && rest[next] !== MESSAGE_MARK[0] && rest[next] !== END_MARK[0]) {
      next++;
    }
    return next;
  }
}

function startsWith(
  bytes: Uint8Array,
  { mark, at }: { readonly mark: Uint8Array; readonly at: number },
): boolean {
  return mark.every((byte, i) => bytes[at + i] === byte);
}
