/** Unlocked keys in memory: what signs, and what opens the private store. Lives until it is wiped. */
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { IdentityKey } from "../wire/ids.ts";
import type { Labels } from "../wire/labels.ts";
import type { Private } from "../wire/privacy.ts";
import type { UnixSeconds } from "../wire/time.ts";
import { publicKeyOf, sign } from "./ed25519.ts";
import { KeyFileError } from "./errors.ts";
import {
  decodeKeyContents,
  encodeKeyContents,
  encodeKeyEntry,
  type KeyContents,
  type KeyEntry,
  wipeKeyContents,
} from "./key_contents.ts";
import { PrivateBox } from "./private_box.ts";
import { PROCESS_MEMORY, Redacted, Secret, type SecretAllocator } from "./secret.ts";

const SLOT_KEY_BYTES = 32;

/** Signs for one identity without giving its secret away. */
export interface Signer {
  /** The identity. */
  readonly key: IdentityKey;
  /** The 64-byte signature over data, which begins with its label. Throws once the keys were wiped. */
  sign(data: Uint8Array): Uint8Array;
}

/** An identity as its owner may see it listed. */
export interface OwnIdentity {
  /** Its name in the network. */
  readonly key: IdentityKey;
  /** Local name, never sent. */
  readonly name: Private<string>;
  /** When it was created here. */
  readonly created: UnixSeconds;
  /** What its profiles say of its heir (32 bytes, zeros for none). */
  readonly heir: Uint8Array;
}

/** The identities of a data folder and its store key. Owns its secrets; shows nothing when printed. */
export class Keyring extends Redacted {
  readonly #contents: KeyContents;
  readonly #entries: ReadonlyMap<IdentityKey, KeyEntry>;
  readonly #boxes = new Map<IdentityKey, PrivateBox>();

  /**
   * Takes over the contents. Throws a {@linkcode KeyFileError} and wipes them when one identity is
   * in them twice.
   */
  constructor(contents: KeyContents) {
    super();
    this.#contents = contents;
    this.#entries = new Map(
      contents.entries.map((entry) => [entry.seed.use((seed) => publicKeyOf(seed)), entry]),
    );
    if (this.#entries.size !== contents.entries.length) {
      this.wipe();
      throw new KeyFileError("damaged", "The keys hold one identity twice");
    }
  }

  /** The identities in the order of creation. */
  identities(): readonly OwnIdentity[] {
    return [...this.#entries].map(([key, { name, created, heir }]) => ({
      key,
      name,
      created,
      heir: heir.slice(),
    }));
  }

  /** Whether the identity is one of these. */
  has(key: IdentityKey): boolean {
    return this.#entries.has(key);
  }

  /** What signs for an identity. Throws a `RangeError` for one that isn't here. */
  signer(key: IdentityKey): Signer {
    return new SeedSigner(key, this.#entry(key).seed);
  }

  /** What opens and seals an identity's private messages. Throws as `signer` does. */
  privateBox(key: IdentityKey): PrivateBox {
    const kept = this.#boxes.get(key);
    if (kept !== undefined) return kept;
    const box = new PrivateBox(key, this.#entry(key).seed);
    this.#boxes.set(key, box);
    return box;
  }

  /** What an identity's profiles say of its heir: 32 bytes, zeros for none. Throws as `signer` does. */
  heir(key: IdentityKey): Uint8Array {
    return this.#entry(key).heir.slice();
  }

  /** An identity's encoding as an archive holds it. Throws as `signer` does. */
  encodeEntry(key: IdentityKey, allocator: SecretAllocator = PROCESS_MEMORY): Secret {
    return encodeKeyEntry(this.#entry(key), allocator);
  }

  /** The key of the private store; it stays the keyring's and is wiped with it. */
  storeKey(): Secret {
    return this.#contents.storeKey;
  }

  /**
   * One key for each identity, in their order, that opens its slot of the private store
   * (docs/PROTOCOL.md section 11). They are the caller's to wipe.
   */
  slotKeys(labels: Labels): Secret[] {
    return [...this.#entries.values()].map(({ seed }) =>
      Secret.take(seed.use((s) => hkdf(sha256, s, undefined, labels["store slot"], SLOT_KEY_BYTES)))
    );
  }

  /** The contents' fixed-size encoding; see {@linkcode encodeKeyBundle}. */
  encode(allocator: SecretAllocator = PROCESS_MEMORY): Secret {
    return encodeKeyContents(this.#contents, allocator);
  }

  /** Wipes all secrets; signers given out before throw from then on. */
  wipe(): void {
    wipeKeyContents(this.#contents);
    this.#boxes.clear();
  }

  /** Wipes at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.wipe();
  }

  #entry(key: IdentityKey): KeyEntry {
    const entry = this.#entries.get(key);
    if (entry === undefined) throw new RangeError("No such identity in this keyring");
    return entry;
  }
}

/** Signs with a seed that stays its owner's; throws once that wiped it. */
export class SeedSigner extends Redacted implements Signer {
  /** The identity. */
  readonly key: IdentityKey;
  readonly #seed: Secret;

  /** Makes a signer; the key has to be the seed's own. */
  constructor(key: IdentityKey, seed: Secret) {
    super();
    this.key = key;
    this.#seed = seed;
  }

  /** See {@linkcode Signer}. */
  sign(data: Uint8Array): Uint8Array {
    return this.#seed.use((seed) => sign(seed, data));
  }
}

/**
 * Encodes a keyring to hand it to the running node over the control socket: fixed size, whatever it
 * holds (layout in key_contents.ts). The bytes are as secret as the keys; the caller wipes them.
 */
export function encodeKeyBundle(keyring: Keyring): Uint8Array {
  using encoded = keyring.encode();
  return encoded.use((bytes) => bytes.slice());
}

/**
 * Reads a key bundle; the caller wipes the bytes. Throws a {@linkcode KeyFileError} for anything
 * that {@linkcode encodeKeyBundle} doesn't write.
 */
export function decodeKeyBundle(
  bytes: Uint8Array,
  allocator: SecretAllocator = PROCESS_MEMORY,
): Keyring {
  return new Keyring(decodeKeyContents(bytes, allocator));
}
