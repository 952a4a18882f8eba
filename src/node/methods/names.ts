/** What identities are called: by the owner, by themselves, and whether somebody borrows a known name. */
import { compareProfiles } from "../../store/mod.ts";
import type { Profile } from "../../wire/body.ts";
import type { IdentityKey } from "../../wire/ids.ts";
import { EMPTY_PROFILE } from "../compose.ts";
import { looksOf, showsIdentity } from "../confusable.ts";
import type { OwnerContext } from "./context.ts";

/** Successors one after the other that are looked at: they could go in a circle. */
const MAX_SUCCESSIONS = 8;

/** The names that the owner gave to others; empty while locked. */
export type Petnames = ReadonlyMap<IdentityKey, string>;

/** What an identity is called. */
export interface Called {
  /** Petname if the owner gave one, else the name that the profile claims, else "". */
  readonly name: string;
  /** Whether the name is claimed, and looks like that of somebody else whom the owner knows or shows an id. */
  readonly suspicious: boolean;
}

/** The names as they are at one moment; made anew for each answer. */
export class Names {
  /** Petnames of the followed; empty while locked. */
  readonly petnames: Petnames;
  readonly #context: OwnerContext;
  #looks: Promise<ReadonlyMap<string, ReadonlySet<IdentityKey>>> | undefined;

  private constructor(context: OwnerContext, petnames: Petnames) {
    this.#context = context;
    this.petnames = petnames;
  }

  /** Reads them. Throws a `StoreError` when the disk fails. */
  static async of(context: OwnerContext): Promise<Names> {
    return new Names(context, await petnames(context));
  }

  /** What to call an identity. */
  async call(key: IdentityKey): Promise<Called> {
    const petname = this.petnames.get(key);
    if (petname) return { name: petname, suspicious: false };
    const { name } = await newestProfile(key, this.#context);
    return { name, suspicious: await this.#isBorrowed(key, name) };
  }

  /** Whether a claimed name looks like one of somebody else's whom the owner knows. */
  async #isBorrowed(key: IdentityKey, claimed: string): Promise<boolean> {
    const looks = looksOf(claimed);
    if (looks.length === 0 || this.#context.keys.own().includes(key)) return false;
    if (showsIdentity(claimed)) return true;
    this.#looks ??= this.#known();
    const known = await this.#looks;
    const person = await this.#person(key);
    return looks.some((look) => {
      const people = known.get(look);
      return people !== undefined && (people.size > 1 || !people.has(person));
    });
  }

  /** Who an identity is by now: whoever goes on as it is the same person, if that is sure. */
  async #person(key: IdentityKey): Promise<IdentityKey> {
    let person = key;
    for (let steps = 0; steps < MAX_SUCCESSIONS; steps++) {
      const { revoked } = await this.#context.social.look(person);
      if (revoked?.fits !== true || revoked.successor === undefined) break;
      person = revoked.successor;
    }
    return person;
  }

  /** Who is known under what looks: petnames, names that followed and own identities claim, own local ones. */
  async #known(): Promise<ReadonlyMap<string, ReadonlySet<IdentityKey>>> {
    const { keys } = this.#context;
    const known = new Map<string, Set<IdentityKey>>();
    const add = (key: IdentityKey, name: string): void => {
      for (const look of looksOf(name)) {
        known.set(look, (known.get(look) ?? new Set<IdentityKey>()).add(key));
      }
    };
    for (const [key, petname] of this.petnames) {
      const name = petname || (await newestProfile(key, this.#context)).name;
      add(await this.#person(key), name);
    }
    for (const { key, name } of keys.unlocked?.keyring.identities() ?? []) {
      const person = await this.#person(key);
      add(person, name.reveal());
      add(person, (await newestProfile(key, this.#context)).name);
    }
    return known;
  }
}

/** Reads the petnames; none while the node is locked. */
export async function petnames({ keys }: OwnerContext): Promise<Petnames> {
  const follows = (await keys.unlocked?.store.follows())?.reveal() ?? [];
  return new Map(follows.map(({ key, petname }) => [key, petname]));
}

/** The newest profile seen of an identity, of an own one also on its way; empty when none was. */
export async function newestProfile(
  key: IdentityKey,
  { store, own }: OwnerContext,
): Promise<Profile> {
  let newest = await store.profile(key) ?? EMPTY_PROFILE;
  for (const message of own.pending()) {
    if (message.key !== key) continue;
    const { body } = message;
    if (body.kind !== "status" && body.kind !== "profile") continue;
    if (compareProfiles(body.profile, newest) > 0) newest = body.profile;
  }
  return newest;
}
