/** Gives a folder's new keys to whoever answers for it: the running node, or the command itself. */
import { encodeKeyBundle, type Keyring } from "../keystore/mod.ts";
import type { Backend } from "./api.ts";
import { UserError } from "./user_error.ts";

/**
 * Hands keys over where there are keys already, or none existed before; a locked node stays locked.
 * Answers what went wrong in words, since the keys are on disk by now and that is what counts.
 */
export async function handOver(keyring: Keyring, backend: Backend): Promise<string | undefined> {
  try {
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
