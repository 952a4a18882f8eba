/**
 * Canonical MessagePack, the strict subset of docs/PROTOCOL.md section 1: one value, one encoding.
 *
 * ```
 * nil      c0
 * bool     c2 false, c3 true
 * uint     00-7f itself · cc u8 · cd u16be · ce u32be · cf u64be <= 2^53-1
 * str      a0-bf length in the low 5 bits · d9 u8 · da u16be · db u32be     valid UTF-8, no controls but LF
 * bin      c4 u8 · c5 u16be · c6 u32be
 * array    90-9f length in the low 4 bits · dc u16be · dd u32be             at most 6 deep
 * ```
 * All else (maps, floats, negative integers, ext) is refused, and so is any form longer than the
 * shortest. The decoder checks this in one pass, which comes to the same as encoding again and
 * comparing. Numbers are put together by arithmetic: 32-bit operators would fold times over 2^31.
 */
import { malformed, WireError } from "./errors.ts";
import { MAX_DEPTH, MAX_FRAME_BYTES } from "./limits.ts";
import { isCleanText, utf8Length } from "./text.ts";

/** Anything that the subset can say. Numbers are whole, 0 to 2^53-1. */
export type Value = null | boolean | number | string | Uint8Array | readonly Value[];

/** Limits of one call of {@linkcode decode}. */
export interface DecodeOptions {
  /** Bytes over which the input is refused unread; `MAX_FRAME_BYTES` unless told otherwise. */
  readonly maxBytes?: number;
}

const TWO32 = 0x1_0000_0000;
/** Up to this length a loop is faster than a call of `TextDecoder` (measured on Deno 2.9). */
const SHORT_STR = 24;

// Made once because making one costs more than using it; neither keeps state between calls.
const ENCODER = new TextEncoder();
/** Strict; and a BOM is a character like any other, where the default would drop it. */
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Encodes a value. Throws a `RangeError` for what the subset cannot say: a number that is not whole
 * or not within 0 to 2^53-1, text with controls or lone surrogates, more than 6 arrays deep.
 */
export function encode(value: Value): Uint8Array<ArrayBuffer> {
  const writer = new Writer(sizeOf(value, 0));
  writer.value(value);
  return writer.bytes;
}

/**
 * Decodes one value that fills the input. Every bin in it is a view of the input, not a copy: copy
 * what outlives the input's buffer. Throws a `WireError`, "too-large" over `maxBytes` and otherwise
 * "malformed". Allocates in proportion to the input, whatever lengths the input claims.
 */
export function decode(bytes: Uint8Array, options: DecodeOptions = {}): Value {
  const maxBytes = options.maxBytes ?? MAX_FRAME_BYTES;
  if (bytes.length > maxBytes) throw new WireError("too-large", `Over ${maxBytes} bytes`);
  const reader = new Reader(bytes);
  const value = reader.value(0);
  reader.end();
  return value;
}

/** Bytes that `encode` needs. The only check of a value before it is written. */
function sizeOf(value: Value, depth: number): number {
  if (value === null || typeof value === "boolean") return 1;
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value) || value < 0 || Object.is(value, -0)) {
      throw new RangeError("Cannot encode a number that is not whole, or not in 0 to 2^53-1");
    }
    return value < 0x80 ? 1 : 1 + uintWidth(value);
  }
  if (typeof value === "string") {
    if (!isCleanText(value)) throw new RangeError("Cannot encode text with control characters");
    const length = utf8Length(value);
    return (length < 32 ? 1 : 1 + lengthWidth(length)) + length;
  }
  if (value instanceof Uint8Array) {
    return 1 + lengthWidth(value.length) + value.length;
  }
  if (depth === MAX_DEPTH) throw new RangeError(`Cannot encode over ${MAX_DEPTH} levels of arrays`);
  let size = value.length < 16 ? 1 : value.length < 0x1_0000 ? 3 : 5;
  for (const item of value) size += sizeOf(item, depth + 1);
  return size;
}

function uintWidth(value: number): number {
  return value < 0x100 ? 1 : value < 0x1_0000 ? 2 : value < TWO32 ? 4 : 8;
}

function lengthWidth(length: number): number {
  if (length >= TWO32) throw new RangeError("Cannot encode 4 GiB");
  return uintWidth(length);
}

