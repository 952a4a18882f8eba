/** A data folder with something of everything, for the tests of backups. */
import type { BackupSeal, Keyring } from "../../src/keystore/mod.ts";
import { KDF_FLOOR } from "../../src/keystore/kdf_params.ts";
import { createIdentity, openKeys } from "../../src/keystore/key_store.ts";
import { Secret } from "../../src/keystore/secret.ts";
import { openStores, type PrivateStore, type Stores } from "../../src/store/mod.ts";
import { keyOf, LABELS, NOW, numbered } from "../store/support.ts";
import { letterOf } from "../store/letter_support.ts";
import { asPublic, Private } from "../../src/wire/privacy.ts";
import { readStoredStatement } from "../../src/wire/admit.ts";
import { type AdmittedStatement, encodeStatement } from "../../src/wire/statement.ts";
import { statement, testKey } from "../wire/support.ts";
import { neitherSlowNorSecure } from "../keystore/fake_kdf.ts";

/** Passphrase of the folder. */
export const FOLDER_WORDS = "of the folder";
/** Passphrase of the backup. */
export const BACKUP_WORDS = "correct-horse-battery-staple-9";
/** A quick derivation of the backup's key. */
export const QUICK: Pick<BackupSeal, "kdf" | "params" | "limits"> = {
  kdf: neitherSlowNorSecure,
  params: KDF_FLOOR,
  limits: { floor: KDF_FLOOR, ceiling: KDF_FLOOR },
};

/** Words as the bytes that requests take. */
export function bytesOf(words: string): Uint8Array {
  return new TextEncoder().encode(words);
}

/** Opens the keys of a folder. */
export async function keysOf(dir: string): Promise<Keyring> {
  using passphrase = Secret.take(bytesOf(FOLDER_WORDS));
  return await openKeys({ dir, labels: LABELS, passphrase });
}

/** Opens a folder and its private store; `use` gets both. */
export async function inside<T>(
  dir: string,
  use: (stores: Stores, own: PrivateStore) => Promise<T>,
): Promise<T> {
  const stores = await openStores({ dir, network: LABELS.network });
  try {
    using keyring = await keysOf(dir);
    const own = await keyring.storeKey().use((key) => stores.private.unlock(key));
    return await use(stores, own);
  } finally {
    await stores.close();
  }
}

let made: AdmittedStatement[] | undefined;

/** Two statements, signed and stamped: somebody verifies ada's key, and somebody revokes theirs. */
export function signed(): AdmittedStatement[] {
  const [issuer, other] = [testKey(1), testKey(2)] as const;
  made ??= [
    statement({ labels: LABELS, issuer, subject: keyOf(2) }),
    statement({ labels: LABELS, issuer: other, subject: other.key, type: 2 }),
  ].map((one) => readStoredStatement(encodeStatement(asPublic(one))));
  return made;
}

/** Makes the folder. */
export async function makeFolder(dir: string): Promise<void> {
  await (await openStores({ dir, network: LABELS.network })).close();
  for (const name of ["ada", "ben"]) {
    using passphrase = Secret.take(bytesOf(FOLDER_WORDS));
    const { keyring } = await createIdentity({
      ...{ dir, labels: LABELS, passphrase, now: NOW, params: KDF_FLOOR, name },
    });
    keyring.wipe();
  }
  await inside(dir, async (stores, own) => {
    for (const n of [1, 2, 3]) {
      const follow = { key: keyOf(n), petname: `p${n}`, heir: undefined, followedAt: NOW };
      await own.addFollow(new Private(follow));
    }
    // So many that their record is in parts.
    const blocks = Array.from(
      { length: 3_000 },
      (_, n) => ({ key: keyOf(100 + n), blockedAt: NOW }),
    );
    await own.blocks.add(new Private(blocks));
    await own.trust.setMaxDistance(new Private(3));
    await (await own.archive()).add(Array.from({ length: 400 }, (_, n) => numbered(n)));
    await (await own.letters("letters")).add(
      new Private([letterOf(1), letterOf(2, { size: 9_000 })]),
    );
    await (await own.letters("requests")).add(new Private([letterOf(3)]));
    const { id, bytes } = numbered(7);
    const entry = { id, bytes, origin: keyOf(1), since: NOW };
    await own.outbox.add(new Private(entry));
    const secret = new Uint8Array(32).fill(5);
    await own.takeBacks.add(new Private({ id, secret, origin: keyOf(1), due: NOW }));
    await stores.public.statements.put(signed());
    const messages = Array.from({ length: 20 }, (_, n) => numbered(n));
    await stores.public.putMessages(
      messages.map((message) => ({ message, freshness: 6, storedAt: NOW })),
    );
  });
}

/** What of it is to be found again, in a form to be compared. */
export function contentsOf(dir: string): Promise<unknown> {
  return inside(dir, async (stores, own) => {
    using keyring = await keysOf(dir);
    const letters = async (kind: "letters" | "requests"): Promise<unknown> => {
      const open = await own.letters(kind);
      return (await open.read(open.heads().map(({ id }) => id))).reveal();
    };
    return {
      identities: keyring.identities().map(({ key, name }) => [key, name.reveal()]),
      follows: (await own.follows()).reveal(),
      blocks: (await own.blocks.all()).reveal().length,
      distance: (await own.trust.maxDistance()).reveal(),
      archive: (await own.archive()).all().map(({ id }) => id),
      letters: await letters("letters"),
      requests: await letters("requests"),
      statements: stores.public.statements.size,
      revoked: [...await stores.public.statements.revokedOf([testKey(2).key])],
    };
  });
}
