/**
 * One process at a time writes to a data folder: an exclusive lock on `<folder>/lock` that the kernel
 * lets go of when the process ends, however it ends. The file itself stays and means nothing.
 */
import { storeError } from "./errors.ts";

/** File that is there while the destruction of a whole folder is under way, or was cut off. */
export const OBLITERATING = "obliterating";

/** The lock while it is held. */
export interface FolderLock {
  /** Lets go of it. */
  release(): void;
}

/**
 * Takes the lock of a folder that exists. `undefined` when another process, or this one, has it.
 * Throws a `StoreError` when the file can't be made.
 */
export async function takeLock(dir: string): Promise<FolderLock | undefined> {
  const path = `${dir}/lock`;
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { create: true, write: true, mode: 0o600 });
  } catch (error) {
    throw storeError(error, path);
  }
  if (await file.tryLock(true)) return { release: () => file.close() };
  file.close();
  return undefined;
}
