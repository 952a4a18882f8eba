/**
 * The keys of a data folder (docs/PROTOCOL.md section 11): made at the first start, opened with the
 * one passphrase, grown by an identity. What is on disk is never overwritten by anybody who couldn't
 * open it first.
 */
import type { IdentityKey } from "../wire/ids.ts";
import type { Labels } from "../wire/labels.ts";
import type { UnixSeconds } from "../wire/time.ts";
import { publicKeyOf, SEED_BYTES } from "./ed25519.ts";
import {
  IdentityHereError,
  NoIdentityError,
  TooManyIdentitiesError,
  WrongPassphraseError,
} from "./errors.ts";
import { argon2id, calibrate, type Kdf } from "./kdf.ts";
import { KDF_FLOOR, type KdfParams } from "./kdf_params.ts";
import {
  checkLocalName,
  decodeKeyContents,
  encodeKeyContents,
  HEIR_BYTES,
  type KeyContents,
  type KeyEntry,
  MAX_IDENTITIES,
  STORE_KEY_BYTES,
  wipeKeyContents,
} from "./key_contents.ts";
import {
  decodeKeyFileHeader,
  NONCE_BYTES,
  openKeyFile,
  SALT_BYTES,
  sealKeyFile,
  vacantKey,
} from "./key_file.ts";
import { readKeys, withKeysLock, writeKeys } from "./key_folder.ts";
import { Keyring, SeedSigner, type Signer } from "./keyring.ts";
import type { SealedHeader } from "./sealed_file.ts";
import { PROCESS_MEMORY, Secret, type SecretAllocator } from "./secret.ts";

/** A data folder and its network. */
export interface KeyFolder {
  /** Path of an existing folder, 0700 by its maker. */
  readonly dir: string;
  /** Labels of the network that the folder belongs to. */
  readonly labels: Labels;
}

/** How keys are opened. */
export interface OpenKeysOptions extends KeyFolder, OpenKeyFileOptions {}

/** How the keys of a file are opened whose bytes are here. */
export interface OpenKeyFileOptions {
  /** Labels of the network that the file belongs to. */
  readonly labels: Labels;
  /** Stays the caller's to wipe. */
  readonly passphrase: Secret;
  /** Argon2id when left out. */
  readonly kdf?: Kdf;
  /** Where secrets go; the heap when left out. */
  readonly allocator?: SecretAllocator;
}

/** How an identity is created. */
export interface CreateIdentityOptions extends OpenKeysOptions {
  /** Local name; "" when left out. */
  readonly name?: string;
  /** The time now, kept with the identity. */
  readonly now: UnixSeconds;
  /** What the first identity's passphrase is derived with, in place of a calibration: for tests. */
  readonly params?: KdfParams;
  /**
   * Names the new identity's heir ({@linkcode HEIR_BYTES}); zeros when left out. Called once nothing
   * but the disk can fail any more; what it throws leaves the file as before.
   */
  readonly heir?: (newcomer: Signer) => Promise<Uint8Array | undefined>;
}

/** How an identity that exists already comes in. */
export interface AddIdentityOptions extends Omit<CreateIdentityOptions, "name" | "now" | "heir"> {
  /** It; its seed becomes the keyring's, or is wiped when this throws. */
  readonly entry: KeyEntry;
}

/** Contents of a file that was opened, with what is needed to write it again. */
export interface Opened {
  /** For whoever opened it to wipe. */
  readonly contents: KeyContents;
  /** The file's; a new write takes a nonce of its own. */
  readonly header: SealedHeader;
  /** Of the seal, for whoever opened it to wipe. */
  readonly key: Secret;
}

/**
 * Makes sure that the folder has a `keys` file, whoever the node belongs to, and answers its bytes,
 * which are sealed. An existing one is left as it is, damaged or not.
 */
export async function ensureKeyFile(folder: KeyFolder): Promise<Uint8Array> {
  return await withKeysLock(folder.dir, () => ensureLocked(folder));
}

/**
 * Lets somebody have the folder's `keys` file, sealed as it lies there, while nobody can change it: so
 * of two who tell of a change the later one tells of the later file. Nothing happens where there is none.
 */
