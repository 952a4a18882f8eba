/** Who goes on as somebody whose key was ended (docs/PROTOCOL.md section 4). */
import type { Revocation, Standing } from "../../trust/mod.ts";
import { formatIdentity, type IdentityKey } from "../../wire/ids.ts";
import type { RevokedView } from "../api.ts";
import { UserError } from "../user_error.ts";
import type { OwnerContext } from "./context.ts";

/** An identity's revocation as shown; nothing for one that wasn't revoked. */
export async function viewRevoked(
  { social }: OwnerContext,
  key: IdentityKey,
): Promise<{ readonly revoked?: RevokedView }> {
  const { revoked } = await social.look(key);
  return revoked === null ? {} : { revoked: viewOf(revoked) };
}

/** The successor that is the same person. Throws a `UserError` when there is none that is sure. */
export function fittingSuccessor({ revoked }: Standing): IdentityKey {
  if (revoked === null) {
    throw new UserError("failed", "That identity was not revoked, as far as is known here.");
  }
  const { successor, fits } = revoked;
  if (successor === undefined) {
    throw new UserError("failed", "That identity was revoked, and nobody goes on as it.");
  }
  if (fits) return successor;
  throw new UserError(
    "refused",
    `${
      formatIdentity(successor)
    } only claims to go on as that identity: whoever had its key can say ` +
      "so. Nothing was changed. If you made sure of it otherwise, follow it by its id.",
  );
}

/** A revocation as shown. */
export function viewOf({ issued, successor, fits }: Revocation): RevokedView {
  return { issued, successor: successor === undefined ? null : formatIdentity(successor), fits };
}
