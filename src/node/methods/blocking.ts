/** `block`, `unblock`, `blocked`, `blocked-hidden`: whose messages the owner doesn't want to see. */
import { MAX_BLOCKS } from "../../store/mod.ts";
import { formatIdentity, type IdentityKey } from "../../wire/ids.ts";
import { Private } from "../../wire/privacy.ts";
import { toSeconds } from "../../wire/time.ts";
import type { Api, BlockView, MessageView } from "../api.ts";
import { UserError } from "../user_error.ts";
import { whyBlocked } from "./block_reason.ts";
import type { OwnerContext } from "./context.ts";
import { Names } from "./names.ts";
import { findPerson } from "./resolve.ts";
import { checkLimit, retracted, statuses } from "./reading.ts";

const TOO_MANY = `At most ${MAX_BLOCKS} identities can be blocked by hand, and these are more`;

/** Blocks identities, all or none of them; with `check` it only says what that would meet. */
export async function block(
  context: OwnerContext,
  { ids, unfollow = false, check = false }: Api["block"]["params"],
): Promise<Api["block"]["result"]> {
  const { store } = context.keys.need();
  const named = [...new Set(await Promise.all(ids.map((id) => findPerson(context, id))))];
  const before = new Set((await store.blocks.all()).reveal().map(({ key }) => key));
  const fresh = named.filter((key) => !before.has(key));
  const follows = new Set((await store.follows()).reveal().map(({ key }) => key));
  const followed = named.filter((key) => follows.has(key));
  const own = named.filter((key) => context.keys.own().includes(key));
  const room = MAX_BLOCKS - before.size - fresh.length;
  if (!check) {
    if (own[0] !== undefined) throw refused(`${formatIdentity(own[0])} is your own identity`);
    if (!unfollow && followed[0] !== undefined) {
      throw refused(`You follow ${formatIdentity(followed[0])}; --unfollow stops that and blocks`);
    }
    const blockedAt = toSeconds(context.clock.now());
    const entries = new Private(fresh.map((key) => ({ key, blockedAt })));
    // Before the unfollowing: a kill in between leaves both, and then the block counts.
    if (!await store.blocks.add(entries)) throw refused(TOO_MANY);
    for (const key of followed) await store.removeFollow(new Private(key));
    context.social.changed();
    await context.social.ready();
  }
  return {
    blocked: await viewBlocks(context, named),
    already: named.length - fresh.length,
    own: own.map(formatIdentity),
    followed: followed.map(formatIdentity),
    room,
  };
}

/** Stops blocking an identity: all that it wrote and that is still here is shown again. */
export async function unblock(
  context: OwnerContext,
  { id }: Api["unblock"]["params"],
): Promise<Api["unblock"]["result"]> {
  const { store } = context.keys.need();
  const key = await findPerson(context, id);
  const why = whyBlocked(context, key);
  if (!await store.blocks.remove(new Private(key))) {
    if (why === null || why === "user") {
      throw new UserError("failed", "That identity isn't blocked: gossamer blocked");
    }
    throw refused(
      `You didn't block that identity yourself: it is verified by ${why.length} that are blocked, ` +
        `${
          why.join(", ")
        }. It is shown again if you follow or verify it, or unblock enough of these`,
    );
  }
  context.social.changed();
  await context.social.ready();
  const because = whyBlocked(context, key);
  return {
    id: formatIdentity(key),
    ...await (await Names.of(context)).call(key),
    because: because === "user" ? null : because,
  };
}

/** Everybody who is blocked: first those whom the owner blocked, in that order, then by contagion. */
export async function blocked(
  context: OwnerContext,
  { limit, after }: Api["blocked"]["params"],
): Promise<readonly BlockView[]> {
  const { store } = context.keys.need();
  if (limit !== undefined) checkLimit(limit);
  const byHand = (await store.blocks.all()).reveal();
  const since = new Map(byHand.map(({ key, blockedAt }) => [key, blockedAt]));
  const all = [...since.keys(), ...[...context.social.contagious()].sort()];
  const from = after === undefined ? 0 : 1 + all.indexOf(await findPerson(context, after));
  if (after !== undefined && from === 0) {
    throw new UserError("failed", "That identity isn't blocked (any more).");
  }
  const some = all.slice(from, limit === undefined ? all.length : from + limit);
  return (await viewBlocks(context, some)).map((view, i) => ({
    ...view,
    since: since.get(some[i] as IdentityKey) ?? null,
  }));
}

/** A page of what is filtered from all views, newest first. */
export async function blockedHidden(
  context: OwnerContext,
  { limit, before }: Api["blocked-hidden"]["params"],
): Promise<readonly MessageView[]> {
  const { store } = context.keys.need();
  const byHand = (await store.blocks.all()).reveal().map(({ key }) => key);
  const authors = new Set([...byHand, ...context.social.contagious()]);
  const hides = retracted(context);
  return (await statuses(context, { limit, before, authors, hides })).toReversed();
}

async function viewBlocks(
  context: OwnerContext,
  keys: readonly IdentityKey[],
): Promise<readonly Omit<BlockView, "since">[]> {
  const names = await Names.of(context);
  return await Promise.all(keys.map(async (key) => ({
    id: formatIdentity(key),
    ...await names.call(key),
    because: whyBlocked(context, key) ?? "user",
  })));
}

function refused(why: string): UserError {
  return new UserError("refused", `${why}. Nothing was changed.`);
}
