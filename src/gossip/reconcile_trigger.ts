/**
 * When this node reconciles (docs/PROTOCOL.md section 8): with every fourth periodic exchange, after
 * start-up or sleep, and again with another peer while more is missing. A wish waits for the next
 * outbound exchange that completes, whatever started that; one reconciliation of our own at a time,
 * and at most four begun in any minute.
 */
import type { NodeAddress } from "../wire/address.ts";
import type { UnixMs } from "../wire/time.ts";
import type { ReconcileConfig } from "./reconcile_config.ts";

const MINUTE_MS = 60_000;

/** How a reconciliation that this node began has ended. */
export interface SyncOutcome {
  /** Novel messages that it brought. */
  readonly received: number;
  /** Whether it came to its end, with nothing left to ask for. */
  readonly finished: boolean;
}

/** Decides whether a completed exchange goes on to reconcile. */
export class SyncTrigger {
  readonly #config: ReconcileConfig;
  /** When the latest were begun, oldest first, as many as may begin in a minute. */
  readonly #starts: UnixMs[] = [];
  #due = false;
  #running = false;
  #periods = 0;
  #fruitless = 0;
  #last: NodeAddress | undefined;

  /** Starts with no wish. */
  constructor(config: ReconcileConfig) {
    this.#config = config;
  }

  /** Whether a reconciliation that this node began is under way. */
  get running(): boolean {
    return this.#running;
  }

  /** With whom the latest was begun, if another should be tried. */
  get last(): NodeAddress | undefined {
    return this.#last;
  }

  /** The node was off or asleep: what did it miss? */
  wish(): void {
    this.#due = true;
    this.#fruitless = 0;
    this.#last = undefined;
  }

  /** A period is over. */
  period(): void {
    this.#periods++;
    if (this.#periods % this.#config.every !== 0) return;
    this.#due = true;
    this.#last = undefined;
  }

  /** Whether to reconcile now with a peer that was dialled; counts it as begun if so. */
  begins(remote: NodeAddress, { now, known }: {
    readonly now: UnixMs;
    /** How many nodes are known: with one alone there is no other to try. */
    readonly known: number;
  }): boolean {
    if (!this.#due || this.#running || this.#freeAt() > now) return false;
    if (remote === this.#last && known > 1) return false;
    this.#due = false;
    this.#running = true;
    this.#last = remote;
    this.#starts.push(now);
    if (this.#starts.length > this.#config.perMinute) this.#starts.shift();
    return true;
  }

  /** Ours is over. Answers when to start an exchange for the next one, if more is missing. */
  ended({ received, finished }: SyncOutcome, now: UnixMs): UnixMs | undefined {
    this.#running = false;
    this.#fruitless = finished || received > 0 ? 0 : this.#fruitless + 1;
    const more = received > 0 || !finished;
    if (!more || this.#fruitless >= this.#config.maxFruitless) return undefined;
    this.#due = true;
    return Math.max(now, this.#freeAt()) as UnixMs;
  }

  #freeAt(): UnixMs {
    const first = this.#starts[0];
    return first === undefined || this.#starts.length < this.#config.perMinute
      ? 0 as UnixMs
      : first + MINUTE_MS as UnixMs;
  }
}
