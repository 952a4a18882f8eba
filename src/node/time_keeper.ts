/** Draws the consequences of what peers say of the time: log, the floor on disk, messages put aside. */
import type { ClockStanding } from "../gossip/mod.ts";
import type { PublicStore } from "../store/mod.ts";
import type { Clock } from "./clock.ts";
import { clockWarning } from "./clock_words.ts";
import type { HeldMessages } from "./held_messages.ts";
import { asPlain, type Log } from "./log.ts";

/** What keeping the time works with. */
export interface TimeKeeperPorts {
  /** The time and its standing. */
  readonly clock: Clock;
  /** Keeps the floor for the next start. */
  readonly floor: PublicStore["clockFloor"];
  /** What was put aside while the clocks disagreed. */
  readonly held: HeldMessages;
  /** Takes a message in like any other. */
  readonly inject: (bytes: Uint8Array) => Promise<unknown>;
  /** Takes diagnostics. */
  readonly log: Log;
}

/** Looks at the time now and then. */
export class TimeKeeper {
  readonly #ports: TimeKeeperPorts;
  /** What was said in this run: each standing is worth one line, however often it comes back. */
  readonly #said = new Set<ClockStanding>();
  #looking: Promise<void> = Promise.resolve();

  /** Starts with nothing said. */
  constructor(ports: TimeKeeperPorts) {
    this.#ports = ports;
  }

  /** Looks once more, after what is under way; never rejects. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#look()).catch((error) => {
      this.#ports.log.failed("warn", { what: "Keeping the time failed", error });
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { clock, floor, held, inject, log } = this.#ports;
    const reading = clock.reading();
    const { standing, floor: confirmed } = reading;
    const warning = clockWarning(reading);
    // It holds numbers only, nothing of peers.
    if (warning !== undefined && !this.#said.has(standing)) log.warn(asPlain(warning));
    this.#said.add(standing);
    // Only five groups that agree confirm anything.
    if (confirmed === undefined) return;
    for (const bytes of held.release()) await inject(bytes);
    if (confirmed !== floor.value) await floor.put(confirmed);
  }
}
