/**
 * The stored messages that take part in reconciliation (docs/PROTOCOL.md section 8): all but the
 * recent ones. Whoever stores messages says what comes and goes, by slot.
 */
import type { SyncItems } from "../wire/negentropy.ts";
import type { UnixMs } from "../wire/time.ts";
import { type QuietConfig, Recent } from "./recent.ts";
import type { Rng } from "./rng.ts";
import { type SyncColumns, SyncTree } from "./sync_tree.ts";

/** A stored message at start. */
export interface StoredSlot {
  /** Where it is in the columns. */
  readonly slot: number;
  /** The latest time at which it can have been stored. */
  readonly storedBy: UnixMs;
}

/** What a set works with. */
export interface SyncSetOptions {
  /** Time of creation and id of each slot. */
  readonly columns: SyncColumns;
  /** How long a message stays out. */
  readonly config: QuietConfig;
  /** Chance. */
  readonly rng: Rng;
  /** A clock that never goes back. */
  readonly clock: () => UnixMs;
}

/** Slots, the recent ones apart. */
export class SyncSet {
  readonly #tree: SyncTree;
  readonly #recent: Recent;
  readonly #config: QuietConfig;
  readonly #clock: () => UnixMs;

  /** Starts empty. */
  constructor({ columns, config, rng, clock }: SyncSetOptions) {
    this.#tree = new SyncTree(columns);
    this.#recent = new Recent(config, rng);
    this.#config = config;
    this.#clock = clock;
  }

  /** How many messages are left out as recent. */
  get recent(): number {
    return this.#recent.size;
  }

  /** What is stored at start; what could be recent counts as stored just now. */
  restore(stored: Iterable<StoredSlot>): void {
    const now = this.#clock();
    const { quietMs, quietJitterMs } = this.#config;
    const longAgo = now - quietMs - quietJitterMs;
    const slots: number[] = [];
    for (const { slot, storedBy } of stored) {
      if (storedBy < longAgo) slots.push(slot);
      else this.#recent.add(slot, now);
    }
    this.#tree.addAll(slots);
  }

  /** A message was stored just now. */
  add(slot: number): void {
    this.#recent.add(slot, this.#clock());
  }

  /** Since when a message has been left out as recent; `undefined` if it isn't. */
  recentSince(slot: number): UnixMs | undefined {
    return this.#recent.since(slot);
  }

  /**
   * Takes over a message from another set, where it has been left out since then; `undefined`: where
   * it took part.
   */
  adopt(slot: number, since: UnixMs | undefined): void {
    if (since === undefined) this.#tree.add(slot);
    else this.#recent.add(slot, since);
  }

  /** A message takes part no more; its columns still say what they said. */
  remove(slot: number): void {
    if (!this.#recent.remove(slot)) this.#tree.remove(slot);
  }

  /** What takes part now. It changes as messages come and go: to be asked for anew for each frame. */
  items(): SyncItems {
    const slots = this.#recent.take(this.#clock());
    if (slots.length > 0) this.#tree.addAll(slots);
    return this.#tree;
  }
}
