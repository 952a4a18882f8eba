/** With whom the owner has to do: what strangers write privately goes to a place of its own. */
import type { IdentityKey } from "../../wire/ids.ts";
import type { OwnerContext } from "./context.ts";

/**
 * Tells those whom the owner follows or wrote to, who are verified, and the owner's own, from strangers;
 * nobody who is blocked is among them, and nobody at all while locked.
 */
export async function acquaintances(
  { keys, social }: Pick<OwnerContext, "keys" | "social">,
): Promise<(key: IdentityKey) => boolean> {
  const { unlocked } = keys;
  if (unlocked === undefined) return () => false;
  await social.ready();
  const follows = (await unlocked.store.follows()).reveal();
  const letters = (await unlocked.store.letters("letters")).heads();
  const known = new Set([
    ...keys.own(),
    ...follows.map(({ key }) => key),
    ...letters.filter(({ sent }) => sent).map(({ to }) => to),
  ]);
  return (key) => !social.isBlocked(key) && (known.has(key) || social.isVerified(key));
}
