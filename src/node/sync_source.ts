/**
 * What the node has for reconciliation, in the order that this needs: its stored messages, and the ids
 * of those that it dropped, which count as present. Dropping changes nothing of whether an id takes
 * part, or of when it will: else who reconciles would be told all of them again, and see what goes.
 */
import {
  mergeItems,
  RECONCILE_CONFIG,
  type Rng,
  type StoredSlot,
  SyncSet,
  type SyncSource,
} from "../gossip/mod.ts";
import type { PublicStore } from "../store/mod.ts";
import type { UnixMs } from "../wire/time.ts";
import { STORED_GRAIN_S } from "./inject.ts";

/** What a source works with. */
export interface SyncSourceOptions {
  /** Where messages are kept. */
  readonly store: PublicStore;
  /** Chance. */
  readonly rng: Rng;
  /** A clock that never goes back, in milliseconds since 1970 as far as that was right at its start. */
  readonly clock: () => UnixMs;
}

/** Makes a source that follows the store from now on. A store has one. */
export function makeSyncSource({ store, rng, clock }: SyncSourceOptions): SyncSource {
  const { index } = store;
  const set = new SyncSet({ columns: index, config: RECONCILE_CONFIG, rng, clock });
  set.restore(storedSlots(store));
  index.watch({ added: (slot) => set.add(slot), removing: (slot) => set.remove(slot) });
  const { remembered } = store.dropping;
  const gone = new SyncSet({ columns: remembered, config: RECONCILE_CONFIG, rng, clock });
  gone.restore(remembered.slots().map((slot) => ({ slot, storedBy: 0 as UnixMs })));
  remembered.watch({
    added: (slot, why) => {
      const held = why === "dropped" ? index.slotOf(remembered.idAt(slot)) : undefined;
      // What was refused may have come a moment ago, so it is left out for as long as what was stored.
      if (held === undefined || index.storedAtOf(held) === undefined) gone.add(slot);
      else gone.adopt(slot, set.recentSince(held));
    },
    removing: (slot) => gone.remove(slot),
  });
  return {
    items: () => mergeItems(set.items(), gone.items()),
    holds: (id) => index.get(id)?.retracted === false,
  };
}

/** The machine's time at first, then counted on whatever is done to its clock. */
export function steadyClock(): () => UnixMs {
  const start = Date.now() - performance.now();
  return () => start + performance.now() as UnixMs;
}

/** On disk stands only the hour in which a message was stored: it may have been at its end. */
function* storedSlots({ index }: PublicStore): Generator<StoredSlot> {
  for (let slot = 0; slot < index.slots; slot++) {
    const storedAt = index.storedAtOf(slot);
    if (storedAt === undefined) continue;
    yield { slot, storedBy: (storedAt + STORED_GRAIN_S) * 1000 as UnixMs };
  }
}
