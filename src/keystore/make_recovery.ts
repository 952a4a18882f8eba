/** Makes and opens recovery sheets (docs/PROTOCOL.md sections 4 and 11). */
import type { IdentityKey } from "../wire/ids.ts";
import type { Labels } from "../wire/labels.ts";
import { STATEMENT_STAMP_BITS } from "../wire/limits.ts";
import { searchStatementStamp } from "../wire/stamp.ts";
import {
  consentBytes,
  heirOf,
  type Statement,
  STATEMENT_TYPES,
  type StatementContent,
  statementSignedBytes,
} from "../wire/statement.ts";
import type { UnixSeconds } from "../wire/time.ts";
import { checkStatement } from "../wire/verify.ts";
import { createVerifier, publicKeyOf, SEED_BYTES, sign } from "./ed25519.ts";
import { KeyFileError, WrongArchivePassphraseError } from "./errors.ts";
import { argon2id, type Kdf } from "./kdf.ts";
import type { KdfLimits, KdfParams } from "./kdf_params.ts";
import type { Signer } from "./keyring.ts";
import { decodeRecoveryHeader, openRecovery, type Recovery, sealRecovery } from "./recovery.ts";
import { formatRecoverySheet, parseRecoverySheet } from "./recovery_sheet.ts";
import { CARRIED_FLOOR, SEALED_NONCE_BYTES, SEALED_SALT_BYTES } from "./sealed_file.ts";
import { Secret } from "./secret.ts";

/** Hashes tried before other work gets its turn. */
const STAMP_CHUNK = 8_192;

/** How a sheet is made. */
export interface MakeRecoveryOptions {
  /** Labels of the network. */
  readonly labels: Labels;
  /** The sheet's own passphrase; stays the caller's to wipe. */
  readonly passphrase: Secret;
  /** The time now: when the revocation is said to have been issued. */
  readonly now: UnixSeconds;
  /** Lets other work have its turn. */
  readonly pause: () => Promise<void>;
  /** Argon2id when left out. */
  readonly kdf?: Kdf;
  /** {@linkcode CARRIED_FLOOR} when left out: lower ones are for tests. */
  readonly params?: KdfParams;
}

/** Makes an identity's successor and the sheet that holds it; the secret of it is nowhere else. */
export async function makeRecovery(
  identity: Signer,
  options: MakeRecoveryOptions,
): Promise<{ heir: Uint8Array; sheet: string }> {
  const { labels, passphrase, kdf = argon2id, params = CARRIED_FLOOR } = options;
  using successor = new Secret(SEED_BYTES);
  successor.use((seed) => crypto.getRandomValues(seed as Uint8Array<ArrayBuffer>));
  const revocation = await certify(identity, { successor, ...options });
  const header = { params, salt: random(SEALED_SALT_BYTES), nonce: random(SEALED_NONCE_BYTES) };
  using key = await kdf(passphrase, { salt: header.salt, params });
  const sealed = sealRecovery({ successor, revocation }, { key, labels, header });
  const sheet = await formatRecoverySheet({
    identity: identity.key,
    network: labels.network,
    sealed,
  });
  return { heir: heirOf(labels, revocation.subject), sheet };
}

/** How a sheet is opened. */
export interface OpenRecoveryOptions {
  /** Labels of the network. */
  readonly labels: Labels;
  /** The sheet's own passphrase; stays the caller's to wipe. */
  readonly passphrase: Secret;
  /** Argon2id when left out. */
  readonly kdf?: Kdf;
  /** What the sheet may ask for: others than the default are for tests. */
  readonly limits?: KdfLimits;
}

/**
 * Opens a sheet's text, or what its QR code says, and checks that the revocation would be taken by
 * everybody. The caller wipes the successor. Throws a {@linkcode KeyFileError}, a
 * {@linkcode WrongArchivePassphraseError} or a `KdfMemoryError`.
 */
export async function openRecoverySheet(
  text: string,
  options: OpenRecoveryOptions,
): Promise<Recovery & { readonly identity: IdentityKey }> {
  const { labels, passphrase, kdf = argon2id, limits } = options;
  const sealed = parseRecoverySheet(text);
  const { params, salt } = decodeRecoveryHeader(sealed, limits);
  using key = await kdf(passphrase, { salt, params });
  const recovery = openRecovery(sealed, { key, labels });
  if (recovery === undefined) throw new WrongArchivePassphraseError("the recovery sheet");
  if (!isGood(recovery, labels)) {
    recovery.successor.wipe();
    throw new KeyFileError("damaged", "The recovery sheet's revocation isn't valid");
  }
  return { ...recovery, identity: recovery.revocation.issuer };
}

/** The revocation in the successor's favour, complete: 18 bits of stamp take about a second. */
async function certify(
  identity: Signer,
  { labels, now, pause, successor }: MakeRecoveryOptions & { readonly successor: Secret },
): Promise<Statement> {
  const content: StatementContent = {
    type: STATEMENT_TYPES.revoke,
    issuer: identity.key,
    subject: successor.use(publicKeyOf),
    issued: now,
    consent: successor.use((seed) => sign(seed, consentBytes(labels, identity.key))),
  };
  const signature = identity.sign(statementSignedBytes(labels, content));
  let stamp: Uint8Array | undefined;
  for (let start = 0; stamp === undefined; start += STAMP_CHUNK) {
    const search = { labels, signature, bits: STATEMENT_STAMP_BITS, start, tries: STAMP_CHUNK };
    stamp = searchStatementStamp(search);
    if (stamp === undefined) await pause();
  }
  return { ...content, signature, stamp };
}

function isGood({ successor, revocation }: Recovery, labels: Labels): boolean {
  const context = { labels, now: revocation.issued, verify: createVerifier(2) };
  return revocation.type === STATEMENT_TYPES.revoke &&
    revocation.subject === successor.use(publicKeyOf) &&
    checkStatement(revocation, context) === "valid";
}

function random(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}
