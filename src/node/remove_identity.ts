/**
 * Destroys one identity with all that ties it to its owner (docs/PROTOCOL.md section 11), in the
 * command line's process, with the node stopped.
 *
 * ```
 * take the folder → private.kv.new → keys without it → private.kv.new in place → old files destroyed
 *                 → public.kv compacted → every byte searched
 * ```
 */
import {
  destroyFile,
  destroyRemains,
  type Keyring,
  mediumCaveats,
  NoIdentityError,
  openKeys,
  passphraseFrom,
  removeIdentity,
  retire,
  type Secret,
} from "../keystore/mod.ts";
import {
  adopt,
  compact,
  needsRekeying,
  prepareRekeyed,
  StoreError,
  type StoreOpeners,
} from "../store/mod.ts";
import { formatIdentity, idBytes, type IdentityKey, parseIdentity } from "../wire/ids.ts";
import { type Labels, labelsOf } from "../wire/labels.ts";
import { exists } from "./exists.ts";
import { withUserErrors } from "./failures.ts";
import type { Place } from "./identity.ts";
import { needNetwork } from "./network_name.ts";
import { type Forbidden, scanFolder } from "./scan.ts";
import { takeFolder } from "./take_folder.ts";

/** One of the owner's identities, to pick from. */
export interface Pickable {
  /** `g1…`. */
  readonly id: string;
  /** Local name. */
  readonly name: string;
}

/** What {@linkcode identityDelete} takes. */
export interface IdentityDeletion extends Place {
  /** Of the keys file, asked for just now. The caller wipes it. */
  readonly passphrase: Uint8Array;
  /** Picks the identity (`g1…`) from those that there are. Throws a `UserError`. */
  readonly choose: (identities: readonly Pickable[]) => string;
  /** Asked once before anything is changed; `false` calls it off. */
  readonly confirm: (identity: Pickable) => Promise<boolean>;
  /** Called after each step with its name: for tests, which end the process there. */
  readonly step?: (name: string) => void;
}

/** What became of a destruction. */
export interface Destruction {
  /** What is gone, in words. */
  readonly destroyed: readonly string[];
  /** What can't be promised, in words. */
  readonly caveats: readonly string[];
  /** What was found again though it must not be; empty is as it should be. */
  readonly found: readonly string[];
  /** Whether a node was stopped for it. */
  readonly stopped: boolean;
}

/** What became of a deletion. */
export interface Deletion extends Destruction, Pickable {}

/**
 * Destroys an identity; `undefined` when it was called off. A run that was cut off is finished by the
 * next one. Throws a `UserError`, with nothing destroyed: a wrong passphrase, no such identity, a
 * node that doesn't stop, or what the disk says.
 */
export function identityDelete(request: IdentityDeletion): Promise<Deletion | undefined> {
  return withUserErrors(async () => {
    const labels = labelsOf(needNetwork(request.network));
    using passphrase = passphraseFrom(request.passphrase.slice());
    const keyring = await openIfAny({ dir: request.dataDir, labels, passphrase });
    using _keys = keyring;
    const all = (keyring?.identities() ?? []).map(({ key, name }) => ({
      id: formatIdentity(key),
      name: name.reveal(),
    }));
    let chosen: Pickable;
    try {
      const id = request.choose(all);
      chosen = all.find((one) => one.id === id) ?? { id, name: "" };
    } catch (error) {
      // It may be gone from the keys already, by a run that was cut off after that.
      const finished = await finish(request, { labels, keyring });
      if (finished === undefined) throw error;
      return finished;
    }
    if (!await request.confirm(chosen)) return undefined;
    return await destroy(request, { labels, passphrase, chosen });
  });
}

async function destroy(
  request: IdentityDeletion,
  { labels, passphrase, chosen }: { labels: Labels; passphrase: Secret; chosen: Pickable },
): Promise<Deletion> {
  const { dataDir: dir } = request;
  const step = request.step ?? ((): void => {});
  const id = parseIdentity(chosen.id);
  if (id === undefined) throw new RangeError("Not one of the identities");
  const { lock, stopped } = await takeFolder(request);
  try {
    step("taken");
    await destroyRemains(dir);
    const canary = crypto.getRandomValues(new Uint8Array(64));
    const forbidden: Forbidden[] = [{ what: "a planted mark", bytes: canary }];
    await removeIdentity({
      ...{ dir, labels, passphrase, id },
      prepare: async ({ old, next }) => {
        forbidden.push(...secretsOf(old, { id, labels }));
        await retire(`${dir}/private.kv-wal`);
        await withOpeners(
          { old, next, labels },
          (from, to) => prepareRekeyed({ dir, labels, from, to, canary, gone: id }),
        );
        step("prepared");
      },
    });
    step("keys");
    return {
      ...chosen,
      ...await settle(request, { canary, forbidden, stopped }),
    };
  } finally {
    lock.release();
  }
}

