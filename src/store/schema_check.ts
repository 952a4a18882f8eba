/**
 * Looks at a database before Deno KV opens it: on tables that aren't what it made, its own upkeep
 * doesn't fail but ends the whole process.
 */
import type { DatabaseSync } from "node:sqlite";
import { StoreError, storeError } from "./errors.ts";
import { sizeOf } from "./file_size.ts";
import { readAlone } from "./peek.ts";

/** Columns that Deno KV relies on; a newer one may have more. */
const COLUMNS: Readonly<Record<string, string>> = {
  kv: "k, v, v_encoding, version, seq, expiration_ms",
  data_version: "k, version, seq",
  migration_state: "k, version",
  queue: "ts, id, data, backoff_schedule, keys_if_undelivered",
  queue_running: "deadline, id, data, backoff_schedule, keys_if_undelivered",
};
/** Tables in which this program never has a row. */
const EMPTY = ["queue", "queue_running"];
/** How Deno KV marks values that are bytes, which all of this program's are. */
const BYTES = 3;
/** Largest file that is read wholly for damage, in bytes: about 20 ms. `private.kv` always is. */
const MAX_WHOLE_BYTES = 8_388_608;

/**
 * Throws a `StoreError` "damaged" for a database whose tables are damaged. A new file passes. The caller
 * holds the folder's lock, or passes a `read` that needs none.
 */
export function checkSchema(path: string, read: typeof readAlone = readAlone): void {
  if ((sizeOf(path) ?? 0) === 0) return;
  try {
    read(path, (database) => look(database, path));
  } catch (error) {
    const known = storeError(error, path);
    if (known instanceof StoreError) throw known;
    throw damaged(path, error);
  }
}

function look(database: DatabaseSync, path: string): void {
  const tables = database.prepare("select name from sqlite_master").all();
  // Cut off before its first table, it is as good as new.
  if (tables.length === 0) return;
  // It makes neither: one here could keep what is to be gone, or never come to an end.
  const [foreign] = database.prepare(
    "select 1 from sqlite_master where type in ('trigger', 'view') or sql like 'create virtual%'",
  ).all();
  if (foreign !== undefined) throw damaged(path);
  for (const [table, columns] of Object.entries(COLUMNS)) {
    const rows = database.prepare(`select ${columns} from ${table} limit 1`).all();
    if (rows.length > 0 && EMPTY.includes(table)) throw damaged(path);
  }
  if ((sizeOf(path) ?? 0) > MAX_WHOLE_BYTES) return;
  const [found] = database.prepare("pragma integrity_check(1)").all();
  const [odd] = database.prepare(`select 1 from kv where v_encoding <> ${BYTES} limit 1`).all();
  if (found?.["integrity_check"] !== "ok" || odd !== undefined) throw damaged(path);
}

function damaged(path: string, cause?: unknown): StoreError {
  return new StoreError("damaged", `The database is damaged (${path})`, cause);
}
