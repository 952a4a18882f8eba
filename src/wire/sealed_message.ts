/**
 * The sealed part of a private message (docs/PROTOCOL.md section 5).
 *
 * ```
 * sealed  = canonical [suite, enc: bin, ct: bin]
 * suite 1 : enc 32 bytes; ct one of 1,040 4,112 16,400 49,168 bytes
 * ```
 * Suites that this version does not know keep the three fields and are relayed whatever their sizes.
 */
import { malformed } from "./errors.ts";
import { binField, fields, uintField } from "./fields.ts";
import { MAX_BODY_BYTES, SEALED_BYTES, SEALED_ENC_BYTES } from "./limits.ts";
import { decode, encode } from "./msgpack.ts";

/** HPKE with X25519, HKDF-SHA256 and ChaCha20-Poly1305: the suite of this version. */
export const SEALED_SUITE = 1;

/** What the outer HPKE layer made. */
export interface Sealed {
  /** 1, or one that this version does not know. */
  readonly suite: number;
  /** The encapsulated key. */
  readonly enc: Uint8Array;
  /** The ciphertext. */
  readonly ct: Uint8Array;
}

/** Encodes the sealed part. Throws a `RangeError` for sizes that no node would admit. */
export function encodeSealed(sealed: Sealed): Uint8Array {
  if (!hasRightSizes(sealed)) throw new RangeError("Cannot encode a ciphertext of that size");
  return encode([sealed.suite, sealed.enc, sealed.ct]);
}

/** Decodes the sealed part. Throws a `WireError`. The bins are views of the input. */
export function decodeSealed(bytes: Uint8Array): Sealed {
  const [suite, enc, ct] = fields(decode(bytes, { maxBytes: MAX_BODY_BYTES }), 3);
  const sealed = { suite: uintField(suite), enc: binField(enc), ct: binField(ct) };
  if (!hasRightSizes(sealed)) throw malformed("A ciphertext of a size that suite 1 doesn't have");
  return sealed;
}

function hasRightSizes({ suite, enc, ct }: Sealed): boolean {
  if (suite !== SEALED_SUITE) return true;
  return enc.length === SEALED_ENC_BYTES && SEALED_BYTES.some((size) => size === ct.length);
}
