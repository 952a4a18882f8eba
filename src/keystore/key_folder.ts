/**
 * The `keys` file on disk: read whole, replaced whole, by one process at a time.
 *
 * Beside it stands `keys.lock`, empty, made together with it and never removed: who changes the keys
 * holds an exclusive lock on it, which the system lets go of however the process ends. It can't be
 * on `keys` itself, which every write replaces. `keys.new` is a write that was cut off; it is sealed
 * like the file, and the next to take the lock removes it. Reading needs no lock: a rename is whole.
 */
import { KeyFileError } from "./errors.ts";
import { KEY_FILE_BYTES } from "./key_file.ts";

const PRIVATE_MODE = 0o600;

/** Runs `f` while no other process, nor anybody else in this one, changes the folder's keys. */
export async function withKeysLock<T>(dir: string, f: () => Promise<T>): Promise<T> {
  using lock = await Deno.open(`${dir}/keys.lock`, {
    create: true,
    write: true,
    mode: PRIVATE_MODE,
  });
  await lock.lock(true);
  await removeIfThere(temporary(dir));
  return await f();
}

/**
 * The file's bytes, or `undefined` when there is none. Reads at most one byte more than a `keys`
 * file has; throws a {@linkcode KeyFileError} for what isn't a plain file of that size.
 */
export async function readKeys(dir: string): Promise<Uint8Array | undefined> {
  try {
    const { isFile, size } = await Deno.lstat(path(dir));
    if (!isFile) throw new KeyFileError("damaged", "The keys file isn't a plain file");
    if (size !== KEY_FILE_BYTES) throw new KeyFileError("damaged", "The keys file is cut off");
    return await Deno.readFile(path(dir));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Replaces the file, or leaves the old one whole: a new one beside it, synced, renamed, the folder
 * synced. Only under {@linkcode withKeysLock}. Throws the system's error, with nothing changed.
 */
export async function writeKeys(dir: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeSynced(temporary(dir), bytes);
    await Deno.rename(temporary(dir), path(dir));
  } catch (error) {
    await removeIfThere(temporary(dir)).catch(() => {});
    throw error;
  }
  await syncFolder(dir);
}

async function writeSynced(file: string, bytes: Uint8Array): Promise<void> {
  using out = await Deno.open(file, { createNew: true, write: true, mode: PRIVATE_MODE });
  for (let written = 0; written < bytes.length;) {
    written += await out.write(bytes.subarray(written));
  }
  await out.sync();
}

async function syncFolder(dir: string): Promise<void> {
  // Windows opens no folder, and there the rename is as durable as it gets.
  if (Deno.build.os === "windows") return;
  using folder = await Deno.open(dir);
  await folder.sync();
}

async function removeIfThere(file: string): Promise<void> {
  try {
    await Deno.remove(file);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function path(dir: string): string {
  return `${dir}/keys`;
}

function temporary(dir: string): string {
  return `${dir}/keys.new`;
}
