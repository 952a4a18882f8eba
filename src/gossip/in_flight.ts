/**
 * Messages that were asked for and have not arrived (docs/PROTOCOL.md section 6). While one is on
 * its way from one peer, another that offers it is told `in flight`, but for 3 s only, twice an id
 * at most and once a prefix: without that bound somebody who offers and never sends would keep
 * almost everybody from ever getting the message.
 */
import type { MessageId } from "../wire/ids.ts";
import type { UnixMs } from "../wire/time.ts";
import type { GossipConfig } from "./config.ts";
import { trimOldest } from "./trim.ts";

interface Asked {
  /** When the first of the sessions that owe it was asked. */
  since: UnixMs;
  /** Sessions that owe it. */
  owing: number;
  /** How often it was asked for when nobody owed it. */
  rounds: number;
  /** Prefixes that were told to wait, at most `maxHolds`. */
  readonly held: string[];
}

/** Who asked for what. */
export class InFlight {
  readonly #config: GossipConfig;
  /** Oldest first. Entries stay after a failure, so that the bound holds for the id, not the attempt. */
  readonly #asked = new Map<MessageId, Asked>();

  /** Starts empty. */
  constructor(config: GossipConfig) {
    this.#config = config;
  }

  /** How many ids are remembered. */
  get size(): number {
    return this.#asked.size;
  }

  /** Whether to wait for a novel id that a prefix offers; counts as one of its waits if so. */
  hold(id: MessageId, { place, now }: { readonly place: string; readonly now: UnixMs }): boolean {
    const { refinements, holdMs, maxHolds } = this.#config;
    const asked = this.#asked.get(id);
    if (!refinements.hold || asked === undefined || asked.owing === 0) return false;
    if (now - asked.since >= holdMs || asked.held.length >= maxHolds) return false;
    if (asked.held.includes(place)) return false;
    asked.held.push(place);
    return true;
  }

  /**
   * Whether another session was asked for an id so lately that it may still bring it. No more than
   * `maxHolds` times for an id: else who offers it again and again, and says each time that it is gone,
   * would keep it from everybody who catches up.
   */
  coming(id: MessageId, now: UnixMs): boolean {
    const { holdMs, maxHolds } = this.#config;
    const asked = this.#asked.get(id);
    return asked !== undefined && asked.owing > 0 && asked.rounds <= maxHolds &&
      now - asked.since < holdMs;
  }

  /** Takes note that a session was asked for an id. */
  ask(id: MessageId, now: UnixMs): void {
    const asked = this.#asked.get(id);
    if (asked === undefined) {
      this.#asked.set(id, { since: now, owing: 1, rounds: 1, held: [] });
      return trimOldest(this.#asked, this.#config.maxHeldIds);
    }
    if (asked.owing === 0) {
      asked.since = now;
      asked.rounds++;
    }
    asked.owing++;
  }

  /** A session that was asked won't bring it any more. */
  failed(id: MessageId): void {
    const asked = this.#asked.get(id);
    if (asked !== undefined && asked.owing > 0) asked.owing--;
  }

  /** It is stored: nobody has to be asked again. */
  arrived(id: MessageId): void {
    this.#asked.delete(id);
  }
}
