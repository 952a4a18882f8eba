/**
 * Verification away from the main thread, for what peers send (docs/decisions/0010). By
 * WebCrypto, whose native code works on threads of its own; the rule is that of `ed25519.ts`, and
 * `ed25519_self_test.ts` holds it to that.
 */
import { idBytes, type IdentityKey } from "../wire/ids.ts";
import type { VerifyLater } from "../wire/verify.ts";
import { isRefusedKey, SIGNATURE_BYTES } from "./ed25519.ts";
import { Lru } from "./lru.ts";

/** Keys kept ready: 4 KB each were measured; making one costs 11 µs of a verification's 50. */
const KEYS = 512;
/** Verifications under way at once; with more, the system keeps more threads and gains nothing. */
const AT_ONCE = 8;

/**
 * Makes a verifier that keeps the main thread free. It answers `false` for anything wrong with key,
 * signature or data and never rejects; answers may overtake one another.
 */
export function createParallelVerifier(): VerifyLater {
  const keys = new Lru<IdentityKey, CryptoKey>(KEYS);
  const turns = new Turns(AT_ONCE);

  /** A key that may be used at all; those kept are. */
  async function keyOf(key: IdentityKey): Promise<CryptoKey | undefined> {
    const kept = keys.get(key);
    if (kept !== undefined) return kept;
    if (isRefusedKey(key)) return undefined;
    const raw = new Uint8Array(idBytes(key));
    const made = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
    keys.set(key, made);
    return made;
  }

  return async function verify(key, signature, data): Promise<boolean> {
    if (signature.length !== SIGNATURE_BYTES) return false;
    await turns.take();
    // What native code throws at a peer's bytes is a verdict on them.
    try {
      const object = await keyOf(key);
      if (object === undefined) return false;
      return await crypto.subtle.verify("Ed25519", object, viewOf(signature), viewOf(data));
    } catch {
      return false;
    } finally {
      turns.give();
    }
  };
}

/** The same bytes as WebCrypto takes them: copied only where memory is shared. */
function viewOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = bytes;
  return buffer instanceof ArrayBuffer
    ? new Uint8Array(buffer, byteOffset, length)
    : new Uint8Array(bytes);
}

/** Lets a number of callers go on at once, the others in the order in which they came. */
class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  async take(): Promise<void> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#free--;
  }

  give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}
