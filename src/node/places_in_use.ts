/** Which numbers of prefixes still have a message here, so that the others can be given out again. */
import { MAX_PLACE } from "../gossip/mod.ts";
import type { PublicStore } from "../store/mod.ts";

/** Tells of a number, as the store is now, whether anything that its prefix delivered is there. */
export function placesInUse({ index }: PublicStore): (place: number) => boolean {
  const used = new Uint8Array(MAX_PLACE + 1);
  for (let slot = 0; slot < index.slots; slot++) {
    if (index.freshnessAt(slot) >= 0) used[index.placeAt(slot)] = 1;
  }
  return (place) => used[place] === 1;
}
