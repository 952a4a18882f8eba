/**
 * Seals and opens private messages for one identity without giving its secret away (docs/PROTOCOL.md
 * section 5).
 *
 * ```
 * seal   message → inner, auth mode from this identity → outer, base mode → [suite, enc, ct]
 * open   [suite, enc, ct] → outer → author → inner → message; nearly always it ends at the outer layer
 * ```
 */
import type { IdentityKey } from "../wire/ids.ts";
import type { Labels } from "../wire/labels.ts";
import {
  decodeInnerSealed,
  decodePrivateMessage,
  encodeInnerSealed,
  encodePrivateMessage,
  innerAad,
  type InnerSealed,
  outerAad,
  type PrivateMessage,
} from "../wire/private_message.ts";
import { decodeSealed, encodeSealed, SEALED_SUITE } from "../wire/sealed_message.ts";
import { hpkeOpen, hpkeSeal } from "./hpke.ts";
import { Redacted, type Secret } from "./secret.ts";
import { importPublic, importSecret, x25519PublicKey, x25519SecretKey } from "./x25519.ts";

/** A private message that was opened. */
export interface OpenedPrivate {
  /** Who wrote it: proved to the recipient, and to nobody else. */
  readonly author: IdentityKey;
  /** What it says. */
  readonly message: PrivateMessage;
}

/** Opens and seals for one identity. Its methods reject once it was wiped. */
export class PrivateBox extends Redacted {
  /** The identity. */
  readonly key: IdentityKey;
  readonly #seed: Secret;
  #pair: Promise<CryptoKeyPair> | undefined;

  /** Makes a box; the key has to be the seed's own, and the seed stays its owner's. */
  constructor(key: IdentityKey, seed: Secret) {
    super();
    this.key = key;
    this.#seed = seed;
  }

  /**
   * Seals a message that `oneTimeKey` will sign; the bytes are the body's `sealed`. Throws a
   * `RangeError` for a message that doesn't fit or a recipient whose key is none.
   */
  async seal(
    message: PrivateMessage,
    { labels, oneTimeKey, recipient }: {
      readonly labels: Labels;
      readonly oneTimeKey: IdentityKey;
      readonly recipient: IdentityKey;
    },
  ): Promise<Uint8Array> {
    const plain = encodePrivateMessage(message);
    const sender = await this.#keys();
    const to = await importedPublic(recipient);
    if (to === undefined) throw new RangeError("The recipient's key is no key");
    const inner = await hpkeSeal(plain, {
      info: labels["private inner"],
      aad: innerAad(oneTimeKey, recipient),
      recipient: to,
      sender,
    });
    const outer = await hpkeSeal(encodeInnerSealed({ author: this.key, ...inner }), {
      info: labels.private,
      aad: outerAad(oneTimeKey),
      recipient: to,
    });
    return encodeSealed({ suite: SEALED_SUITE, ...outer });
  }

  /**
   * Opens the outer layer of a body's `sealed` that `oneTimeKey` signed: `undefined` when it isn't for
   * this identity, of another suite, or not formed as it should be.
   */
  async openOuter(
    sealed: Uint8Array,
    { labels, oneTimeKey }: { readonly labels: Labels; readonly oneTimeKey: IdentityKey },
  ): Promise<InnerSealed | undefined> {
    const recipient = await this.#keys();
    try {
      const { suite, enc, ct } = decodeSealed(sealed);
      if (suite !== SEALED_SUITE) return undefined;
      const plain = await hpkeOpen({ enc, ct }, {
        info: labels.private,
        aad: outerAad(oneTimeKey),
        recipient,
      });
      return plain && decodeInnerSealed(plain);
    } catch {
      return undefined;
    }
  }

  /** Opens the inner layer: `undefined` unless its author wrote it to this identity under this key. */
  async openInner(
    inner: InnerSealed,
    { labels, oneTimeKey }: { readonly labels: Labels; readonly oneTimeKey: IdentityKey },
  ): Promise<OpenedPrivate | undefined> {
    const recipient = await this.#keys();
    try {
      const sender = await importedPublic(inner.author);
      if (sender === undefined) return undefined;
      const plain = await hpkeOpen(inner, {
        info: labels["private inner"],
        aad: innerAad(oneTimeKey, this.key),
        recipient,
        sender,
      });
      return plain && { author: inner.author, message: decodePrivateMessage(plain) };
    } catch {
      return undefined;
    }
  }

  /** Imported once: it costs a quarter of a trial. */
  #keys(): Promise<CryptoKeyPair> {
    if (this.#seed.wiped) return Promise.reject(new Error("The secret was wiped"));
    this.#pair ??= this.#import();
    return this.#pair;
  }

  async #import(): Promise<CryptoKeyPair> {
    using secret = this.#seed.use(x25519SecretKey);
    const raw = x25519PublicKey(this.key);
    if (raw === undefined) throw new RangeError("Not the key of an identity");
    return {
      privateKey: await secret.use(importSecret),
      publicKey: await importPublic(raw),
    };
  }
}

async function importedPublic(key: IdentityKey): Promise<CryptoKey | undefined> {
  const raw = x25519PublicKey(key);
  return raw && await importPublic(raw);
}
