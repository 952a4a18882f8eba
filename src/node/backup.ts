/**
 * A sealed backup of a data folder (docs/PROTOCOL.md section 11), made in the command line's process
 * beside a running node or without one: the node is asked for nothing, and no key leaves it.
 */
import {
  BACKUP_MAGIC,
  BackupFile,
  type BackupSeal,
  generatePassphrase,
  type Keyring,
  openKeys,
  passphraseFrom,
  readKeys,
  sealBackup,
  writeCarried,
} from "../keystore/mod.ts";
import { type BackupSource, openBackup } from "../store/mod.ts";
import {
  type BackupCounts,
  type BackupHead,
  BackupReader,
  encodeBackupItem,
} from "../wire/backup.ts";
import { type Labels, labelsOf } from "../wire/labels.ts";
import { unixSeconds } from "../wire/time.ts";
import { exists } from "./exists.ts";
import { withUserErrors } from "./failures.ts";
import type { Place } from "./identity.ts";
import { needNetwork } from "./network_name.ts";
import { refuseWeak } from "./refuse_weak.ts";
import { onFile, shown, thereAlready } from "./shown_once.ts";
import { UserError } from "./user_error.ts";

/** What {@linkcode backup} takes. */
export interface BackupRequest extends Place {
  /** Of the keys file. The caller wipes it. */
  readonly passphrase: Uint8Array;
  /** Where the backup goes. */
  readonly file: string;
  /** Puts it in the place of what has that name. */
  readonly force: boolean;
  /** The backup's own; generated if left out. The caller wipes it. */
  readonly backupPassphrase?: Uint8Array;
  /** How the backup's key is derived: others than the default are for tests. */
  readonly seal?: Pick<BackupSeal, "kdf" | "params" | "limits">;
  /** Called with the bytes written so far. */
  readonly progress?: (bytes: number) => void;
}

/** What became of a backup. */
export interface BackupMade {
  /** The file. */
  readonly file: string;
  /** Its size. */
  readonly bytes: number;
  /** When it was made, in seconds since 1970. */
  readonly madeAt: number;
  /** What is in it; `pending` is what isn't. */
  readonly contents: BackupCounts;
  /** The generated passphrase, to be shown once; null for the user's own. */
  readonly passphrase: string | null;
}

/**
 * Writes a backup, and reads it back before it gets its name. Throws a `UserError`: wrong passphrase,
 * a passphrase too weak, something of that name, damaged data, or what the disk says.
 */
export function backup(request: BackupRequest): Promise<BackupMade> {
  return withUserErrors(async () => {
    const { dataDir: dir, file, force } = request;
    const labels = labelsOf(needNetwork(request.network));
    if (!force && await onFile(`write ${file}`, () => exists(file))) throw thereAlready(file);
    const own = request.backupPassphrase;
    using secret = own === undefined ? await generatePassphrase() : passphraseFrom(own.slice());
    if (own !== undefined) await refuseWeak(secret);
    const { keyring, keys } = await openBoth(request, labels);
    using _keyring = keyring;
    using source = await openSource(keyring, { dir, labels });
    const identities = keyring.identities().length;
    const madeAt = unixSeconds(Math.floor(Date.now() / 1000));
    const contents = { identities, ...source.counts };
    const head = { network: labels.network, schema: source.schema, madeAt, counts: contents };
    const sum = { bytes: 0 };
    const seal = { ...request.seal, labels, passphrase: secret };
    const items = itemsOf(source, { head, keys });
    const pieces = counted(sealBackup(items, seal), { sum, progress: request.progress });
    const check = (path: string): Promise<void> => readBack(path, seal);
    const how = { replace: force, check, magic: BACKUP_MAGIC };
    const write = (): Promise<boolean> => writeCarried(file, pieces, how);
    if (!await onFile(`write ${file}`, write)) throw thereAlready(file);
    const { bytes } = sum;
    return { file, bytes, madeAt, contents, passphrase: own === undefined ? shown(secret) : null };
  });
}

/** The keys, open, and the file that they stand in: the same of which both are. */
async function openBoth(
  request: BackupRequest,
  labels: Labels,
): Promise<{ keyring: Keyring; keys: Uint8Array }> {
  const dir = request.dataDir;
  const before = await readKeys(dir);
  using passphrase = passphraseFrom(request.passphrase.slice());
  const keyring = await openKeys({ dir, labels, passphrase });
  const keys = await readKeys(dir);
  if (keys !== undefined && before?.every((byte, i) => byte === keys[i])) return { keyring, keys };
  keyring.wipe();
  throw new UserError("failed", "The keys were changed meanwhile. Nothing was written; try again.");
}

async function openSource(
  keyring: Keyring,
  { dir, labels }: { readonly dir: string; readonly labels: Labels },
): Promise<BackupSource> {
  const secrets = keyring.slotKeys(labels);
  try {
    const slotKeys = secrets.map((secret) => secret.use((key) => key));
    return await keyring.storeKey().use((storeKey) =>
      openBackup({ dir, labels, openers: { storeKey, slotKeys } })
    );
  } finally {
    for (const secret of secrets) secret.wipe();
  }
}

async function* itemsOf(
  source: BackupSource,
  { head, keys }: { readonly head: BackupHead; readonly keys: Uint8Array },
): AsyncGenerator<Uint8Array> {
  const sum = { records: 0, rows: 0 };
  yield encodeBackupItem({ kind: "head", head });
  yield encodeBackupItem({ kind: "keys", bytes: keys });
  for await (const { name, value } of source.records()) {
    sum.records++;
    yield encodeBackupItem({ kind: "record", name, value });
  }
  for await (const { key, value } of source.rows()) {
    sum.rows++;
    yield encodeBackupItem({ kind: "row", key, value });
  }
  yield encodeBackupItem({ kind: "end", ...sum });
}

/** Counts what passes, and says so as it goes. */
async function* counted(
  pieces: AsyncIterable<Uint8Array>,
  { sum, progress }: { sum: { bytes: number }; progress: ((bytes: number) => void) | undefined },
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    sum.bytes += piece.length;
    progress?.(sum.bytes);
    yield piece;
  }
}

/** Opens what was just written, to its end. Throws a `UserError` when it isn't what it should be. */
async function readBack(path: string, seal: BackupSeal): Promise<void> {
  try {
    using file = await BackupFile.open(path, seal);
    const reader = new BackupReader();
    for await (const chunk of file.chunks()) reader.push(chunk);
    reader.finish();
  } catch (error) {
    const why = error instanceof Error ? error.message : "unknown reason";
    throw new UserError(
      "failed",
      `What was written doesn't read back (${why}): the medium may be failing. No backup was made.`,
    );
  }
}
