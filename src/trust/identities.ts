/** Identities as small whole numbers. */
import type { IdentityKey } from "../wire/ids.ts";

/** Identities that statements are weighed of; statements that name further ones are left out. */
export const MAX_IDENTITIES = 524_288;

/** Numbers identities from 0, in the order of their coming. */
export class Identities {
  readonly #numbers = new Map<IdentityKey, number>();
  readonly #keys: IdentityKey[] = [];
  readonly #most: number;

  /** With place for so many. */
  constructor(most = MAX_IDENTITIES) {
    this.#most = most;
  }

  /** How many there are. */
  get size(): number {
    return this.#keys.length;
  }

  /** The number of an identity, or `undefined` when it has none. */
  find(key: IdentityKey): number | undefined {
    return this.#numbers.get(key);
  }

  /** Whether so many new ones have place; with a reserve, beyond the usual number. */
  hasRoom(more: number, reserve = 0): boolean {
    return this.size + more <= this.#most + reserve;
  }

  /** Numbers an identity that has no number yet. */
  add(key: IdentityKey): number {
    const number = this.size;
    this.#numbers.set(key, number);
    this.#keys.push(key);
    return number;
  }

  /** Who has a number. */
  keyOf(number: number): IdentityKey {
    return this.#keys[number]!;
  }
}
