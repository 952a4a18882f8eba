/** `follow`, `unfollow`, `following`, `identities`, `lock`, `profile-show`. */
import { formatIdentity, type IdentityKey } from "../../wire/ids.ts";
import { MAX_NAME_POINTS } from "../../wire/limits.ts";
import { Private } from "../../wire/privacy.ts";
import { toSeconds } from "../../wire/time.ts";
import type { LocatorIdentity } from "../../wire/locator.ts";
import type { Api, FollowView, IdentityView, ProfileView } from "../api.ts";
import { UserError } from "../user_error.ts";
import type { OwnerContext } from "./context.ts";
import { Names, newestProfile } from "./names.ts";
import { findIdentities, findIdentity, findPerson } from "./resolve.ts";
import { checked } from "./status_parts.ts";
import { fittingSuccessor, viewRevoked } from "./succession.ts";
import { viewProfile } from "./views.ts";

/** Follows an identity, or all that a locator names; gives a petname. */
export async function follow(
  context: OwnerContext,
  { target, name, starters = false, successor = false }: Api["follow"]["params"],
): Promise<readonly FollowView[]> {
  // First of all: whom somebody mistyped is known only with the keys.
  context.keys.need();
  if (successor) return await followSuccessor(context, target);
  const found = await findIdentities(target, { context, starters });
  if (name !== undefined && found.length !== 1) {
    throw new UserError("usage", "That names several identities, and a name is for one of them.");
  }
  await addFollows(context, found, name === undefined ? undefined : petname(name));
  return await viewFollows(context, found.map(({ key }) => key));
}

/** Follows whoever goes on as somebody, under the same petname. */
async function followSuccessor(
  context: OwnerContext,
  target: string,
): Promise<readonly FollowView[]> {
  const { keys, social } = context;
  const old = await findPerson(context, target);
  const heir = fittingSuccessor(await social.look(old));
  const known = (await keys.need().store.follows()).reveal().find(({ key }) => key === old);
  await addFollows(context, [{ key: heir }], known?.petname);
  return await viewFollows(context, [heir]);
}

/** Adds identities to the follow list; what is known of one already stays, but for a petname that is given. */
export async function addFollows(
  { keys, clock, social }: OwnerContext,
  identities: readonly LocatorIdentity[],
  petname?: string,
): Promise<void> {
  const { store } = keys.need();
  const blocks = new Set((await store.blocks.all()).reveal().map(({ key }) => key));
  const blocked = identities.find(({ key }) => blocks.has(key));
  if (blocked !== undefined) {
    throw new UserError(
      "refused",
      `You block ${
        formatIdentity(blocked.key)
      }. Nobody was followed; unblock it first: gossamer unblock`,
    );
  }
  const known = new Map((await store.follows()).reveal().map((follow) => [follow.key, follow]));
  const followedAt = toSeconds(clock.now());
  for (const { key, heirPrefix } of identities) {
    const old = known.get(key);
    // The heir seen first counts (section 4), or whoever steals a key could name another one later.
    const heir = old?.heir ?? heirPrefix;
    const given = petname === undefined ? {} : { petname };
    await store.addFollow(new Private({ followedAt, petname: "", ...old, ...given, key, heir }));
  }
  // Contagion spares the followed.
  social.changed();
}

/** Stops following an identity. What it wrote stays stored like everybody's. */
export async function unfollow(
  context: OwnerContext,
  { id }: Api["unfollow"]["params"],
): Promise<FollowView> {
  const { store } = context.keys.need();
  const key = await findPerson(context, id);
  const [view] = await viewFollows(context, [key]);
  if (view === undefined || !await store.removeFollow(new Private(key))) {
    throw new UserError("failed", "That identity is not followed: gossamer following");
  }
  context.social.changed();
  return view;
}

/** Everybody who is followed. */
export async function following(context: OwnerContext): Promise<readonly FollowView[]> {
  const follows = (await context.keys.need().store.follows()).reveal();
  return await viewFollows(context, follows.map(({ key }) => key));
}

async function viewFollows(
  context: OwnerContext,
  keys: readonly IdentityKey[],
): Promise<readonly FollowView[]> {
  const names = await Names.of(context);
  return await Promise.all(keys.map(async (key) => ({
    id: formatIdentity(key),
    ...await names.call(key),
    petname: names.petnames.get(key) ?? "",
    claimed: (await newestProfile(key, context)).name,
    ...await viewRevoked(context, key),
  })));
}

/** A petname as it is kept. Throws a `UserError` when it can't be one. */
function petname(given: string): string {
  const name = checked(given.trim(), { what: "A name", points: MAX_NAME_POINTS });
  if (name.includes("\n")) throw new UserError("refused", "A name has one line.");
  return name;
}

/** This node's own identities. */
export function identities({ keys }: OwnerContext): readonly IdentityView[] {
  const all = keys.use()?.keyring.identities();
  if (all === undefined) {
    throw new UserError(
      "locked",
      "Which identities are here is known only to who has the passphrase. Give it " +
        "(--passphrase-file, or at the prompt).",
    );
  }
  return all.map(({ key, name }) => ({
    id: formatIdentity(key),
    name: name.reveal(),
    unlocked: true,
  }));
}

/** Takes the keys out of memory, and what only they tell to be the owner's. */
export async function lock(
  { keys, own, mail, social }: OwnerContext,
  { again = false }: Api["lock"]["params"],
): Promise<Api["lock"]["result"]> {
  // What isn't written is tried again: a disk that fails is no reason to stay open.
  await mail.write().catch(() => {});
  keys.lock();
  mail.lock();
  social.lock();
  own.lock({ linger: again });
  return { unlocked: [] };
}

/** Somebody's profile, by default one's own. */
export async function profileShow(
  context: OwnerContext,
  { id }: Api["profile-show"]["params"],
): Promise<ProfileView> {
  const key = id === undefined
    ? context.keys.speaker(undefined, findIdentity).key
    : await findPerson(context, id);
  return await viewProfile(key, context);
}
