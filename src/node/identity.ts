/**
 * What the command line does with keys, in its own process: the node is only ever handed a key
 * bundle (docs/PROTOCOL.md section 11).
 */
import {
  createIdentity,
  encodeKeyBundle,
  ensureKeyFile,
  hasIdentities,
  openKeys,
  passphraseFrom,
  type Signer,
} from "../keystore/mod.ts";
import { formatIdentity } from "../wire/ids.ts";
import { labelsOf } from "../wire/labels.ts";
import { toSeconds } from "../wire/time.ts";
import type { Backend } from "./api.ts";
import { systemClock } from "./clock.ts";
import { withUserErrors } from "./failures.ts";
import { handOver } from "./hand_over.ts";
import { needNetwork } from "./network_name.ts";
import { NewSheet, type SheetMade, type SheetWish } from "./new_sheet.ts";
import { openBackend } from "./open_backend.ts";

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
  /** Where the recovery sheet goes. */
  readonly recovery: SheetWish;
}

/** What became of a creation. */
export interface Created {
  /** The identity, `g1…`. */
  readonly id: string;
  /** Its local name. */
  readonly name: string;
  /** Its recovery sheet; null if none was asked for. */
  readonly recovery: SheetMade | null;
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
    using secret = passphraseFrom(passphrase.slice());
    using sheet = await NewSheet.prepare(recovery);
    const heir = (newcomer: Signer): Promise<Uint8Array | undefined> =>
      sheet.write(newcomer, { labels, now });
    const created = await createIdentity({
      ...{ dir: dataDir, labels, passphrase: secret, name, now },
      heir,
    }).catch(async (error) => {
      await sheet.discard();
      throw error;
    });
    using keyring = created.keyring;
    const problem = await handOver(keyring, { dir: dataDir, backend });
    return {
      id: formatIdentity(created.id),
      name,
      recovery: sheet.made(),
      notes: problem === undefined ? [] : [problem],
    };
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

/** Makes sure that the folder has its `keys` file, whoever it belongs to; its bytes, which are sealed. */
export function ensureKeys({ dataDir, network }: Place): Promise<Uint8Array> {
  const labels = labelsOf(needNetwork(network));
  return withUserErrors(() => ensureKeyFile({ dir: dataDir, labels }));
}
