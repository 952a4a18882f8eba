/** What reconciliation works over: ids in order of time, with sums (docs/PROTOCOL.md section 8). */

/** A place between ids: before every id that isn't less. */
export interface SyncBound {
  /** Seconds; `Infinity` is the end of everything. */
  readonly timestamp: number;
  /** The first 0 to 32 bytes of an id; the rest counts as zeros. */
  readonly prefix: Uint8Array;
}

/** One message as reconciliation sees it. */
export interface SyncItem {
  /** When it was created, in whole seconds. */
  readonly created: number;
  /** Its id, 32 bytes; the caller doesn't change them. */
  readonly id: Uint8Array;
}

/** A set of ids in ascending order of created, then id; ranks count from 0. */
export interface SyncItems {
  /** Ids in the set. */
  readonly size: number;
  /** How many ids are less than the bound. */
  rank(bound: SyncBound): number;
  /** The item with that many before it. Throws a `RangeError` for a rank that isn't there. */
  at(rank: number): SyncItem;
  /**
   * The ids from one rank up to, without, another, added as little-endian numbers mod 2^256: 32 bytes
   * of the caller's own. Throws a `RangeError` for ranks that aren't there.
   */
  sum(fromRank: number, toRank: number): Uint8Array;
}

/** The seconds that a reconciliation is about: [from, to). */
export interface SyncRange {
  /** First second. */
  readonly from: number;
  /** First second after it; `Infinity` for no end. */
  readonly to: number;
}

/** The end of everything. */
export const SYNC_END: SyncBound = { timestamp: Infinity, prefix: new Uint8Array() };

/** Whether the first bound lies after (> 0), at (0) or before (< 0) the second. */
export function compareBounds(a: SyncBound, b: SyncBound): number {
  if (a.timestamp !== b.timestamp) return a.timestamp < b.timestamp ? -1 : 1;
  const length = Math.max(a.prefix.length, b.prefix.length);
  for (let i = 0; i < length; i++) {
    const difference = (a.prefix[i] ?? 0) - (b.prefix[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The shortest bound that has the first item before it and the second, the next one, after it. */
export function boundBetween(before: SyncItem, after: SyncItem): SyncBound {
  if (before.created !== after.created) {
    return { timestamp: after.created, prefix: SYNC_END.prefix };
  }
  let same = 0;
  while (same < after.id.length && before.id[same] === after.id[same]) same++;
  return { timestamp: after.created, prefix: after.id.subarray(0, same + 1) };
}
