/** A map that never grows beyond its capacity: what wasn't used for longest goes first. */
export class Lru<K, V> {
  readonly #capacity: number;
  /** A Map lists its keys in the order of insertion, so the first is the one used longest ago. */
  readonly #map = new Map<K, V>();

  /** Makes an empty one for `capacity` entries, at least 1. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Entries in it. */
  get size(): number {
    return this.#map.size;
  }

  /** The value of a key, which thereby becomes the one used last. */
  get(key: K): V | undefined {
    const value = this.#map.get(key);
    if (value === undefined) return undefined;
    this.#map.delete(key);
    this.#map.set(key, value);
    return value;
  }

  /** Keeps a value; the key becomes the one used last. */
  set(key: K, value: V): void {
    this.#map.delete(key);
    this.#map.set(key, value);
    if (this.#map.size <= this.#capacity) return;
    for (const oldest of this.#map.keys()) {
      this.#map.delete(oldest);
      return;
    }
  }
}
