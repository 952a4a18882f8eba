/**
 * Archives: one identity in a file that its owner carries elsewhere (docs/PROTOCOL.md section 11).
 * Always 1,024 bytes, whatever the identity is called.
 *
 * ```
 * offset  bytes  field
 *      0     64  header (sealed_file.ts), magic "gsmrarch"
 *     64    960  XChaCha20-Poly1305 of the contents, associated data = label "archive", header
 *   1024
 *
 * contents
 *      0    500  identity, as in the keys file (key_contents.ts): seed, created, local name, heir
 *    500    444  zeros, reserved
 *    944
 * ```
 *
 * Whoever finds one sees that it is an archive of Gossamer's and what opening it costs, but neither
 * whose nor on which network. Pure: randomness, keys and limits are parameters.
 */
import { KeyFileError } from "./errors.ts";
import { decodeKeyEntry, KEY_ENTRY_BYTES, type KeyEntry } from "./key_contents.ts";
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
import type { KdfLimits } from "./kdf_params.ts";

const CONTENTS_BYTES = 944;
const FORM: SealedForm = {
  magic: "gsmrarch",
  contentsBytes: CONTENTS_BYTES,
  what: "an archive of an identity",
};

/** Bytes in an archive, always. */
export const ARCHIVE_BYTES: number = sealedBytes(FORM);

/** Reads the header, before any work is done on its behalf. Throws a {@linkcode KeyFileError}. */
export function decodeArchiveHeader(file: Uint8Array, limits?: KdfLimits): SealedHeader {
  return decodeSealedHeader(file, { form: FORM, limits });
}

/** Seals an identity (its encoding from key_contents.ts) into a whole file of {@linkcode ARCHIVE_BYTES}. */
export function sealArchive(
  entry: Secret,
  { key, labels, header, allocator = PROCESS_MEMORY }: IdentitySeal & { header: SealedHeader },
): Uint8Array {
  if (entry.length !== KEY_ENTRY_BYTES) throw new RangeError("An identity has a fixed size");
  using contents = new Secret(CONTENTS_BYTES, allocator);
  contents.use((bytes) => entry.use((from) => bytes.set(from)));
  return seal(contents, { key, label: labels.archive, header, form: FORM });
}

/**
 * Opens an archive whose header was read before; `undefined` when key and file don't fit. Throws a
 * {@linkcode KeyFileError} for contents that this program doesn't write.
 */
export function openArchive(
  file: Uint8Array,
  { key, labels, allocator = PROCESS_MEMORY }: IdentitySeal,
): KeyEntry | undefined {
  using contents = unseal(file, { key, label: labels.archive, allocator });
  return contents?.use((bytes) => {
    if (!bytes.subarray(KEY_ENTRY_BYTES).every((byte) => byte === 0)) {
      throw new KeyFileError("damaged", "The archive is not as this program writes them");
    }
    return decodeKeyEntry(bytes.subarray(0, KEY_ENTRY_BYTES), allocator);
  });
}
