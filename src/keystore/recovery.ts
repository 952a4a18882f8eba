/**
 * Recovery: what its owner needs to end an identity whose key was stolen, and to go on as its heir
 * (docs/PROTOCOL.md sections 4 and 11). Always 336 bytes, which the recovery sheet carries as text
 * and as a QR code (recovery_sheet.ts).
 *
 * ```
 * offset  bytes  field
 *      0     64  header (sealed_file.ts), magic "gsmrheir"
 *     64    272  XChaCha20-Poly1305 of the contents, associated data = label "recovery", header
 *    336
 *
 * contents
 *      0     32  Ed25519 seed of the successor
 *     32      2  bytes of the revocation certificate, u16be
 *     34    222  certificate: a complete statement of type 2, then zeros
 *    256
 * ```
 *
 * Pure: randomness, keys and limits are parameters.
 */
import { encode } from "../wire/msgpack.ts";
import { decodeStatement, type Statement, statementValue } from "../wire/statement.ts";
import { KeyFileError } from "./errors.ts";
import type { KdfLimits } from "./kdf_params.ts";
import {
  decodeSealedHeader,
  type IdentitySeal,
  seal,
  sealedBytes,
  type SealedForm,
  type SealedHeader,
  unseal,
} from "./sealed_file.ts";
import { PROCESS_MEMORY, Secret } from "./secret.ts";

const CONTENTS_BYTES = 256;
const SUCCESSOR_BYTES = 32;
const CERTIFICATE_AT = 34;
const FORM: SealedForm = {
  magic: "gsmrheir",
  contentsBytes: CONTENTS_BYTES,
  what: "a recovery sheet",
};

/** Bytes in the sealed form, always. */
export const RECOVERY_BYTES: number = sealedBytes(FORM);

/** What a recovery sheet holds. */
export interface Recovery {
  /** Secret key of the successor, 32 bytes. */
  readonly successor: Secret;
  /** Revokes the identity in the successor's favour; with its consent, signature and stamp. */
  readonly revocation: Statement;
}

/** Reads the header, before any work is done on its behalf. Throws a {@linkcode KeyFileError}. */
export function decodeRecoveryHeader(sealed: Uint8Array, limits?: KdfLimits): SealedHeader {
  return decodeSealedHeader(sealed, { form: FORM, limits });
}

/** Seals a recovery. Throws a `RangeError` for parts of a wrong size. */
export function sealRecovery(
  { successor, revocation }: Recovery,
  { key, labels, header, allocator = PROCESS_MEMORY }: IdentitySeal & { header: SealedHeader },
): Uint8Array {
  if (successor.length !== SUCCESSOR_BYTES) throw new RangeError("A seed has 32 bytes");
  const certificate = encode(statementValue(revocation));
  if (certificate.length > CONTENTS_BYTES - CERTIFICATE_AT) {
    throw new RangeError("A certificate has at most 222 bytes");
  }
  using contents = new Secret(CONTENTS_BYTES, allocator);
  contents.use((bytes) => {
    successor.use((seed) => bytes.set(seed));
    new DataView(bytes.buffer, bytes.byteOffset).setUint16(SUCCESSOR_BYTES, certificate.length);
    bytes.set(certificate, CERTIFICATE_AT);
  });
  return seal(contents, { key, label: labels.recovery, header, form: FORM });
}

/**
 * Opens what was sealed; `undefined` when key and bytes don't fit. Throws a {@linkcode KeyFileError}
 * for contents that this program doesn't write. Whether the revocation is valid is not looked at.
 */
export function openRecovery(
  sealed: Uint8Array,
  { key, labels, allocator = PROCESS_MEMORY }: IdentitySeal,
): Recovery | undefined {
  using contents = unseal(sealed, { key, label: labels.recovery, allocator });
  return contents?.use((bytes) => {
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint16(SUCCESSOR_BYTES);
    const end = CERTIFICATE_AT + length;
    if (end > CONTENTS_BYTES || !bytes.subarray(end).every((byte) => byte === 0)) throw damaged();
    const revocation = readCertificate(bytes.slice(CERTIFICATE_AT, end));
    const successor = new Secret(SUCCESSOR_BYTES, allocator);
    successor.use((seed) => seed.set(bytes.subarray(0, SUCCESSOR_BYTES)));
    return { successor, revocation };
  });
}

function readCertificate(bytes: Uint8Array): Statement {
  try {
    return decodeStatement(bytes);
  } catch {
    throw damaged();
  }
}

function damaged(): KeyFileError {
  return new KeyFileError("damaged", "The recovery sheet is not as this program writes them");
}
