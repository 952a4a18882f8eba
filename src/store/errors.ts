/** The one error that the store throws for what disk, file or key did; bugs throw built-in errors. */

/**
 * What went wrong:
 * - `full`: no space, or over a quota. Nothing of the refused write was recorded.
 * - `taken`: another process has the data folder.
 * - `unreadable`: the folder or a file can't be opened, read or written by this user.
 * - `damaged`: a file is not what this program wrote.
 * - `newer`: written by a newer version; nothing was changed.
 * - `other-network`: the folder was begun under another network's name; nothing was changed.
 * - `wrong-key`: the store key doesn't open `private.kv`.
 * - `locked`: the private store's keys were wiped.
 * - `closed`: used after `close`.
 */
export type StoreErrorCode =
  | "full"
  | "taken"
  | "unreadable"
  | "damaged"
  | "newer"
  | "other-network"
  | "wrong-key"
  | "locked"
  | "closed";

/** A failure of the store. The message says what happened, what is unharmed and what to do. */
export class StoreError extends Error {
  /** Name of the class. */
  override readonly name = "StoreError";
  /** Which kind of failure. */
  readonly code: StoreErrorCode;

  /** Makes a failure with its message, and with what caused it where something did. */
  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
  }
}

/** What SQLite and the system say, and what it means. The first that fits counts. */
const MEANINGS: readonly (readonly [RegExp, StoreErrorCode, string])[] = [
  [
    /disk is full|no space left|quota exceeded|file too large/i,
    "full",
    "The disk is full: nothing of this write was recorded, all that was recorded before is unharmed",
  ],
  [
    /not a database|malformed|corrupt|UNIQUE constraint|no such (table|column|index)/i,
    "damaged",
    "The database is damaged",
  ],
  // What Deno KV makes of rows and tables that it didn't write so.
  [
    /returned no rows|invalid column type|duplicate column/i,
    "damaged",
    "The database is damaged",
  ],
  [
    /readonly|read-only/i,
    "unreadable",
    "The database can't be written: the disk or the file is read-only",
  ],
  [
    /unable to open|permission denied|not permitted|not a directory|is a directory/i,
    "unreadable",
    "The file or folder can't be used by this user",
  ],
  [/disk I\/O error/i, "unreadable", "The disk is full or failing"],
  [/database is locked/i, "taken", "Another process uses the database"],
  [/bad resource|closed/i, "closed", "The store is closed"],
];

/**
 * Turns whatever the database or the system threw into a {@linkcode StoreError} that names `path`.
 * What it doesn't recognize, a bug for one, comes back as it is.
 */
export function storeError(cause: unknown, path: string): unknown {
  if (cause instanceof StoreError || !(cause instanceof Error)) return cause;
  if (cause instanceof RangeError) return cause;
  const found = MEANINGS.find(([pattern]) => pattern.test(`${cause.name} ${cause.message}`));
  if (found === undefined) return cause;
  const [, code, meaning] = found;
  return new StoreError(code, `${meaning} (${path}: ${cause.message})`, cause);
}

/** Whatever reading a stored row throws, but for the store's own errors, means that the row is corrupt. */
export async function undamaged<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    throw new StoreError("damaged", "public.kv holds a row that was not written there", cause);
  }
}
