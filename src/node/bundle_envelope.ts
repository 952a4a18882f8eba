/**
 * Seals a key bundle for its way through the control socket. Nobody listens there; but the runtime's
 * HTTP leaves what passes in buffers that nobody can overwrite, so what passes had better be sealed.
 *
 * ```
 * the node's offer    X25519 key (32)
 * envelope            the offer (32) ‖ X25519 key of the sender (32) ‖ XChaCha20-Poly1305(key, 24 zeros, bundle)
 * key                 HKDF-SHA256(shared secret, salt = both keys, "gossamer key bundle"), used once
 * ```
 */
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { Secret } from "../keystore/mod.ts";

const KEY_BYTES = 32;
const TAG_BYTES = 16;
/** Every key seals one bundle. */
const NONCE = new Uint8Array(24);
const INFO = utf8ToBytes("gossamer key bundle");
/** Offers that wait for their bundle; beyond it the oldest is taken back. */
const MAX_OFFERS = 8;

/** The node's side: keys that it offered, each good for one bundle. */
export class BundleOffers {
  /** By the offered key in hex. */
  readonly #secrets = new Map<string, Secret>();

  /** A new key to seal a bundle to. */
  offer(): Uint8Array {
    const secret = new Secret(KEY_BYTES);
    const key = secret.use((bytes) => {
      crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>);
      return x25519.getPublicKey(bytes);
    });
    this.#secrets.set(bytesToHex(key), secret);
    for (const old of [...this.#secrets.keys()].slice(0, -MAX_OFFERS)) this.#take(old)?.wipe();
    return key;
  }

  /** Opens an envelope; `undefined` for what isn't one, or is for no offer that still stands. */
  open(envelope: Uint8Array): Secret | undefined {
    if (envelope.length < 2 * KEY_BYTES + TAG_BYTES) return undefined;
    const offered = envelope.subarray(0, KEY_BYTES);
    const sender = envelope.subarray(KEY_BYTES, 2 * KEY_BYTES);
    using own = this.#take(bytesToHex(offered));
    if (own === undefined) return undefined;
    const sealed = envelope.subarray(2 * KEY_BYTES);
    const bundle = new Secret(sealed.length - TAG_BYTES);
    try {
      using key = own.use((secret) => agree(secret, { other: sender, offered, sender }));
      bundle.use((bytes) => key.use((k) => xchacha20poly1305(k, NONCE).decrypt(sealed, bytes)));
      return bundle;
    } catch {
      bundle.wipe();
      return undefined;
    }
  }

  /** Takes all offers back. */
  wipe(): void {
    for (const secret of this.#secrets.values()) secret.wipe();
    this.#secrets.clear();
  }

  #take(offered: string): Secret | undefined {
    const secret = this.#secrets.get(offered);
    this.#secrets.delete(offered);
    return secret;
  }
}

/** Seals a bundle to a node's offer; the caller wipes the bundle. Throws for bytes that are no offer. */
export function sealBundle(bundle: Uint8Array, offered: Uint8Array): Uint8Array {
  using own = new Secret(KEY_BYTES);
  return own.use((secret) => {
    crypto.getRandomValues(secret as Uint8Array<ArrayBuffer>);
    const sender = x25519.getPublicKey(secret);
    using key = agree(secret, { other: offered, offered, sender });
    const sealed = key.use((k) => xchacha20poly1305(k, NONCE).encrypt(bundle));
    return concatBytes(offered, sender, sealed);
  });
}

function agree(
  secret: Uint8Array,
  { other, offered, sender }: {
    readonly other: Uint8Array;
    readonly offered: Uint8Array;
    readonly sender: Uint8Array;
  },
): Secret {
  using shared = Secret.take(x25519.getSharedSecret(secret, other));
  const salt = concatBytes(offered, sender);
  return Secret.take(shared.use((bytes) => hkdf(sha256, bytes, salt, INFO, KEY_BYTES)));
}
