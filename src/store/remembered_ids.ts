/**
 * Ids that this node dropped before their lifetime ended, or never stored on purpose (pure, in
 * memory): they count as known, or they would come back as novel for ever (docs/PROTOCOL.md section
 * 7). Some 50 bytes an id. `dropping.ts` writes them.
 */
import type { MessageId } from "../wire/ids.ts";
import type { UnixSeconds } from "../wire/time.ts";
import { IdTable } from "./id_table.ts";

/** Most ids remembered: section 7. */
export const MAX_REMEMBERED = 2_000_000;

/** Seconds that are counted together: the horizon rises in such steps. */
const STEP_S = 600;

/** An id with what decides how long it is remembered. */
export interface DroppedId {
  /** The message. */
  readonly id: MessageId;
  /** When its author says to have made it. */
  readonly created: UnixSeconds;
}

/** Why an id is remembered: its message was here and went, or was never taken. */
export type WhyRemembered = "dropped" | "refused";

/** Told which slots hold an id. */
export interface RememberedWatch {
  /** An id came into a slot; while it is told that one was dropped, its message still stands in the index. */
  readonly added: (slot: number, why: WhyRemembered) => void;
  /** It goes; the columns still say of it what they said. */
  readonly removing: (slot: number) => void;
}

/** The ids by slot, and how many there are of each ten minutes. */
export class RememberedIds {
  readonly #ids: IdTable;
  #created = new Float64Array(0);
  readonly #counts = new Map<number, number>();
  #watch: RememberedWatch | undefined;

  /** `salt` is any random number: see {@linkcode IdTable}. */
  constructor(salt: number) {
    this.#ids = new IdTable(salt);
  }

  /** How many there are. */
  get size(): number {
    return this.#ids.size;
  }

  /** Whether it is remembered. */
  has(id: MessageId): boolean {
    return this.#ids.find(id) >= 0;
  }

  /** When a remembered message was made. */
  createdOfId(id: MessageId): UnixSeconds | undefined {
    const slot = this.#ids.find(id);
    return slot < 0 ? undefined : this.createdOf(slot) as UnixSeconds;
  }

  /** Has somebody told from now on which slots come and go. */
  watch(watch: RememberedWatch): void {
    this.#watch = watch;
  }

  /** Slots that hold an id. */
  slots(): number[] {
    return this.before(Infinity);
  }

  /** Remembers ids; those that are remembered already are skipped. */
  add(dropped: Iterable<DroppedId>, why: WhyRemembered): void {
    for (const { id, created } of dropped) {
      if (this.has(id)) continue;
      const slot = this.#ids.add(id);
      if (this.#created.length < this.#ids.capacity) this.#fit();
      this.#created[slot] = created;
      this.#count(created, 1);
      this.#watch?.added(slot, why);
    }
  }

  /** Slots of those made before then. */
  before(created: number): number[] {
    const slots: number[] = [];
    for (let slot = 0; slot < this.#ids.used; slot++) {
      if ((this.#created[slot] ?? Infinity) < created) slots.push(slot);
    }
    return slots;
  }

  /** Forgets what is in these slots. */
  remove(slots: Iterable<number>): void {
    for (const slot of slots) {
      this.#watch?.removing(slot);
      this.#count(this.createdOf(slot), -1);
      this.#created[slot] = Infinity;
      this.#ids.remove(slot);
    }
  }

  /** The earliest time before which at least so many were made, in whole steps; they number 1 or more. */
  horizonFor(count: number): number {
    let found = 0;
    let horizon = 0;
    for (const step of [...this.#counts.keys()].sort((a, b) => a - b)) {
      if (found >= count) break;
      found += this.#counts.get(step) ?? 0;
      horizon = (step + 1) * STEP_S;
    }
    return horizon;
  }

  /** Orders two slots by time and id, as reconciliation does. */
  compare(a: number, b: number): number {
    return this.createdOf(a) - this.createdOf(b) || this.#ids.compare(a, b);
  }

  /** When the message in a slot was made, seconds. */
  createdOf(slot: number): number {
    return this.#created[slot] ?? Infinity;
  }

  /** The id in a slot. */
  idAt(slot: number): MessageId {
    return this.#ids.at(slot) as MessageId;
  }

  /** The id in a slot: 32 bytes, good until the next change. */
  idOf(slot: number): Uint8Array {
    return this.#ids.bytesAt(slot);
  }

  #count(created: number, change: 1 | -1): void {
    const step = Math.floor(created / STEP_S);
    const count = (this.#counts.get(step) ?? 0) + change;
    if (count === 0) this.#counts.delete(step);
    else this.#counts.set(step, count);
  }

  #fit(): void {
    const created = new Float64Array(this.#ids.capacity).fill(Infinity);
    created.set(this.#created);
    this.#created = created;
  }
}
