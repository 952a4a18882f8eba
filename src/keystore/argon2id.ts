/**
 * Argon2id 1.3 (RFC 9106) by hash-wasm, in the thread that asks. The WebAssembly memory that it works
 * in isn't wiped but freed, and its last block goes through a string: run it where all of that ends
 * soon (see `kdf.ts`).
 */
import { argon2id } from "hash-wasm";
import type { KdfParams } from "./kdf_params.ts";

/** Bytes in a derived key. */
const DERIVED_KEY_BYTES = 32;

/** Derives a key with one lane. Throws a `RangeError` when the memory can't be had, or an `Error`. */
export function argon2idHere(
  password: Uint8Array,
  { salt, params }: { readonly salt: Uint8Array; readonly params: KdfParams },
): Promise<Uint8Array> {
  return argon2id({
    password,
    salt,
    parallelism: 1,
    iterations: params.passes,
    memorySize: params.memoryKiB,
    hashLength: DERIVED_KEY_BYTES,
    outputType: "binary",
  });
}