export async function showKeyFile(
  dir: string,
  show: (file: Uint8Array) => Promise<void>,
): Promise<void> {
  await withKeysLock(dir, async () => {
    const file = await readKeys(dir);
    if (file !== undefined) await show(file);
  });
}

/**
 * Opens the keys. Takes about a second. Throws a {@linkcode NoIdentityError} when there is none yet,
 * a {@linkcode WrongPassphraseError}, a `KeyFileError` for a file that can't be one of ours, a
 * `KdfMemoryError`, or the system's error.
 */
export async function openKeys(options: OpenKeysOptions): Promise<Keyring> {
  const file = await readKeys(options.dir);
  if (file === undefined) throw new NoIdentityError();
  return await openKeyring(file, options);
}

/** Opens a `keys` file whose bytes are here, as {@linkcode openKeys} does one in a folder. */
export async function openKeyring(file: Uint8Array, options: OpenKeyFileOptions): Promise<Keyring> {
  const { contents, key } = await openHeld(file, options);
  key.wipe();
  return new Keyring(contents);
}

/**
 * Creates an identity and writes it to disk before it answers. The first one sets the folder's
 * passphrase; for the others it has to be that one. Throws as {@linkcode openKeys} does, a
 * {@linkcode TooManyIdentitiesError}, or an `IdentityNameError`; the file is then as before.
 */
export async function createIdentity(
  options: CreateIdentityOptions,
): Promise<{ id: IdentityKey; keyring: Keyring }> {
  const name = checkLocalName(options.name ?? "");
  return await grow(options, async (): Promise<KeyEntry> => {
    const seed = randomSecret(SEED_BYTES, options.allocator ?? PROCESS_MEMORY);
    try {
      const heir = await options.heir?.(new SeedSigner(seed.use(publicKeyOf), seed));
      return { seed, created: options.now, name, heir: heir ?? new Uint8Array(HEIR_BYTES) };
    } catch (error) {
      seed.wipe();
      throw error;
    }
  });
}

/**
 * Takes in an identity that exists already, as {@linkcode createIdentity} would a new one. Throws as
 * that does, and an {@linkcode IdentityHereError}; nothing is changed then.
 */
export async function addIdentity(
  options: AddIdentityOptions,
): Promise<{ id: IdentityKey; keyring: Keyring }> {
  try {
    return await grow(options, () => Promise.resolve(options.entry));
  } catch (error) {
    options.entry.seed.wipe();
    throw error;
  }
}

/**
 * Whether somebody's passphrase guards the folder's keys; costs no key derivation. Throws a
 * `KeyFileError` for a file that can't be one of ours, or the system's error.
 */
export async function hasIdentities({ dir, labels }: KeyFolder): Promise<boolean> {
  const file = await readKeys(dir);
  if (file === undefined) return false;
  return !isVacant(file, { header: decodeKeyFileHeader(file), labels });
}

/** Opens the keys to change them; only under the keys' lock. Throws as {@linkcode openKeys} does. */
export async function openToChange(options: OpenKeysOptions): Promise<Opened> {
  const file = await readKeys(options.dir);
  if (file === undefined) throw new NoIdentityError();
  return await openHeld(file, options);
}

async function openHeld(file: Uint8Array, options: OpenKeyFileOptions): Promise<Opened> {
  const header = decodeKeyFileHeader(file);
  if (isVacant(file, { header, labels: options.labels })) throw new NoIdentityError();
  return await open(file, { ...options, header });
}

/** A `keys` file with other contents under the same passphrase, ready to be written. */
export function sealAgain(
  { header, key }: Opened,
  { contents, labels }: { readonly contents: KeyContents; readonly labels: Labels },
): Uint8Array {
  using encoded = encodeKeyContents(contents);
  return sealKeyFile(encoded, {
    key,
    labels,
    header: { ...header, nonce: random(NONCE_BYTES) },
  });
}

/** Opens the keys, or sets the passphrase, adds what `make` gives and writes all to disk. */
async function grow(
  options: OpenKeysOptions & { params?: KdfParams },
  make: () => Promise<KeyEntry>,
): Promise<{ id: IdentityKey; keyring: Keyring }> {
  return await withKeysLock(options.dir, async () => {
    const file = await ensureLocked(options);
    const header = decodeKeyFileHeader(file);
    const opened = isVacant(file, { header, labels: options.labels })
      ? await begin(options)
      : await open(file, { ...options, header });
    try {
      if (opened.contents.entries.length >= MAX_IDENTITIES) {
        throw new TooManyIdentitiesError(MAX_IDENTITIES);
      }
      return await add(opened, { ...options, entry: await make() });
    } catch (error) {
      wipeKeyContents(opened.contents);
      throw error;
    } finally {
      opened.key.wipe();
    }
  });
}

