/** Bounds what is remembered of strangers: where more comes, the oldest goes. */

/** A `Map` or a `Set`, in the order of adding. */
export interface Remembered<K> {
  /** Entries now. */
  readonly size: number;
  /** Of those added first, first. */
  keys(): Iterable<K>;
  /** Removes one. */
  delete(key: K): boolean;
}

/** Deletes the entries that were added first until there are at most so many. */
export function trimOldest<K>(entries: Remembered<K>, most: number): void {
  if (entries.size <= most) return;
  for (const oldest of entries.keys()) {
    entries.delete(oldest);
    if (entries.size <= most) return;
  }
}
