/** What people paste: a locator's starter list, several identities at once. The node reads it strictly. */
import { parseLocator } from "../wire/locator.ts";

/** How many identities are on the starter list of a locator; 0 for anything else. */
export function starterCount(text: string): number {
  const result = parseLocator(text.trim());
  return result.kind === "bad" ? 0 : result.locator.starters.length;
}

/** Identities one below the other or with spaces or commas between them, each once. */
export function idsIn(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,;]+/).filter((id) => id !== ""))];
}
