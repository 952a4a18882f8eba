/**
 * Fields of a form that the page's script sealed before they were sent (src/web/client/seal.ts). Nobody
 * listens on the way; but the runtime's HTTP leaves what passes in buffers that nobody can overwrite.
 *
 * ```
 * the page brings   X25519 key (32)
 * a field           that key (32) ‖ X25519 key of the browser (32) ‖ AES-256-GCM(key, 12 zeros, text)
 * key               HKDF-SHA256(shared secret, salt = both keys, "gossamer page field"), used once
 * ```
 */
import { gcm } from "@noble/ciphers/aes.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { UserError } from "../node/user_error.ts";
import type { SecretForm } from "./secret_form.ts";

const KEY_BYTES = 32;
const TAG_BYTES = 16;
const NONCE = new Uint8Array(12);
const INFO = utf8ToBytes("gossamer page field");
/** Pages whose form can still be sent sealed; a further one ends the oldest's. */
const MAX_OFFERS = 16;

/** Keys that pages brought, each good for one field. */
export class FieldOffers {
  /** By the offered key in hex, the oldest first. */
  readonly #secrets = new Map<string, Uint8Array>();

  /** A new key to seal a field to, in hex. */
  offer(): string {
    const secret = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
    const key = x25519.getPublicKey(secret).toHex();
    this.#secrets.set(key, secret);
    for (const old of [...this.#secrets.keys()].slice(0, -MAX_OFFERS)) this.#take(old)?.fill(0);
    return key;
  }

  /**
   * A field's bytes, sealed or as they are; the caller wipes them. Throws a `UserError` for one that was
   * sealed to a key which is no longer there.
   */
  open(form: SecretForm, name: string): Uint8Array {
    const sealed = form.text(`${name}-sealed`);
    if (sealed === "") return form.secret(name);
    const opened = /^(?:[\da-f]{2})+$/.test(sealed)
      ? this.#open(Uint8Array.fromHex(sealed))
      : undefined;
    if (opened !== undefined) return opened;
    throw new UserError(
      "usage",
      "That form was sent before, or is too old. Nothing was changed; here is a new one.",
    );
  }

  #open(envelope: Uint8Array): Uint8Array | undefined {
    if (envelope.length < 2 * KEY_BYTES + TAG_BYTES) return undefined;
    const keys = envelope.subarray(0, 2 * KEY_BYTES);
    const own = this.#take(keys.subarray(0, KEY_BYTES).toHex());
    if (own === undefined) return undefined;
    try {
      const shared = x25519.getSharedSecret(own, keys.subarray(KEY_BYTES));
      const key = hkdf(sha256, shared, keys, INFO, KEY_BYTES);
      shared.fill(0);
      try {
        return gcm(key, NONCE).decrypt(envelope.subarray(2 * KEY_BYTES));
      } finally {
        key.fill(0);
      }
    } catch {
      return undefined;
    } finally {
      own.fill(0);
    }
  }

  #take(key: string): Uint8Array | undefined {
    const secret = this.#secrets.get(key);
    this.#secrets.delete(key);
    return secret;
  }
}
