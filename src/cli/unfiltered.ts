/** Says where blocks couldn't be applied: they are sealed, and looking around needs no key. */
import type { Context } from "./context.ts";
import type { Session } from "./session.ts";

/** Notes it after what was read without keys, if there is an identity whose blocks there may be. */
export async function noteUnfiltered(
  { deps, out, dataDir, network }: Context,
  session: Session,
): Promise<void> {
  if ((await session.call("status", {})).unlocked) return;
  if (!await deps.anyIdentity({ dataDir, network })) return;
  await out.note("The keys are locked, so whom you block is shown, too.");
}
