/**
 * What archives, recovery sheets and the `keys` file have in common: a header in the clear that says
 * how to derive the key, then one sealed blob of a fixed size (docs/PROTOCOL.md section 11).
 *
 * ```
 * offset  bytes  field
 *      0      8  magic: what it is
 *      8      1  version, 1
 *      9      1  key derivation, 1 = Argon2id 1.3
 *     10      1  passes
 *     11      1  lanes, 1
 *     12      4  memory in KiB, u32be
 *     16     16  salt
 *     32     24  nonce
 *     56      8  zeros, reserved
 *     64      n  XChaCha20-Poly1305 of the contents, associated data = label, bytes 0 to 63
 *   64+n
 * ```
 *
 * Pure: randomness, keys and limits are parameters.
 */
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Labels } from "../wire/labels.ts";
import { KeyFileError } from "./errors.ts";
import { KDF_LIMITS, type KdfLimits, type KdfParams, withinLimits } from "./kdf_params.ts";
import { PROCESS_MEMORY, Secret, type SecretAllocator } from "./secret.ts";

/** Bytes before the sealed blob. */
export const SEALED_HEADER_BYTES = 64;
/** Bytes that sealing adds. */
const TAG_BYTES = 16;
/** Bytes in the salt. */
export const SEALED_SALT_BYTES = 16;
/** Bytes in the nonce. */
export const SEALED_NONCE_BYTES = 24;

const VERSION = 1;
const ARGON2ID = 1;
const LANES = 1;
const SALT_AT = 16;
const NONCE_AT = 32;
const RESERVED_AT = 56;

/**
 * The least work that guards what leaves the data folder, where an attacker has all the time there
 * is: 256 MiB and 6 passes, about four seconds.
 */
export const CARRIED_FLOOR: KdfParams = { memoryKiB: 262_144, passes: 6 };

/** What is accepted from a file, checked before any work is done on its behalf. */
export const CARRIED_LIMITS: KdfLimits = { floor: CARRIED_FLOOR, ceiling: KDF_LIMITS.ceiling };

/** How a sealed file begins. */
export interface SealedKind {
  /** 8 characters at its beginning. */
  readonly magic: string;
  /** In words, for refusals: "the archive". */
  readonly what: string;
}

/** One kind of sealed file of a fixed size. */
export interface SealedForm extends SealedKind {
  /** Bytes in what is sealed. */
  readonly contentsBytes: number;
}

/** What stands in the clear, authenticated by the seal. */
export interface SealedHeader {
  /** What the passphrase's key is derived with. */
  readonly params: KdfParams;
  /** {@linkcode SEALED_SALT_BYTES} random bytes. */
  readonly salt: Uint8Array;
  /** {@linkcode SEALED_NONCE_BYTES} random bytes. */
  readonly nonce: Uint8Array;
}

/** What a seal is made or opened with. */
export interface Seal {
  /** 32 bytes, derived from the passphrase. */
  readonly key: Secret;
  /** The network's label for this kind of file. */
  readonly label: Uint8Array;
}

/** What a file with an identity in it is sealed or opened with. */
export interface IdentitySeal {
  /** 32 bytes, derived from the file's own passphrase. */
  readonly key: Secret;
  /** Of the identity's network: in another it doesn't open. */
  readonly labels: Labels;
  /** For what is secret; the heap when left out. */
  readonly allocator?: SecretAllocator | undefined;
}

/** Bytes in a file of a form, always. */
export function sealedBytes({ contentsBytes }: SealedForm): number {
  return SEALED_HEADER_BYTES + contentsBytes + TAG_BYTES;
}

/**
 * Reads the header. Throws a {@linkcode KeyFileError}: `damaged` for what isn't a file of that form,
 * `unsupported` for a newer version or parameters outside the limits.
 */
export function decodeSealedHeader(
  file: Uint8Array,
  { form, limits }: { form: SealedForm; limits?: KdfLimits | undefined },
): SealedHeader {
  return readSealedHeader(file, { kind: form, limits, fits: file.length === sealedBytes(form) });
}

