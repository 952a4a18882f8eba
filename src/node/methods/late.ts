/** Messages signed by a key that was revoked before they came here (docs/PROTOCOL.md section 4). */
import type { MessageId } from "../../wire/ids.ts";
import { UserError } from "../user_error.ts";
import type { OwnerContext } from "./context.ts";

/** Whether a message came when its author's key was revoked here already: whoever stole it may have written it. */
export function isLate({ store }: Pick<OwnerContext, "store">, id: MessageId): boolean {
  return store.index.get(id)?.late === true;
}

/** Throws a `UserError` for such a message, unless the reader asked for what is hidden. */
export function refuseLate(
  id: MessageId,
  { context, hidden }: { readonly context: OwnerContext; readonly hidden: boolean },
): void {
  if (hidden || !isLate(context, id)) return;
  throw new UserError(
    "failed",
    "That message came after its author's key had been revoked: whoever has the key may have " +
      "written it. --hidden shows it anyway.",
  );
}
