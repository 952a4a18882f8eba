/**
 * A data folder out of a backup, all of it or none (docs/PROTOCOL.md section 11):
 *
 * ```
 * restoring/             made first; while it is there, the folder isn't opened
 *   private.kv public.kv keys     written, then opened once to see that they can be
 *   complete             written when all of it is on disk: from now on it only has to be put in place
 * restoring/x → x        private.kv, public.kv, keys; then restoring/ goes
 * ```
 * Cut off before `complete`, nothing was restored, and doing it again begins anew; after it, whoever
 * opens the folder next finishes. Names come from this file, never from the backup.
 */
import type { BackupHead, BackupItem } from "../wire/backup.ts";
import { labelsOf, type NetworkName } from "../wire/labels.ts";
import type { Verify } from "../wire/verify.ts";
import { isKept } from "./backup.ts";
import { StoreError, storeError } from "./errors.ts";
import { allStatements, networkKey, recordKey, schemaKey } from "./keys.ts";
import { openDenoKv } from "./kv_deno.ts";
import { checkKey, intoCommits, type Kv, type KvGroup, type KvKey } from "./kv_port.ts";
import { SCHEMA } from "./migrate.ts";
import { type PublicBytes, restoredRow } from "./public_rows.ts";
import { restoredRecord, type Sealed } from "./record_codec.ts";
import { RestoredStatements } from "./restored_statements.ts";
import { COMPLETE, removeRestoring, RESTORING, syncFile, syncFolder } from "./restoring.ts";

/** Rows that are in memory at a time; the largest of them have 64 KiB. */
const BATCH_ROWS = 64;
const DATABASES = ["private.kv", "public.kv"] as const;

/** What is made ready to be put in place. */
export interface RestoreWriter {
  /** Takes the next item of a backup. Throws a `StoreError`, "newer" for a schema that this program doesn't know. */
  take(item: BackupItem): Promise<void>;
  /** Closes the databases and syncs everything. Only after the last item. */
  finish(): Promise<void>;
  /** Lets go of everything without finishing. */
  [Symbol.dispose](): void;
}

/** Refuses a backup of another network or a newer schema. Throws a `StoreError`. */
export function checkBackupHead(head: BackupHead, network: NetworkName): void {
  if (head.schema > SCHEMA || head.schema < 1) {
    throw new StoreError(
      "newer",
      `The backup was made by a newer version of Gossamer (schema ${head.schema}, this version knows ` +
        `${SCHEMA}). Nothing was changed. Update Gossamer`,
    );
  }
  if (head.network !== network) {
    throw new StoreError(
      "other-network",
      `The backup belongs to the network "${head.network}", not "${network}". Nothing was changed`,
    );
  }
}

/**
 * Begins to write what a backup holds beside where it will be; statements only as far as `verify` finds them signed. The
 * caller holds the folder's lock.
 */
export async function beginRestore(
  dir: string,
  { network, verify }: { readonly network: NetworkName; readonly verify: Verify },
): Promise<RestoreWriter> {
  await removeRestoring(dir);
  const place = `${dir}/${RESTORING}`;
  try {
    await Deno.mkdir(place, { mode: 0o700 });
    await syncFolder(dir);
    const records = await openNew<Sealed>(`${place}/private.kv`);
    try {
      const rows = await openNew<PublicBytes>(`${place}/public.kv`);
      return new Writer({ place, network, verify, records, rows });
    } catch (error) {
      records.close();
      throw error;
    }
  } catch (error) {
    throw storeError(error, place);
  }
}

class Writer implements RestoreWriter {
  readonly #place: string;
  readonly #network: NetworkName;
  readonly #records: Batched<Sealed>;
  readonly #rows: Batched<PublicBytes>;
  readonly #statements: RestoredStatements;

