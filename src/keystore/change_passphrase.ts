/**
 * Another passphrase for a data folder (docs/PROTOCOL.md section 11).
 *
 * ```
 * keys opened with the old one → sealed under the new one → in the file's place → the old file destroyed
 * ```
 * The secrets in it stay as they are, so whoever has a copy of the old file and its passphrase has them still.
 */
import { destroyFile, destroyRemains, retire } from "./destroy.ts";
import { encodeKeyContents, wipeKeyContents } from "./key_contents.ts";
import { sealKeyFile } from "./key_file.ts";
import { withKeysLock, writeKeys } from "./key_folder.ts";
import { newSeal, type OpenKeysOptions, openToChange } from "./key_store.ts";
import type { KdfParams } from "./kdf_params.ts";
import type { Secret } from "./secret.ts";

/** How a passphrase is changed. */
export interface ChangePassphraseOptions extends OpenKeysOptions {
  /** The new one; stays the caller's to wipe. */
  readonly next: Secret;
  /** What the new one is derived with, in place of a calibration: for tests. */
  readonly params?: KdfParams;
}

/**
 * Changes it; answers whether the old file was overwritten before it went, which not every file system
 * lets one do. Takes some seconds. Throws as `openKeys` does; the file is then as before, under the old
 * passphrase.
 */
export async function changePassphrase(options: ChangePassphraseOptions): Promise<boolean> {
  const { dir, labels, next, allocator } = options;
  return await withKeysLock(dir, async () => {
    // Of an earlier change that was cut off.
    await destroyRemains(dir);
    const { contents, key: old } = await openToChange(options);
    try {
      old.wipe();
      const { header, key } = await newSeal({ ...options, passphrase: next });
      using _key = key;
      using encoded = encodeKeyContents(contents, allocator);
      const file = sealKeyFile(encoded, { key, labels, header });
      const retired = await retire(`${dir}/keys`);
      try {
        await writeKeys(dir, file);
      } catch (error) {
        if (retired !== undefined) await Deno.remove(retired);
        throw error;
      }
      return retired !== undefined && await isDestroyed(retired);
    } finally {
      wipeKeyContents(contents);
    }
  });
}

/** The passphrase is changed by now, so that nothing here may look as if it weren't. */
async function isDestroyed(retired: string): Promise<boolean> {
  try {
    await destroyFile(retired);
    return true;
  } catch {
    // A node that is just starting may be at it, too; whoever starts next finishes it.
    return false;
  }
}
