/** Identities whose key was ended: nothing more is said by one from here. */
import type { IdentityKey } from "../../wire/ids.ts";
import { type AdmittedStatement, STATEMENT_TYPES } from "../../wire/statement.ts";
import { statementsOf } from "../../wire/admit.ts";
import { UserError } from "../user_error.ts";
import type { OwnerContext } from "./context.ts";

/** The owner's statements that weren't seen back yet: for the owner they count at once. */
export function pendingStatements({ own }: Pick<OwnerContext, "own">): AdmittedStatement[] {
  return own.pending().flatMap(statementsOf);
}

/** Whether an identity was revoked, as far as is known here, or by a revocation on its way from here. */
export async function isRevoked(
  context: Pick<OwnerContext, "own" | "store">,
  key: IdentityKey,
): Promise<boolean> {
  const isOwn = pendingStatements(context).some(({ type, issuer }) =>
    type === STATEMENT_TYPES.revoke && issuer === key
  );
  return isOwn || (await context.store.statements.revocationsBy(key)).length > 0;
}

/** Throws a `UserError` when an own identity can't speak any more. */
export async function needUnrevoked(
  context: Pick<OwnerContext, "own" | "store">,
  key: IdentityKey,
): Promise<void> {
  if (!await isRevoked(context, key)) return;
  throw new UserError(
    "refused",
    "This identity was revoked: its key is ended for everybody, and nobody would show what it says " +
      "now. Nothing was sent. Speak as another one: gossamer identity list",
  );
}
