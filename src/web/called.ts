/** What people are called within a sentence or a heading of ours. */
import { isolate, safeLine } from "../text/safe_text.ts";
import { shortIdentity } from "../text/short_identity.ts";

/** Characters of a name in a heading: the longest that a profile may claim has 40. */
const MAX_NAME = 40;

/** Their name made safe, in its own direction; without one the beginning of their `g1…`. */
export function called({ id, name }: { readonly id: string; readonly name: string }): string {
  const shown = Array.from(safeLine(name).trim());
  if (shown.length === 0) return shortIdentity(id);
  return isolate(
    shown.length > MAX_NAME ? `${shown.slice(0, MAX_NAME).join("")}…` : shown.join(""),
  );
}
