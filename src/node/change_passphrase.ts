/** Changes a data folder's passphrase, in the command line's process (docs/PROTOCOL.md section 11). */
import { changePassphrase, mediumCaveats, passphraseFrom } from "../keystore/mod.ts";
import { labelsOf } from "../wire/labels.ts";
import type { Backend } from "./api.ts";
import { withUserErrors } from "./failures.ts";
import { tellKeysFile } from "./hand_over.ts";
import type { Place } from "./identity.ts";
import { needNetwork } from "./network_name.ts";
import { UserError } from "./user_error.ts";

/** What {@linkcode passphraseChange} takes. The caller wipes both passphrases. */
export interface PassphraseChange extends Place {
  /** The one that it has. */
  readonly passphrase: Uint8Array;
  /** The one that it gets. */
  readonly next: Uint8Array;
  /** The running node, or the command itself. */
  readonly backend: Backend;
}

/** What became of a change. */
export interface PassphraseChanged {
  /** What can't be promised, in words. */
  readonly caveats: readonly string[];
  /** What went wrong after it, in words. */
  readonly notes: readonly string[];
}

const OLD_COPIES =
  "What was sealed before stays so: backups of this folder, and any copy of its keys file, open with the " +
  "old passphrase, and by such a copy also what this folder keeps from now on. If somebody may have both, " +
  "the identities aren't yours alone any more: gossamer identity revoke";

/**
 * Changes it; the node stays as it is, locked or not, and is given the new file. Throws a `UserError`, with
 * nothing changed: a wrong passphrase, an unusable new one, no identity, or what the disk says.
 */
export function passphraseChange(request: PassphraseChange): Promise<PassphraseChanged> {
  return withUserErrors(async () => {
    const { dataDir: dir, backend } = request;
    const labels = labelsOf(needNetwork(request.network));
    using passphrase = passphraseFrom(request.passphrase.slice());
    using next = passphraseFrom(request.next.slice());
    const overwritten = await changePassphrase({ dir, labels, passphrase, next });
    const caveats = overwritten ? [] : [
      "The old keys file couldn't be overwritten where it lay, and was removed without it, or is " +
      "destroyed when a node starts.",
    ];
    return {
      caveats: [...caveats, OLD_COPIES, ...mediumCaveats(dir)],
      notes: await notesOf(() => tellKeysFile({ dir, backend })),
    };
  });
}

async function notesOf(tell: () => Promise<void>): Promise<readonly string[]> {
  try {
    await tell();
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [
      `The passphrase is changed, but the running node couldn't be told: ${error.message} Until it is ` +
      "started again its web page unlocks with the old one.",
    ];
  }
}
