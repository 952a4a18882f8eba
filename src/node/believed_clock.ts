/** The machine's clock weighed against those of peers (docs/PROTOCOL.md section 3, "Clock belief"). */
import { ClockBelief, type ClockReading, type Instant, type OutEvent } from "../gossip/mod.ts";
import type { UnixMs, UnixSeconds } from "../wire/time.ts";
import { BUILD_TIME_MS, type Clock, type Machine } from "./clock.ts";

/** What a hello says of the time, and who said it. */
export type HeardTime = Pick<
  Extract<OutEvent, { kind: "greeted" }>,
  "remote" | "outbound" | "time"
>;

/** A clock that listens to peers. */
export class BelievedClock implements Clock {
  readonly #machine: Machine;
  readonly #belief: ClockBelief;
  /** What it came to within this millisecond: every frame asks several times. */
  #kept: { readonly at: Instant; readonly reading: ClockReading } | undefined;

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

  /** Takes what a peer said in its hello. Those that came by themselves don't count: anybody can. */
  heard({ remote, outbound, time }: HeardTime): void {
    this.#kept = undefined;
    if (outbound) this.#belief.observe(remote, { time, at: this.#instant() });
  }

  #instant(): Instant {
    return { wall: this.#machine.now(), steady: this.#machine.steady() };
  }
}
