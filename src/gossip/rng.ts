/** Chance as a port: the engine draws all of its random numbers here, so that a run can be replayed. */

/** A source of random numbers. */
export interface Rng {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number in [0, n), for n of at least 1. */
  below(n: number): number;
}

/** The same things in an order of which each is as likely (Fisher and Yates). */
export function shuffled<T>(things: readonly T[], rng: Rng): T[] {
  const left = [...things];
  return things.flatMap(() => left.splice(rng.below(left.length), 1));
}

/**
 * A repeatable generator for tests and the simulator: xoshiro128** 1.1 (Blackman and Vigna, 2018),
 * its state filled from the seed by splitmix32. Not for secrets: its output can be predicted.
 */
export function seededRng(seed: number): Rng {
  const mix = splitmix32(seed);
  let [a, b, c, d] = [mix(), mix(), mix(), mix()];
  const next = (): number => {
    const result = Math.imul(rotl(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotl(d, 11);
    return result / 2 ** 32;
  };
  return { next, below: (n) => Math.floor(next() * n) };
}

function rotl(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k));
}

function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return z ^ (z >>> 15);
  };
}
