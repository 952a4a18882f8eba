/** The files of a data folder, and what each says to whoever reads it (docs/PRIVACY.md, docs/PROTOCOL.md section 11). */

/** A file of the data folder. */
export interface DataFile {
  /** Its name. */
  readonly name: string;
  /** What it is, and what it says without the passphrase. */
  readonly holds: string;
}

/** All files that may stand in a data folder. */
export const DATA_FILES: readonly DataFile[] = [
  { name: "public.kv", holds: "messages, profiles, statements, addresses: readable" },
  { name: "public.kv-shm", holds: "SQLite's index of the next one" },
  { name: "public.kv-wal", holds: "what was written to public.kv last: readable" },
  { name: "private.kv", holds: "whom you follow, your settings, what you said just now: sealed" },
  { name: "private.kv-shm", holds: "SQLite's index of the next one" },
  { name: "private.kv-wal", holds: "what was written to private.kv last: sealed" },
  {
    name: "keys",
    holds: "up to 16 identities' keys, sealed under your passphrase; always one size",
  },
  { name: "keys.lock", holds: "nothing; held while keys is written" },
  { name: "keys.new", holds: "a write of keys that was cut off: sealed like it" },
  { name: "public.kv.new", holds: "a compaction of public.kv that was cut off: readable" },
  { name: "private.kv.new", holds: "a new private.kv that was cut off: sealed under a new key" },
  {
    name: "gone-…",
    holds: "a file on its way to destruction that was cut off: overwritten, or about to be",
  },
  { name: "obliterating", holds: "nothing; says that a destruction of everything was begun" },
  {
    name: "restoring",
    holds:
      "a folder: a restore of a backup that was cut off, with the files above as they would be",
  },
  {
    name: "open.html",
    holds: "for seconds, while `gossamer open` starts a browser: a link into the page, good once",
  },
  { name: "lock", holds: "nothing; held while a process has the folder" },
  { name: "node.sock", holds: "nothing; the way to the running node, for your account alone" },
];
