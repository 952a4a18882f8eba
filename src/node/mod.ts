/**
 * The node as the command line sees it. What is heavy is loaded when it is first needed: a command
 * against a running node needs none of it, and is to answer at once.
 *
 * ```
 *   cli ──► openBackend ──► control socket of the running node ──► OwnerService
 *                      └──► offline backend, under the folder's lock ──► OwnerService
 *   cli ──► runNode ──► stores, listener, engine, beacons, control socket
 * ```
 */
import type { Backend, ProtectionView } from "./api.ts";
import type { ExportResult, IdentityExport, IdentityImport, ImportResult } from "./archives.ts";
import type { BackupMade, BackupRequest } from "./backup.ts";
import type { CapsuleContents, CapsuleRead, CapsuleRequest, CapsuleWritten } from "./capsules.ts";
import type { PassphraseChange, PassphraseChanged } from "./change_passphrase.ts";
import type { Created, IdentityCreation, Place } from "./identity.ts";
import type { KeysPlace } from "./hand_over.ts";
import type { NodeHooks, NodeOptions } from "./node_options.ts";
import type { Obliteration } from "./obliterate.ts";
import type { Deletion, Destruction, IdentityDeletion, Pickable } from "./remove_identity.ts";
import type { RestoreCheck, Restored, RestoreRequest } from "./restore.ts";
import type { SheetWish } from "./new_sheet.ts";
import type {
  Adopted,
  Adoption,
  IdentityRevocation,
  OpenSheet,
  SheetOpening,
} from "./revocations.ts";

export { type MetricFamily, metricsOf } from "./metrics.ts";
export { prometheusText } from "./prometheus.ts";
export { openBackend } from "./open_backend.ts";
export type {
  Adopted,
  Adoption,
  Backend,
  BackupMade,
  BackupRequest,
  CapsuleContents,
  CapsuleRead,
  CapsuleRequest,
  CapsuleWritten,
  Created,
  Deletion,
  Destruction,
  ExportResult,
  IdentityCreation,
  IdentityDeletion,
  IdentityExport,
  IdentityImport,
  IdentityRevocation,
  ImportResult,
  KeysPlace,
  NodeHooks,
  NodeOptions,
  Obliteration,
  OpenSheet,
  PassphraseChange,
  PassphraseChanged,
  Pickable,
  Place,
  ProtectionView,
  RestoreCheck,
  Restored,
  RestoreRequest,
  SheetOpening,
  SheetWish,
};

/** Runs a node until its signal aborts. Throws a `UserError` when it can't start. */
export async function runNode(options: NodeOptions, hooks: NodeHooks): Promise<void> {
  const { runNode } = await import("./run_node.ts");
  await runNode(options, hooks);
}

/** Creates an identity; the first one in a folder sets its passphrase. Throws a `UserError`. */
export async function identityCreate(
  request: IdentityCreation,
): Promise<Created> {
  const { identityCreate } = await import("./identity.ts");
  return await identityCreate(request);
}

/** Writes an identity into an archive. Throws a `UserError`. */
export async function identityExport(request: IdentityExport): Promise<ExportResult> {
  const { identityExport } = await import("./archives.ts");
  return await identityExport(request);
}

/** Takes an identity in from an archive. Throws a `UserError`. */
export async function identityImport(request: IdentityImport): Promise<ImportResult> {
  const { identityImport } = await import("./archives.ts");
  return await identityImport(request);
}

/** Writes a sealed backup of a data folder. Throws a `UserError`. */
export async function backup(request: BackupRequest): Promise<BackupMade> {
  const { backup } = await import("./backup.ts");
  return await backup(request);
}

/** Looks whether a backup can be restored, before its passphrase is asked for. Throws a `UserError`. */
export async function checkRestore(request: RestoreCheck): Promise<void> {
  const { checkRestore } = await import("./restore.ts");
  await checkRestore(request);
}

/** Makes a data folder out of a backup. Throws a `UserError`. */
export async function restore(request: RestoreRequest): Promise<Restored> {
  const { restore } = await import("./restore.ts");
  return await restore(request);
}

/** Signs an own identity's revocation, in base64; `undefined` if called off. Throws a `UserError`. */
export async function identityRevoke(request: IdentityRevocation): Promise<string | undefined> {
  const { identityRevoke } = await import("./revocations.ts");
  return await identityRevoke(request);
}

/** Opens a recovery sheet. Throws a `UserError`. */
export async function openSheet(request: SheetOpening): Promise<OpenSheet> {
  const { openSheet } = await import("./revocations.ts");
  return await openSheet(request);
}

/** Writes stored messages into a file. Throws a `UserError`. */
export async function capsuleWrite(request: CapsuleContents): Promise<CapsuleWritten> {
  const { capsuleWrite } = await import("./capsules.ts");
  return await capsuleWrite(request);
}

/** Takes in the messages of such a file. Throws a `UserError`. */
export async function capsuleRead(request: CapsuleRequest): Promise<CapsuleRead> {
  const { capsuleRead } = await import("./capsules.ts");
  return await capsuleRead(request);
}

/** Whether a folder has an identity; asks for no passphrase. Throws a `UserError`. */
export async function anyIdentity(place: Place): Promise<boolean> {
  const { anyIdentity } = await import("./identity.ts");
  return await anyIdentity(place);
}

/** Opens a folder's keys into a bundle for `Backend.unlock`; the caller wipes it. */
export async function unlockBundle(
  request: Place & { readonly passphrase: Uint8Array },
): Promise<Uint8Array> {
  const { unlockBundle } = await import("./identity.ts");
  return await unlockBundle(request);
}

/** Changes a folder's passphrase. Throws a `UserError`. */
export async function passphraseChange(request: PassphraseChange): Promise<PassphraseChanged> {
  const { passphraseChange } = await import("./change_passphrase.ts");
  return await passphraseChange(request);
}

/** Gives a running node the `keys` file as it is now, sealed: its web page unlocks with it. Throws a `UserError`. */
export async function tellKeysFile(place: KeysPlace): Promise<void> {
  const { tellKeysFile } = await import("./hand_over.ts");
  await tellKeysFile(place);
}

/** Destroys one identity and what ties it to its owner; `undefined` if called off. Throws a `UserError`. */
export async function identityDelete(request: IdentityDeletion): Promise<Deletion | undefined> {
  const { identityDelete } = await import("./remove_identity.ts");
  return await identityDelete(request);
}

/** Destroys all of a data folder; `undefined` if called off. Throws a `UserError`. */
export async function obliterateEverything(
  request: Obliteration,
): Promise<Destruction | undefined> {
  const { obliterateEverything } = await import("./obliterate.ts");
  return await obliterateEverything(request);
}
