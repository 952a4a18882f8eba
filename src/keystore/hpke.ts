/**
 * HPKE (RFC 9180) of suite 1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305. A thin cover
 * over a library that computes with the platform's own X25519 and hashes.
 */
import { Chacha20Poly1305 } from "@hpke/chacha20poly1305";
import { CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";

/** What both sides of a message have to name alike. */
export interface HpkeContext {
  /** Label of the purpose. */
  readonly info: Uint8Array;
  /** What the ciphertext is bound to. */
  readonly aad: Uint8Array;
}

/** An encapsulated key and a ciphertext. */
export interface HpkeSealed {
  /** 32 bytes. */
  readonly enc: Uint8Array;
  /** The plaintext's length and 16 more. */
  readonly ct: Uint8Array;
}

const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Chacha20Poly1305(),
});

/** Seals to a recipient, in auth mode if a sender's pair is given, else in base mode. Rejects for a bad key. */
export async function hpkeSeal(
  plain: Uint8Array,
  { info, aad, recipient, sender }: HpkeContext & {
    readonly recipient: CryptoKey;
    readonly sender?: CryptoKeyPair;
  },
): Promise<HpkeSealed> {
  const context = await suite.createSenderContext({
    recipientPublicKey: recipient,
    info: exact(info),
    ...(sender === undefined ? {} : { senderKey: sender }),
  });
  const ct = await context.seal(exact(plain), exact(aad));
  return { enc: new Uint8Array(context.enc), ct: new Uint8Array(ct) };
}

/** Opens what was sealed in the mode that `sender` says; `undefined` when it wasn't, by them, for this key. */
export async function hpkeOpen(
  { enc, ct }: HpkeSealed,
  { info, aad, recipient, sender }: HpkeContext & {
    readonly recipient: CryptoKeyPair;
    readonly sender?: CryptoKey;
  },
): Promise<Uint8Array | undefined> {
  try {
    const params = {
      recipientKey: recipient,
      enc: exact(enc),
      info: exact(info),
      ...(sender === undefined ? {} : { senderPublicKey: sender }),
    };
    return new Uint8Array(await suite.open(params, exact(ct), exact(aad)));
  } catch {
    // Whatever a stranger sent: nearly every message is for somebody else.
    return undefined;
  }
}

/** A buffer of these bytes alone. */
function exact(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
