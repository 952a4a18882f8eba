/** The machine's clock weighed against those of peers (docs/PROTOCOL.md section 3, "Clock belief"). */
import {
  ClockBelief,
  type ClockReading,
  type ExchangeSummary,
  type Instant,
  type OutEvent,
  type SessionId,
  trimOldest,
} from "../gossip/mod.ts";
import type { UnixMs, UnixSeconds } from "../wire/time.ts";
import { BUILD_TIME_MS, type Clock, type Machine } from "./clock.ts";

/** What a hello says of the time, and who said it. */
export type HeardTime = Pick<
  Extract<OutEvent, { kind: "greeted" }>,
  "session" | "remote" | "outbound" | "time"
>;

/** Hellos that are kept until their exchanges end: more than are ever open. */
const MAX_OPEN = 256;

/** A clock that listens to peers. */
export class BelievedClock implements Clock {
  readonly #machine: Machine;
  readonly #belief: ClockBelief;
  /** What it came to within this millisecond: every frame asks several times. */
  #kept: { readonly at: Instant; readonly reading: ClockReading } | undefined;

  /** What was said in exchanges that haven't ended. */
  readonly #open = new Map<SessionId, HeardTime & { readonly at: Instant }>();

  /** Starts with the floor that an earlier run wrote down, if any did. */
  constructor(machine: Machine, floor: UnixSeconds | undefined) {
    this.#machine = machine;
    this.#belief = new ClockBelief({ builtAt: BUILD_TIME_MS as UnixMs, floor });
  }

  /** See {@linkcode Clock.now}. */
  now(): UnixMs {
    return this.reading().now;
  }

  /** See {@linkcode Clock.reading}. */
  reading(): ClockReading {
    const at = this.#instant();
    const kept = this.#kept;
    if (kept?.at.wall === at.wall && at.steady - kept.at.steady < 1) return kept.reading;
    const reading = this.#belief.read(at);
    this.#kept = { at, reading };
    return reading;
  }

  /**
   * Takes what a peer said in its hello; it counts once the exchange is complete. Those that came by
   * themselves don't: anybody can.
   */
  heard(hello: HeardTime): void {
    if (!hello.outbound) return;
    this.#open.set(hello.session, { ...hello, at: this.#instant() });
    trimOldest(this.#open, MAX_OPEN);
  }

  /** An exchange ended: a hello is said in no time, a whole exchange is some work. */
  ended({ session, completed }: Pick<ExchangeSummary, "session" | "completed">): void {
    const heard = this.#open.get(session);
    if (heard === undefined) return;
    this.#open.delete(session);
    if (!completed) return;
    this.#kept = undefined;
    const { remote, time, at } = heard;
    this.#belief.observe(remote, { time, at, now: this.#instant() });
  }

  #instant(): Instant {
    return { wall: this.#machine.now(), steady: this.#machine.steady() };
  }
}
