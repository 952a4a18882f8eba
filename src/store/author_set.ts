/** Finding messages of some authors among those of all. */
import { bytesToHex } from "@noble/hashes/utils.js";
import { ID_BYTES, type IdentityKey } from "../wire/ids.ts";

/** A set of keys that can be asked with bytes: most rows are turned away by four of them. */
export class AuthorSet {
  readonly #keys: ReadonlySet<IdentityKey>;
  readonly #starts: ReadonlySet<number>;

  /** Takes them as they are. */
  constructor(keys: ReadonlySet<IdentityKey>) {
    this.#keys = keys;
    this.#starts = new Set(Array.from(keys, (key) => parseInt(key.slice(0, 8), 16)));
  }

  /** Whether the key that begins at a place of a column is among them. */
  has(column: Uint8Array, at: number): boolean {
    const start = (column[at] ?? 0) * 0x1000000 +
      ((column[at + 1] ?? 0) << 16 | (column[at + 2] ?? 0) << 8 | (column[at + 3] ?? 0));
    return this.#starts.has(start) &&
      this.#keys.has(bytesToHex(column.subarray(at, at + ID_BYTES)) as IdentityKey);
  }
}
