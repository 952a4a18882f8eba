/** `follow`, `unfollow`, `following`, `identities`, `lock`, `profile-show`. */
import { formatIdentity } from "../../wire/ids.ts";
import { Private } from "../../wire/privacy.ts";
import { toSeconds, type UnixSeconds } from "../../wire/time.ts";
import type { LocatorIdentity } from "../../wire/locator.ts";
import type { Follow } from "../../store/mod.ts";
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
  const { store } = context.keys.need();
  const found = findIdentities(target, context);
  const followedAt = toSeconds(context.clock.now());
  await store.follow(found.map((identity) => followOf(identity, followedAt)));
  return await Promise.all(found.map(async ({ key }) => ({
    id: formatIdentity(key),
    name: (await newestProfile(key, context)).name,
  })));
}

/** What the follow list keeps of an identity that a locator or its own name gave. */
export function followOf(
  { key, heirPrefix: heir }: LocatorIdentity,
  followedAt: UnixSeconds,
): Private<Follow> {
  return new Private({ key, petname: "", followedAt, ...(heir === undefined ? {} : { heir }) });
}

/** Stops following an identity. What it wrote stays stored like everybody's. */
export async function unfollow(
  context: OwnerContext,
  { id }: Api["unfollow"]["params"],
): Promise<FollowView> {
  const { store } = context.keys.need();
  const key = findIdentity(id);
  if (!await store.unfollow(new Private(key))) {
    throw new UserError("failed", "That identity is not followed: gossamer following");
  }
  return { id: formatIdentity(key), name: (await newestProfile(key, context)).name };
}

/** Everybody who is followed. */
export async function following(context: OwnerContext): Promise<readonly FollowView[]> {
  const follows = await context.keys.need().store.follows();
  return await Promise.all(follows.map(async (entry) => {
    const { key, petname } = entry.reveal();
    return { id: formatIdentity(key), name: petname || (await newestProfile(key, context)).name };
  }));
}

/** This node's own identities. */
export function identities({ keys }: OwnerContext): readonly IdentityView[] {
  const all = keys.unlocked?.keyring.identities();
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

/** Takes the keys out of memory. */
export function lock({ keys }: OwnerContext): Api["lock"]["result"] {
  keys.lock();
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
