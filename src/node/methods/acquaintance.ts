/** With whom the owner has to do: what strangers write privately goes to a place of its own. */
import type { IdentityKey } from "../../wire/ids.ts";
import type { Keys } from "../keys.ts";

/** Those whom the owner follows or wrote to, and the owner's own identities; nobody while locked. */
export async function acquaintances(keys: Keys): Promise<ReadonlySet<IdentityKey>> {
  const { unlocked } = keys;
  if (unlocked === undefined) return new Set();
  const follows = (await unlocked.store.follows()).reveal();
  const letters = (await unlocked.store.letters("letters")).heads();
  return new Set([
    ...keys.own(),
    ...follows.map(({ key }) => key),
    ...letters.filter(({ sent }) => sent).map(({ to }) => to),
  ]);
}