async function ensureLocked({ dir, labels }: KeyFolder): Promise<Uint8Array> {
  const existing = await readKeys(dir);
  if (existing !== undefined) return existing;
  const file = vacantFile(labels);
  await writeKeys(dir, file);
  return file;
}

/** A `keys` file of nobody's, as the first start makes it. */
export function vacantFile(labels: Labels): Uint8Array {
  const header = { params: KDF_FLOOR, salt: random(SALT_BYTES), nonce: random(NONCE_BYTES) };
  using key = vacantKey(labels, header.salt);
  using storeKey = new Secret(STORE_KEY_BYTES);
  using contents = encodeKeyContents({ storeKey, entries: [] });
  return sealKeyFile(contents, { key, labels, header });
}

/** Whether nobody has set a passphrase yet; costs no key derivation. */
function isVacant(
  file: Uint8Array,
  { header, labels }: { header: SealedHeader; labels: Labels },
): boolean {
  using key = vacantKey(labels, header.salt);
  using contents = openKeyFile(file, { key, labels });
  return contents !== undefined;
}

async function open(
  file: Uint8Array,
  options: OpenKeyFileOptions & { header: SealedHeader },
): Promise<Opened> {
  const { passphrase, labels, header, kdf = argon2id, allocator = PROCESS_MEMORY } = options;
  const key = await kdf(passphrase, { salt: header.salt, params: header.params, allocator });
  try {
    using encoded = openKeyFile(file, { key, labels, allocator });
    if (encoded === undefined) throw new WrongPassphraseError();
    const contents = encoded.use((bytes) => decodeKeyContents(bytes, allocator));
    return { contents, header, key };
  } catch (error) {
    key.wipe();
    throw error;
  }
}

/** Sets the passphrase: a salt, parameters and a store key of its own, whatever the vacant file had. */
async function begin(options: OpenKeysOptions & { params?: KdfParams }): Promise<Opened> {
  const { allocator = PROCESS_MEMORY } = options;
  const seal = await newSeal(options);
  return {
    contents: { storeKey: randomSecret(STORE_KEY_BYTES, allocator), entries: [] },
    ...seal,
  };
}

/** What a `keys` file is sealed with under a passphrase that it didn't have before. */
export async function newSeal(
  options: Omit<OpenKeyFileOptions, "labels"> & { readonly params?: KdfParams },
): Promise<Pick<Opened, "header" | "key">> {
  const { passphrase, kdf = argon2id, allocator = PROCESS_MEMORY } = options;
  const params = options.params ?? await calibrate(options.kdf);
  const header = { params, salt: random(SALT_BYTES), nonce: random(NONCE_BYTES) };
  return { header, key: await kdf(passphrase, { salt: header.salt, params, allocator }) };
}

async function add(
  opened: Opened,
  options: OpenKeysOptions & { entry: KeyEntry },
): Promise<{ id: IdentityKey; keyring: Keyring }> {
  const { dir, labels, entry, allocator = PROCESS_MEMORY } = options;
  const { storeKey, entries } = opened.contents;
  const id = entry.seed.use(publicKeyOf);
  try {
    if (entries.some(({ seed }) => seed.use(publicKeyOf) === id)) throw new IdentityHereError();
    const contents: KeyContents = { storeKey, entries: [...entries, entry] };
    const header = { ...opened.header, nonce: random(NONCE_BYTES) };
    using encoded = encodeKeyContents(contents, allocator);
    await writeKeys(dir, sealKeyFile(encoded, { key: opened.key, labels, header }));
    return { id, keyring: new Keyring(contents) };
  } catch (error) {
    entry.seed.wipe();
    throw error;
  }
}

/** A secret of random bytes. */
export function randomSecret(length: number, allocator: SecretAllocator): Secret {
  const secret = new Secret(length, allocator);
  secret.use((bytes) => crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>));
  return secret;
}

function random(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}
