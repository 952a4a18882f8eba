/**
 * What was stored too recently to take part in reconciliation (docs/PROTOCOL.md section 8). A message
 * is nowhere to be seen while it is on its stem; if it could be found by sync the moment it is
 * stored, whoever syncs often would see where it came out. The wait is drawn anew for each epoch. It
 * hides the time of storing only from who doesn't know that epoch's wait: it is the same for all
 * messages, so whoever brings one of their own and asks until it appears has measured it. A draw for
 * each message would need a queue in order of appearing instead of storing.
 */
import type { UnixMs } from "../wire/time.ts";
import type { ReconcileConfig } from "./reconcile_config.ts";
import type { Rng } from "./rng.ts";

/** What the wait is made of. */
export type QuietConfig = Pick<ReconcileConfig, "quietMs" | "quietJitterMs" | "quietEpochMs">;

/** A queue of slots, those stored first in front. */
export class Recent {
  readonly #config: QuietConfig;
  readonly #rng: Rng;
  #storedAt = new Map<number, UnixMs>();
  #latest = 0 as UnixMs;
  #inOrder = true;
  #epoch = -1;
  #waitMs = 0;

  /** Starts empty. */
  constructor(config: QuietConfig, rng: Rng) {
    this.#config = config;
    this.#rng = rng;
  }

  /** How many slots wait. */
  get size(): number {
    return this.#storedAt.size;
  }

  /** Since when a slot waits. */
  since(slot: number): UnixMs | undefined {
    return this.#storedAt.get(slot);
  }

  /** Takes in what was stored at a time; cheapest if that is not before those of earlier calls. */
  add(slot: number, storedAt: UnixMs): void {
    this.#inOrder &&= storedAt >= this.#latest;
    this.#latest = Math.max(this.#latest, storedAt) as UnixMs;
    this.#storedAt.set(slot, storedAt);
  }

  /** Lets go of a slot. Answers whether it was waiting. */
  remove(slot: number): boolean {
    return this.#storedAt.delete(slot);
  }

  /** Takes out what has waited long enough, the longest first. */
  take(now: UnixMs): number[] {
    const waitMs = this.#wait(now);
    if (!this.#inOrder) {
      this.#storedAt = new Map([...this.#storedAt].sort(([, a], [, b]) => a - b));
      this.#inOrder = true;
    }
    const done: number[] = [];
    for (const [slot, storedAt] of this.#storedAt) {
      if (storedAt + waitMs > now) break;
      done.push(slot);
    }
    for (const slot of done) this.#storedAt.delete(slot);
    return done;
  }

  #wait(now: UnixMs): number {
    const { quietMs, quietJitterMs, quietEpochMs } = this.#config;
    const epoch = Math.floor(now / quietEpochMs);
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#waitMs = quietMs + this.#rng.next() * quietJitterMs;
    }
    return this.#waitMs;
  }
}
