/**
 * Sealed records of `private.kv` (docs/PROTOCOL.md section 11): names that tell nothing, values of
 * five sizes.
 *
 * ```
 * name     HMAC-SHA256(index key, u32be part ‖ u8 generation ‖ kind ‖ 0x00 ‖ name)
 * value    nonce (24, random) ‖ XChaCha20-Poly1305(value key, nonce, plaintext; name ‖ write id)
 * sizes    256, 1,024, 4,096, 16,384 or 65,536 bytes; the plaintext is 40 fewer
 *
 * part 0, plaintext              bytes
 *  0  form                        1   0: the value is here; 1: it is in parts 1, 2 …
 *  1  bytes of the value          4   big-endian
 *  5  form 0: the value
 *  5  form 1: generation          1   0 or 1, in the names of the parts
 *  6          write id           16   random, authenticated with each part
 *     zeros up to the size
 * part n, plaintext: bytes (n - 1) × 65,496 and on of the value, then zeros
 * ```
 * Parts are sealed to the largest size, and as many as the next power of two: the rest are dummies.
 * The name in the authenticated data keeps a record from standing in for another, the write id keeps
 * parts of two writes from being mixed. The write id of part 0 is empty.
 */
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Labels } from "../wire/labels.ts";
import { StoreError } from "./errors.ts";

/** Bytes of the one value that isn't a record: the slots (slots.ts). */
const ALL_SLOTS_BYTES = 1_152;

/** Ciphertext: the only thing that `private.kv` takes. The mark exists for the type checker alone. */
export type Sealed = Uint8Array & { readonly "only sealed bytes": true };

/** Bytes of a store key. */
export const STORE_KEY_BYTES = 32;
/** Bytes to which sealed values are filled up. The largest is all that Deno KV holds. */
export const SEALED_SIZES: readonly number[] = [256, 1_024, 4_096, 16_384, 65_536];
const LARGEST = 65_536;
const NONCE_BYTES = 24;
/** Nonce and tag. */
const SEAL_BYTES = NONCE_BYTES + 16;
/** Bytes of a value in one part. */
export const PART_BYTES = LARGEST - SEAL_BYTES;
/** Form and length. */
const HEAD_BYTES = 5;
/** Bytes of the largest value that needs no parts. */
export const MAX_WHOLE_BYTES = PART_BYTES - HEAD_BYTES;
/** Parts of the largest value: 64 MiB, or nearly. */
export const MAX_PARTS = 1_024;
/** Bytes of a write id. */
export const WRITE_ID_BYTES = 16;

/** Which record: `part` 0 leads to the others, which have a generation. */
export interface RecordPlace {
  /** What sort of record, such as "list"; without zero bytes. */
  readonly kind: string;
  /** Which of the sort. */
  readonly name: string;
  /** 0 for the first. */
  readonly part: number;
  /** 0 or 1; 0 for part 0. */
  readonly generation: number;
}

/** What part 0 says. */
export type Head =
  | { readonly form: "whole"; readonly value: Uint8Array }
  | {
    readonly form: "parts";
    /** Bytes of the value. */
    readonly length: number;
    readonly generation: number;
    readonly writeId: Uint8Array;
  };

/** Blinds names and seals values under one store key. Holds two keys derived from it until wiped. */
export class RecordCodec {
  readonly #indexKey: Uint8Array;
  readonly #valueKey: Uint8Array;
  #wiped = false;

  /** Derives the keys; the store key itself is neither kept nor wiped. Throws a `RangeError` unless it has 32 bytes. */
  constructor(storeKey: Uint8Array, labels: Labels) {
    if (storeKey.length !== STORE_KEY_BYTES) throw new RangeError("A store key has 32 bytes");
    const derive = (label: Uint8Array): Uint8Array =>
      hkdf(sha256, storeKey, undefined, label, STORE_KEY_BYTES);
    this.#indexKey = derive(labels["record name"]);
    this.#valueKey = derive(labels["record value"]);
  }

