/**
 * The store: the only way in is {@linkcode openStores}.
 *
 * ```
 * <data folder>/  0700
 *   lock          held while a process has the folder
 *   public.kv     PublicStore: messages, addresses, statements, freshness
 *   private.kv    PrivateFile: opened with it, empty and locked until a store key comes
 * ```
 */
import { labelsOf, type NetworkName } from "../wire/labels.ts";
import { discardCompaction } from "./compact.ts";
import { StoreError, storeError } from "./errors.ts";
import { openDenoKv } from "./kv_deno.ts";
import { openMemoryKv } from "./kv_memory.ts";
import type { Kv } from "./kv_port.ts";
import { OBLITERATING, takeLock } from "./lock.ts";
import { checkFacts, migrate, newer, rewritePublic, SCHEMA } from "./migrate.ts";
import { peekFacts, readMark, writeMark } from "./peek.ts";
import { PrivateFile } from "./private.ts";
import { PublicStore } from "./public.ts";
import type { PublicBytes } from "./public_rows.ts";
import type { Sealed } from "./record_codec.ts";
import { finishRestore } from "./restoring.ts";
import { checkSchema } from "./schema_check.ts";

export { Appended, type AppendedPorts } from "./appended.ts";
export { adopt, type Adoption } from "./adopt.ts";
export type { Archive } from "./archive.ts";
export { type Block, MAX_BLOCKS } from "./blocks.ts";
export { type BackupOptions, type BackupSource, openBackup } from "./backup.ts";
export { compact } from "./compact.ts";
export type { HeldPrivate } from "./held_private.ts";
export { type Letter, type LetterHead, ownerOf } from "./letter_codec.ts";
export type { LetterKind } from "./letter_segments.ts";
export type { Letters } from "./letters.ts";
export type { TakeBack, TakeBacks } from "./take_backs.ts";
export type { Tried } from "./tried.ts";
export { messageDiskBytes } from "./disk_use.ts";
export { StoreError, type StoreErrorCode } from "./errors.ts";
export type { Addresses } from "./addresses.ts";
export type { IndexQuery, MessageMeta } from "./message_index.ts";
export { NATIVE_HASH } from "./native_hash.ts";
export type { Follow, PrivateFile, PrivateStore } from "./private.ts";
export type { Outbox, OutboxEntry } from "./outbox.ts";
export { compareProfiles } from "./profiles.ts";
export type { NewMessage, PublicStore, PutOutcome } from "./public.ts";
export type { ReadableIndex } from "./readable_index.ts";
export type { StoredAddress } from "./public_rows.ts";
export { type FolderLock, OBLITERATING, takeLock } from "./lock.ts";
export { needsRekeying, prepareRekeyed, type Rekeying, type StoreOpeners } from "./rekey.ts";
export { beginRestore, checkBackupHead, completeRestore, type RestoreWriter } from "./restore.ts";
export {
  finishRestore,
  removeRestoring,
  restoreState,
  RESTORING,
  RESTORING_FILES,
} from "./restoring.ts";
export type { SeenHeir } from "./heirs.ts";
export type { StatementRow } from "./public_rows.ts";
export type { StatementOutcome, Statements, StatementWatch } from "./statements.ts";
export { calledUpon, MAX_CALLED, type MentionBits, mentionBits } from "./mention_bits.ts";
export { comesBefore, page, pageIds, type PageQuery, type Position } from "./timeline.ts";

/** Where to keep what, and for whom. */
export interface StoreOptions {
  /** The data folder; made when it doesn't exist. */
  readonly dir: string;
  /** The network that the node is on. */
  readonly network: NetworkName;
}

/** Both halves of an open store. */
export interface Stores {
  /** What anybody could know. */
  readonly public: PublicStore;
  /** What nobody else may, locked at first. */
  readonly private: PrivateFile;
  /** Waits for what is being written, closes both files and lets go of the folder. */
  close(): Promise<void>;
}

/**
 * Opens the store in a data folder, or makes it. Throws a `StoreError` that says what happened and
 * what is unharmed: "taken", "unreadable", "damaged", "full", "newer", "other-network". What was
 * opened by then is closed again.
 */
