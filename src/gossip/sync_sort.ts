/** Many slots sorted at once by created, then id: several times faster than by comparing pairs. */
import type { SyncColumns } from "./sync_columns.ts";

/** Up to so many slots, insertion beats everything. */
const FEW = 16;

/** Sorts slots in place. */
export function sortSlots(slots: Uint32Array, columns: SyncColumns): void {
  const byPair = (run: Uint32Array): void => sortByPair(run, columns);
  // Ids are hashes: three bytes part nearly all that share a second.
  const byId = (run: Uint32Array): void =>
    sortByKey(run, (slot) => head(columns.idOf(slot)), byPair);
  sortByKey(slots, (slot) => columns.createdOf(slot), byId, byPair);
}

/**
 * Sorts by a number, and every run of equal ones by `ties`. Numbers and positions go into one float
 * each, which the engine sorts without asking back; if they don't fit, `otherwise` sorts.
 */
function sortByKey(
  slots: Uint32Array,
  key: (slot: number) => number,
  ties: (run: Uint32Array) => void,
  otherwise = ties,
): void {
  const count = slots.length;
  if (count <= FEW) return otherwise(slots);
  const keys = Float64Array.from(slots, key);
  const least = keys.reduce((a, b) => Math.min(a, b), Infinity);
  const most = keys.reduce((a, b) => Math.max(a, b), 0);
  if ((most - least + 1) * count > Number.MAX_SAFE_INTEGER) return otherwise(slots);
  for (let i = 0; i < count; i++) keys[i] = ((keys[i] ?? 0) - least) * count + i;
  keys.sort();
  const unsorted = slots.slice();
  let start = 0;
  let value = -1;
  for (let i = 0; i < count; i++) {
    const sorted = keys[i] ?? 0;
    const position = sorted % count;
    if ((sorted - position) / count !== value) {
      if (i - start > 1) ties(slots.subarray(start, i));
      [start, value] = [i, (sorted - position) / count];
    }
    slots[i] = unsorted[position] ?? 0;
  }
  if (count - start > 1) ties(slots.subarray(start));
}

function sortByPair(slots: Uint32Array, columns: SyncColumns): void {
  if (slots.length > FEW) {
    slots.sort((a, b) => columns.compare(a, b));
    return;
  }
  for (let i = 1; i < slots.length; i++) {
    const slot = slots[i] ?? 0;
    let at = i;
    for (; at > 0; at--) {
      const before = slots[at - 1] ?? 0;
      if (columns.compare(before, slot) <= 0) break;
      slots[at] = before;
    }
    slots[at] = slot;
  }
}

function head(id: Uint8Array): number {
  return (id[0] ?? 0) * 65_536 + (id[1] ?? 0) * 256 + (id[2] ?? 0);
}
