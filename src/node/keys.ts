/** The keys that a node holds while it is unlocked, and the private store that they open. */
import { decodeKeyBundle, type Keyring, type Signer } from "../keystore/mod.ts";
import type { PrivateFile, PrivateStore } from "../store/mod.ts";
import type { IdentityKey } from "../wire/ids.ts";
import { LOCKED_AT_TERMINAL } from "./locked_words.ts";
import { UserError } from "./user_error.ts";

/** What is there while the node is unlocked. */
export interface Unlocked {
  /** The identities' keys. */
  readonly keyring: Keyring;
  /** Follow list and settings. */
  readonly store: PrivateStore;
}

/** Holds keys from unlock to lock. Everything that needs them asks here, each time anew. */
export class Keys {
  readonly #file: PrivateFile;
  #unlocked: Unlocked | undefined;
  readonly #lockWatchers = new Set<() => void>();
  #uses = 0;

  /** Begins locked. */
  constructor(file: PrivateFile) {
    this.#file = file;
  }

  /** Keys and private store, or `undefined` while locked. */
  get unlocked(): Unlocked | undefined {
    return this.#unlocked;
  }

  /** How often somebody asked for what can't do without the keys. */
  get uses(): number {
    return this.#uses;
  }

  /** The same as `unlocked`, for what can't do without; it counts as a use. */
  use(): Unlocked | undefined {
    this.#uses++;
    return this.#unlocked;
  }

  /** Keys and private store; it counts as a use. Throws a `UserError` of code `locked` while there are none. */
  need(): Unlocked {
    this.#uses++;
    if (this.#unlocked === undefined) {
      throw new UserError("locked", LOCKED_AT_TERMINAL);
    }
    if (this.#unlocked.keyring.identities().length === 0) {
      throw new UserError(
        "locked",
        "There is no identity here yet. Create one: gossamer identity create",
      );
    }
    return this.#unlocked;
  }

  /** This node's own identities; empty while locked. */
  own(): readonly IdentityKey[] {
    return this.#unlocked?.keyring.identities().map(({ key }) => key) ?? [];
  }

  /** Takes keys from a bundle; the caller wipes the bundle. Earlier keys are wiped if these fit. */
  async unlock(bundle: Uint8Array): Promise<readonly IdentityKey[]> {
    let keyring: Keyring;
    try {
      keyring = decodeKeyBundle(bundle);
    } catch {
      throw new UserError("usage", "That is not a key bundle.");
    }
    let store: PrivateStore;
    try {
      store = await unlockWith(this.#file, keyring);
    } catch (error) {
      // Keys that don't fit take nothing away: what was unlocked stays so.
      keyring.wipe();
      throw error;
    }
    this.#unlocked?.keyring.wipe();
    this.#unlocked = { keyring, store };
    return this.own();
  }

  /** Wipes the keys from memory. */
  lock(): void {
    this.#file.lock();
    this.#unlocked?.keyring.wipe();
    this.#unlocked = undefined;
    for (const locked of [...this.#lockWatchers]) locked();
  }

  /** Has something called when the keys are taken away; what it answers ends that. */
  whenLocked(locked: () => void): () => void {
    this.#lockWatchers.add(locked);
    return () => void this.#lockWatchers.delete(locked);
  }

  /**
   * The identity that speaks: the one named, or the only one there is. Throws a `UserError` when it
   * is none of this node's, or when nothing says which of several is meant.
   */
  speaker(as: string | undefined, find: (text: string) => IdentityKey): Signer {
    const { keyring } = this.need();
    if (as !== undefined) return this.#named(keyring, as, find);
    const [only, ...others] = keyring.identities();
    if (only === undefined || others.length > 0) {
      throw new UserError(
        "usage",
        "There are several identities here, and nothing may be said by the wrong one: name it with --as",
      );
    }
    return keyring.signer(only.key);
  }

  #named(keyring: Keyring, as: string, find: (text: string) => IdentityKey): Signer {
    const byName = keyring.identities().filter(({ name }) => name.reveal() === as);
    if (byName.length > 1) {
      throw new UserError("usage", `Several identities here are named so: give the g1… of one`);
    }
    const key = byName[0]?.key ?? find(as);
    if (!keyring.identities().some((identity) => identity.key === key)) {
      throw new UserError("usage", "That is not an identity of this node: gossamer identity list");
    }
    return keyring.signer(key);
  }
}

async function unlockWith(file: PrivateFile, keyring: Keyring): Promise<PrivateStore> {
  const secrets = keyring.slotKeys(file.labels);
  const slotKeys = secrets.map((secret) => secret.use((key) => key));
  try {
    return await keyring.storeKey().use((key) => file.unlock(key, slotKeys));
  } finally {
    for (const secret of secrets) secret.wipe();
  }
}
