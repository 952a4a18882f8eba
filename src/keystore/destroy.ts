/**
 * Destroys single files, as well as a program can (docs/PROTOCOL.md section 11).
 *
 * ```
 * random bytes over it, in place → sync → a random name → the system's tool → cut to 0 → unlink → folder synced
 * ```
 * Wherever that is cut off, the file has its own name or one that {@linkcode isRemains} knows, and
 * doing it again finishes it. Links are never followed: what a link leads to isn't ours.
 */
import { statfsSync } from "node:fs";
import { FLASH_KEEPS, OUT_OF_REACH } from "../wire/destruction_words.ts";
import { basename, dirname, join } from "node:path";

const CHUNK_BYTES = 65_536;
const REMAINS = /^gone-[0-9a-f]{32}$/;
const TOOL = "shred";

/** What became of a file. */
export interface Destroyed {
  /** Its path as it was given. */
  readonly destroyed: string;
  /** What was done, in order; empty when there was no such file. */
  readonly how: readonly string[];
  /** What can't be promised, in words. */
  readonly caveats: readonly string[];
}

/** The file isn't one to destroy: a link, a folder, a device, or a file with a second name. */
export class DestroyError extends Error {
  /** Name of the class. */
  override readonly name = "DestroyError";
}

/** How to destroy. */
export interface DestroyOptions {
  /** Called after each step with its name; what it throws cuts the rest off: for tests. */
  readonly step?: (name: string) => void;
}

/** Whether a name is that of a file whose destruction was cut off. */
export function isRemains(name: string): boolean {
  return REMAINS.test(name);
}

/**
 * Destroys a file; that there is none is no error. Throws a {@linkcode DestroyError}, with nothing
 * changed, or the system's error: doing it again goes on from there.
 */
export async function destroyFile(path: string, options: DestroyOptions = {}): Promise<Destroyed> {
  const step = options.step ?? ((): void => {});
  const info = await infoOf(path);
  if (info === undefined) return { destroyed: path, how: [], caveats: [] };
  refuse(path, info);
  const caveats: string[] = [];
  await overwrite(path);
  step("overwritten");
  const nameless = isRemains(basename(path)) ? path : join(dirname(path), remainsName());
  await Deno.rename(path, nameless);
  await syncFolder(dirname(path));
  step("renamed");
  const how = ["overwritten with random bytes", "renamed"];
  if (await runTool(nameless)) how.push(TOOL);
  step("tool");
  {
    using file = await Deno.open(nameless, { write: true });
    await file.truncate(0);
    await file.sync();
  }
  step("truncated");
  await Deno.remove(nameless);
  await syncFolder(dirname(path));
  how.push("cut to nothing", "unlinked");
  return { destroyed: path, how, caveats };
}

/**
 * Gives a file a second name, so that it can be destroyed once another file took its first one; the
 * new path. `undefined` where there is no such file, or the file system has no second names.
 */
export async function retire(path: string): Promise<string | undefined> {
  const nameless = join(dirname(path), remainsName());
  try {
    await Deno.link(path, nameless);
    return nameless;
  } catch {
    // The file goes without being overwritten then; what is in it is sealed.
    return undefined;
  }
}

/** Destroys what earlier runs, cut off, left behind in a folder. */
export async function destroyRemains(dir: string): Promise<readonly Destroyed[]> {
  const done: Destroyed[] = [];
  for (const name of remainsIn(dir)) {
    const path = join(dir, name);
    // Cut off before another file took its first name: under that one it is still in use.
    if (((await infoOf(path))?.nlink ?? 1) > 1) await Deno.remove(path);
    else done.push(await destroyFile(path));
  }
  return done;
}

function remainsIn(dir: string): readonly string[] {
  return [...Deno.readDirSync(dir)].map(({ name }) => name).filter(isRemains);
}

/** What no program can promise on the medium that a folder lies on, in words; never empty. */
export function mediumCaveats(dir: string): readonly string[] {
  return [mediumCaveat(dir), ...OUT_OF_REACH];
}

/** Numbers of file systems as Linux has them, where writing over a file leaves the old bytes. */
const COPYING: Readonly<Record<number, string>> = {
  0x9123683e: "btrfs",
  0x2fc12fc1: "zfs",
  0x794c7630: "overlay",
  0xf2f52010: "f2fs",
  0xca451a4e: "bcachefs",
};
const IN_MEMORY = 0x01021994;

function mediumCaveat(dir: string): string {
  let type: number;
  try {
    type = statfsSync(dir).type;
  } catch {
    return `The file system couldn't be asked what it is: one that copies on write keeps the ` +
      `old bytes. ${FLASH_KEEPS}`;
  }
  if (type === IN_MEMORY) return "The folder lies in memory (tmpfs), which may have been swapped.";
  const name = COPYING[type];
  if (name === undefined) return FLASH_KEEPS;
  return `The folder lies on ${name}, which writes elsewhere than over the old bytes: these stay ` +
    `on the disk until it reuses the place. ${FLASH_KEEPS}`;
}

async function infoOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function refuse(path: string, info: Deno.FileInfo): void {
  const what = info.isSymlink
    ? "a link, and what it leads to may be anybody's"
    : !info.isFile
    ? "no plain file"
    : (info.nlink ?? 1) > 1
    ? "a file that has another name elsewhere, where it may be needed"
    : undefined;
  if (what !== undefined) throw new DestroyError(`${path} was left alone: it is ${what}`);
}

async function overwrite(path: string): Promise<void> {
  // Not `truncate` nor `create`: the same places on the disk are to be written.
  using file = await Deno.open(path, { write: true });
  const { size } = await file.stat();
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let left = size; left > 0;) {
    crypto.getRandomValues(chunk);
    left -= await file.write(chunk.subarray(0, Math.min(left, chunk.length)));
  }
  await file.sync();
}

/** Runs `shred` where there is one and it may be run; the bytes are gone without it, too. */
async function runTool(path: string): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(TOOL, {
      args: ["--iterations=1", "--zero", "--", path],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    // Not here, or not allowed: an extra, not the thing itself.
    return false;
  }
}

function remainsName(): string {
  return `gone-${crypto.getRandomValues(new Uint8Array(16)).toHex()}`;
}

async function syncFolder(dir: string): Promise<void> {
  // Windows opens no folder, and there a rename is as durable as it gets.
  if (Deno.build.os === "windows") return;
  using folder = await Deno.open(dir);
  // Some file systems can't; the files themselves are synced.
  await folder.sync().catch(() => {});
}
