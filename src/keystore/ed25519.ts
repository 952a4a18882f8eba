/**
 * Ed25519 as all nodes must do it (docs/PROTOCOL.md section 2). One verification rule:
 *
 * 1. The key is refused when its encoding isn't canonical (y >= p) or it is one of the eight points
 *    of small order, for which one signature can fit many messages.
 * 2. The native verifier decides: cofactorless, S < L, R compared as bytes. Here that of node:crypto;
 *    what comes from the network is verified on other threads (`ed25519_parallel.ts`).
 *
 * Native because it is more than ten times faster than JavaScript; cofactorless because that is what
 * it does, and two rules would split the network. `ed25519_self_test.ts` checks the platform.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { sign as signNative, verify as verifyNative } from "node:crypto";
import { Buffer } from "node:buffer";
import { idBytes, type IdentityKey, identityKey } from "../wire/ids.ts";
import type { Verify } from "../wire/verify.ts";
import { Secret } from "./secret.ts";
import { Lru } from "./lru.ts";

/** Bytes in an Ed25519 secret key (RFC 8032's seed). */
export const SEED_BYTES = 32;
/** Bytes in a signature. */
export const SIGNATURE_BYTES = 64;

/**
 * Key objects kept unless told otherwise: about 140 bytes each were measured, and making one costs
 * 9 µs of a verification's 37, so authors beyond this number are slower by a quarter, not refused.
 */
export const KEY_CACHE_SIZE = 8_192;

/**
 * Makes a verifier that keeps the native key objects of the `cacheSize` keys used last. It answers
 * `false` for anything wrong with key, signature or data, and never throws.
 */
export function createVerifier(cacheSize: number = KEY_CACHE_SIZE): Verify {
  const objects = new Lru<IdentityKey, KeyObject>(cacheSize);

  function keyObject(key: IdentityKey): KeyObject | undefined {
    const kept = objects.get(key);
    if (kept !== undefined) return kept;
    if (isRefusedKey(key)) return undefined;
    const made = publicKeyObject(idBytes(key));
    objects.set(key, made);
    return made;
  }

  return function verify(key, signature, data): boolean {
    if (signature.length !== SIGNATURE_BYTES) return false;
    // Native code throws for a key off the curve; a throw let through would let any peer stop us.
    try {
      const object = keyObject(key);
      return object !== undefined && verifyNative(null, data, object, signature);
    } catch {
      return false;
    }
  };
}

/** Signs data with a secret key; 64 bytes. The native copy of the key goes with the collector. */
export function sign(seed: Uint8Array, data: Uint8Array): Uint8Array {
  return new Uint8Array(signNative(null, data, privateKeyObject(seed)));
}

/** The public key of a secret key. */
export function publicKeyOf(seed: Uint8Array): IdentityKey {
  const spki = createPublicKey(privateKeyObject(seed)).export({ format: "der", type: "spki" });
  return identityKey(spki.subarray(SPKI_PREFIX.length));
}

/**
 * Every encoding of the eight points of small order: order 1, 2, 4, 4, then the four of order 8;
 * then those that aren't canonical: x = 0 with the sign bit set, and y + p.
 */
export const SMALL_ORDER_KEYS: ReadonlySet<string> = new Set([
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000080",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
  "0100000000000000000000000000000000000000000000000000000000000080",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]);

/** y from p = 2^255 - 19 to 2^255 - 1, with either sign bit, in the little-endian hex of a key. */
const NON_CANONICAL = /^(e[d-f]|f[0-9a-f])f{60}[7f]f$/;

/** Whether a key is refused whatever it signs: of small order, or not canonical. */
export function isRefusedKey(key: IdentityKey): boolean {
  return SMALL_ORDER_KEYS.has(key) || NON_CANONICAL.test(key);
}

/** SubjectPublicKeyInfo of Ed25519 (RFC 8410) up to the 32 bytes of the key. */
const SPKI_PREFIX = Uint8Array.from([48, 42, 48, 5, 6, 3, 43, 101, 112, 3, 33, 0]);
/** PKCS #8 of an Ed25519 secret key (RFC 8410) up to its 32 bytes. */
const PKCS8_PREFIX = Uint8Array.from([48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32]);

function publicKeyObject(key: Uint8Array): KeyObject {
  const der = Buffer.concat([SPKI_PREFIX, key]);
  return createPublicKey({ key: der, format: "der", type: "spki" });
}

function privateKeyObject(seed: Uint8Array): KeyObject {
  if (seed.length !== SEED_BYTES) throw new RangeError(`A seed has ${SEED_BYTES} bytes`);
  // Not a small buffer of the language's own, of which the collector would leave copies behind.
  using der = new Secret(PKCS8_PREFIX.length + SEED_BYTES);
  return der.use((bytes) => {
    bytes.set(PKCS8_PREFIX);
    bytes.set(seed, PKCS8_PREFIX.length);
    const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    return createPrivateKey({ key, format: "der", type: "pkcs8" });
  });
}