/**
 * The same for a file of any size, of which the first 64 bytes are at hand; `fits` says whether its
 * size is one that such a file can have.
 */
export function readSealedHeader(
  file: Uint8Array,
  { kind, fits, limits = CARRIED_LIMITS }: {
    kind: SealedKind;
    fits: boolean;
    limits?: KdfLimits | undefined;
  },
): SealedHeader {
  if (!utf8ToBytes(kind.magic).every((byte, i) => file[i] === byte)) {
    throw new KeyFileError("damaged", `This isn't ${kind.what}: it doesn't begin as one`);
  }
  if (file.length > 8 && file[8] !== VERSION) {
    throw new KeyFileError("unsupported", `Damaged, or a newer version has made ${kind.what}`);
  }
  if (!fits || file.length < SEALED_HEADER_BYTES) {
    throw new KeyFileError("damaged", `Damaged: the size of ${kind.what} is wrong`);
  }
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const params = { memoryKiB: view.getUint32(12), passes: view.getUint8(10) };
  const known = file[9] === ARGON2ID && file[11] === LANES &&
    file.subarray(RESERVED_AT, SEALED_HEADER_BYTES).every((byte) => byte === 0);
  if (!known || !withinLimits(params, limits)) {
    throw new KeyFileError(
      "unsupported",
      `Opening ${kind.what} takes what this program doesn't do`,
    );
  }
  return {
    params,
    salt: file.slice(SALT_AT, SALT_AT + SEALED_SALT_BYTES),
    nonce: file.slice(NONCE_AT, NONCE_AT + SEALED_NONCE_BYTES),
  };
}

/** Seals contents into a whole file. Throws a `RangeError` for parts of a wrong size. */
export function seal(
  contents: Secret,
  { key, label, header, form }: Seal & { header: SealedHeader; form: SealedForm },
): Uint8Array {
  if (contents.length !== form.contentsBytes) throw new RangeError("Contents have a fixed size");
  const head = encodeSealedHeader(header, form);
  const sealed = key.use((k) => {
    const cipher = xchacha20poly1305(k, header.nonce, concatBytes(label, head));
    return contents.use((plain) => cipher.encrypt(plain));
  });
  return concatBytes(head, sealed);
}

/**
 * Opens a file whose header was read before: its contents, or `undefined` when key and file don't
 * fit, be it for a wrong passphrase, another network or damage.
 */
export function unseal(
  file: Uint8Array,
  { key, label, allocator = PROCESS_MEMORY }: Seal & { allocator?: SecretAllocator | undefined },
): Secret | undefined {
  const head = file.subarray(0, SEALED_HEADER_BYTES);
  const nonce = file.subarray(NONCE_AT, NONCE_AT + SEALED_NONCE_BYTES);
  return key.use((k) => {
    const cipher = xchacha20poly1305(k, nonce, concatBytes(label, head));
    try {
      return Secret.take(cipher.decrypt(file.subarray(SEALED_HEADER_BYTES)), allocator);
    } catch {
      // The cipher's only way to say that the tag is wrong, which is a verdict here.
      return undefined;
    }
  });
}

/** The 64 bytes before what is sealed. Throws a `RangeError` for parts of a wrong size. */
export function encodeSealedHeader(
  { params, salt, nonce }: SealedHeader,
  { magic }: Pick<SealedKind, "magic">,
): Uint8Array {
  if (salt.length !== SEALED_SALT_BYTES || nonce.length !== SEALED_NONCE_BYTES) {
    throw new RangeError("Salt and nonce have fixed sizes");
  }
  const head = new Uint8Array(SEALED_HEADER_BYTES);
  const view = new DataView(head.buffer);
  head.set(utf8ToBytes(magic));
  head.set([VERSION, ARGON2ID, params.passes, LANES], 8);
  view.setUint32(12, params.memoryKiB);
  head.set(salt, SALT_AT);
  head.set(nonce, NONCE_AT);
  return head;
}
