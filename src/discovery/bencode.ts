/**
 * Bencode (BEP 3), strictly and within bounds: what stands between the wire and the DHT library,
 * whose own decoder a datagram of four bytes can keep busy for ever (docs/decisions/0027).
 */
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";

/** Lists and dictionaries within one another; a message of BEP 5 has three. */
export const MAX_DEPTH = 5;

/** Values in a message, keys included (a guess: an answer with 100 peers has some 115). */
export const MAX_VALUES = 512;

/** Digits of an integer or a length: what fits into a double. */
const MAX_DIGITS = 15;

/** A value. Dictionaries are maps, so that no key means anything to the language. */
export type Bencoded =
  | number
  | Uint8Array
  | readonly Bencoded[]
  | ReadonlyMap<string, Bencoded>;

const COLON = 0x3a;
const DICTIONARY = 0x64;
const END = 0x65;
const INTEGER = 0x69;
const LIST = 0x6c;

/**
 * Reads one value that takes up all the bytes, `undefined` for anything else: signs or zeros in
 * front, ends that lie elsewhere, keys that come twice, too deep, too many. Keys may be in any order,
 * as some programs write them. Byte strings are copies. Never throws.
 */
export function decodeBencode(bytes: Uint8Array): Bencoded | undefined {
  const reader = new Reader(bytes);
  const value = reader.value(MAX_DEPTH);
  return reader.atEnd ? value : undefined;
}

/** Writes a value, keys in order. Text is ASCII. Throws a `RangeError` for other than whole numbers. */
export function encodeBencode(value: Bencoded | string): Uint8Array {
  if (typeof value === "string") return encodeBencode(utf8ToBytes(value));
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new RangeError("Not a whole number");
    return utf8ToBytes(`i${value}e`);
  }
  if (value instanceof Uint8Array) return concatBytes(utf8ToBytes(`${value.length}:`), value);
  if (value instanceof Map) {
    const keys = [...value.keys()].sort();
    const parts = keys.flatMap((key) => [encodeBencode(key), encodeBencode(value.get(key)!)]);
    return concatBytes(Uint8Array.of(DICTIONARY), ...parts, Uint8Array.of(END));
  }
  const items = (value as readonly Bencoded[]).map((item) => encodeBencode(item));
  return concatBytes(Uint8Array.of(LIST), ...items, Uint8Array.of(END));
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #left = MAX_VALUES;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  value(depth: number): Bencoded | undefined {
    if (--this.#left < 0 || depth === 0) return undefined;
    switch (this.#bytes[this.#at]) {
      case INTEGER:
        this.#at++;
        return this.#number(END, { signed: true });
      case LIST:
        this.#at++;
        return this.#list(depth - 1);
      case DICTIONARY:
        this.#at++;
        return this.#dictionary(depth - 1);
      default:
        return this.#string();
    }
  }

  #number(end: number, { signed }: { readonly signed: boolean }): number | undefined {
    const stop = this.#bytes.subarray(this.#at, this.#at + MAX_DIGITS + 2).indexOf(end);
    if (stop < 0) return undefined;
    const digits = String.fromCharCode(...this.#bytes.subarray(this.#at, this.#at + stop));
    this.#at += stop + 1;
    const right = signed ? /^(?:0|-?[1-9]\d{0,14})$/ : /^(?:0|[1-9]\d{0,14})$/;
    return right.test(digits) ? Number(digits) : undefined;
  }

  #string(): Uint8Array | undefined {
    const length = this.#number(COLON, { signed: false });
    if (length === undefined || length > this.#bytes.length - this.#at) return undefined;
    const start = this.#at;
    this.#at += length;
    return this.#bytes.slice(start, this.#at);
  }

  #list(depth: number): Bencoded | undefined {
    const items: Bencoded[] = [];
    while (this.#bytes[this.#at] !== END) {
      const item = this.value(depth);
      if (item === undefined) return undefined;
      items.push(item);
    }
    this.#at++;
    return items;
  }

  #dictionary(depth: number): Bencoded | undefined {
    const entries = new Map<string, Bencoded>();
    while (this.#bytes[this.#at] !== END) {
      if (--this.#left < 0) return undefined;
      const key = this.#string();
      const name = key === undefined ? undefined : String.fromCharCode(...key);
      const value = name === undefined || entries.has(name) ? undefined : this.value(depth);
      if (name === undefined || value === undefined) return undefined;
      entries.set(name, value);
    }
    this.#at++;
    return entries;
  }
}
