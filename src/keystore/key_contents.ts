/**
 * What a `keys` file holds when it is open (docs/PROTOCOL.md section 11): up to 16 identities and
 * the store key, always in the same number of bytes, so that nothing outside tells how many. A key
 * bundle on the control socket is the same bytes.
 *
 * ```
 * offset  bytes  field
 *      0      1  count of identities, 0 to 16
 *      1     32  store key
 *     33     79  zeros, reserved
 *    112    500  identity, 16 times; those beyond the count are zeros
 *   8112
 *
 * identity
 *      0     32  Ed25519 seed
 *     32      8  created, seconds since 1970, u64be
 *     40      2  bytes of the local name, u16be
 *     42    256  local name in UTF-8, then zeros
 *    298     32  heir: SHA-256(label "heir", successor key), or zeros for none
 *    330    170  zeros, reserved
 * ```
 * An archive (archive.ts) holds one such identity.
 */
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { Private } from "../wire/privacy.ts";
import { type UnixSeconds, unixSeconds } from "../wire/time.ts";
import { IdentityNameError, KeyFileError, TooManyIdentitiesError } from "./errors.ts";
import { PROCESS_MEMORY, Secret, type SecretAllocator } from "./secret.ts";

/** Identities in one data folder. */
export const MAX_IDENTITIES = 16;
/** Unicode code points in an identity's local name. */
export const MAX_LOCAL_NAME_POINTS = 64;
/** UTF-8 bytes in an identity's local name. */
export const MAX_LOCAL_NAME_BYTES = 256;
/** Bytes in the store key. */
export const STORE_KEY_BYTES = 32;
/** Bytes in encoded contents, whatever they hold. */
export const KEY_CONTENTS_BYTES = 8_112;

const STORE_KEY_AT = 1;
const ENTRIES_AT = 112;
/** Bytes in an encoded identity, whatever its name. */
export const KEY_ENTRY_BYTES = 500;
/** Bytes in an heir. */
export const HEIR_BYTES = 32;
const SEED_BYTES = 32;
const CREATED_AT = 32;
const NAME_LENGTH_AT = 40;
const NAME_AT = 42;
const HEIR_AT = NAME_AT + MAX_LOCAL_NAME_BYTES;
const RESERVED_AT = HEIR_AT + HEIR_BYTES;

/** One identity's secrets. */
export interface KeyEntry {
  /** The Ed25519 secret key, 32 bytes. */
  readonly seed: Secret;
  /** When it was created here; private, since it ties identities to a machine. */
  readonly created: UnixSeconds;
  /** What its owner calls it; never sent. */
  readonly name: Private<string>;
  /** What its profiles say of its heir: {@linkcode HEIR_BYTES}, zeros for none. Public once it spoke. */
  readonly heir: Uint8Array;
}

/** Everything in a `keys` file. */
export interface KeyContents {
  /** Key of the private store. */
  readonly storeKey: Secret;
  /** In the order of creation; at most {@linkcode MAX_IDENTITIES}. */
  readonly entries: readonly KeyEntry[];
}

/**
 * Checks a local name: well-formed text of at most 64 code points and 256 bytes without control
 * characters, since terminals show it. Throws an {@linkcode IdentityNameError}.
 */
export function checkLocalName(name: string): Private<string> {
  const fits = name.length <= 2 * MAX_LOCAL_NAME_POINTS &&
    [...name].length <= MAX_LOCAL_NAME_POINTS && utf8ToBytes(name).length <= MAX_LOCAL_NAME_BYTES;
  if (!fits) {
    throw new IdentityNameError(`The name is over ${MAX_LOCAL_NAME_POINTS} characters`);
  }
  if (!name.isWellFormed() || /\p{Cc}/u.test(name)) {
    throw new IdentityNameError("The name has control characters or isn't valid text");
  }
  return new Private(name);
}

/** Encodes contents into {@linkcode KEY_CONTENTS_BYTES} secret bytes. */
export function encodeKeyContents(
  contents: KeyContents,
  allocator: SecretAllocator = PROCESS_MEMORY,
): Secret {
  const { storeKey, entries } = contents;
  if (entries.length > MAX_IDENTITIES) throw new TooManyIdentitiesError(MAX_IDENTITIES);
  const encoded = new Secret(KEY_CONTENTS_BYTES, allocator);
  encoded.use((bytes) => {
    bytes[0] = entries.length;
    storeKey.use((key) => bytes.set(key, STORE_KEY_AT));
    entries.forEach((entry, i) => writeEntry(slot(bytes, i), entry));
  });
  return encoded;
}

