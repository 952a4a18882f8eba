/**
 * How loaded a node is, and what it says about it (docs/PROTOCOL.md section 6, "Defence of a node"):
 * first it asks for better stamps, of everyone alike, so that a flood costs more than it did; where
 * that isn't enough it is busy.
 */
import { MAX_EXTRA_STAMP_BITS } from "../wire/limits.ts";
import type { UnixMs } from "../wire/time.ts";

/** What a node under load says. */
export interface Load {
  /** Stamp bits over the base that it asks for in its hello: 0 to 4. */
  readonly extraStampBits: number;
  /** Seconds for which whoever comes should stay away; 0 for none. */
  readonly busySeconds: number;
}

/** What load is judged by. */
export interface Pressure {
  /** Messages that wait to be stored. */
  readonly waiting: number;
  /** The same, of each payer so many at most: a payer's flood waits behind itself. */
  readonly load: number;
  /** Whether as many wait already as who asks may have waiting. */
  readonly shareFull: boolean;
  /** As many may wait. */
  readonly most: number;
  /** Whether the disk took the last message. */
  readonly diskFull: boolean;
}

/** One bit more at each of these shares of the queue: guesses, as is all here. */
const STEPS = [1 / 16, 1 / 8, 1 / 4, 1 / 2];
/** For so long a demand stays up when the queue has become shorter, ms: hellos come seconds before messages. */
const HOLD_MS = 60_000;
/** Away for so long while the queue is full, s: it is written in less. */
const QUEUE_FULL_S = 15;
/** The same while the disk is, which takes somebody to mend. */
const DISK_FULL_S = 600;

/** Watches the queue. */
export class LoadGauge {
  #bits = 0;
  #until = 0 as UnixMs;

  /** What to say now. */
  read({ waiting, load, shareFull, most, diskFull }: Pressure, now: UnixMs): Load {
    const bits = Math.min(
      MAX_EXTRA_STAMP_BITS,
      STEPS.filter((share) => load >= share * most).length,
    );
    if (bits >= this.#bits || now >= this.#until) {
      this.#bits = bits;
      this.#until = now + HOLD_MS as UnixMs;
    }
    const busySeconds = diskFull ? DISK_FULL_S : shareFull || waiting >= most ? QUEUE_FULL_S : 0;
    return { extraStampBits: this.#bits, busySeconds };
  }
}
