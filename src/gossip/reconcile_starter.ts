/**
 * Starts the exchanges that are wanted for the sake of a reconciliation (docs/PROTOCOL.md section 8):
 * at start-up, after sleep, and again while more is missing than the last one brought.
 */
import type { UnixMs } from "../wire/time.ts";
import { Alarm } from "./alarm.ts";
import type { Dialler } from "./dialler.ts";
import type { OutEvent } from "./events.ts";
import type { Reconciliation } from "./reconcile.ts";

/** What a {@linkcode ReconcileStarter} works with. */
export interface StarterPorts {
  /** Knows when one is due. */
  readonly reconciliation: Reconciliation | undefined;
  /** Starts exchanges. */
  readonly dialler: Dialler;
  /** Takes what is to be done. */
  readonly emit: (event: OutEvent) => void;
}

/** Asks the dialler for exchanges. */
export class ReconcileStarter {
  readonly #ports: StarterPorts;
  readonly #again: Alarm;

  /** Starts with nothing due. */
  constructor(ports: StarterPorts) {
    this.#ports = ports;
    this.#again = new Alarm({ kind: "sync" }, ports.emit);
  }

  /** The node was away, or off: an exchange at once, and a reconciliation with it. */
  wish(): void {
    this.#ports.reconciliation?.trigger.wish();
    this.#ports.dialler.requestOwn();
  }

  /** Starts an exchange, now or in a while, when more is missing than the last reconciliation brought. */
  pump(now: UnixMs): void {
    const at = this.#ports.reconciliation?.takeAgainAt();
    if (at === undefined) return;
    if (at > now) this.#again.set(at, now);
    else this.#requestAnother();
  }

  /** The while is over. */
  fired(): void {
    this.#again.fired();
    this.#requestAnother();
  }

  /** Clears the alarm. */
  clear(): void {
    this.#again.clear();
  }

  #requestAnother(): void {
    const last = this.#ports.reconciliation?.trigger.last;
    this.#ports.dialler.request(last === undefined ? {} : { not: [last] });
  }
}
