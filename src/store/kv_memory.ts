/**
 * The port over an ordered map in memory: for tests, simulations and nodes that keep nothing. Same
 * limits and same order as Deno KV.
 *
 * ```
 * encoded key   each part: tag, content
 * bytes         01 · bytes, each 00 as 00 ff · 00
 * text          02 · UTF-8, each 00 as 00 ff · 00
 * number        21 · 8 bytes big-endian
 * ```
 */
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { StoreError } from "./errors.ts";
import {
  checkCommit,
  checkKey,
  checkRange,
  type Kv,
  type KvKey,
  type KvMutation,
  type KvRange,
  type KvRow,
} from "./kv_port.ts";

/** Makes an empty database in memory. */
export function openMemoryKv<V extends Uint8Array>(): Kv<V> {
  return new MemoryKv<V>();
}

class MemoryKv<V extends Uint8Array> implements Kv<V> {
  /** By encoded key, as a string with a character per byte, which compares as the bytes do. */
  readonly #rows = new Map<string, KvRow<V>>();
  /** The keys of `#rows` in order, or `undefined` when they changed since. */
  #order: string[] | undefined;
  #closed = false;

  get(key: KvKey): Promise<V | undefined> {
    return promised(() => {
      this.#checkOpen();
      checkKey(key);
      const row = this.#rows.get(encodeKey(key));
      return row === undefined ? undefined : copy(row).value;
    });
  }

  async *list(range: KvRange): AsyncGenerator<KvRow<V>> {
    this.#checkOpen();
    checkRange(range);
    const prefix = encodeKey(range.prefix);
    const start = range.start === undefined ? "" : encodeKey(range.start);
    const end = range.end === undefined ? undefined : encodeKey(range.end);
    this.#order ??= [...this.#rows.keys()].sort((a, b) => a < b ? -1 : 1);
    const keys = this.#order.filter((key) =>
      key.startsWith(prefix) && beginsPart(key[prefix.length]) && key >= start &&
      (end === undefined || key < end)
    );
    if (range.reverse) keys.reverse();
    for (const key of keys.slice(0, range.limit)) {
      const row = await Promise.resolve(this.#rows.get(key));
      if (row !== undefined) yield copy(row);
    }
  }

  commit(mutations: readonly KvMutation<V>[]): Promise<void> {
    return promised(() => {
      this.#checkOpen();
      checkCommit(mutations);
      this.#order = undefined;
      for (const mutation of mutations) {
        const name = encodeKey(mutation.key);
        if (mutation.kind === "set") this.#rows.set(name, copy(mutation));
        else this.#rows.delete(name);
      }
    });
  }

  close(): void {
    this.#checkOpen();
    this.#closed = true;
  }

  #checkOpen(): void {
    if (this.#closed) throw new StoreError("closed", "The store is closed");
  }
}

/** Rows go in and out as copies, as they do on disk. */
function copy<V extends Uint8Array>(row: KvRow<V>): KvRow<V> {
  return {
    key: row.key.map((part) => part instanceof Uint8Array ? part.slice() : part),
    value: row.value.slice() as V,
  };
}

function encodeKey(key: KvKey): string {
  let out = "";
  for (const part of key) {
    if (typeof part === "number") {
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setBigUint64(0, BigInt(part));
      out += "\x21" + binary(bytes);
    } else if (typeof part === "string") {
      out += "\x02" + escaped(utf8ToBytes(part));
    } else {
      out += "\x01" + escaped(part);
    }
  }
  return out;
}

/** Tells the next part from the end of the key, and from the rest of an escaped zero byte. */
function beginsPart(tag: string | undefined): boolean {
  return tag !== undefined && tag !== "\xff";
}

function escaped(bytes: Uint8Array): string {
  return binary(bytes).replaceAll("\0", "\0\xff") + "\0";
}

function binary(bytes: Uint8Array): string {
  let out = "";
  for (const byte of bytes) out += String.fromCharCode(byte);
  return out;
}

/** Runs it at once; what it throws becomes a rejection, as from a real database. */
function promised<T>(action: () => T): Promise<T> {
  try {
    return Promise.resolve(action());
  } catch (error) {
    return Promise.reject(error);
  }
}