export async function openStores({ dir, network }: StoreOptions): Promise<Stores> {
  await prepareFolder(dir);
  const lock = await takeLock(dir);
  if (lock === undefined) {
    throw new StoreError("taken", `Another Gossamer process is using ${dir}`);
  }
  try {
    await refuseHalfGone(dir);
    await finishRestore(dir);
    await bringUp(dir, network);
    await discardCompaction(dir);
    const publicStore = await openPublic(dir, network);
    try {
      const privateKv = await openPrivate(dir);
      const stores = {
        public: publicStore,
        private: new PrivateFile(privateKv, labelsOf(network)),
      };
      return withClose(stores, () => lock.release());
    } catch (error) {
      await publicStore.close();
      throw advised(error, PRIVATE_ADVICE);
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Refuses what a newer version wrote, untouched, and rewrites what an older one wrote otherwise. */
async function bringUp(dir: string, expected: NetworkName): Promise<void> {
  let schema: number | undefined;
  try {
    schema = checkFacts(peekFacts(`${dir}/public.kv`), { expected, current: SCHEMA });
  } catch (error) {
    throw advised(error, publicAdvice(dir));
  }
  try {
    const mark = readMark(`${dir}/private.kv`);
    if (mark > SCHEMA) throw newer({ schema: mark, current: SCHEMA });
  } catch (error) {
    throw advised(error, PRIVATE_ADVICE);
  }
  if (schema !== undefined) await rewritePublic(dir, { schema, network: expected });
}

/** A store that keeps nothing beyond the process: for tests and simulations. */
export async function openMemoryStores(network: NetworkName): Promise<Stores> {
  const kv = openMemoryKv<PublicBytes>();
  await migrate(kv, network);
  const stores = {
    public: await PublicStore.open(kv, labelsOf(network)),
    private: new PrivateFile(openMemoryKv<Sealed>(), labelsOf(network)),
  };
  return withClose(stores, () => {});
}

function withClose(stores: Omit<Stores, "close">, release: () => void): Stores {
  return {
    ...stores,
    close: async () => {
      try {
        await stores.public.close();
      } finally {
        await stores.private.close();
        release();
      }
    },
  };
}

async function openPublic(dir: string, network: NetworkName): Promise<PublicStore> {
  let kv: Kv<PublicBytes> | undefined;
  try {
    kv = await openFile<PublicBytes>(`${dir}/public.kv`);
    await migrate(kv, network);
    return await PublicStore.open(kv, labelsOf(network));
  } catch (error) {
    kv?.close();
    throw advised(error, publicAdvice(dir));
  }
}

/** Opens `private.kv`, and has it say under which schema it was opened. */
async function openPrivate(dir: string): Promise<Kv<Sealed>> {
  const path = `${dir}/private.kv`;
  await makeFile(path);
  // What is none of ours gets no mark, and while Deno KV has the file it may be busy.
  checkSchema(path);
  if (readMark(path) !== SCHEMA) writeMark(path, SCHEMA);
  return await openDenoKv<Sealed>(path);
}

async function refuseHalfGone(dir: string): Promise<void> {
  try {
    await Deno.lstat(`${dir}/${OBLITERATING}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw storeError(error, dir);
  }
  throw new StoreError(
    "unreadable",
    `The destruction of ${dir} was begun and cut off. Finish it with: gossamer obliterate --everything`,
  );
}

/** Makes the folder, or sees to it that nobody else can look into it. */
async function prepareFolder(dir: string): Promise<void> {
  try {
    await Deno.mkdir(dir, { recursive: true, mode: 0o700 });
    const { mode } = await Deno.stat(dir);
    // Windows has no such modes: there, a user's folders are the user's.
    if (mode !== null && (mode & 0o077) !== 0) await Deno.chmod(dir, 0o700);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) {
      throw new StoreError(
        "unreadable",
        `${dir} is a file, not a folder; it was left alone`,
        error,
      );
    }
    throw storeError(error, dir);
  }
}

/** Opens a database for the owner alone. SQLite gives its other files the mode of this one. */
async function openFile<V extends Uint8Array>(path: string): Promise<Kv<V>> {
  await makeFile(path);
  return await openDenoKv<V>(path);
}

/** Makes a file that nobody else can read, unless it is there, and sees to it that nobody can. */
async function makeFile(path: string): Promise<void> {
  try {
    const file = await Deno.open(path, { create: true, write: true, mode: 0o600 });
    file.close();
    if (Deno.build.os !== "windows") await Deno.chmod(path, 0o600);
  } catch (error) {
    throw storeError(error, path);
  }
}

const PRIVATE_ADVICE = "public.kv and keys are unharmed. Restore private.kv from a backup";

function publicAdvice(dir: string): string {
  return `private.kv and keys are unharmed. Move public.kv, public.kv-wal and public.kv-shm out of ` +
    `${dir}: other nodes send again what they still have`;
}

/** Says of a damaged file what else is unharmed, and what to do. */
function advised(error: unknown, advice: string): unknown {
  return error instanceof StoreError && error.code === "damaged"
    ? new StoreError("damaged", `${error.message}. ${advice}`, error.cause)
    : error;
}
