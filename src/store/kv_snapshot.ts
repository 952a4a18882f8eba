/**
 * A database as it is at one moment, read beside the process that writes it: SQLite's own isolation,
 * on a file that Deno KV made. Nothing is written.
 */
import { DatabaseSync } from "node:sqlite";
import { StoreError, storeError } from "./errors.ts";
import { decodeKey, encodeKey, oddKey } from "./kv_key.ts";
import { checkKey, checkRange, type Kv, type KvKey, type KvRow } from "./kv_port.ts";
import type { KvRange } from "./kv_port.ts";
import { BUSY_MS, readBeside } from "./peek.ts";
import { checkSchema } from "./schema_check.ts";

/** A moment of a database: the reading half of the port. A commit throws a `StoreError`. */
export interface Snapshot<V extends Uint8Array> extends Kv<V> {
  /** Ends it. */
  [Symbol.dispose](): void;
}

/**
 * Takes a snapshot of a database file. The caller vouches that only values of type `V` were ever
 * written there. Throws a `StoreError` when it can't be opened or is no database.
 */
export function openSnapshot<V extends Uint8Array>(path: string): Snapshot<V> {
  try {
    checkSchema(path, readBeside);
    // Not read-only: SQLite needs its index of the log, which a reader that may not write can't make.
    const database = new DatabaseSync(path, { timeout: BUSY_MS });
    try {
      database.exec("begin");
      // Only the first read fixes the moment.
      database.prepare("select 1 from kv limit 1").all();
      return new SnapshotKv<V>(database, path);
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw storeError(error, path);
  }
}

class SnapshotKv<V extends Uint8Array> implements Snapshot<V> {
  readonly #database: DatabaseSync;
  readonly #path: string;

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
  }

  get(key: KvKey): Promise<V | undefined> {
    checkKey(key);
    return this.#reading(() => {
      const row = this.#database.prepare("select v from kv where k = ?").get(encodeKey(key));
      return row === undefined ? undefined : valueOf<V>(row["v"]);
    });
  }

  async *list(range: KvRange): AsyncGenerator<KvRow<V>> {
    checkRange(range);
    const prefix = encodeKey(range.prefix);
    const from = range.start === undefined ? prefix : encodeKey(range.start);
    const until = range.end === undefined ? undefined : encodeKey(range.end);
    const order = range.reverse === true ? "desc" : "asc";
    const rows = this.#database.prepare(
      `select k, v from kv where k >= ? and (? is null or k < ?) order by k ${order}`,
    ).iterate(from, until ?? after(prefix), until ?? after(prefix));
    let count = 0;
    for (const row of rows) {
      if (count >= (range.limit ?? Infinity)) return;
      const bytes = valueOf<Uint8Array>(row["k"]);
      // Other keys may lie between a prefix and what follows it, and the prefix itself doesn't count.
      if (bytes.length === prefix.length) continue;
      count++;
      yield await this.#reading(() => ({ key: decodeKey(bytes), value: valueOf<V>(row["v"]) }));
    }
  }

  commit(): Promise<void> {
    return Promise.reject(new StoreError("unreadable", "A snapshot is only read"));
  }

  close(): void {
    if (!this.#database.isOpen) return;
    this.#database.exec("commit");
    this.#database.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #reading<T>(read: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      try {
        resolve(read());
      } catch (error) {
        reject(storeError(error, this.#path));
      }
    });
  }
}

/** The first run of bytes after all that begin with these; `null` for nothing, which no end has. */
function after(prefix: Uint8Array): Uint8Array | null {
  return prefix.length === 0 ? null : Uint8Array.of(...prefix, 0xff);
}

function valueOf<V extends Uint8Array>(value: unknown): V {
  if (value instanceof Uint8Array) return value as V;
  throw oddKey();
}
