/**
 * Takes an identity out of the `keys` file for good (docs/PROTOCOL.md section 11).
 *
 * ```
 * the caller prepares what goes with it → keys without it, under a new store key → the old keys destroyed
 * ```
 * The old file gets a second name first, so that its bytes can be overwritten after the new one took
 * its place; cut off in between, {@linkcode destroyRemains} does it.
 */
import type { IdentityKey } from "../wire/ids.ts";
import { publicKeyOf } from "./ed25519.ts";
import { destroyFile, retire } from "./destroy.ts";
import { type KeyContents, STORE_KEY_BYTES, wipeKeyContents } from "./key_contents.ts";
import { withKeysLock, writeKeys } from "./key_folder.ts";
import {
  type OpenKeysOptions,
  openToChange,
  randomSecret,
  sealAgain,
  vacantFile,
} from "./key_store.ts";
import { Keyring } from "./keyring.ts";
import { PROCESS_MEMORY } from "./secret.ts";

/** How an identity is removed. */
export interface RemoveIdentityOptions extends OpenKeysOptions {
  /** Which. */
  readonly id: IdentityKey;
  /**
   * Called with the keys as they are and as they will be, both wiped afterwards, before anything is
   * changed; what it throws leaves the file as before.
   */
  readonly prepare: (keys: { readonly old: Keyring; readonly next: Keyring }) => Promise<void>;
}

/**
 * Removes an identity; whoever looks at the file of one that was the last learns as much as from a
 * new folder's. Throws as `openKeys` does, and a `RangeError` for an identity that isn't there; the
 * file is then as before.
 */
export async function removeIdentity(options: RemoveIdentityOptions): Promise<void> {
  const { dir, labels, id, prepare } = options;
  await withKeysLock(dir, async () => {
    const opened = await openToChange(options);
    using key = opened.key;
    const { entries } = opened.contents;
    const staying = entries.filter(({ seed }) => seed.use(publicKeyOf) !== id);
    if (staying.length === entries.length) {
      wipeKeyContents(opened.contents);
      throw new RangeError("No such identity in these keys");
    }
    const contents: KeyContents = {
      storeKey: randomSecret(STORE_KEY_BYTES, options.allocator ?? PROCESS_MEMORY),
      entries: staying.map((entry) => ({ ...entry, seed: entry.seed.copy() })),
    };
    using next = new Keyring(contents);
    using old = new Keyring(opened.contents);
    await prepare({ old, next });
    const file = staying.length === 0
      ? vacantFile(labels)
      : sealAgain({ ...opened, key }, { contents, labels });
    const retired = await retire(`${dir}/keys`);
    await writeKeys(dir, file);
    if (retired !== undefined) await destroyFile(retired);
  });
}
