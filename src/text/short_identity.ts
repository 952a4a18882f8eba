/** Identities in short, the same at the terminal and on the page. */
import { safeLine } from "./safe_text.ts";

/** Characters that are shown of one, and the fewest that would be left out. */
const [SHOWN, LEAST_SAVED] = [12, 3];

/**
 * First characters of an identity, made safe, to tell a few apart. They prove nothing: whoever wants to
 * be sure compares all of it.
 */
export function shortIdentity(id: string): string {
  const safe = safeLine(id);
  return safe.length >= SHOWN + LEAST_SAVED ? `${safe.slice(0, SHOWN)}…` : safe;
}