class Writer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  #at = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
  }

  value(value: Value): void {
    if (value === null) this.#byte(0xc0);
    else if (typeof value === "boolean") this.#byte(value ? 0xc3 : 0xc2);
    else if (typeof value === "number") this.#uint(value);
    else if (typeof value === "string") this.#str(value);
    else if (value instanceof Uint8Array) this.#bin(value);
    else this.#array(value);
  }

  #byte(byte: number): void {
    this.bytes[this.#at++] = byte;
  }

  #number(value: number, width: number): void {
    for (let i = width - 1, rest = value; i >= 0; i--) {
      this.bytes[this.#at + i] = rest % 0x100;
      rest = Math.floor(rest / 0x100);
    }
    this.#at += width;
  }

  #uint(value: number): void {
    if (value < 0x80) return this.#byte(value);
    const width = uintWidth(value);
    this.#byte(width === 1 ? 0xcc : width === 2 ? 0xcd : width === 4 ? 0xce : 0xcf);
    this.#number(value, width);
  }

  #str(text: string): void {
    const length = utf8Length(text);
    if (length < 32) this.#byte(0xa0 + length);
    else {
      const width = uintWidth(length);
      this.#byte(width === 1 ? 0xd9 : width === 2 ? 0xda : 0xdb);
      this.#number(length, width);
    }
    if (length === text.length) {
      for (let i = 0; i < length; i++) this.bytes[this.#at + i] = text.charCodeAt(i);
    } else {
      ENCODER.encodeInto(text, this.bytes.subarray(this.#at));
    }
    this.#at += length;
  }

  #bin(bytes: Uint8Array): void {
    const width = uintWidth(bytes.length);
    this.#byte(width === 1 ? 0xc4 : width === 2 ? 0xc5 : 0xc6);
    this.#number(bytes.length, width);
    this.bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #array(items: readonly Value[]): void {
    if (items.length < 16) this.#byte(0x90 + items.length);
    else {
      const width = items.length < 0x1_0000 ? 2 : 4;
      this.#byte(width === 2 ? 0xdc : 0xdd);
      this.#number(items.length, width);
    }
    for (const item of items) this.value(item);
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Reads one value inside `depth` arrays. */
  value(depth: number): Value {
    const head = this.#byte();
    if (head < 0x80) return head;
    if (head < 0x90) throw malformed("A map");
    if (head < 0xa0) return this.#array(head - 0x90, depth);
    if (head < 0xc0) return this.#str(head - 0xa0);
    switch (head) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
        return this.#bin(this.#byte());
      case 0xc5:
        return this.#bin(this.#number(2, 0x100));
      case 0xc6:
        return this.#bin(this.#number(4, 0x1_0000));
      case 0xcc:
        return this.#number(1, 0x80);
      case 0xcd:
        return this.#number(2, 0x100);
      case 0xce:
        return this.#number(4, 0x1_0000);
      case 0xcf:
        return this.#uint64();
      case 0xd9:
        return this.#str(this.#number(1, 32));
      case 0xda:
        return this.#str(this.#number(2, 0x100));
      case 0xdb:
        return this.#str(this.#number(4, 0x1_0000));
      case 0xdc:
        return this.#array(this.#number(2, 16), depth);
      case 0xdd:
        return this.#array(this.#number(4, 0x1_0000), depth);
      default:
        throw malformed("A type outside the subset");
    }
  }

  /** Refuses bytes after the value. */
  end(): void {
    if (this.#at !== this.#bytes.length) throw malformed("Bytes after the end");
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw malformed("Input ends early");
    this.#at++;
    return byte;
  }

  /** Reads a big-endian number; one under `least` has a shorter form and is refused. */
  #number(width: number, least: number): number {
    let value = 0;
    for (let i = 0; i < width; i++) value = value * 0x100 + this.#byte();
    if (value < least) throw malformed("Not the shortest form");
    return value;
  }

  #uint64(): number {
    const high = this.#number(4, 1);
    // 2^53 and over: refused before it could be rounded into a neighbour.
    if (high >= 0x20_0000) throw malformed("An integer over 2^53-1");
    return high * TWO32 + this.#number(4, 0);
  }

  /** Moves on by a length that the input claims, and says where it began. */
  #skip(length: number): number {
    const start = this.#at;
    if (length > this.#bytes.length - start) throw malformed("Input ends early");
    this.#at = start + length;
    return start;
  }

  #bin(length: number): Uint8Array {
    const start = this.#skip(length);
    return this.#bytes.subarray(start, start + length);
  }

  #str(length: number): string {
    const start = this.#skip(length);
    const text = length <= SHORT_STR ? this.#ascii(start, length) : undefined;
    const whole = text ?? utf8(this.#bytes.subarray(start, start + length));
    if (!isCleanText(whole)) throw malformed("A control character");
    return whole;
  }

  /** Reads a short ASCII string, or answers `undefined` when it isn't ASCII. */
  #ascii(start: number, length: number): string | undefined {
    let text = "";
    for (let i = start; i < start + length; i++) {
      const byte = this.#bytes[i] ?? 0x80;
      if (byte >= 0x80) return undefined;
      text += String.fromCharCode(byte);
    }
    return text;
  }

  #array(length: number, depth: number): Value[] {
    if (depth === MAX_DEPTH) throw malformed(`Over ${MAX_DEPTH} levels of arrays`);
    // An item takes at least a byte, so a claimed length cannot allocate more than was sent.
    if (length > this.#bytes.length - this.#at) throw malformed("Input ends early");
    const items = new Array<Value>(length);
    for (let i = 0; i < length; i++) items[i] = this.value(depth + 1);
    return items;
  }
}

function utf8(bytes: Uint8Array): string {
  try {
    return DECODER.decode(bytes);
  } catch {
    throw malformed("Not UTF-8");
  }
}
