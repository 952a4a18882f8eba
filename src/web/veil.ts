/**
 * Addresses that tell nothing to who reads a browser's history: whom and what somebody looks at, with whom
 * they correspond, whom they follow and block must not stand there in the clear.
 */
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { UserError } from "../node/user_error.ts";

/** Begins what is veiled; no identity, message id or number begins so. */
const PREFIX = "v-";
const KEY_BYTES = 32;
/** Among a million million texts any two share one with a chance below 1 in 100,000; short addresses, since pages hold hundreds. */
const NONCE_BYTES = 12;

/** Seals what stands in addresses to a key that is gone when the page closes; nothing is remembered. */
export class Veil {
  readonly #key: Uint8Array;
  readonly #nonceKey: Uint8Array;

  /** Takes its keys from a source of random bytes. */
  constructor(random: (length: number) => Uint8Array) {
    this.#key = random(KEY_BYTES);
    this.#nonceKey = random(KEY_BYTES);
  }

  /** A text as it may stand in an address; the same for the same text. */
  hide(text: string): string {
    const bytes = new TextEncoder().encode(text);
    // Made from the text, so that an address stays the same and no nonce comes with two texts.
    const nonce = hmac(sha256, this.#nonceKey, bytes).subarray(0, NONCE_BYTES);
    const sealed = chacha20poly1305(this.#key, nonce).encrypt(bytes);
    const all = new Uint8Array([...nonce, ...sealed]);
    return PREFIX + all.toBase64({ alphabet: "base64url", omitPadding: true });
  }

  /** What stands in an address, veiled or not. Throws a `UserError` for what another run of the node veiled. */
  read(text: string): string {
    if (!text.startsWith(PREFIX)) return text;
    try {
      const all = Uint8Array.fromBase64(text.slice(PREFIX.length), { alphabet: "base64url" });
      const nonce = all.subarray(0, NONCE_BYTES);
      const bytes = chacha20poly1305(this.#key, nonce).decrypt(all.subarray(NONCE_BYTES));
      return new TextDecoder().decode(bytes);
    } catch {
      throw new UserError(
        "refused",
        "This address was good until the node or its page ended. Begin again from the menu.",
      );
    }
  }

  /** The same for what may be missing. */
  readOptional(text: string | undefined): string | undefined {
    return text === undefined ? undefined : this.read(text);
  }
}
