/** What a restore leaves while it is under way or was cut off (docs/PROTOCOL.md section 11); see `restore.ts`. */
import { StoreError, storeError } from "./errors.ts";

/** Folder within the data folder that is there while a restore is under way, or was cut off. */
export const RESTORING = "restoring";
/** File in it that says that everything is there. */
export const COMPLETE = "complete";
/** What is put in place, in this order: an older program that finds the folder so sees no identity. */
const RESTORED: readonly string[] = ["private.kv", "public.kv", "keys"];
/** What else may be in it. */
const BESIDE: readonly string[] = [
  ...["private.kv", "public.kv"].flatMap((name) => [`${name}-wal`, `${name}-shm`]),
  ...["public.kv.new", "public.kv.new-wal", "public.kv.new-shm", "lock"],
];

/** Every name that a restore's folder can hold. */
export const RESTORING_FILES: readonly string[] = [...RESTORED, ...BESIDE, COMPLETE];

/** Whether there is one that isn't complete, one that only has to be put in place, or none. */
export type RestoreState = "none" | "begun" | "complete";

/** Looks whether a restore was cut off. */
export async function restoreState(dir: string): Promise<RestoreState> {
  try {
    await needOwnFolder(`${dir}/${RESTORING}`);
    const names = [...Deno.readDirSync(`${dir}/${RESTORING}`)].map(({ name }) => name);
    if (names.includes(COMPLETE)) return "complete";
    if (names.length > 0) return "begun";
    // Cut off as the last or the first thing of all: either way nothing is in it.
    await Deno.remove(`${dir}/${RESTORING}`);
    return "none";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "none";
    throw storeError(error, `${dir}/${RESTORING}`);
  }
}

/**
 * Puts in place what was restored wholly, and does nothing where nothing was. Under the folder's
 * lock. Throws a `StoreError` "unreadable" for a restore that was cut off before it was complete.
 */
export async function finishRestore(dir: string): Promise<void> {
  const state = await restoreState(dir);
  if (state === "none") return;
  if (state === "begun") {
    throw new StoreError(
      "unreadable",
      `A restore into ${dir} was cut off, and nothing of it is in place. Do it again: gossamer ` +
        `restore FILE; or remove ${dir}/${RESTORING}`,
    );
  }
  const place = `${dir}/${RESTORING}`;
  try {
    for (const name of RESTORED) {
      // The first one to go missing was moved by the run that was cut off.
      if (await isThere(`${place}/${name}`)) {
        await Deno.rename(`${place}/${name}`, `${dir}/${name}`);
      }
    }
    await syncFolder(dir);
    await removeFiles(place, BESIDE);
    await removeFiles(place, [COMPLETE]);
    await Deno.remove(place);
    await syncFolder(dir);
  } catch (error) {
    throw storeError(error, place);
  }
}

/** Removes what a restore left that wasn't complete. Throws a `StoreError`. */
export async function removeRestoring(dir: string): Promise<void> {
  const place = `${dir}/${RESTORING}`;
  try {
    await needOwnFolder(place);
    await removeFiles(place, [COMPLETE, ...RESTORED, ...BESIDE]);
    await Deno.remove(place);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw storeError(error, place);
  }
}

/** Throws for anything of that name that isn't a folder: by a link, files of other folders would be removed. */
async function needOwnFolder(place: string): Promise<void> {
  if ((await Deno.lstat(place)).isDirectory) return;
  throw new StoreError("unreadable", `${place} is no folder that Gossamer made; it was left alone`);
}

/** Syncs a folder, where that can be done. */
export async function syncFolder(dir: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using folder = await Deno.open(dir);
  await folder.sync();
}

/** Syncs a file. */
export async function syncFile(path: string): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await file.sync();
}

async function removeFiles(place: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    try {
      await Deno.remove(`${place}/${name}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw storeError(error, path);
  }
}