/** The rest, from the point on where the keys are gone. */
async function settle(
  { dataDir: dir, step = (): void => {} }: IdentityDeletion,
  { canary, forbidden, stopped }: {
    readonly canary: Uint8Array;
    readonly forbidden: readonly Forbidden[];
    readonly stopped: boolean;
  },
): Promise<Destruction> {
  await adopt(dir, { name: "private.kv", retire, destroy: destroyFile });
  step("adopted");
  await destroyRemains(dir);
  const caveats = await overwriteCaveats(dir);
  const destroyed = [
    "the identity's keys, and the old keys file",
    "the key of the private store, and the old private.kv",
  ];
  try {
    await compact(dir, { canary, retire, destroy: destroyFile });
    await destroyRemains(dir);
    destroyed.push("deleted pages of public.kv");
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    caveats.push(
      `public.kv could not be compacted, so deleted rows may be left in it: ${error.message}`,
    );
  }
  step("compacted");
  const found = await scanFolder(dir, forbidden);
  for (const { bytes } of forbidden) bytes.fill(0);
  caveats.push(
    "What the identity wrote in public stays in public.kv, as anybody's messages do, with the hour " +
      "in which they came.",
    ...mediumCaveats(dir),
  );
  return { destroyed, caveats, found, stopped };
}

/** Says so where old files can't be overwritten, since a new one takes their place at once. */
async function overwriteCaveats(dir: string): Promise<string[]> {
  const twin = await retire(`${dir}/lock`);
  if (twin === undefined) {
    return [
      "This file system gives files no second names, so the old files were removed without being " +
      "overwritten.",
    ];
  }
  await Deno.remove(twin);
  return [];
}

/** Finishes what was cut off after the keys were gone; `undefined` when there is nothing of the kind. */
async function finish(
  request: IdentityDeletion,
  { labels, keyring }: { labels: Labels; keyring: Keyring | undefined },
): Promise<Deletion | undefined> {
  const { dataDir: dir } = request;
  if (!await exists(`${dir}/private.kv.new`)) return undefined;
  const { lock, stopped } = await takeFolder(request);
  try {
    await destroyRemains(dir);
    const canary = crypto.getRandomValues(new Uint8Array(64));
    const forbidden = [{ what: "a planted mark", bytes: canary }];
    if (keyring === undefined) {
      const none = { storeKey: new Uint8Array(32), slotKeys: [] };
      await prepareRekeyed({ dir, labels, from: none, to: none, canary });
    } else {
      const pending = await withOpeners(
        { old: keyring, next: keyring, labels },
        async (openers) => {
          if (!await needsRekeying(dir, { labels, openers })) return false;
          await prepareRekeyed({ dir, labels, from: openers, to: openers, canary });
          return true;
        },
      );
      if (!pending) return undefined;
    }
    const done = await settle(request, { canary, forbidden, stopped });
    return { id: "", name: "", ...done };
  } finally {
    lock.release();
  }
}

async function openIfAny(
  options: { readonly dir: string; readonly labels: Labels; readonly passphrase: Secret },
): Promise<Keyring | undefined> {
  try {
    return await openKeys(options);
  } catch (error) {
    if (error instanceof NoIdentityError) return undefined;
    throw error;
  }
}

/** What must not be found of an identity once it is gone; copies that the caller wipes. */
function secretsOf(
  keyring: Keyring,
  { id, labels }: { readonly id: IdentityKey; readonly labels: Labels },
): Forbidden[] {
  const secrets: Forbidden[] = [
    { what: "the old store key", bytes: keyring.storeKey().use((key) => key.slice()) },
    { what: "the identity's own key", bytes: idBytes(id).slice(), except: "public.kv" },
  ];
  const identities = keyring.identities();
  const at = identities.findIndex(({ key }) => key === id);
  keyring.slotKeys(labels).forEach((secret, i) => {
    if (i === at) secrets.push({ what: "a slot key", bytes: secret.use((key) => key.slice()) });
    secret.wipe();
  });
  using entry = keyring.encodeEntry(id);
  secrets.push({ what: "the secret key", bytes: entry.use((bytes) => bytes.slice(0, 32)) });
  const name = new TextEncoder().encode(identities[at]?.name.reveal() ?? "");
  // Short ones are found anywhere by chance.
  if (name.length >= 6) secrets.push({ what: "the local name", bytes: name });
  return secrets;
}

async function withOpeners<T>(
  { old, next, labels }: { old: Keyring; next: Keyring; labels: Labels },
  run: (from: StoreOpeners, to: StoreOpeners) => Promise<T>,
): Promise<T> {
  const [from, to] = [openersOf(old, labels), openersOf(next, labels)];
  try {
    return await run(from, to);
  } finally {
    for (const { storeKey, slotKeys } of [from, to]) {
      for (const bytes of [storeKey, ...slotKeys]) bytes.fill(0);
    }
  }
}

function openersOf(keyring: Keyring, labels: Labels): StoreOpeners {
  return {
    storeKey: keyring.storeKey().use((key) => key.slice()),
    slotKeys: keyring.slotKeys(labels).map((secret) => {
      using key = secret;
      return key.use((bytes) => bytes.slice());
    }),
  };
}
