/** Tells whoever answers for a folder of its new keys: the running node, or the command itself. */
import { encodeKeyBundle, type Keyring, showKeyFile } from "../keystore/mod.ts";
import type { Backend } from "./api.ts";
import { encodeBase64 } from "./base64.ts";
import { withUserErrors } from "./failures.ts";
import { UserError } from "./user_error.ts";

/** A data folder and who answers for it. */
export interface KeysPlace {
  /** Path of the folder. */
  readonly dir: string;
  /** The running node, or the command itself. */
  readonly backend: Backend;
}

/**
 * Hands keys over where there are keys already, or none existed before; a locked node stays locked.
 * Answers what went wrong in words, since the keys are on disk by now and that is what counts.
 */
export async function handOver(keyring: Keyring, place: KeysPlace): Promise<string | undefined> {
  const { backend } = place;
  try {
    await tellKeysFile(place);
    const first = keyring.identities().length === 1;
    if (first || (await backend.call("status", {})).unlocked) {
      const bundle = encodeKeyBundle(keyring);
      await backend.unlock(bundle).finally(() => bundle.fill(0));
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `The identity is safe on the disk, but the node could not be given its key: ` +
      `${error.message} Try: gossamer unlock`;
  }
}

/**
 * Gives a running node the `keys` file as it is now, sealed: it can't read it itself, and its web page
 * unlocks with it. Rejects with a `UserError`.
 */
export async function tellKeysFile({ dir, backend }: KeysPlace): Promise<void> {
  if (!backend.running) return;
  await withUserErrors(() =>
    showKeyFile(dir, async (file) => {
      await backend.call("keys-file", { file: encodeBase64(file) });
    })
  );
}
