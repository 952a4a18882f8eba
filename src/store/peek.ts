/**
 * Looks at a data folder before anything opens it to write: what a newer version wrote, or isn't ours,
 * is left as it is, to the byte and to the times of its files.
 */
import { DatabaseSync } from "node:sqlite";
import { storeError } from "./errors.ts";
import { needsKey, networkKey, schemaKey } from "./keys.ts";
import { encodeKey } from "./kv_key.ts";
import type { KvKey } from "./kv_port.ts";
import type { FolderFacts } from "./migrate.ts";
import { sizeOf } from "./file_size.ts";

/** What SQLite keeps beside a database. */
const BESIDE = ["-wal", "-shm"];
/** How long it waits while somebody has the file to itself, as Deno KV does at moments, in milliseconds. */
export const BUSY_MS = 5_000;

/** Opens a database to read it. Rethrows what `use` or SQLite throws. */
export function readBeside<T>(path: string, use: (database: DatabaseSync) => T): T {
  using database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS });
  return use(database);
}

/**
 * The same, and leaves no file behind that wasn't there. Only under the folder's lock: another process's
 * index must not be removed.
 */
export function readAlone<T>(path: string, use: (database: DatabaseSync) => T): T {
  const made = BESIDE.map((end) => `${path}${end}`).filter((name) => sizeOf(name) === undefined);
  try {
    return readBeside(path, use);
  } finally {
    // An empty log, and the index of one, which the next to open the file makes anew.
    for (const name of made) if (sizeOf(name) !== undefined) Deno.removeSync(name);
  }
}

/** What `public.kv` says of its folder; nothing for a file that isn't there, empty or none of ours. */
export function peekFacts(path: string): FolderFacts {
  const none: FolderFacts = { schema: undefined, network: undefined, needs: undefined };
  if ((sizeOf(path) ?? 0) === 0) return none;
  try {
    return readAlone(path, (database) => {
      const [table] = database.prepare(
        "select 1 from sqlite_master where name = 'kv' and type = 'table'",
      ).all();
      if (table === undefined) return none;
      const read = (key: KvKey): Uint8Array | undefined => {
        const row = database.prepare("select v from kv where k = ?").get(encodeKey(key));
        return row?.["v"] instanceof Uint8Array ? row["v"] : undefined;
      };
      return { schema: read(schemaKey), network: read(networkKey), needs: read(needsKey) };
    });
  } catch (error) {
    throw storeError(error, path);
  }
}

/** The schema in the header of a database; 0 for one that has none. */
export function readMark(path: string): number {
  if ((sizeOf(path) ?? 0) === 0) return 0;
  try {
    return readAlone(path, (database) => {
      const mark = database.prepare("pragma user_version").get()?.["user_version"];
      return typeof mark === "number" ? mark : 0;
    });
  } catch (error) {
    throw storeError(error, path);
  }
}

/** Writes the schema into the header of a database. Throws a `StoreError`. */
export function writeMark(path: string, schema: number): void {
  if (!Number.isSafeInteger(schema)) throw new RangeError("Not a schema");
  try {
    using database = new DatabaseSync(path, { timeout: BUSY_MS });
    database.exec(`pragma user_version = ${schema}`);
  } catch (error) {
    throw storeError(error, path);
  }
}
