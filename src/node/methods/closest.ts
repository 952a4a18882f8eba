/** What identity somebody meant who mistyped one. */
import { formatIdentity, type IdentityKey } from "../../wire/ids.ts";
import type { OwnerContext } from "./context.ts";

/** Characters that may be wrong, missing or too many: more is another identity. */
const MAX_ERRORS = 6;
/** Authors of stored messages that are looked at, those of the newest. */
const MAX_AUTHORS = 4_096;
/** Stored messages that are looked at for them. */
const MAX_MESSAGES = 100_000;
/** Characters in a `g1…`. */
const LENGTH = 60;

/**
 * The known identity that is closest to a mistyped `g1…`: of the owner's, those who are followed and
 * those who wrote what is stored here. `undefined` when none is close.
 */
export async function closestIdentity(
  context: OwnerContext,
  text: string,
): Promise<string | undefined> {
  const typed = text.trim().toLowerCase();
  if (Math.abs(typed.length - LENGTH) > MAX_ERRORS || !/^\w+$/.test(typed)) return undefined;
  let best: { readonly id: string; readonly errors: number } | undefined;
  for (const key of await knownKeys(context)) {
    const id = formatIdentity(key);
    const errors = distance(typed, id);
    if (errors <= MAX_ERRORS && (best === undefined || errors < best.errors)) best = { id, errors };
  }
  return best?.id;
}

async function knownKeys({ keys, store }: OwnerContext): Promise<ReadonlySet<IdentityKey>> {
  const follows = (await keys.unlocked?.store.follows())?.reveal() ?? [];
  const known = new Set([...keys.own(), ...follows.map(({ key }) => key)]);
  const most = known.size + MAX_AUTHORS;
  let left = MAX_MESSAGES;
  for (const { key } of store.index.newestFirst({ withRetracted: true })) {
    known.add(key);
    if (known.size >= most || --left === 0) break;
  }
  return known;
}

/** Characters that have to be changed, added or taken away to make one text of another (Levenshtein). */
export function distance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(changed, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    above = row;
  }
  return above[b.length] ?? 0;
}
