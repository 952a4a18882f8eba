/** Who is blocked, and why, in the form in which the API says it (docs/PROTOCOL.md section 7). */
import { formatIdentity, type IdentityKey } from "../../wire/ids.ts";
import type { BlockedBecause } from "../api.ts";
import { UserError } from "../user_error.ts";
import type { OwnerContext } from "./context.ts";

/** Why an identity is blocked; null when it isn't, and while the keys are locked. */
export function whyBlocked({ social }: OwnerContext, key: IdentityKey): BlockedBecause | null {
  const reason = social.blockReason(key);
  if (reason === undefined) return null;
  return reason.kind === "user" ? "user" : reason.by.map(formatIdentity);
}

/** Throws a `UserError` where a blocked author's message was asked for by its id, but not as hidden. */
export function refuseBlocked(
  key: IdentityKey,
  { context, hidden }: { readonly context: OwnerContext; readonly hidden: boolean },
): void {
  const why = hidden ? null : whyBlocked(context, key);
  if (why === null) return;
  const reason = why === "user" ? "you blocked" : `${why.length} that are blocked verify`;
  throw new UserError(
    "refused",
    `Hidden: it is by ${formatIdentity(key)}, whom ${reason}. --hidden shows it all the same.`,
  );
}
