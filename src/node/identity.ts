/**
 * What the command line does with keys, in its own process: the node is only ever handed a key
 * bundle (docs/PROTOCOL.md section 11).
 */
import {
  createIdentity,
  encodeKeyBundle,
  ensureKeyFile,
  openKeys,
  passphraseFrom,
} from "../keystore/mod.ts";
import { formatIdentity } from "../wire/ids.ts";
import { labelsOf } from "../wire/labels.ts";
import { toSeconds } from "../wire/time.ts";
import type { Backend } from "./api.ts";
import { systemClock } from "./clock.ts";
import { withUserErrors } from "./failures.ts";
import { needNetwork } from "./network_name.ts";
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
}

/**
 * Creates an identity. The first one in a folder sets its passphrase. Throws a `UserError`: wrong
 * or unusable passphrase, all 16 places taken, a bad name, or what the disk says.
 */
export async function identityCreate(
  request: IdentityCreation,
): Promise<{ id: string; name: string }> {
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
  { dataDir, network, name, passphrase }: IdentityCreation,
  backend: Backend,
): Promise<{ id: string; name: string }> {
  return withUserErrors(async () => {
    const labels = labelsOf(needNetwork(network));
    using secret = passphraseFrom(passphrase.slice());
    const now = toSeconds(systemClock.now());
    const { id, keyring } = await createIdentity({
      dir: dataDir,
      labels,
      passphrase: secret,
      name,
      now,
    });
    try {
      const first = keyring.identities().length === 1;
      if (first || (await backend.call("status", {})).unlocked) {
        const bundle = encodeKeyBundle(keyring);
        await backend.unlock(bundle).finally(() => bundle.fill(0));
      }
    } finally {
      keyring.wipe();
    }
    return { id: formatIdentity(id), name };
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

/** Makes sure that the folder has its `keys` file, whoever it belongs to. */
export function ensureKeys({ dataDir, network }: Place): Promise<void> {
  const labels = labelsOf(needNetwork(network));
  return withUserErrors(() => ensureKeyFile({ dir: dataDir, labels }));
}
