/** Where `SyncTree` finds what it orders: the store's columns, as a port. */

/** Columns of messages by slot, a small whole number below 2^32. */
export interface SyncColumns {
  /** Whether a slot comes before (< 0) or after (> 0) another by created, then id; 0 for equal ones. */
  compare(slotA: number, slotB: number): number;
  /** When that message was created, in whole seconds. */
  createdOf(slot: number): number;
  /** The 32 bytes of its id: a view, which is read at once and not kept. */
  idOf(slot: number): Uint8Array;
}
