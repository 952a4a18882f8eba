/**
 * Keys: the one rule of signatures, secrets in memory, and the `keys` file of a data folder
 * (docs/PROTOCOL.md sections 2 and 11).
 *
 * ```
 * passphrase ──kdf──> key ──key_file──> contents ──keyring──> signers, store key
 *                          (one file of fixed size)    │
 *                                                      └─ key bundle ──> control socket ──> node
 * ```
 *
 * The command line program opens and creates; the node only ever sees a key bundle.
 */
export { ARCHIVE_BYTES } from "./archive.ts";
export {
  makeArchive,
  type MakeArchiveOptions,
  type OpenArchiveOptions,
  openIdentityArchive,
} from "./archive_identity.ts";
export { BACKUP_MAGIC, BackupFile, type BackupSeal, sealBackup } from "./backup_file.ts";
export { type CarriedOptions, readCarried, writeCarried } from "./carried_file.ts";
export {
  type Destroyed,
  DestroyError,
  destroyFile,
  destroyRemains,
  isRemains,
  mediumCaveats,
  retire,
} from "./destroy.ts";
export { createVerifier, publicKeyOf, sign } from "./ed25519.ts";
export { createParallelVerifier } from "./ed25519_parallel.ts";
export { parallelSelfTest, selfTest } from "./ed25519_self_test.ts";
export {
  IdentityHereError,
  IdentityNameError,
  KdfMemoryError,
  KeyFileError,
  KeystoreError,
  type KeystoreErrorCode,
  NoIdentityError,
  PassphraseError,
  TooManyIdentitiesError,
  WrongArchivePassphraseError,
  WrongPassphraseError,
} from "./errors.ts";
export { generatePassphrase } from "./generated_passphrase.ts";
export { argon2idBlocking, type Kdf, type KdfOptions } from "./kdf.ts";
export { KDF_FLOOR, type KdfParams } from "./kdf_params.ts";
export {
  checkLocalName,
  KEY_CONTENTS_BYTES,
  MAX_IDENTITIES,
  MAX_LOCAL_NAME_POINTS,
} from "./key_contents.ts";
export { decodeKeyFileHeader } from "./key_file.ts";
export { readKeys } from "./key_folder.ts";
export {
  addIdentity,
  type AddIdentityOptions,
  createIdentity,
  type CreateIdentityOptions,
  ensureKeyFile,
  hasIdentities,
  type KeyFolder,
  type OpenKeyFileOptions,
  openKeyring,
  openKeys,
  type OpenKeysOptions,
  showKeyFile,
} from "./key_store.ts";
export {
  decodeKeyBundle,
  encodeKeyBundle,
  Keyring,
  type OwnIdentity,
  SeedSigner,
  type Signer,
} from "./keyring.ts";
export {
  makeRecovery,
  type MakeRecoveryOptions,
  type OpenRecoveryOptions,
  openRecoverySheet,
} from "./make_recovery.ts";
export { keptOneTimeSigner, OneTimeSigner, oneTimeSigner } from "./one_time_signer.ts";
export { MAX_PASSPHRASE_BYTES, passphraseFrom } from "./passphrase.ts";
export { MIN_STRENGTH, passphraseStrength, type Strength } from "./passphrase_strength.ts";
export { type OpenedPrivate, PrivateBox } from "./private_box.ts";
export type { Recovery } from "./recovery.ts";
export { recoveryFileName } from "./recovery_sheet.ts";
export { changePassphrase, type ChangePassphraseOptions } from "./change_passphrase.ts";
export { removeIdentity, type RemoveIdentityOptions } from "./remove_identity.ts";
export { PROCESS_MEMORY, Redacted, Secret, type SecretAllocator } from "./secret.ts";
