/**
 * Sums of ids mod 2^256 (docs/PROTOCOL.md section 8): eight limbs of 32 bits, least significant
 * first, in a shared array from some index on.
 */
import { ID_BYTES } from "../wire/ids.ts";

/** Limbs of a sum. */
export const LIMBS = 8;

const LIMB_BYTES = 4;
const HIGHEST_LIMB = 0xffff_ffff;

/** A sum within an array of sums. */
export interface SumPlace {
  /** The array. */
  readonly limbs: Uint32Array;
  /** Index of the sum's first limb. */
  readonly at: number;
}

/** Adds one sum to another in place. */
export function addSum(target: SumPlace, { limbs, at }: SumPlace): void {
  let carry = 0;
  for (let i = 0; i < LIMBS; i++) {
    const sum = (target.limbs[target.at + i] ?? 0) + (limbs[at + i] ?? 0) + carry;
    target.limbs[target.at + i] = sum;
    carry = sum > HIGHEST_LIMB ? 1 : 0;
  }
}

/** Takes one sum from another in place. */
export function subtractSum(target: SumPlace, { limbs, at }: SumPlace): void {
  let borrow = 0;
  for (let i = 0; i < LIMBS; i++) {
    const difference = (target.limbs[target.at + i] ?? 0) - (limbs[at + i] ?? 0) - borrow;
    target.limbs[target.at + i] = difference;
    borrow = difference < 0 ? 1 : 0;
  }
}

/** A sum of its own, of nothing as yet. */
export function newSum(): SumPlace {
  return { limbs: new Uint32Array(LIMBS), at: 0 };
}

/** The 32 bytes of a sum, least significant first. */
export function sumBytes({ limbs, at }: SumPlace): Uint8Array {
  const bytes = new Uint8Array(ID_BYTES);
  for (let i = 0; i < ID_BYTES; i++) {
    bytes[i] = (limbs[at + Math.floor(i / LIMB_BYTES)] ?? 0) >>> 8 * (i % LIMB_BYTES);
  }
  return bytes;
}

/** The sum that an id is by itself, or that {@linkcode sumBytes} wrote. */
export function sumOf(bytes: Uint8Array): SumPlace {
  const sum = newSum();
  for (let i = 0; i < LIMBS; i++) sum.limbs[i] = limbOf(bytes, i);
  return sum;
}

/** Adds up ids quickly: carries wait to the end. */
export class IdSum {
  /** Limbs that grow beyond 32 bits; 2^21 ids could be added before one gets inexact. */
  readonly #limbs = new Float64Array(LIMBS);

  /** Adds 32 bytes. */
  add(id: Uint8Array): void {
    for (let i = 0; i < LIMBS; i++) this.#limbs[i] = (this.#limbs[i] ?? 0) + limbOf(id, i);
  }

  /** What was added, mod 2^256. */
  result(): SumPlace {
    const sum = newSum();
    let carry = 0;
    for (let i = 0; i < LIMBS; i++) {
      const limb = (this.#limbs[i] ?? 0) + carry;
      sum.limbs[i] = limb;
      carry = Math.floor(limb / (HIGHEST_LIMB + 1));
    }
    return sum;
  }
}

function limbOf(bytes: Uint8Array, i: number): number {
  const at = LIMB_BYTES * i;
  const low = (bytes[at] ?? 0) | (bytes[at + 1] ?? 0) << 8 | (bytes[at + 2] ?? 0) << 16;
  // The highest byte by arithmetic: shifted it could be a sign.
  return low + (bytes[at + 3] ?? 0) * 16_777_216;
}
