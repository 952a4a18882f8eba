/** How much the node takes in, by the hour over the last day: what its cap is worth (pure). */
import type { UnixSeconds } from "../wire/time.ts";

const HOUR_S = 3_600;
const DAY_S = 86_400;
const HOURS = 24;

/** What was stored in a while. */
export interface Intake {
  /** Bytes on disk. */
  readonly bytes: number;
  /** Messages. */
  readonly messages: number;
}

/** Counts what is stored. */
export class IntakeMeter {
  /** By hour since 1970. */
  readonly #hours = new Map<number, Intake>();

  /** Counts something that was stored then. */
  add(at: UnixSeconds, { bytes, messages }: Intake): void {
    const hour = Math.floor(at / HOUR_S);
    const before = this.#hours.get(hour) ?? { bytes: 0, messages: 0 };
    this.#hours.set(hour, { bytes: before.bytes + bytes, messages: before.messages + messages });
    if (this.#hours.size <= HOURS + 1) return;
    for (const old of this.#hours.keys()) if (old <= hour - HOURS) this.#hours.delete(old);
  }

  /** What a day brings at the rate of the last one, or of the hours since the first of it. */
  perDay(now: UnixSeconds): Intake {
    const since = Math.floor(now / HOUR_S) - HOURS;
    let [bytes, messages, first] = [0, 0, Infinity];
    for (const [hour, intake] of this.#hours) {
      if (hour <= since) continue;
      bytes += intake.bytes;
      messages += intake.messages;
      first = Math.min(first, hour);
    }
    if (messages === 0) return { bytes: 0, messages: 0 };
    const days = Math.max(HOUR_S, now - first * HOUR_S) / DAY_S;
    return { bytes: bytes / days, messages: messages / days };
  }
}
