/**
 * From a passphrase to a key: Argon2id 1.3 (RFC 9106), run by hash-wasm (docs/PROTOCOL.md section
 * 11). It blocks its thread for about a second, so the command line program does it, not the node.
 * What it can't do: the WebAssembly memory that it works in isn't wiped but freed, and it hands its
 * last block around as a string. Both end with the program, which therefore should be short-lived.
 */
import { argon2id as argon2idWasm } from "hash-wasm";
import { KdfMemoryError } from "./errors.ts";
import { KDF_FLOOR, type KdfParams, paramsFor } from "./kdf_params.ts";
import { HEAP, Secret, type SecretAllocator } from "./secret.ts";

/** Bytes in a derived key. */
export const DERIVED_KEY_BYTES = 32;

/** What a key is derived with. */
export interface KdfOptions {
  /** 16 random bytes, drawn when the passphrase was set. */
  readonly salt: Uint8Array;
  /** Already checked against the limits. */
  readonly params: KdfParams;
  /** Where the key goes; the heap when left out. */
  readonly allocator?: SecretAllocator;
}

/** Derives a 32-byte key from a passphrase; a port, so that tests needn't spend the time. */
export type Kdf = (passphrase: Secret, options: KdfOptions) => Promise<Secret>;

/**
 * Argon2id with one lane. Throws a {@linkcode KdfMemoryError} when the memory can't be had, and an
 * `Error` for parameters that Argon2id doesn't allow.
 */
export async function argon2id(passphrase: Secret, options: KdfOptions): Promise<Secret> {
  const { salt, params, allocator = HEAP } = options;
  const { memoryKiB, passes } = params;
  try {
    const key = await passphrase.use((password) =>
      argon2idWasm({
        password,
        salt,
        parallelism: 1,
        iterations: passes,
        memorySize: memoryKiB,
        hashLength: DERIVED_KEY_BYTES,
        outputType: "binary",
      })
    );
    return Secret.take(key, allocator);
  } catch (error) {
    // WebAssembly says so with a RangeError; its message would tell the user nothing.
    if (error instanceof RangeError) throw new KdfMemoryError(memoryKiB);
    throw error;
  }
}

/** Measures this machine at the floor (once, a fraction of a second) and picks what takes about a second. */
export async function calibrate(kdf: Kdf = argon2id): Promise<KdfParams> {
  using passphrase = new Secret(16);
  const start = performance.now();
  (await kdf(passphrase, { salt: new Uint8Array(16), params: KDF_FLOOR })).wipe();
  return paramsFor(performance.now() - start);
}
