/**
 * X25519 keys of identities (docs/PROTOCOL.md section 2): those of Ed25519 under the birational map of
 * RFC 7748, so that a locator needs one key per identity.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { idBytes, type IdentityKey } from "../wire/ids.ts";
import { isRefusedKey } from "./ed25519.ts";
import { Secret } from "./secret.ts";

const ALGORITHM = "X25519";
/** PKCS #8 of an X25519 secret key (RFC 8410) up to its 32 bytes. */
const PKCS8_PREFIX = Uint8Array.from([48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 110, 4, 34, 4, 32]);

/** The X25519 public key of an identity, 32 bytes; `undefined` for what is no key or a refused one. */
export function x25519PublicKey(key: IdentityKey): Uint8Array | undefined {
  if (isRefusedKey(key)) return undefined;
  try {
    return ed25519.utils.toMontgomery(idBytes(key));
  } catch {
    // Off the curve.
    return undefined;
  }
}

/** The X25519 secret key of an Ed25519 seed: the caller wipes it. */
export function x25519SecretKey(seed: Uint8Array): Secret {
  const scalar = ed25519.utils.toMontgomerySecret(seed);
  const secret = Secret.take(scalar);
  // The scalar is the first half of a hash; the other half makes the nonces of signatures.
  new Uint8Array(scalar.buffer).fill(0);
  return secret;
}

/** A public key as WebCrypto takes it. */
export function importPublic(raw: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", raw.slice(), ALGORITHM, true, []);
}

/** A secret key as WebCrypto takes it; it can't be read out again. The caller's secret stays its own. */
export async function importSecret(raw: Uint8Array): Promise<CryptoKey> {
  const der = new Uint8Array(PKCS8_PREFIX.length + raw.length);
  der.set(PKCS8_PREFIX);
  der.set(raw, PKCS8_PREFIX.length);
  try {
    return await crypto.subtle.importKey("pkcs8", der, ALGORITHM, false, ["deriveBits"]);
  } finally {
    der.fill(0);
  }
}
