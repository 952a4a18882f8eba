/**
 * The symmetric half of Noise (noiseprotocol.org, revision 34, sections 4.2, 4.3, 5.1 and 5.2) with
 * ChaCha20-Poly1305 and SHA-256 (docs/PROTOCOL.md section 6).
 *
 * ```
 * nonce  = 4 zero bytes, n: u64le        n counts from 0; 2^64-1 is never used
 * HKDF   = RFC 5869 with HMAC-SHA256, salt = chaining key, empty info
 * ```
 */
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { expand, extract } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { malformed } from "./errors.ts";

/** Bytes in a key, a hash and a chaining key. */
const HASH_BYTES = 32;
/** Bytes that encryption adds: the Poly1305 tag. */
export const TAG_BYTES = 16;
/** The last nonce that may be used; the one after it is reserved by Noise. */
const LAST_NONCE = 2n ** 64n - 2n;

const EMPTY = new Uint8Array(0);

/** What a record is encrypted with, but for the record itself. */
export interface AeadInput {
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** 12 bytes, never the same twice under one key; the array is used again. */
  readonly nonce: Uint8Array;
  /** Authenticated, not encrypted. */
  readonly ad: Uint8Array;
}

/** ChaCha20-Poly1305 (RFC 8439), the tag behind the ciphertext. Made native code of by the node. */
export interface Aead {
  /** Encrypts in place: all but the last 16 bytes, which take the tag. */
  seal(input: AeadInput, buffer: Uint8Array): void;
  /** Decrypts into fresh bytes. Throws an `Error` for what is not authentic. */
  open(input: AeadInput, ciphertext: Uint8Array): Uint8Array;
}

/** The same everywhere, and slow: 20 to 400 µs a record. */
export const PORTABLE_AEAD: Aead = {
  seal: ({ key, nonce, ad }, buffer) => {
    const plaintext = buffer.subarray(0, buffer.length - TAG_BYTES);
    buffer.set(chacha20poly1305(key, nonce, ad).encrypt(plaintext));
  },
  open: ({ key, nonce, ad }, ciphertext) => chacha20poly1305(key, nonce, ad).decrypt(ciphertext),
};

/** How a {@linkcode CipherState} begins. */
export interface CipherOptions {
  /** The first nonce to be used; 0 unless given. */
  readonly nonce?: bigint;
  /** {@linkcode PORTABLE_AEAD} unless given. */
  readonly aead?: Aead;
}

/**
 * One direction of an encrypted link: a key and a counter. Both sides count, so a record that was
 * dropped, repeated or moved fails to decrypt.
 */
export class CipherState {
  readonly #key: Uint8Array;
  readonly #aead: Aead;
  readonly #nonceBytes = new Uint8Array(12);
  readonly #counter = new DataView(this.#nonceBytes.buffer);
  #nonce: bigint;

  /** Takes a key of 32 bytes for its own and wipes it in the end. */
  constructor(key: Uint8Array, { nonce = 0n, aead = PORTABLE_AEAD }: CipherOptions = {}) {
    if (key.length !== HASH_BYTES) throw new RangeError("A cipher key has 32 bytes");
    this.#key = key;
    this.#aead = aead;
    this.#nonce = nonce;
  }

  /** Encrypts; the result is `TAG_BYTES` longer. Throws an `Error` when the nonces are used up. */
  encrypt(plaintext: Uint8Array, ad: Uint8Array = EMPTY): Uint8Array {
    const buffer = new Uint8Array(plaintext.length + TAG_BYTES);
    buffer.set(plaintext);
    this.seal(buffer, ad);
    return buffer;
  }

  /** The same in place: all but the last `TAG_BYTES` of the buffer, which take the tag. */
  seal(buffer: Uint8Array, ad: Uint8Array = EMPTY): void {
    this.#aead.seal({ key: this.#key, nonce: this.#nextNonce(), ad }, buffer);
    this.#nonce++;
  }

