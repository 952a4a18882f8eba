/**
 * A data folder out of a backup (docs/PROTOCOL.md section 11). The file is read twice: once to its end
 * before anything is written, and again to write what it holds; both times every part is checked.
 */
import {
  BackupFile,
  createVerifier,
  hasIdentities,
  KeystoreError,
  passphraseFrom,
} from "../keystore/mod.ts";
import {
  beginRestore,
  checkBackupHead,
  completeRestore,
  finishRestore,
  openStores,
  removeRestoring,
  restoreState,
  RESTORING,
  takeLock,
} from "../store/mod.ts";
import { type BackupHead, type BackupItem, BackupReader } from "../wire/backup.ts";
import { DATA_FILES } from "../wire/data_files.ts";
import { WireError } from "../wire/errors.ts";
import { labelsOf, type NetworkName } from "../wire/labels.ts";
import type { BackupMade, BackupRequest } from "./backup.ts";
import { exists } from "./exists.ts";
import { withUserErrors } from "./failures.ts";
import type { Place } from "./identity.ts";
import { needNetwork } from "./network_name.ts";
import { onFile } from "./shown_once.ts";
import { UserError } from "./user_error.ts";

/** Files that are nothing to lose. */
const EMPTY_FILES: readonly string[] = ["lock", "keys.lock", RESTORING];

/** What {@linkcode restore} takes. */
export interface RestoreRequest extends Place {
  /** The backup. */
  readonly file: string;
  /** Its passphrase. The caller wipes it. */
  readonly backupPassphrase: Uint8Array;
  /** Only looks at it. */
  readonly dryRun: boolean;
  /** How the backup's key is derived: others than the default are for tests. */
  readonly seal?: BackupRequest["seal"];
  /** Called with how much is done, from 0 to 1. */
  readonly progress?: (share: number) => void;
  /** Called after each step with its name: for tests, which end the process there. */
  readonly step?: (name: string) => void;
}

/** What {@linkcode checkRestore} takes. */
export type RestoreCheck = Omit<RestoreRequest, "backupPassphrase" | "progress" | "step">;

/** What a backup holds, and whether it is in the folder now. */
export interface Restored extends Pick<BackupMade, "file" | "madeAt" | "contents"> {
  /** Whether it was put into the data folder. */
  readonly restored: boolean;
  /** The data folder. */
  readonly dataDir: string;
}

/**
 * Restores a backup into a folder that holds nothing yet, all of it or none. Throws a `UserError`: a
 * folder with data, a wrong passphrase, a backup that is damaged, cut off or a newer version's, or
 * what the disk says.
 */
export function restore(request: RestoreRequest): Promise<Restored> {
  return withUserErrors(async () => {
    const { file, dataDir, dryRun } = request;
    const network = needNetwork(request.network);
    if (!dryRun) await needEmpty(dataDir);
    const labels = labelsOf(network);
    using passphrase = passphraseFrom(request.backupPassphrase.slice());
    return await ofBackup(file, async () => {
      using opened = await BackupFile.open(file, { ...request.seal, labels, passphrase });
      const { counts: contents, madeAt } = await look(opened, request, network);
      if (!dryRun) await put(opened, request, network);
      return { file, madeAt, contents, restored: !dryRun, dataDir };
    });
  });
}

/**
 * Looks whether there is a backup to restore and room for it, before anybody is asked for its
 * passphrase. Throws a `UserError` as {@linkcode restore} does; that looks again.
 */
export function checkRestore(request: RestoreCheck): Promise<void> {
  return withUserErrors(async () => {
    const { file, dataDir, dryRun, seal } = request;
    needNetwork(request.network);
    if (!dryRun) await needEmpty(dataDir);
    await ofBackup(file, () => BackupFile.look(file, seal));
  });
}

/** Runs what reads a backup. What is damaged in it is no damage to a folder, for which there is other advice. */
async function ofBackup<T>(file: string, run: () => Promise<T>): Promise<T> {
  try {
    return await onFile(`read ${file}`, run);
  } catch (error) {
    if (!(error instanceof KeystoreError) || error.code !== "damaged") throw error;
    throw new UserError("failed", `${error.message}. Nothing was changed.`);
  }
}

