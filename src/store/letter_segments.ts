/**
 * Segments of letters: the sealed records that `letters.ts` keeps them in.
 *
 * ```
 * record "letters" or "requests", n     always sealed to 65,536 bytes
 *   number of the segment among all that there ever were, u32be
 *   per letter: its bytes, u32be; the letter
 *   zeros
 * ```
 */
import type { IdentityKey } from "../wire/ids.ts";
import { decodeLetter, encodeLetter, type Letter, ownerOf } from "./letter_codec.ts";
import { damaged, MAX_WHOLE_BYTES } from "./record_codec.ts";
import type { SealedRecords, ValueName } from "./sealed.ts";

/** Which letters: of people the owner has to do with, or of strangers. */
export type LetterKind = "letters" | "requests";

/** Segments at most: 56 MiB of letters, and 8 MiB that strangers can fill. */
export const MAX_LETTER_SEGMENTS: Readonly<Record<LetterKind, number>> = {
  letters: 896,
  requests: 128,
};

const NUMBER_BYTES = 4;
const LENGTH_BYTES = 4;
/** Bytes of letters in a segment. */
export const SEGMENT_ROOM = MAX_WHOLE_BYTES - NUMBER_BYTES;

/** What one segment holds. */
export interface Segment {
  /** Its number among all that there ever were; the lowest is overwritten first. */
  readonly number: number;
  /** In the order of keeping. */
  readonly letters: readonly Letter[];
}

/** The name of the record in a place. */
export function letterName(kind: LetterKind, place: number): ValueName {
  return { kind, name: String(place) };
}

/** The names of the records of letters that there are. */
export async function* letterNames(records: SealedRecords): AsyncGenerator<ValueName> {
  for (const kind of ["letters", "requests"] as const) {
    for (let place = 0; place < MAX_LETTER_SEGMENTS[kind]; place++) {
      const value = await records.get(letterName(kind, place));
      if (value === undefined) break;
      value.fill(0);
      yield letterName(kind, place);
    }
  }
}

/** Every name that a record of letters can have. */
export function* allLetterNames(): Generator<ValueName> {
  for (const kind of ["letters", "requests"] as const) {
    for (let place = 0; place < MAX_LETTER_SEGMENTS[kind]; place++) yield letterName(kind, place);
  }
}

/** Bytes that a letter takes in a segment. */
export function letterBytes(letter: Letter): number {
  return LENGTH_BYTES + encodeLetter(letter).length;
}

/** Encodes a segment to its one size. Throws a `RangeError` when the letters don't fit. */
export function encodeSegment({ number, letters }: Segment): Uint8Array {
  const bytes = new Uint8Array(MAX_WHOLE_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, number);
  let at = NUMBER_BYTES;
  for (const letter of letters) {
    const encoded = encodeLetter(letter);
    view.setUint32(at, encoded.length);
    bytes.set(encoded, at + LENGTH_BYTES);
    encoded.fill(0);
    at += LENGTH_BYTES + encoded.length;
  }
  return bytes;
}

/** Decodes a segment and wipes the bytes. Throws a `StoreError` "damaged". */
export function decodeSegment(bytes: Uint8Array): Segment {
  if (bytes.length !== MAX_WHOLE_BYTES) throw damaged();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const letters: Letter[] = [];
  for (let at = NUMBER_BYTES; at + LENGTH_BYTES <= bytes.length;) {
    const length = view.getUint32(at);
    if (length === 0) break;
    const from = at + LENGTH_BYTES;
    at = from + length;
    if (at > bytes.length) throw damaged();
    letters.push(decodeLetter(bytes.subarray(from, at)));
  }
  const number = view.getUint32(0);
  bytes.fill(0);
  return { number, letters };
}

/** A segment's bytes without the letters of one own identity: for when that identity is destroyed. */
export function withoutOwner(bytes: Uint8Array, key: IdentityKey): Uint8Array {
  const { number, letters } = decodeSegment(bytes.slice());
  return encodeSegment({ number, letters: letters.filter((letter) => ownerOf(letter) !== key) });
}
