/** What is known of an identity's heir, from all places together (docs/PROTOCOL.md section 4). */
import type { SeenHeir } from "../store/mod.ts";
import type { KnownHeir } from "../trust/mod.ts";

/**
 * Weighs the heir that profiles named and the 80 bits that a locator did. Where they differ two
 * heirs were seen, and no successor is more than a claim.
 */
export function knownHeir(
  seen: SeenHeir | undefined,
  prefix: Uint8Array | undefined,
): KnownHeir | undefined {
  if (seen === undefined) return prefix && { commitment: prefix, disputed: false };
  const agree = prefix === undefined || prefix.every((byte, at) => byte === seen.first[at]);
  return { commitment: seen.first, disputed: seen.disputed || !agree };
}
