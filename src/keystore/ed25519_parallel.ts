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

interface Asked {
  readonly key: IdentityKey;
  readonly signature: Uint8Array;
  readonly data: Uint8Array;
  readonly answer: (verdict: boolean) => void;
}

/**
 * Makes a verifier that keeps the main thread free. It answers `false` for anything wrong with key,
 * signature or data and never rejects; answers may overtake one another.
 */
export function createParallelVerifier(): VerifyLater {
  const keys = new Lru<IdentityKey, CryptoKey>(KEYS);
  const waiting: Asked[] = [];
  let free = AT_ONCE;

  /** A key that may be used at all; those kept are. */
  async function newKey(key: IdentityKey): Promise<CryptoKey | undefined> {
    if (isRefusedKey(key)) return undefined;
    const raw = new Uint8Array(idBytes(key));
    const made = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
    keys.set(key, made);
    return made;
  }

  async function judge({ key, signature, data, answer }: Asked): Promise<void> {
    let verdict = false;
    // What native code throws at a peer's bytes is a verdict on them.
    try {
      const object = keys.get(key) ?? await newKey(key);
      verdict = object !== undefined &&
        await crypto.subtle.verify("Ed25519", object, viewOf(signature), viewOf(data));
    } catch {
      // It stays false.
    }
    answer(verdict);
    const next = waiting.shift();
    if (next === undefined) free++;
    else void judge(next);
  }

  return function verify(key, signature, data): boolean | Promise<boolean> {
    if (signature.length !== SIGNATURE_BYTES) return false;
    return new Promise((answer) => {
      const asked = { key, signature, data, answer };
      if (free === 0) return void waiting.push(asked);
      free--;
      void judge(asked);
    });
  };
}

/** The same bytes as WebCrypto takes them: copied only where memory is shared. */
function viewOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return isUnshared(bytes) ? bytes : new Uint8Array(bytes);
}

function isUnshared(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer;
}