/**
 * Decodes contents, from which the caller then wipes the bytes. Throws a {@linkcode KeyFileError}
 * unless encoding them again would give the same bytes; nothing secret is left behind then.
 */
export function decodeKeyContents(
  bytes: Uint8Array,
  allocator: SecretAllocator = PROCESS_MEMORY,
): KeyContents {
  if (bytes.length !== KEY_CONTENTS_BYTES) throw damaged("length");
  const count = bytes[0] ?? 0;
  if (count > MAX_IDENTITIES) throw damaged("count");
  const used = ENTRIES_AT + count * KEY_ENTRY_BYTES;
  if (!isZero(bytes.subarray(STORE_KEY_AT + STORE_KEY_BYTES, ENTRIES_AT))) throw damaged("head");
  if (!isZero(bytes.subarray(used))) throw damaged("unused places");
  const plain = Array.from({ length: count }, (_, i) => readEntry(slot(bytes, i)));
  return {
    storeKey: copyOf(bytes.subarray(STORE_KEY_AT, STORE_KEY_AT + STORE_KEY_BYTES), allocator),
    entries: plain.map((rest, i) => ({ seed: seedOf(slot(bytes, i), allocator), ...rest })),
  };
}

/** Encodes one identity into {@linkcode KEY_ENTRY_BYTES} secret bytes. */
export function encodeKeyEntry(
  entry: KeyEntry,
  allocator: SecretAllocator = PROCESS_MEMORY,
): Secret {
  const encoded = new Secret(KEY_ENTRY_BYTES, allocator);
  encoded.use((bytes) => writeEntry(bytes, entry));
  return encoded;
}

/** Decodes one identity as {@linkcode decodeKeyContents} does; the caller wipes the bytes. */
export function decodeKeyEntry(
  bytes: Uint8Array,
  allocator: SecretAllocator = PROCESS_MEMORY,
): KeyEntry {
  if (bytes.length !== KEY_ENTRY_BYTES) throw damaged("length");
  const rest = readEntry(bytes);
  return { seed: seedOf(bytes, allocator), ...rest };
}

/** Wipes every secret in contents. */
export function wipeKeyContents(contents: KeyContents): void {
  contents.storeKey.wipe();
  for (const { seed } of contents.entries) seed.wipe();
}

function writeEntry(place: Uint8Array, entry: KeyEntry): void {
  const name = utf8ToBytes(checkLocalName(entry.name.reveal()).reveal());
  const view = viewOf(place);
  entry.seed.use((seed) => place.set(seed, 0));
  view.setBigUint64(CREATED_AT, BigInt(entry.created));
  view.setUint16(NAME_LENGTH_AT, name.length);
  place.set(name, NAME_AT);
  if (entry.heir.length !== HEIR_BYTES) throw new RangeError("An heir has a fixed size");
  place.set(entry.heir, HEIR_AT);
}

function readEntry(place: Uint8Array): Omit<KeyEntry, "seed"> {
  const view = viewOf(place);
  const created = view.getBigUint64(CREATED_AT);
  const nameEnd = NAME_AT + view.getUint16(NAME_LENGTH_AT);
  if (created > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged("time");
  if (nameEnd > HEIR_AT || !isZero(place.subarray(nameEnd, HEIR_AT))) throw damaged("name");
  if (!isZero(place.subarray(RESERVED_AT))) throw damaged("reserved");
  return {
    created: unixSeconds(Number(created)),
    name: readName(place.subarray(NAME_AT, nameEnd)),
    heir: place.slice(HEIR_AT, RESERVED_AT),
  };
}

function readName(bytes: Uint8Array): Private<string> {
  try {
    return checkLocalName(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw damaged("name");
  }
}

function seedOf(place: Uint8Array, allocator: SecretAllocator): Secret {
  return copyOf(place.subarray(0, SEED_BYTES), allocator);
}

function slot(bytes: Uint8Array, index: number): Uint8Array {
  const start = ENTRIES_AT + index * KEY_ENTRY_BYTES;
  return bytes.subarray(start, start + KEY_ENTRY_BYTES);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function copyOf(bytes: Uint8Array, allocator: SecretAllocator): Secret {
  const secret = new Secret(bytes.length, allocator);
  secret.use((to) => to.set(bytes));
  return secret;
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function damaged(what: string): KeyFileError {
  return new KeyFileError("damaged", `The keys are not as this program writes them: ${what}`);
}
