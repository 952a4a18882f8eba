/** Turns what people type into ids. Failures say what to type instead. */
import { type IdentityKey, type MessageId, parseIdentity, parseMessageId } from "../../wire/ids.ts";
import { type Locator, type LocatorIdentity, parseLocator } from "../../wire/locator.ts";
import { UserError } from "../user_error.ts";
import { closestIdentity } from "./closest.ts";
import type { OwnerContext } from "./context.ts";

/** Fewest hex digits that are taken for an abbreviated message id. */
const MIN_PREFIX = 4;

const NO_IDENTITY =
  "An identity is named by its g1… of 60 characters; this isn't one, or it has a typing error";

/** A message, stored or an own pending one, by its id or any unambiguous prefix. Throws a `UserError` otherwise. */
export function findMessage({ store, own, keys }: OwnerContext, text: string): MessageId {
  const prefix = text.trim().toLowerCase();
  if (!/^[0-9a-f]{1,64}$/.test(prefix)) {
    throw new UserError("usage", "A message is named by the hex digits of its id");
  }
  if (prefix.length < MIN_PREFIX) {
    throw new UserError("usage", `Give at least ${MIN_PREFIX} digits of the message's id`);
  }
  const pending = own.pending().map(({ id }) => id).filter((id) => id.startsWith(prefix));
  const [found, ...others] = [...store.index.idsByPrefix(prefix, 2), ...pending];
  if (found === undefined) {
    const hidden = keys.unlocked === undefined
      ? ". Your own that are still on their way are found while the keys are open: gossamer unlock"
      : "";
    throw new UserError("failed", `No message here has an id that begins with ${prefix}${hidden}`);
  }
  if (others.length > 0) {
    throw new UserError("usage", `Several messages here begin with ${prefix}: give more digits`);
  }
  return found;
}

/** The same for a message that is answered or quoted: named in full, it needn't be here. */
export function findReference(context: OwnerContext, text: string): MessageId {
  return parseMessageId(text.trim()) ?? findMessage(context, text);
}

/** An identity by its `g1…`. Throws a `UserError` otherwise. */
export function findIdentity(text: string): IdentityKey {
  const key = parseIdentity(text);
  if (key === undefined) throw new UserError("usage", `${NO_IDENTITY}.`);
  return key;
}

/** The same, where somebody else is likely to be meant: the failure names the closest that is known here. */
export async function findPerson(context: OwnerContext, text: string): Promise<IdentityKey> {
  const key = parseIdentity(text);
  if (key !== undefined) return key;
  throw new UserError("usage", `${NO_IDENTITY}.${await didYouMean(context, text)}`);
}

async function didYouMean(context: OwnerContext, text: string): Promise<string> {
  const closest = await closestIdentity(context, text);
  return closest === undefined ? "" : ` The closest that is known here: ${closest}`;
}

/** The identities that a `g1…` or a locator names. Throws a `UserError` when there are none. */
export async function findIdentities(
  text: string,
  { context, starters }: { readonly context: OwnerContext; readonly starters: boolean },
): Promise<readonly LocatorIdentity[]> {
  const key = parseIdentity(text);
  if (key !== undefined) return [{ key }];
  const result = parseLocator(text);
  if (result.kind === "bad") {
    const hint = await didYouMean(context, text);
    throw new UserError("usage", `That is neither an identity (g1…) nor a locator (g:?…).${hint}`);
  }
  if (result.locator.network !== context.labels.network) {
    throw new UserError(
      "usage",
      `That locator is for the network ${result.locator.network}, and this folder belongs to ` +
        context.labels.network,
    );
  }
  const identities = followed(result.locator, { identities: true, starters });
  if (identities.length === 0) throw new UserError("usage", "That locator names no identity");
  return identities;
}

/** Whom a locator has one follow: those that it names, those of its starter list, or both; each once. */
export function followed(
  { identities, starters }: Locator,
  wanted: { readonly identities: boolean; readonly starters: boolean },
): readonly LocatorIdentity[] {
  const named = wanted.identities ? identities : [];
  const known = new Set(named.map(({ key }) => key));
  const others = wanted.starters ? starters.filter((key) => !known.has(key)) : [];
  return [...named, ...others.map((key) => ({ key }))];
}