  constructor({ place, network, verify, records, rows }: {
    place: string;
    network: NetworkName;
    verify: Verify;
    records: Kv<Sealed>;
    rows: Kv<PublicBytes>;
  }) {
    this.#place = place;
    this.#network = network;
    this.#statements = new RestoredStatements({ labels: labelsOf(network), verify });
    this.#records = new Batched(records);
    this.#rows = new Batched(rows);
  }

  async take(item: BackupItem): Promise<void> {
    switch (item.kind) {
      case "head":
        return checkBackupHead(item.head, this.#network);
      case "keys":
        return await writeNew(`${this.#place}/keys`, item.bytes);
      case "record": {
        const value = restoredRecord(item.value);
        return await this.#records.set(recordKey(item.name), value);
      }
      case "row": {
        const row = { key: keptKey(item.key), value: restoredRow(item.value) };
        return await this.#rows.setAll(this.#statements.rowsFor(row));
      }
      case "end":
        return;
      default:
        return item satisfies never;
    }
  }

  async finish(): Promise<void> {
    await this.#rows.setAll(this.#statements.counts(await this.#rows.count(allStatements)));
    const schema = await this.#rows.finish([schemaKey, networkKey]);
    await this.#records.finish([]);
    if (!schema) throw new StoreError("damaged", "The backup's public.kv has no beginning");
    for (const name of DATABASES) await syncFile(`${this.#place}/${name}`);
    await syncFolder(this.#place);
  }

  [Symbol.dispose](): void {
    this.#records.close();
    this.#rows.close();
  }
}

/** Says that all of it is there: from now on nothing can be missing. */
export async function completeRestore(dir: string): Promise<void> {
  await writeNew(`${dir}/${RESTORING}/${COMPLETE}`, new Uint8Array(0));
  await syncFolder(`${dir}/${RESTORING}`);
}

/** Writes rows in commits of a good size. */
class Batched<V extends Uint8Array> {
  readonly #kv: Kv<V>;
  #groups: KvGroup<V>[] = [];
  #open = true;

  constructor(kv: Kv<V>) {
    this.#kv = kv;
  }

  async set(key: KvKey, value: V): Promise<void> {
    this.#groups.push({ mutations: [{ kind: "set", key, value }] });
    if (this.#groups.length >= BATCH_ROWS) await this.#write();
  }

  async setAll(rows: readonly { readonly key: KvKey; readonly value: V }[]): Promise<void> {
    for (const { key, value } of rows) await this.set(key, value);
  }

  /** How many there are below a key. */
  async count(prefix: KvKey): Promise<number> {
    await this.#write();
    let count = 0;
    for await (const _row of this.#kv.list({ prefix })) count++;
    return count;
  }

  /** Writes the rest and closes; answers whether all of these keys have values. */
  async finish(needed: readonly KvKey[]): Promise<boolean> {
    await this.#write();
    const values = await Promise.all(needed.map((key) => this.#kv.get(key)));
    this.close();
    return values.every((value) => value !== undefined);
  }

  close(): void {
    if (this.#open) this.#kv.close();
    this.#open = false;
  }

  async #write(): Promise<void> {
    const groups = this.#groups;
    this.#groups = [];
    for (const commit of intoCommits<V, KvGroup<V>>(groups)) {
      await this.#kv.commit(commit.flatMap(({ mutations }) => mutations));
    }
  }
}

/** A key of a row that backups have. Throws a `StoreError` for any other. */
function keptKey(key: KvKey): KvKey {
  try {
    checkKey(key);
  } catch (error) {
    throw new StoreError("damaged", "The backup holds a row that no folder has", error);
  }
  if (!isKept(key)) throw new StoreError("damaged", "The backup holds a row that no backup has");
  return key;
}

async function openNew<V extends Uint8Array>(path: string): Promise<Kv<V>> {
  (await Deno.open(path, { createNew: true, write: true, mode: 0o600 })).close();
  return await openDenoKv<V>(path);
}

async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  try {
    using file = await Deno.open(path, { createNew: true, write: true, mode: 0o600 });
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await file.write(rest));
    await file.sync();
  } catch (error) {
    throw storeError(error, path);
  }
}
