/**
 * Sealed files of any length, chunk by chunk (docs/PROTOCOL.md section 11, backups): the STREAM
 * construction over XChaCha20-Poly1305, so that no chunk can be left out, moved, repeated or cut off
 * unnoticed, and neither side holds more than one of them in memory.
 *
 * ```
 * offset  bytes          field
 *      0      64         header (sealed_file.ts); of its nonce 19 random bytes, then 5 zeros
 *     64  65,552 each    chunk i from 0: XChaCha20-Poly1305 of 65,536 bytes,
 *                        nonce = the 19 bytes, u32be i, 1 for the last chunk or else 0
 *                        associated data = label, bytes 0 to 63
 * ```
 * Every chunk is full, and their number is one of few ({@linkcode roundedChunks}): the size of the
 * file says how much is in it to an eighth, about. Pure: keys and randomness are parameters.
 */
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { KeyFileError } from "./errors.ts";
import type { KdfLimits } from "./kdf_params.ts";
import {
  encodeSealedHeader,
  readSealedHeader,
  type Seal,
  SEALED_HEADER_BYTES,
  SEALED_NONCE_BYTES,
  type SealedHeader,
  type SealedKind,
} from "./sealed_file.ts";

/** Bytes of contents in a chunk. */
export const CHUNK_BYTES = 65_536;
/** Bytes of a chunk in the file. */
export const SEALED_CHUNK_BYTES: number = CHUNK_BYTES + 16;
/** Chunks in the smallest file: 1 MiB. */
export const MIN_CHUNKS = 16;
/** Chunks in the largest: 4 GiB, many times what a private store and its statements can hold. */
export const MAX_CHUNKS = 65_536;
/** Random bytes of the nonce, which all chunks of a file share. */
export const STREAM_PREFIX_BYTES = 19;

const COUNTER_AT = STREAM_PREFIX_BYTES;
const LAST_AT = 23;

/** How many chunks a file has of which that many are needed: at most an eighth more, from 16 on. */
export function roundedChunks(needed: number): number {
  if (needed <= MIN_CHUNKS) return MIN_CHUNKS;
  const step = 2 ** (Math.floor(Math.log2(needed)) - 3);
  return Math.ceil(needed / step) * step;
}

/** The chunks in a file of that size, or `undefined` when no file of this form has it. */
export function chunksIn(fileBytes: number): number | undefined {
  const chunks = (fileBytes - SEALED_HEADER_BYTES) / SEALED_CHUNK_BYTES;
  const fits = Number.isInteger(chunks) && chunks >= MIN_CHUNKS && chunks <= MAX_CHUNKS &&
    roundedChunks(chunks) === chunks;
  return fits ? chunks : undefined;
}

/** A header for a new file: `random` gives that many random bytes. */
export function newStreamHeader(
  { params, random }: Pick<SealedHeader, "params"> & { random: (length: number) => Uint8Array },
): SealedHeader {
  const nonce = new Uint8Array(SEALED_NONCE_BYTES);
  nonce.set(random(STREAM_PREFIX_BYTES));
  return { params, salt: random(16), nonce };
}

/**
 * Reads the header of a file of that size from its first 64 bytes, before any work is done on its
 * behalf. Throws a {@linkcode KeyFileError} as `readSealedHeader` does.
 */
export function readStreamHeader(
  head: Uint8Array,
  { kind, fileBytes, limits }: {
    readonly kind: SealedKind;
    readonly fileBytes: number;
    readonly limits?: KdfLimits | undefined;
  },
): { readonly header: SealedHeader; readonly chunks: number } {
  const chunks = chunksIn(fileBytes);
  const header = readSealedHeader(head, { kind, fits: chunks !== undefined, limits });
  const known = header.nonce.subarray(STREAM_PREFIX_BYTES).every((byte) => byte === 0);
  if (chunks === undefined || !known) {
    throw new KeyFileError("damaged", `Damaged: the header of ${kind.what} is none`);
  }
  return { header, chunks };
}

/** Seals and opens the chunks of one file. */
export class StreamCipher {
  /** The file's first 64 bytes. */
  readonly head: Uint8Array;
  readonly #seal: Seal;
  readonly #data: Uint8Array;
  readonly #nonce: Uint8Array;

  /** For a file with that header; the key stays the caller's to wipe. */
  constructor(seal: Seal, { header, kind }: { header: SealedHeader; kind: SealedKind }) {
    this.head = encodeSealedHeader(header, kind);
    this.#seal = seal;
    this.#data = concatBytes(seal.label, this.head);
    this.#nonce = header.nonce.slice();
  }

  /** Seals a chunk of {@linkcode CHUNK_BYTES}. Throws a `RangeError` for any other length. */
  seal(chunk: Uint8Array, place: ChunkPlace): Uint8Array {
    if (chunk.length !== CHUNK_BYTES) throw new RangeError("Chunks have a fixed size");
    return this.#at(place, (cipher) => cipher.encrypt(chunk));
  }

  /** Opens a chunk; `undefined` when it isn't what was sealed there under that key. */
  open(sealed: Uint8Array, place: ChunkPlace): Uint8Array | undefined {
    return this.#at(place, (cipher) => {
      try {
        return cipher.decrypt(sealed);
      } catch {
        // The cipher's only way to say that the tag is wrong, which is a verdict here.
        return undefined;
      }
    });
  }

  #at<T>({ index, last }: ChunkPlace, f: (cipher: Cipher) => T): T {
    if (index >= MAX_CHUNKS) throw new RangeError("More chunks than a file has");
    const nonce = this.#nonce.slice();
    new DataView(nonce.buffer).setUint32(COUNTER_AT, index);
    nonce[LAST_AT] = last ? 1 : 0;
    return this.#seal.key.use((key) => f(xchacha20poly1305(key, nonce, this.#data)));
  }
}

/** Where a chunk stands. */
export interface ChunkPlace {
  /** Its number from 0. */
  readonly index: number;
  /** Whether it is the file's last. */
  readonly last: boolean;
}

type Cipher = ReturnType<typeof xchacha20poly1305>;
