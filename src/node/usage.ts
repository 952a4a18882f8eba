/**
 * Who uses this relay: what each prefix brought in the last hour, for `peers`. In memory only, by
 * prefix and never by author, so that it says no more than the connections themselves.
 */
import type { UnixMs } from "../wire/time.ts";

/** Time that is counted together, ms. */
const CELL_MS = 600_000;
/** Cells in an hour. */
const CELLS = 6;
/** Prefixes that are remembered; beyond it the longest unseen is forgotten. */
const MAX_PLACES = 1_024;

/** Messages that were novel and are stored, and their bytes. */
export interface Brought {
  /** How many. */
  readonly messages: number;
  /** Bytes of them. */
  readonly bytes: number;
}

/** What a prefix brought that brought nothing. */
export const NOTHING: Brought = { messages: 0, bytes: 0 };

interface Cell {
  /** Number of the ten minutes, since 1970. */
  readonly at: number;
  messages: number;
  bytes: number;
}

/** Counts what was brought. */
export class Usage {
  /** Longest unseen first; cells of a prefix rise. */
  readonly #places = new Map<string, Cell[]>();

  /** A message of a prefix was stored. */
  add(place: string, { bytes, now }: { readonly bytes: number; readonly now: UnixMs }): void {
    const at = Math.floor(now / CELL_MS);
    const kept = this.#places.get(place) ?? [];
    const cells = kept.at(-1)?.at === at ? kept : recent(kept, at);
    const last = cells.at(-1);
    const cell = last?.at === at ? last : { at, messages: 0, bytes: 0 };
    if (cell !== last) cells.push(cell);
    cell.messages++;
    cell.bytes += bytes;
    this.#places.delete(place);
    this.#places.set(place, cells);
    for (const [unseen] of this.#places) {
      if (this.#places.size <= MAX_PLACES) return;
      this.#places.delete(unseen);
    }
  }

  /** What each prefix brought in the last hour, to ten minutes; those that brought nothing left out. */
  lastHour(now: UnixMs): ReadonlyMap<string, Brought> {
    const at = Math.floor(now / CELL_MS);
    const brought = new Map<string, Brought>();
    for (const [place, all] of this.#places) {
      const cells = recent(all, at);
      if (cells.length > 0) brought.set(place, cells.reduce(sum, NOTHING));
    }
    return brought;
  }
}

function recent(cells: readonly Cell[], at: number): Cell[] {
  return cells.filter((cell) => cell.at > at - CELLS && cell.at <= at);
}

function sum(left: Brought, right: Brought): Brought {
  return { messages: left.messages + right.messages, bytes: left.bytes + right.bytes };
}
