/** `follow`, `unfollow`, `following`, `identities`, `lock`, `profile-show`. */
import { formatIdentity } from "../../wire/ids.ts";
import { Private } from "../../wire/privacy.ts";
import { toSeconds } from "../../wire/time.ts";
import type { LocatorIdentity } from "../../wire/locator.ts";
import type { Api, FollowView, IdentityView, ProfileView } from "../api.ts";
import { UserError } from "../user_error.ts";
import type { OwnerContext } from "./context.ts";
import { findIdentities, findIdentity } from "./resolve.ts";
import { newestProfile, viewProfile } from "./views.ts";

/** Follows an identity, or all that a locator names. */
export async function follow(
  context: OwnerContext,
  { target }: Api["follow"]["params"],
): Promise<readonly FollowView[]> {
  const found = findIdentities(target, context);
  await addFollows(context, found);
  return await Promise.all(found.map(async ({ key }) => ({
    id: formatIdentity(key),
    name: (await newestProfile(key, context)).name,
  })));
}

/** Adds identities to the follow list; what is known of one already stays. */
export async function addFollows(
  { keys, clock }: OwnerContext,
  identities: readonly LocatorIdentity[],
): Promise<void> {
  const { store } = keys.need();
  const known = new Map((await store.follows()).reveal().map((follow) => [follow.key, follow]));
  const followedAt = toSeconds(clock.now());
  for (const { key, heirPrefix } of identities) {
    const old = known.get(key);
    // The heir seen first counts (section 4), or whoever steals a key could name another one later.
    const heir = old?.heir ?? heirPrefix;
    await store.addFollow(new Private({ followedAt, petname: "", ...old, key, heir }));
  }
}

/** Stops following an identity. What it wrote stays stored like everybody's. */
export async function unfollow(
  context: OwnerContext,
  { id }: Api["unfollow"]["params"],
): Promise<FollowView> {
  const { store } = context.keys.need();
  const key = findIdentity(id);
  if (!await store.removeFollow(new Private(key))) {
    throw new UserError("failed", "That identity is not followed: gossamer following");
  }
  return { id: formatIdentity(key), name: (await newestProfile(key, context)).name };
}

/** Everybody who is followed. */
export async function following(context: OwnerContext): Promise<readonly FollowView[]> {
  const follows = (await context.keys.need().store.follows()).reveal();
  return await Promise.all(follows.map(async ({ key, petname }) => ({
    id: formatIdentity(key),
    name: petname || (await newestProfile(key, context)).name,
  })));
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
export function lock(
  { keys, own }: OwnerContext,
  { again = false }: Api["lock"]["params"],
): Api["lock"]["result"] {
  keys.lock();
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
    : findIdentity(id);
  return await viewProfile(key, context);
}
