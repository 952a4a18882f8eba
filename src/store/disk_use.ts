/**
 * How much disk a stored thing takes (pure). Deno KV says no sizes, so these are its rows as SQLite
 * lays them out, with what random removal leaves half empty: measured over six times as many
 * messages as the cap allows (docs/PROTOCOL.md section 7). The model was within 10% of the file for
 * messages of 300, 600 and 3,000 bytes. The write-ahead log, up to some 10 MB, comes on top.
 */

/** Keys, what is known of a message, and SQLite's own of both rows, half as much again for gaps. */
const ROWS_BYTES = 515;
/** Bytes beyond which a value goes on in pages of its own. */
const LOCAL_BYTES = 900;
/** Bytes of a value in such a page, and bytes of the page. */
const OVERFLOW_BYTES = 4_092;
const PAGE_BYTES = 4_096;
/** What stays of a longer value in its row. */
const LOCAL_PART_BYTES = 450;
/** Rows in the tree are packed by half on average once others went at random. */
const GAPS = 1.5;

/** Bytes on disk of a remembered id: measured 38.3 in rows of 450, more in the shorter ones of a small store. */
export const REMEMBERED_DISK_BYTES = 45;

/** Bytes on disk of two rows for a statement. */
export const STATEMENT_DISK_BYTES = 900;

/** Bytes on disk of a message whose envelope has `size` bytes; 0 when it was retracted. */
export function messageDiskBytes(size: number): number {
  const rest = size % OVERFLOW_BYTES;
  const whole = (size - rest) / OVERFLOW_BYTES;
  const [pages, local] = rest <= LOCAL_BYTES ? [whole, rest] : [whole + 1, LOCAL_PART_BYTES];
  return ROWS_BYTES + pages * PAGE_BYTES + Math.ceil(local * GAPS);
}