/** Reads all of a backup. Throws a `UserError` or a `StoreError` for one that can't be restored. */
async function look(
  opened: BackupFile,
  { progress, dryRun }: RestoreRequest,
  network: NetworkName,
): Promise<BackupHead> {
  const found: { head?: BackupHead; statements: number; profiles: number } = {
    statements: 0,
    profiles: 0,
  };
  await each(opened, (item) => {
    if (item.kind === "head") {
      checkBackupHead(item.head, network);
      found.head = item.head;
    } else if (item.kind === "row" && item.key[0] === "s") found.statements++;
    else if (item.kind === "row" && item.key[0] === "p") found.profiles++;
  }, (bytes) => progress?.(bytes / opened.bytes / (dryRun ? 1 : 2)));
  const { head, statements, profiles } = found;
  const { counts } = head ?? {};
  if (head === undefined || counts?.statements !== statements || counts.profiles !== profiles) {
    throw new UserError("failed", "The backup doesn't hold what it says. Nothing was changed.");
  }
  return head;
}

async function put(
  opened: BackupFile,
  request: RestoreRequest,
  network: NetworkName,
): Promise<void> {
  const { dataDir } = request;
  await Deno.mkdir(dataDir, { recursive: true, mode: 0o700 });
  if (Deno.build.os !== "windows") await Deno.chmod(dataDir, 0o700);
  const lock = await takeLock(dataDir);
  if (lock === undefined) {
    throw new UserError(
      "failed",
      `Another Gossamer process is using ${dataDir}. Nothing was changed.`,
    );
  }
  try {
    await needEmpty(dataDir);
    await write(opened, request, network);
  } finally {
    lock.release();
  }
}

/** Writes a folder beside where it will be, and puts it there. What fails leaves nothing behind. */
async function write(
  opened: BackupFile,
  { dataDir, progress, step = (): void => {} }: RestoreRequest,
  network: NetworkName,
): Promise<void> {
  try {
    {
      using writer = await beginRestore(dataDir, { network, verify: createVerifier() });
      step("begun");
      const size = opened.bytes;
      await each(opened, (item) => writer.take(item), (bytes) => {
        step("chunk");
        progress?.((size + bytes) / (2 * size));
      });
      await writer.finish();
    }
    step("written");
    await tryOut(`${dataDir}/${RESTORING}`, network);
    step("tried");
    await completeRestore(dataDir);
  } catch (error) {
    await removeRestoring(dataDir);
    throw error;
  }
  step("complete");
  await finishRestore(dataDir);
  step("finished");
}

/** Opens what was written, as the next start will: what fails then must fail now. */
async function tryOut(dir: string, network: NetworkName): Promise<void> {
  if (!await hasIdentities({ dir, labels: labelsOf(network) })) {
    throw new UserError("failed", "The backup holds no identity. Nothing was restored.");
  }
  const stores = await openStores({ dir, network });
  await stores.close();
}

/** Runs through a backup's items. Throws a `UserError` for contents that no version writes. */
async function each(
  opened: BackupFile,
  take: (item: BackupItem) => void | Promise<void>,
  progress: (bytes: number) => void,
): Promise<void> {
  const reader = new BackupReader();
  let bytes = 0;
  try {
    for await (const chunk of opened.chunks()) {
      for (const item of reader.push(chunk)) await take(item);
      bytes += chunk.length;
      progress(bytes);
    }
    reader.finish();
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new UserError("failed", `${error.message}. Nothing was changed.`);
  }
}

/** Refuses a folder that holds anything of ours; what a restore left that was cut off is put right. */
async function needEmpty(dir: string): Promise<void> {
  if (await restoreState(dir) === "complete") {
    const lock = await takeLock(dir);
    if (lock === undefined) return;
    try {
      await finishRestore(dir);
    } finally {
      lock.release();
    }
    throw new UserError(
      "failed",
      `A restore into ${dir} had been cut off at its very end, and is finished now: the folder is ` +
        "ready. This backup was not used.",
    );
  }
  const ours = DATA_FILES.map(({ name }) => name).filter((name) => !EMPTY_FILES.includes(name));
  for (const name of ours) {
    if (!await exists(`${dir}/${name}`)) continue;
    throw new UserError(
      "failed",
      `There is a data folder in ${dir} already (${name}). Nothing was changed: a backup goes into an ` +
        "empty folder. Name another with --data-dir, or move that one away.",
    );
  }
}
