/**
 * The `keys` file (docs/PROTOCOL.md section 11): two 4 KiB blocks, whatever they hold.
 *
 * ```
 * offset  bytes  field
 *      0      8  "gsmrkeys"
 *      8      1  version, 1
 *      9      1  key derivation, 1 = Argon2id 1.3
 *     10      1  passes
 *     11      1  lanes, 1
 *     12      4  memory in KiB, u32be
 *     16     16  salt
 *     32     24  nonce, fresh at every write
 *     56      8  zeros, reserved
 *     64   8128  XChaCha20-Poly1305 of the contents (key_contents.ts),
 *                associated data = label "keys", bytes 0 to 63
 *   8192
 * ```
 *
 * **Vacant**: before there is an identity the file has the same form, with contents of count 0, sealed
 * under a key that anybody can compute, SHA-256(label "keys", salt). The design asked for random
 * bytes instead. But then nobody, this program included, could tell "no identity yet" from "wrong
 * passphrase", and creating the first identity would mean overwriting what may be somebody's keys.
 * Whatever lets the program tell the two lets an onlooker tell them. So this one bit is given away
 * (the file's times give it away in any case), and the owner of a mere relay can show that there is
 * nothing to hand over; from the first identity on, 1 to 16 look the same. The empty passphrase in
 * place of the open key would hide no more and cost a key derivation at every first start. What a
 * vacant file holds is no secret: the first identity gets a new salt and a new store key.
 *
 * Pure: randomness, keys and limits are parameters.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import type { Labels } from "../wire/labels.ts";
import { KDF_LIMITS, type KdfLimits } from "./kdf_params.ts";
import { KEY_CONTENTS_BYTES } from "./key_contents.ts";
import {
  decodeSealedHeader,
  seal,
  SEALED_NONCE_BYTES,
  SEALED_SALT_BYTES,
  type SealedForm,
  type SealedHeader,
  unseal,
} from "./sealed_file.ts";
import { Secret, type SecretAllocator } from "./secret.ts";

/** Bytes in a `keys` file, always. */
export const KEY_FILE_BYTES = 8_192;
/** Bytes in the salt. */
export const SALT_BYTES: number = SEALED_SALT_BYTES;
/** Bytes in the nonce. */
export const NONCE_BYTES: number = SEALED_NONCE_BYTES;

const FORM: SealedForm = {
  magic: "gsmrkeys",
  contentsBytes: KEY_CONTENTS_BYTES,
  what: "the keys file",
};

/** What a seal is made or opened with. */
export interface KeyFileSeal {
  /** 32 bytes, derived from the passphrase, or {@linkcode vacantKey}. */
  readonly key: Secret;
  /** The data folder's network: keys of one don't open in another. */
  readonly labels: Labels;
}

/**
 * Reads the header, before any work is done on its behalf. Throws a {@linkcode KeyFileError}:
 * `damaged` for what no version of this program writes, `unsupported` for a newer version or
 * parameters outside the limits.
 */
export function decodeKeyFileHeader(
  file: Uint8Array,
  limits: KdfLimits = KDF_LIMITS,
): SealedHeader {
  return decodeSealedHeader(file, { form: FORM, limits });
}

/** Seals encoded contents into a whole file. Throws a `RangeError` for parts of a wrong size. */
export function sealKeyFile(
  contents: Secret,
  options: KeyFileSeal & { header: SealedHeader },
): Uint8Array {
  const { key, labels, header } = options;
  return seal(contents, { key, label: labels.keys, header, form: FORM });
}

/**
 * Opens a file whose header was read before: the encoded contents, or `undefined` when key and file
 * don't fit, be it for a wrong passphrase, another network or damage.
 */
export function openKeyFile(
  file: Uint8Array,
  options: KeyFileSeal & { allocator?: SecretAllocator },
): Secret | undefined {
  const { key, labels, allocator } = options;
  return unseal(file, { key, label: labels.keys, allocator });
}

/** The key under which a file without identities is sealed; everybody can compute it. */
export function vacantKey(labels: Labels, salt: Uint8Array): Secret {
  return Secret.take(sha256(concatBytes(labels.keys, salt)));
}