  /**
   * Decrypts. Throws a `WireError` for what the other side did not send next on this link, and an
   * `Error` when the nonces are used up. After either the link is of no use any more.
   */
  decrypt(ciphertext: Uint8Array, ad: Uint8Array = EMPTY): Uint8Array {
    if (ciphertext.length < TAG_BYTES) throw malformed("Ciphertext shorter than its tag");
    const input = { key: this.#key, nonce: this.#nextNonce(), ad };
    let plaintext;
    try {
      plaintext = this.#aead.open(input, ciphertext);
    } catch {
      // It throws on a bad tag. Whoever sent it decides that, so it is a verdict, not a bug.
      throw malformed("Ciphertext not authentic");
    }
    this.#nonce++;
    return plaintext;
  }

  /** Overwrites the key: what was sent under it can't be decrypted here any more. */
  wipe(): void {
    this.#key.fill(0);
    this.#nonce = LAST_NONCE + 1n;
  }

  #nextNonce(): Uint8Array {
    if (this.#nonce > LAST_NONCE) throw new Error("No nonce left on this link");
    this.#counter.setBigUint64(4, this.#nonce, true);
    return this.#nonceBytes;
  }
}

/** What both sides agree on while they shake hands: chaining key, transcript hash, and soon a key. */
export class SymmetricState {
  #chainingKey: Uint8Array;
  #hash: Uint8Array;
  #cipher: CipherState | undefined;

  /** Starts from the protocol's name, which is longer than 31 bytes or padded with zeros. */
  constructor(protocolName: Uint8Array) {
    if (protocolName.length <= HASH_BYTES) {
      this.#hash = new Uint8Array(HASH_BYTES);
      this.#hash.set(protocolName);
    } else {
      this.#hash = sha256(protocolName);
    }
    this.#chainingKey = this.#hash.slice();
  }

  /** Hash of all that was sent and mixed in so far. */
  get hash(): Uint8Array {
    return this.#hash.slice();
  }

  /** Mixes data into the transcript. */
  mixHash(data: Uint8Array): void {
    this.#hash = sha256(concatBytes(this.#hash, data));
  }

  /** Mixes a secret into the keys. */
  mixKey(material: Uint8Array): void {
    const [chainingKey, key] = this.#derive(material);
    this.#rekey(chainingKey, key);
  }

  /** Mixes a secret into keys and transcript; for the pre-shared key. */
  mixKeyAndHash(material: Uint8Array): void {
    const [chainingKey, hash, key] = this.#derive(material);
    this.mixHash(hash);
    this.#rekey(chainingKey, key);
  }

  /** Encrypts once there is a key, and mixes in what goes over the wire. */
  encryptAndHash(plaintext: Uint8Array): Uint8Array {
    const sent = this.#cipher?.encrypt(plaintext, this.#hash) ?? plaintext.slice();
    this.mixHash(sent);
    return sent;
  }

  /** The reverse. Throws a `WireError` for what is not authentic. */
  decryptAndHash(received: Uint8Array): Uint8Array {
    const plaintext = this.#cipher?.decrypt(received, this.#hash) ?? received.slice();
    this.mixHash(received);
    return plaintext;
  }

  /** The two directions of the link, the initiator's first. Nothing else can be done after it. */
  split(options: Pick<CipherOptions, "aead"> = {}): readonly [CipherState, CipherState] {
    const [fromInitiator, fromResponder] = this.#derive(EMPTY);
    this.wipe();
    return [new CipherState(fromInitiator, options), new CipherState(fromResponder, options)];
  }

  /** Overwrites the keys. */
  wipe(): void {
    this.#chainingKey.fill(0);
    this.#cipher?.wipe();
  }

  /** Noise's HKDF with three outputs; the first two are those of the HKDF with two. */
  #derive(material: Uint8Array): [Uint8Array, Uint8Array, Uint8Array] {
    const secret = extract(sha256, material, this.#chainingKey);
    const all = expand(sha256, secret, EMPTY, 3 * HASH_BYTES);
    secret.fill(0);
    const part = (i: number) => all.slice(i * HASH_BYTES, (i + 1) * HASH_BYTES);
    const parts: [Uint8Array, Uint8Array, Uint8Array] = [part(0), part(1), part(2)];
    all.fill(0);
    return parts;
  }

  #rekey(chainingKey: Uint8Array, key: Uint8Array): void {
    this.wipe();
    this.#chainingKey = chainingKey;
    this.#cipher = new CipherState(key);
  }
}
