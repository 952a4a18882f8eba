/** Sums of ids, as little-endian numbers mod 2^256 (docs/PROTOCOL.md section 8). */
import { ID_BYTES } from "../wire/ids.ts";

/** The sum of two sums, a new one. */
export function addSums(a: Uint8Array, b: Uint8Array): Uint8Array {
  const sum = new Uint8Array(ID_BYTES);
  let carry = 0;
  for (let i = 0; i < ID_BYTES; i++) {
    carry += (a[i] ?? 0) + (b[i] ?? 0);
    sum[i] = carry;
    carry >>= 8;
  }
  return sum;
}
