/**
 * What the command line does with keys, in its own process: the node is only ever handed a key
 * bundle (docs/PROTOCOL.md section 11).
 */
import { utf8ToBytes } from "@noble/hashes/utils.js";
import {
  createIdentity,
  encodeKeyBundle,
  ensureKeyFile,
  generatePassphrase,
  hasIdentities,
  makeRecovery,
  openKeys,
  passphraseFrom,
  recoveryFileName,
  Secret,
  type Signer,
  writeCarried,
} from "../keystore/mod.ts";
import { formatIdentity } from "../wire/ids.ts";
import { labelsOf } from "../wire/labels.ts";
import { toSeconds } from "../wire/time.ts";
import type { Backend } from "./api.ts";
import { systemClock } from "./clock.ts";
import { exists } from "./exists.ts";
import { withUserErrors } from "./failures.ts";
import { handOver } from "./hand_over.ts";
import { needNetwork } from "./network_name.ts";
import { openBackend } from "./open_backend.ts";
import { pause } from "./pause.ts";
import { onFile, shown, thereAlready } from "./shown_once.ts";

/** A data folder and the network it belongs to. */
export interface Place {
  /** Path of the data folder. */
  readonly dataDir: string;
  /** Name of the network. */
  readonly network: string;
}

/** What {@linkcode identityCreate} takes. */
export interface IdentityCreation extends Place {
  /** Local name, "" for none. */
  readonly name: string;
  /** The caller wipes it. */
  readonly passphrase: Uint8Array;
  /** Gets the new keys at once where it has keys already, or none existed before. Opened if left out. */
  readonly backend?: Backend;
  /** Where the recovery sheet goes: a new file, or one named after the identity; null for none. */
  readonly recovery: { readonly file?: string } | null;
}

/** What became of a creation. */
export interface Created {
  /** The identity, `g1…`. */
  readonly id: string;
  /** Its local name. */
  readonly name: string;
  /** Its recovery sheet and the passphrase made for that, to be shown once; null if none was asked for. */
  readonly recovery: { readonly file: string; readonly passphrase: string } | null;
  /** What the user should know besides, in words. */
  readonly notes: readonly string[];
}

/**
 * Creates an identity. The first one in a folder sets its passphrase. Throws a `UserError`: wrong
 * or unusable passphrase, all 16 places taken, a bad name, or what the disk says.
 */
export async function identityCreate(
  request: IdentityCreation,
): Promise<Created> {
  if (request.backend !== undefined) {
    return await createWith(request, request.backend);
  }
  const backend = await openBackend(request);
  try {
    return await createWith(request, backend);
  } finally {
    await backend.close();
  }
}

function createWith(
  { dataDir, network, name, passphrase, recovery }: IdentityCreation,
  backend: Backend,
): Promise<Created> {
  return withUserErrors(async () => {
    const labels = labelsOf(needNetwork(network));
    const now = toSeconds(systemClock.now());
    const { file: wanted } = recovery ?? {};
    if (wanted !== undefined && await exists(wanted)) throw thereAlready(wanted);
    using secret = passphraseFrom(passphrase.slice());
    using words = recovery === null ? new Secret(0) : await generatePassphrase();
    let file: string | undefined;
    let written = false;
    const heir = async (newcomer: Signer): Promise<Uint8Array> => {
      const path = wanted ?? recoveryFileName(newcomer.key);
      const made = await makeRecovery(newcomer, { labels, passphrase: words, now, pause });
      const sheet = utf8ToBytes(made.sheet);
      const isNew = await onFile("write the recovery sheet", () => writeCarried(path, sheet));
      if (!isNew) throw thereAlready(path);
      file = path;
      return made.heir;
    };
    const common = { dir: dataDir, labels, passphrase: secret, name, now };
    try {
      const { id, keyring } = await createIdentity(
        recovery === null ? common : { ...common, heir },
      );
      written = true;
      using _keys = keyring;
      const problem = await handOver(keyring, backend);
      return {
        id: formatIdentity(id),
        name,
        recovery: file === undefined ? null : { file, passphrase: shown(words) },
        notes: problem === undefined ? [] : [problem],
      };
    } catch (error) {
      // A sheet for an identity that isn't to be would only confuse.
      if (file !== undefined && !written) await Deno.remove(file).catch(() => {});
      throw error;
    }
  });
}

/** Opens a folder's keys into the bundle that `Backend.unlock` takes; the caller wipes it. */
export function unlockBundle(
  { dataDir, network, passphrase }: Place & { readonly passphrase: Uint8Array },
): Promise<Uint8Array> {
  return withUserErrors(async () => {
    const labels = labelsOf(needNetwork(network));
    using secret = passphraseFrom(passphrase.slice());
    using keyring = await openKeys({ dir: dataDir, labels, passphrase: secret });
    return encodeKeyBundle(keyring);
  });
}

/** Whether the folder has an identity: without one there is no passphrase to ask for. Throws a `UserError`. */
export function anyIdentity({ dataDir, network }: Place): Promise<boolean> {
  return withUserErrors(() =>
    hasIdentities({ dir: dataDir, labels: labelsOf(needNetwork(network)) })
  );
}

/** Makes sure that the folder has its `keys` file, whoever it belongs to. */
export function ensureKeys({ dataDir, network }: Place): Promise<void> {
  const labels = labelsOf(needNetwork(network));
  return withUserErrors(() => ensureKeyFile({ dir: dataDir, labels }));
}