  /** The name under which a record stands: 32 bytes that tell nothing without the key. */
  blind({ kind, name, part, generation }: RecordPlace): Uint8Array {
    this.#checkKeys();
    const place = new Uint8Array(5);
    new DataView(place.buffer).setUint32(0, part);
    place[4] = generation;
    return hmac(sha256, this.#indexKey, concatBytes(place, utf8ToBytes(`${kind}\0${name}`)));
  }

  /** Seals part 0. */
  sealHead(blinded: Uint8Array, head: Head): Sealed {
    const content = head.form === "whole"
      ? head.value
      : concatBytes(Uint8Array.of(head.generation), head.writeId);
    const plain = new Uint8Array(HEAD_BYTES + content.length);
    plain[0] = head.form === "whole" ? 0 : 1;
    const length = head.form === "whole" ? head.value.length : head.length;
    new DataView(plain.buffer).setUint32(1, length);
    plain.set(content, HEAD_BYTES);
    const size = SEALED_SIZES.find((size) => plain.length + SEAL_BYTES <= size);
    if (size === undefined) throw new RangeError("Too large for one record");
    const value = this.#seal(plain, { size, data: blinded });
    plain.fill(0);
    return value;
  }

  /** Opens part 0. Throws a `StoreError` "damaged" when it isn't what was sealed there. */
  openHead(blinded: Uint8Array, value: Uint8Array): Head {
    const plain = this.#open(value, blinded);
    const length = new DataView(plain.buffer, plain.byteOffset).getUint32(1);
    if (plain[0] === 0 && length <= plain.length - HEAD_BYTES) {
      const copy = plain.slice(HEAD_BYTES, HEAD_BYTES + length);
      plain.fill(0);
      return { form: "whole", value: copy };
    }
    if (plain[0] !== 1 || length > MAX_PARTS * PART_BYTES) throw damaged();
    const writeId = plain.slice(HEAD_BYTES + 1, HEAD_BYTES + 1 + WRITE_ID_BYTES);
    return { form: "parts", length, generation: plain[HEAD_BYTES] ?? 0, writeId };
  }

  /** Seals a part, or a dummy when there are no bytes. */
  sealPart(blinded: Uint8Array, bytes: Uint8Array, writeId: Uint8Array): Sealed {
    return this.#seal(bytes, { size: LARGEST, data: concatBytes(blinded, writeId) });
  }

  /** Opens a part: its bytes and the zeros after them. Throws as {@linkcode RecordCodec.openHead}. */
  openPart(blinded: Uint8Array, value: Uint8Array, writeId: Uint8Array): Uint8Array {
    return this.#open(value, concatBytes(blinded, writeId));
  }

  /** Overwrites the keys. Whatever is asked after that throws a `StoreError` "locked". */
  wipe(): void {
    this.#indexKey.fill(0);
    this.#valueKey.fill(0);
    this.#wiped = true;
  }

  #seal(plain: Uint8Array, { size, data }: { size: number; data: Uint8Array }): Sealed {
    this.#checkKeys();
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const padded = new Uint8Array(size - SEAL_BYTES);
    padded.set(plain);
    const ciphertext = xchacha20poly1305(this.#valueKey, nonce, data).encrypt(padded);
    padded.fill(0);
    return concatBytes(nonce, ciphertext) as Uint8Array as Sealed;
  }

  #open(value: Uint8Array, data: Uint8Array): Uint8Array {
    this.#checkKeys();
    if (!SEALED_SIZES.some((size) => size === value.length)) throw damaged();
    const cipher = xchacha20poly1305(this.#valueKey, value.subarray(0, NONCE_BYTES), data);
    try {
      return cipher.decrypt(value.subarray(NONCE_BYTES));
    } catch {
      throw damaged();
    }
  }

  #checkKeys(): void {
    if (this.#wiped) throw new StoreError("locked", "The private store is locked");
  }
}

/** What any record says that isn't what was sealed in its place. */
export function damaged(): StoreError {
  return new StoreError(
    "damaged",
    "private.kv is damaged: a record is not what was sealed there. Nothing of it was used; restore " +
      "the file from a backup",
  );
}

/**
 * A sealed record as a backup gives it back. Throws a `StoreError` "damaged" for what no record's
 * size is; whether it opens is seen when it is read.
 */
export function restoredRecord(bytes: Uint8Array): Sealed {
  const isRecord = SEALED_SIZES.includes(bytes.length) || bytes.length === ALL_SLOTS_BYTES;
  if (!isRecord) throw damaged();
  return bytes as Sealed;
}
