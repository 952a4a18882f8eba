/**
 * Records: what goes over the connection once the handshake is done (docs/PROTOCOL.md section 6).
 *
 * ```
 * record     = length: u16be, ciphertext        length counts the ciphertext: one of the sizes + 16
 * plaintext  = length: u16be, frame, zeros      up to the smallest of 256, 1,024, 4,096, 16,384,
 *                                               65,519 bytes that holds length and frame
 * ```
 * The sizes are few so that the length of a record says little of what is in it. The two messages of
 * the handshake travel as records too: a length, then the Noise message.
 */
import { malformed } from "./errors.ts";
import { MAX_FRAME_BYTES, RECORD_SIZES } from "./limits.ts";
import { type CipherState, TAG_BYTES } from "./noise_symmetric.ts";
import type { Public } from "./privacy.ts";

/** Bytes in either length field. */
const LENGTH_BYTES = 2;

const EMPTY = new Uint8Array(0);

/** Whether a record may have this many bytes of ciphertext. */
export function isRecordLength(length: number): boolean {
  return RECORD_SIZES.some((size) => size + TAG_BYTES === length);
}

/** Pads a frame to a record's plaintext. Throws a `RangeError` for more than `MAX_FRAME_BYTES`. */
export function padFrame(frame: Uint8Array): Uint8Array {
  const padded = new Uint8Array(paddedSize(frame.length));
  writePadded(padded, frame);
  return padded;
}

/**
 * The frame in a record's plaintext, a view into it. Throws a `WireError` unless it is exactly what
 * `padFrame` makes of that frame: the smallest size that fits, and zeros behind.
 */
export function unpadFrame(padded: Uint8Array): Uint8Array {
  if (!isRecordLength(padded.length + TAG_BYTES)) throw malformed("Record of a wrong size");
  const length = readLength(padded);
  if (length > padded.length - LENGTH_BYTES) throw malformed("Frame longer than its record");
  if (paddedSize(length) !== padded.length) throw malformed("Record longer than it need be");
  const end = LENGTH_BYTES + length;
  for (let i = end; i < padded.length; i++) {
    if (padded[i] !== 0) throw malformed("Padding that is not zeros");
  }
  return padded.subarray(LENGTH_BYTES, end);
}

/** A whole record of one frame, as it goes over the connection. Throws as `padFrame` and the cipher. */
export function sealRecord(sending: CipherState, frame: Public<Uint8Array>): Uint8Array {
  return sealRecords(sending, [frame]);
}

/** The records of frames, one behind the other. */
export function sealRecords(
  sending: CipherState,
  frames: readonly Public<Uint8Array>[],
): Uint8Array {
  const sizes = frames.map((frame) => paddedSize(frame.length) + TAG_BYTES);
  // Made in one piece: what is sent most would otherwise be copied three times.
  const records = new Uint8Array(sizes.reduce((sum, size) => sum + LENGTH_BYTES + size, 0));
  let at = 0;
  frames.forEach((frame, i) => {
    const from = at + LENGTH_BYTES;
    const ciphertext = records.subarray(from, from + (sizes[i] ?? 0));
    writeLength(records, ciphertext.length, at);
    writePadded(ciphertext, frame);
    sending.seal(ciphertext);
    at = from + ciphertext.length;
  });
  return records;
}

/** The frame in a record's ciphertext. Throws a `WireError` for what is not authentic or badly padded. */
export function openRecord(receiving: CipherState, ciphertext: Uint8Array): Uint8Array {
  return unpadFrame(receiving.decrypt(ciphertext));
}

/** Puts the length before a handshake message or a ciphertext of at most 65,535 bytes. */
export function prefixLength(bytes: Uint8Array): Uint8Array {
  const record = new Uint8Array(LENGTH_BYTES + bytes.length);
  writeLength(record, bytes.length);
  record.set(bytes, LENGTH_BYTES);
  return record;
}

/**
 * Cuts a stream of bytes into records. Holds the chunk that it was given last and at most one
 * record of 65,535 bytes, which it makes room for only when the length was found acceptable.
 */
export class RecordReader {
  #chunk: Uint8Array = EMPTY;
  readonly #header = new Uint8Array(LENGTH_BYTES);
  #headerFilled = 0;
  #body: Uint8Array | undefined;
  #bodyFilled = 0;

  /** Gives it bytes, of any number. Throws an `Error` while `next` has not used up those before. */
  push(chunk: Uint8Array): void {
    if (this.#chunk.length > 0) throw new Error("The chunk before is not used up");
    this.#chunk = chunk;
  }

  /**
   * The bytes of the next record without their length, valid until more is pushed; `undefined` when
   * that must happen first. Throws a `WireError` for a length that `accept` refuses, as soon as it is known, and
   * from then on.
   */
  next(accept: (length: number) => boolean = isRecordLength): Uint8Array | undefined {
    if (this.#body === undefined) {
      this.#headerFilled += this.#fill(this.#header, this.#headerFilled);
      if (this.#headerFilled < LENGTH_BYTES) return undefined;
      const length = readLength(this.#header);
      if (!accept(length)) throw malformed("Record of a wrong length");
      if (length <= this.#chunk.length) {
        // All of it is there, as mostly when much comes: a copy would only make garbage.
        this.#headerFilled = 0;
        return this.#cut(length);
      }
      this.#body = new Uint8Array(length);
    }
    this.#bodyFilled += this.#fill(this.#body, this.#bodyFilled);
    if (this.#bodyFilled < this.#body.length) return undefined;
    const body = this.#body;
    this.#body = undefined;
    this.#headerFilled = this.#bodyFilled = 0;
    return body;
  }

  /** Whether the bytes so far end in the middle of a record, or are not yet looked at. */
  get partial(): boolean {
    return this.#headerFilled > 0 || this.#chunk.length > 0;
  }

  #fill(target: Uint8Array, from: number): number {
    const count = Math.min(target.length - from, this.#chunk.length);
    target.set(this.#cut(count), from);
    return count;
  }

  #cut(count: number): Uint8Array {
    const cut = this.#chunk.subarray(0, count);
    this.#chunk = count === this.#chunk.length ? EMPTY : this.#chunk.subarray(count);
    return cut;
  }
}

/** The size of a record's plaintext for a frame of this many bytes. */
function paddedSize(frameLength: number): number {
  const size = RECORD_SIZES.find((size) => size >= LENGTH_BYTES + frameLength);
  if (size === undefined) {
    throw new RangeError(`A frame has at most ${MAX_FRAME_BYTES} bytes, not ${frameLength}`);
  }
  return size;
}

/** Writes length and frame; what is behind stays zeros. */
function writePadded(target: Uint8Array, frame: Uint8Array): void {
  writeLength(target, frame.length);
  target.set(frame, LENGTH_BYTES);
}

function readLength(bytes: Uint8Array): number {
  return (bytes[0] ?? 0) * 0x100 + (bytes[1] ?? 0);
}

function writeLength(bytes: Uint8Array, length: number, at = 0): void {
  bytes[at] = length >> 8;
  bytes[at + 1] = length & 0xff;
}
