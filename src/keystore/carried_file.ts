/** Files that leave the data folder: archives and recovery sheets, written and read with care. */

const PRIVATE_MODE = 0o600;
/** Windows keeps its locks from the very process that has them, which couldn't read back what it wrote. */
const LOCKS = Deno.build.os !== "windows";

/** How {@linkcode writeCarried} goes about it. */
export interface CarriedOptions {
  /** Puts the file in the place of what has that name, once it is whole. */
  readonly replace?: boolean;
  /** Called with the name under which the whole file stands before it gets its own; may refuse it by throwing. */
  readonly check?: (path: string) => Promise<void>;
  /** First bytes of such files: what a write of one left that was cut off is replaced. Left out, it stops the write. */
  readonly magic?: string;
}

/**
 * Writes a file that wasn't there, from one piece or many, readable for its owner alone, whole or not at all, and on the
 * disk when it returns. Answers `false`, with nothing changed, if anything has that name already.
 * A crash may leave an empty file of that name, or `path.new`, which is like the file. Throws
 * the system's error, with nothing left behind of its own; `AlreadyExists` for a `path.new` that isn't such a leftover.
 */
export async function writeCarried(
  path: string,
  bytes: Uint8Array | AsyncIterable<Uint8Array>,
  { replace = false, check, magic }: CarriedOptions = {},
): Promise<boolean> {
  // The name is taken first, and only by creation: nobody's file is ever replaced unasked. No hard
  // link, which the file systems of memory sticks don't have.
  if (!replace && !await createEmpty(path)) return false;
  const temporary = `${path}.new`;
  let begun = false;
  try {
    if (magic !== undefined) await removeLeftover(temporary, magic);
    using out = await Deno.open(temporary, { createNew: true, write: true, mode: PRIVATE_MODE });
    begun = true;
    // Until it has its name, or this process ended in whatever way. Some file systems have no locks.
    if (LOCKS) await out.tryLock(true).catch(() => false);
    for await (const piece of bytes instanceof Uint8Array ? [bytes] : bytes) {
      for (let rest = piece; rest.length > 0;) rest = rest.subarray(await out.write(rest));
    }
    await out.sync();
    // Windows renames no open file.
    if (!LOCKS) out.close();
    await check?.(temporary);
    await Deno.rename(temporary, path);
  } catch (error) {
    if (begun) await Deno.remove(temporary).catch(() => {});
    if (!replace) await Deno.remove(path).catch(() => {});
    throw error;
  }
  await syncFolder(path);
  return true;
}

/** Reads a file of the user's, at most `maxBytes` + 1 bytes of it. Throws the system's error. */
export async function readCarried(path: string, maxBytes: number): Promise<Uint8Array> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(maxBytes + 1);
  let length = 0;
  while (length < bytes.length) {
    const n = await file.read(bytes.subarray(length));
    if (n === null) break;
    length += n;
  }
  return bytes.subarray(0, length);
}

async function createEmpty(path: string): Promise<boolean> {
  try {
    (await Deno.open(path, { createNew: true, write: true, mode: PRIVATE_MODE })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  // Windows opens no folder, and there the rename is as durable as it gets.
  if (Deno.build.os === "windows") return;
  const slash = path.lastIndexOf("/");
  using folder = await Deno.open(slash < 0 ? "." : path.slice(0, slash) || "/");
  // Some file systems can't; the file itself is synced.
  await folder.sync().catch(() => {});
}

/**
 * Removes what a write left that was cut off: a plain file of this account's that no process holds, and that is empty or
 * begins as such files do. Anything else of that name is left alone, and stops the write.
 */
async function removeLeftover(path: string, magic: string): Promise<void> {
  if (!LOCKS) return;
  try {
    const named = await Deno.lstat(path);
    if (!named.isFile) return;
    using file = await Deno.open(path, { read: true, write: true });
    const open = await file.stat();
    // Not by a link that was put there meanwhile.
    if (open.ino !== named.ino || open.dev !== named.dev || !await file.tryLock(true)) return;
    const head = new Uint8Array(magic.length);
    const length = await file.read(head) ?? 0;
    const begins = new TextEncoder().encode(magic).every((byte, i) => byte === head[i]);
    if (open.size === 0 || (length === magic.length && begins)) await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
