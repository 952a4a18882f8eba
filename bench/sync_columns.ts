/** Columns of made-up messages, laid out as the store does it. */
import type { Rng, SyncColumns } from "../src/gossip/mod.ts";
import { ID_BYTES } from "../src/wire/ids.ts";
import { CREATED_GRAIN_S } from "../src/wire/limits.ts";

/** Random ids over so many seconds, in no order: the worst for caches. */
export class BenchColumns implements SyncColumns {
  readonly #ids: Uint8Array;
  readonly #created: Float64Array;

  /** Makes all of them. */
  constructor(count: number, { rng, seconds }: { rng: Rng; seconds: number }) {
    const words = new Uint32Array(count * ID_BYTES / 4);
    for (let i = 0; i < words.length; i++) words[i] = rng.next() * 2 ** 32;
    this.#ids = new Uint8Array(words.buffer);
    this.#created = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      this.#created[i] = 1_800_000_000 +
        CREATED_GRAIN_S * Math.floor(rng.next() * seconds / CREATED_GRAIN_S);
    }
  }

  /** See {@linkcode SyncColumns.compare}. */
  compare(slotA: number, slotB: number): number {
    const difference = this.createdOf(slotA) - this.createdOf(slotB);
    if (difference !== 0) return difference;
    for (let i = 0; i < ID_BYTES; i++) {
      const byte = (this.#ids[slotA * ID_BYTES + i] ?? 0) - (this.#ids[slotB * ID_BYTES + i] ?? 0);
      if (byte !== 0) return byte;
    }
    return 0;
  }

  /** See {@linkcode SyncColumns.createdOf}. */
  createdOf(slot: number): number {
    return this.#created[slot] ?? 0;
  }

  /** See {@linkcode SyncColumns.idOf}. */
  idOf(slot: number): Uint8Array {
    return this.#ids.subarray(slot * ID_BYTES, (slot + 1) * ID_BYTES);
  }
}
