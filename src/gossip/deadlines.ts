/** The timers of one connection: the exchange's, and then the reconciliation's that follows on it. */
import type { OutEvent, SessionId, Timer } from "./events.ts";

/** Kinds of timer that a connection has: until the next frame, until all is done. */
export type Deadline = "frame-deadline" | "exchange-deadline";

/** Sets and clears the timers of a connection, and knows which are set. */
export class Deadlines {
  readonly #session: SessionId;
  readonly #emit: (event: OutEvent) => void;
  readonly #armed = new Set<Deadline>();

  /** None is set. */
  constructor(session: SessionId, emit: (event: OutEvent) => void) {
    this.#session = session;
    this.#emit = emit;
  }

  /** Sets or moves one. */
  arm(kind: Deadline, afterMs: number): void {
    this.#armed.add(kind);
    this.#emit({ kind: "set-timer", timer: this.#timer(kind), afterMs });
  }

  /** Clears one, if it is set. */
  disarm(kind: Deadline): void {
    if (!this.#armed.delete(kind)) return;
    this.#emit({ kind: "clear-timer", timer: this.#timer(kind) });
  }

  /** Clears all that are set. */
  clear(): void {
    for (const kind of [...this.#armed]) this.disarm(kind);
  }

  #timer(kind: Deadline): Timer {
    return { kind, session: this.#session };
  }
}
