/** Turns what people type into ids. Failures say what to type instead. */
import { type IdentityKey, type MessageId, parseIdentity, parseMessageId } from "../../wire/ids.ts";
import { type LocatorIdentity, parseLocator } from "../../wire/locator.ts";
import { UserError } from "../user_error.ts";
import type { OwnerContext } from "./context.ts";

/** Fewest hex digits that are taken for an abbreviated message id. */
const MIN_PREFIX = 4;

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
  if (key === undefined) {
    throw new UserError(
      "usage",
      "An identity is named by its g1… of 60 characters; this isn't one, or it has a typing error",
    );
  }
  return key;
}

/** The identities that a `g1…` or a locator names. Throws a `UserError` when there are none. */
export function findIdentities(text: string, context: OwnerContext): readonly LocatorIdentity[] {
  const key = parseIdentity(text);
  if (key !== undefined) return [{ key }];
  const result = parseLocator(text);
  if (result.kind === "bad") {
    throw new UserError("usage", "That is neither an identity (g1…) nor a locator (g:?…)");
  }
  if (result.locator.network !== context.labels.network) {
    throw new UserError(
      "usage",
      `That locator is for the network ${result.locator.network}, and this folder belongs to ` +
        context.labels.network,
    );
  }
  const { identities } = result.locator;
  if (identities.length === 0) throw new UserError("usage", "That locator names no identity");
  return identities;
}
