/**
 * Reading and writing the parts of a reconciliation message (docs/PROTOCOL.md section 8).
 *
 * ```
 * message  version 0x61, range…          range  bound, mode: varint, payload
 * bound    varint: 0 = end, else 1 + seconds since the message's bound before; varint length; prefix
 * payload  mode 0 skip: nothing   1 fingerprint: 16 bytes   2 ids: varint count, 32 bytes each
 * varint   base 128, most significant digit first, high bit on all but the last, no leading zeros
 * ```
 */
import { malformed } from "./errors.ts";
import { ID_BYTES } from "./ids.ts";
import type { SyncBound } from "./negentropy_items.ts";

/** What a range carries. */
export const SYNC_MODE = { skip: 0, fingerprint: 1, ids: 2 } as const;

/** Bytes of a fingerprint. */
export const FINGERPRINT_BYTES = 16;

/** Takes a message apart. Every method throws a `WireError` when its part isn't there or is wrong. */
export class SyncReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #time = 0;

  /** Reads these bytes from their first. What it returns are views of them. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bytes that are left. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** That many bytes. */
  take(count: number): Uint8Array {
    if (count > this.left) throw malformed("The sync message ends early");
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  /** A whole number up to 2^53 - 1. */
  varint(): number {
    const start = this.#at;
    let value = 0;
    for (;;) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw malformed("The sync message ends early");
      if (byte === 0x80 && this.#at - start === 1) throw malformed("The number has a leading zero");
      // No 32-bit operators: they would fold large numbers.
      value = value * 128 + (byte & 127);
      if (value > Number.MAX_SAFE_INTEGER) throw malformed("The number is over 2^53 - 1");
      if (byte < 128) return value;
    }
  }

  /** The upper bound of the next range. */
  bound(): SyncBound {
    const offset = this.varint();
    this.#time = offset === 0 ? Infinity : this.#time + offset - 1;
    if (this.#time !== Infinity && this.#time > Number.MAX_SAFE_INTEGER) {
      throw malformed("The bound's time is over 2^53 - 1");
    }
    const length = this.varint();
    if (length > ID_BYTES) throw malformed("The bound is longer than an id");
    return { timestamp: this.#time, prefix: this.take(length) };
  }

  /** A list of ids, one after the other in one view. */
  ids(): Uint8Array {
    const count = this.varint();
    if (count > this.left / ID_BYTES) throw malformed("The sync message ends early");
    return this.take(count * ID_BYTES);
  }
}

/** Puts a message together. */
export class SyncWriter {
  #bytes: Uint8Array;
  #length = 0;
  #time = 0;

  /** Begins with room for so many bytes; there will be more when needed. */
  constructor(room = 1_024) {
    this.#bytes = new Uint8Array(room);
  }

  /** Bytes written. */
  get length(): number {
    return this.#length;
  }

  /** Adds bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Adds a whole number, 0 to 2^53 - 1. */
  varint(value: number): void {
    let digits = 1;
    for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) digits++;
    this.#reserve(digits);
    let rest = value;
    for (let at = this.#length + digits - 1; at >= this.#length; at--) {
      this.#bytes[at] = rest % 128 | (at === this.#length + digits - 1 ? 0 : 128);
      rest = Math.floor(rest / 128);
    }
    this.#length += digits;
  }

  /** Adds the upper bound of the next range, which lies not before the one before. */
  bound({ timestamp, prefix }: SyncBound): void {
    this.varint(timestamp === Infinity ? 0 : timestamp - this.#time + 1);
    this.#time = timestamp;
    this.varint(prefix.length);
    this.raw(prefix);
  }

  /** Writes what can be taken back: unless it says true, all is as it was before. */
  attempt(write: () => boolean): boolean {
    const [length, time] = [this.#length, this.#time];
    const done = write();
    if (!done) [this.#length, this.#time] = [length, time];
    return done;
  }

  /** All that was written. */
  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): void {
    const wanted = this.#length + count;
    if (wanted <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(wanted, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
