/**
 * When exchanges start (docs/PROTOCOL.md section 6, "Triggers"): at most 4 open and 4 started in
 * any second; what comes on top waits, and however much waits becomes one.
 */
import type { NodeAddress } from "../wire/address.ts";
import type { UnixMs } from "../wire/time.ts";
import type { GossipConfig } from "./config.ts";
import type { Rng } from "./rng.ts";

/** A wish to exchange with somebody. */
export interface Attempt {
  /** Other peers that may still be tried when this one can't be reached. */
  readonly retries: number;
  /** Peers that were tried in vain. */
  readonly tried: readonly NodeAddress[];
  /** Whether the owner's messages may go along: not if a peer could bring it about. */
  readonly rides: boolean;
}

/** How an exchange is wished for. */
export interface Wish {
  /** With somebody else than these. */
  readonly not?: readonly NodeAddress[];
  /** See {@linkcode Attempt.rides}; no unless given. */
  readonly rides?: boolean;
}

/** Decides whether an exchange may start now. */
export class Triggers {
  readonly #config: GossipConfig;
  readonly #rng: Rng;
  /** When the latest exchanges were started, oldest first, as many as may start in a second. */
  readonly #starts: UnixMs[] = [];
  #pending: Attempt | undefined;

  /** Starts with nothing pending. */
  constructor(config: GossipConfig, rng: Rng) {
    this.#config = config;
    this.#rng = rng;
  }

  /** Asks for a new exchange. */
  request({ not = [], rides = false }: Wish = {}): void {
    this.#merge({ retries: this.#config.retries, tried: not, rides });
  }

  /** Asks for another peer in place of one that couldn't be reached, if it isn't the last. */
  retry({ retries, tried, rides }: Attempt, failed: NodeAddress): void {
    if (retries > 0) this.#merge({ retries: retries - 1, tried: [...tried, failed], rides });
  }

  /** Whether something waits to start. */
  get waiting(): boolean {
    return this.#pending !== undefined;
  }

  /** Takes what is pending, for the caller to start. */
  take(): Attempt | undefined {
    const attempt = this.#pending;
    this.#pending = undefined;
    return attempt;
  }

  /** Puts back what was taken and can't be started yet. */
  putBack(attempt: Attempt): void {
    this.#merge(attempt);
  }

  /** From when on one more may start, as far as the rate goes. */
  freeAt(): UnixMs {
    const first = this.#starts[0];
    return first === undefined || this.#starts.length < this.#config.startsPerSecond
      ? 0 as UnixMs
      : first + 1000 as UnixMs;
  }

  /** Takes note of a start. */
  started(now: UnixMs): void {
    this.#starts.push(now);
    if (this.#starts.length > this.#config.startsPerSecond) this.#starts.shift();
  }

  /** Time from one periodic exchange to the next, in ms. */
  periodMs(): number {
    const { periodMs, jitterMs } = this.#config;
    return periodMs + this.#rng.next() * jitterMs;
  }

  #merge(attempt: Attempt): void {
    const pending = this.#pending;
    const kept = pending === undefined || attempt.retries > pending.retries ? attempt : pending;
    this.#pending = { ...kept, rides: attempt.rides || pending?.rides === true };
  }
}
