/** What is known of an identity's heir, from all places together (docs/PROTOCOL.md section 4). */
import type { SeenHeir } from "../store/mod.ts";
import type { KnownHeir } from "../trust/mod.ts";

/**
 * Weighs the heir that profiles named and the 80 bits that a locator did. The locator came by another
 * way than the key's own word, so it wins: whoever steals the key can name other heirs in profiles.
 * Without one, where two profiles differ, no successor is more than a claim.
 */
export function knownHeir(
  seen: SeenHeir | undefined,
  prefix: Uint8Array | undefined,
): KnownHeir | undefined {
  if (prefix !== undefined) return { commitment: prefix, disputed: false };
  return seen && { commitment: seen.first, disputed: seen.disputed };
}
