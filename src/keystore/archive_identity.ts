/** Exports and imports identities as archives (docs/PROTOCOL.md section 11; codec in archive.ts). */
import type { IdentityKey } from "../wire/ids.ts";
import type { Labels } from "../wire/labels.ts";
import { decodeArchiveHeader, openArchive, sealArchive } from "./archive.ts";
import { WrongArchivePassphraseError } from "./errors.ts";
import { argon2id, type Kdf } from "./kdf.ts";
import type { KdfLimits, KdfParams } from "./kdf_params.ts";
import type { KeyEntry } from "./key_contents.ts";
import type { Keyring } from "./keyring.ts";
import { CARRIED_FLOOR, SEALED_NONCE_BYTES, SEALED_SALT_BYTES } from "./sealed_file.ts";
import type { Secret } from "./secret.ts";

/** How an archive is made. */
export interface MakeArchiveOptions {
  /** Labels of the network. */
  readonly labels: Labels;
  /** The archive's own passphrase; stays the caller's to wipe. */
  readonly passphrase: Secret;
  /** Argon2id when left out. */
  readonly kdf?: Kdf;
  /** {@linkcode CARRIED_FLOOR} when left out: lower ones are for tests. */
  readonly params?: KdfParams;
}

/** Seals one identity of a keyring into an archive. Takes about four seconds. */
export async function makeArchive(
  { keyring, id }: { readonly keyring: Keyring; readonly id: IdentityKey },
  { labels, passphrase, kdf = argon2id, params = CARRIED_FLOOR }: MakeArchiveOptions,
): Promise<Uint8Array> {
  using entry = keyring.encodeEntry(id);
  const header = { params, salt: random(SEALED_SALT_BYTES), nonce: random(SEALED_NONCE_BYTES) };
  using key = await kdf(passphrase, { salt: header.salt, params });
  return sealArchive(entry, { key, labels, header });
}

/** How an archive is opened. */
export interface OpenArchiveOptions {
  /** Labels of the network. */
  readonly labels: Labels;
  /** The archive's own passphrase; stays the caller's to wipe. */
  readonly passphrase: Secret;
  /** Argon2id when left out. */
  readonly kdf?: Kdf;
  /** What the archive may ask for: others than the default are for tests. */
  readonly limits?: KdfLimits;
}

/**
 * Opens an archive into the identity that `addIdentity` takes; the caller wipes its seed. Throws a
 * `KeyFileError`, a {@linkcode WrongArchivePassphraseError} or a `KdfMemoryError`.
 */
export async function openIdentityArchive(
  file: Uint8Array,
  { labels, passphrase, kdf = argon2id, limits }: OpenArchiveOptions,
): Promise<KeyEntry> {
  const { params, salt } = decodeArchiveHeader(file, limits);
  using key = await kdf(passphrase, { salt, params });
  const entry = openArchive(file, { key, labels });
  if (entry === undefined) throw new WrongArchivePassphraseError("the archive");
  return entry;
}

function random(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}
