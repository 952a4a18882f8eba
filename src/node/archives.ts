/**
 * Identities out of a data folder and into one (docs/PROTOCOL.md section 11), in the command line's
 * process: the node never sees an archive.
 */
import {
  addIdentity,
  ARCHIVE_BYTES,
  destroyFile,
  generatePassphrase,
  KeyFileError,
  makeArchive,
  openIdentityArchive,
  openKeys,
  passphraseFrom,
  readCarried,
  writeCarried,
} from "../keystore/mod.ts";
import { formatIdentity, parseIdentity } from "../wire/ids.ts";
import { labelsOf } from "../wire/labels.ts";
import type { Backend } from "./api.ts";
import { exists } from "./exists.ts";
import { withUserErrors } from "./failures.ts";
import { handOver } from "./hand_over.ts";
import type { Place } from "./identity.ts";
import { needNetwork } from "./network_name.ts";
import { refuseWeak } from "./refuse_weak.ts";
import { onFile, shown, thereAlready } from "./shown_once.ts";
import { UserError } from "./user_error.ts";

/** What {@linkcode identityExport} takes. */
export interface IdentityExport extends Place {
  /** Of the keys file. The caller wipes it. */
  readonly passphrase: Uint8Array;
  /** Picks the identity (`g1…`) from those that there are. Throws a `UserError`. */
  readonly choose: (identities: readonly { id: string; name: string }[]) => string;
  /** Where the archive goes; nothing may be there. */
  readonly file: string;
  /** The archive's own; generated if left out. The caller wipes it. */
  readonly archivePassphrase?: Uint8Array;
}

/** What became of an export. */
export interface ExportResult {
  /** The identity, `g1…`. */
  readonly id: string;
  /** Its local name. */
  readonly name: string;
  /** The archive. */
  readonly file: string;
  /** The generated passphrase, to be shown once; null for the user's own. */
  readonly passphrase: string | null;
}

/** What {@linkcode identityImport} takes. */
export interface IdentityImport extends Place {
  /** Of the keys file, or to be: the first identity sets it. The caller wipes it. */
  readonly passphrase: Uint8Array;
  /** The archive. */
  readonly file: string;
  /** The archive's own. The caller wipes it. */
  readonly archivePassphrase: Uint8Array;
  /** Leaves the archive where it is. */
  readonly keep: boolean;
  /** Gets the keys at once where it has keys already, or none existed before. */
  readonly backend: Backend;
}

/** What became of an import. */
export interface ImportResult {
  /** The identity, `g1…`. */
  readonly id: string;
  /** Its local name. */
  readonly name: string;
  /** Whether the archive was destroyed. */
  readonly destroyed: boolean;
  /** What the user should know besides, in words. */
  readonly notes: readonly string[];
}

/**
 * Writes one identity into an archive. Throws a `UserError`: wrong passphrase, no such identity, a
 * passphrase too weak, something of that name, or what the disk says.
 */
export function identityExport(request: IdentityExport): Promise<ExportResult> {
  const { dataDir, network, file, choose } = request;
  return withUserErrors(async () => {
    const labels = labelsOf(needNetwork(network));
    if (await onFile("write the archive", () => exists(file))) throw thereAlready(file);
    const own = request.archivePassphrase;
    using secret = own === undefined ? await generatePassphrase() : passphraseFrom(own.slice());
    if (own !== undefined) await refuseWeak(secret);
    using passphrase = passphraseFrom(request.passphrase.slice());
    using keyring = await openKeys({ dir: dataDir, labels, passphrase });
    const all = keyring.identities().map(({ key, name }) => ({
      id: formatIdentity(key),
      name: name.reveal(),
    }));
    const chosen = choose(all);
    const id = parseIdentity(chosen);
    if (id === undefined) throw new RangeError("Not one of the identities");
    const archive = await makeArchive({ keyring, id }, { labels, passphrase: secret });
    const written = await onFile("write the archive", () => writeCarried(file, archive));
    if (!written) throw thereAlready(file);
    return {
      id: chosen,
      name: all.find((one) => one.id === chosen)?.name ?? "",
      file,
      passphrase: own === undefined ? shown(secret) : null,
    };
  });
}

/**
 * Takes an identity in from an archive, then destroys the archive. Everything is checked before
 * anything changes. Throws a `UserError`: a wrong passphrase (either), an identity that is here
 * already, all 16 places taken, or what the disk says.
 */
export function identityImport(request: IdentityImport): Promise<ImportResult> {
  const { dataDir, network, file, keep, backend } = request;
  return withUserErrors(async () => {
    const labels = labelsOf(needNetwork(network));
    const archive = await onFile("read the archive", () => readCarried(file, ARCHIVE_BYTES));
    using secret = passphraseFrom(request.archivePassphrase.slice());
    using passphrase = passphraseFrom(request.passphrase.slice());
    const entry = await openIdentityArchive(archive, { labels, passphrase: secret })
      .catch(asArchive);
    const { id, keyring } = await addIdentity({ dir: dataDir, labels, passphrase, entry });
    using _keys = keyring;
    const problem = await handOver(keyring, { dir: dataDir, backend });
    const notes = problem === undefined ? [] : [problem];
    const destroyed = !keep && await destroy(file, notes);
    return { id: formatIdentity(id), name: entry.name.reveal(), destroyed, notes };
  });
}

/** What is wrong with an archive must not sound as if it were the folder's own file of keys. */
function asArchive(error: unknown): never {
  if (!(error instanceof KeyFileError)) throw error;
  throw new UserError("failed", `${error.message}. Nothing was changed; the file is as it was.`);
}

/** The import has succeeded whatever becomes of the archive, so failures are only told. */
async function destroy(file: string, notes: string[]): Promise<boolean> {
  try {
    await destroyFile(file);
    return true;
  } catch (error) {
    const why = error instanceof Error ? error.message : "unknown reason";
    notes.push(`The identity is here, but the archive ${file} could not be destroyed: ${why}`);
    return false;
  }
}
