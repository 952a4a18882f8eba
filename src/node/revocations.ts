/**
 * Ends an identity for everybody, in the command line's process (docs/PROTOCOL.md section 4): with
 * its key, or with its recovery sheet alone. The node only ever sees the finished revocation.
 */
import {
  addIdentity,
  checkLocalName,
  hasIdentities,
  KeyFileError,
  type Keyring,
  openKeys,
  type OpenKeysOptions,
  openRecoverySheet,
  passphraseFrom,
  publicKeyOf,
  readCarried,
  type Secret,
  SeedSigner,
} from "../keystore/mod.ts";
import { formatIdentity, ID_BYTES, parseIdentity } from "../wire/ids.ts";
import { type Labels, labelsOf } from "../wire/labels.ts";
import { encode } from "../wire/msgpack.ts";
import { type Statement, STATEMENT_TYPES, statementValue } from "../wire/statement.ts";
import { authorTime, toSeconds } from "../wire/time.ts";
import type { Backend } from "./api.ts";
import { encodeBase64 } from "./base64.ts";
import { systemClock } from "./clock.ts";
import { makeStatement } from "./compose_statement.ts";
import { withUserErrors } from "./failures.ts";
import { handOver } from "./hand_over.ts";
import type { Place } from "./identity.ts";
import { needNetwork } from "./network_name.ts";
import { NewSheet, type SheetMade, type SheetWish } from "./new_sheet.ts";
import { pause } from "./pause.ts";
import { onFile } from "./shown_once.ts";
import { UserError } from "./user_error.ts";

/** Bytes of a recovery sheet's file at most: four times what one has. */
const MAX_SHEET_BYTES = 32_768;

/** What {@linkcode identityRevoke} takes. */
export interface IdentityRevocation extends Place {
  /** Of the keys file. The caller wipes it. */
  readonly passphrase: Uint8Array;
  /** Picks the identity (`g1…`) from those that there are. Throws a `UserError`. */
  readonly choose: (identities: readonly { id: string; name: string }[]) => string;
  /** Asked once it is known whose key it is; nothing happens when it says no. */
  readonly confirm: (identity: { id: string; name: string }) => Promise<boolean>;
}

/** Signs an own identity's revocation, which names nobody; `undefined` if it was called off. */
export function identityRevoke(
  { dataDir, network, passphrase, choose, confirm }: IdentityRevocation,
): Promise<string | undefined> {
  return withUserErrors(async () => {
    const labels = labelsOf(needNetwork(network));
    using secret = passphraseFrom(passphrase.slice());
    using keyring = await openKeys({ dir: dataDir, labels, passphrase: secret });
    const all = keyring.identities().map(({ key, name }) => ({
      id: formatIdentity(key),
      name: name.reveal(),
    }));
    const id = choose(all);
    const key = parseIdentity(id);
    if (key === undefined) throw new RangeError("Not one of the identities");
    const name = all.find((one) => one.id === id)?.name ?? "";
    if (!await confirm({ id, name })) return undefined;
    const statement = await makeStatement(
      {
        type: STATEMENT_TYPES.revoke,
        subject: key,
        issued: authorTime(systemClock.now()),
        consent: new Uint8Array(0),
      },
      { labels, pause, signer: keyring.signer(key) },
    );
    return encoded(statement);
  });
}

/** What {@linkcode openSheet} takes. */
export interface SheetOpening extends Place {
  /** The sheet. */
  readonly file: string;
  /** Its own seven words. The caller wipes them. */
  readonly words: Uint8Array;
}

/** An open sheet. Its successor's key is its holder's to wipe. */
export interface OpenSheet {
  /** Whose sheet it is, `g1…`. */
  readonly id: string;
  /** Who can go on, `g1…`. */
  readonly successor: string;
  /** The revocation, in base64. */
  readonly statement: string;
  /** Makes the successor an identity of this folder. Once it is that, it gets no new sheet. */
  adopt(adoption: Adoption): Promise<Adopted>;
  /** Wipes the successor's key. */
  [Symbol.dispose](): void;
}

/** How a successor becomes an identity of the folder. */
export interface Adoption {
  /** Of the keys file, or to be: the first identity sets it. The caller wipes it. */
  readonly passphrase: Uint8Array;
  /** Local name, "" for none. */
  readonly name: string;
  /** Where the successor's own recovery sheet goes: it has an heir of its own by that. */
  readonly recovery: SheetWish;
  /** Gets the new keys. */
  readonly backend: Backend;
}

/** What became of an adoption. */
export interface Adopted {
  /** The successor's recovery sheet; null if none was asked for, or if it was here already. */
  readonly recovery: SheetMade | null;
  /** What the user should know besides, in words. */
  readonly notes: readonly string[];
}

/** Opens a recovery sheet. Throws a `UserError`: not one, of another network, or the wrong words. */
export function openSheet({ dataDir, network, file, words }: SheetOpening): Promise<OpenSheet> {
  return withUserErrors(async () => {
    const labels = labelsOf(needNetwork(network));
    const bytes = await onFile("read the recovery sheet", () => readCarried(file, MAX_SHEET_BYTES));
    using passphrase = passphraseFrom(words.slice());
    const text = new TextDecoder().decode(bytes);
    const opened = await openRecoverySheet(text, { labels, passphrase }).catch(asSheet);
    const { identity, successor, revocation } = opened;
    return {
      id: formatIdentity(identity),
      successor: formatIdentity(revocation.subject),
      statement: encoded(revocation),
      adopt: (adoption) => adopt({ dir: dataDir, labels, seed: successor }, adoption),
      [Symbol.dispose]: () => successor.wipe(),
    };
  });
}

/** What went wrong after the identity was on the disk, in words. */
function adopt(
  { dir, labels, seed }: { readonly dir: string; readonly labels: Labels; readonly seed: Secret },
  { passphrase, name, recovery, backend }: Adoption,
): Promise<Adopted> {
  return withUserErrors(async () => {
    using secret = passphraseFrom(passphrase.slice());
    const now = toSeconds(systemClock.now());
    const localName = checkLocalName(name);
    const keys = { dir, labels, passphrase: secret };
    // Cut off before the revocation was sent, it is run again: the successor is here then.
    using before = await openIfAny(keys);
    if (before?.has(seed.use(publicKeyOf)) === true) {
      return { recovery: null, notes: listed(await handOver(before, { dir, backend })) };
    }
    using sheet = await NewSheet.prepare(recovery);
    const heir = await sheet.write(new SeedSigner(seed.use(publicKeyOf), seed), { labels, now });
    const entry = { seed, name: localName, created: now, heir: heir ?? new Uint8Array(ID_BYTES) };
    const added = await addIdentity({ ...keys, entry }).catch(async (error) => {
      await sheet.discard();
      throw error;
    });
    using keyring = added.keyring;
    return { recovery: sheet.made(), notes: listed(await handOver(keyring, { dir, backend })) };
  });
}

/** The folder's keys; `undefined` as long as it has none. */
async function openIfAny(keys: OpenKeysOptions): Promise<Keyring | undefined> {
  return await hasIdentities(keys) ? await openKeys(keys) : undefined;
}

function listed(problem: string | undefined): readonly string[] {
  return problem === undefined ? [] : [problem];
}

function encoded(statement: Statement): string {
  return encodeBase64(encode(statementValue(statement)));
}

/** What is wrong with a sheet must not sound as if it were the folder's own file of keys. */
function asSheet(error: unknown): never {
  if (!(error instanceof KeyFileError)) throw error;
  throw new UserError("failed", `${error.message}. Nothing was changed; the file is as it was.`);
}
