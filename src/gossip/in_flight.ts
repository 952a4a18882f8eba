/**
 * Messages that were asked for and have not arrived (docs/PROTOCOL.md section 6). While one is on
 * its way from one peer, another that offers it is told `in flight`, but for 3 s only, twice an id
 * at most and once a prefix: without that bound somebody who offers and never sends would keep
 * almost everybody from ever getting the message.
 *
 * What is remembered is counted by the prefix that was asked first. Where there is too much, the prefix
 * with most gives way, and of its ids first those for which nobody of another prefix had to wait: who
 * invents ids loses what he invented, and not that an id of his was waited for.
 */
import type { MessageId } from "../wire/ids.ts";
import type { UnixMs } from "../wire/time.ts";
import type { GossipConfig } from "./config.ts";

interface Asked {
  /** Prefix that was asked first. */
  readonly prefix: string;
  /** When the first of the sessions that owe it was asked. */
  since: UnixMs;
  /** Sessions that owe it. */
  owing: number;
  /** How often it was asked for when nobody owed it. */
  rounds: number;
  /** Who was told to wait, at most `maxHolds`, each once. */
  readonly held: string[];
}

/** Ids that a prefix was asked for first, oldest first. */
interface Account {
  /** Those for which nobody of another prefix had to wait. */
  readonly plain: Set<MessageId>;
  /** The others. */
  readonly waited: Set<MessageId>;
}

/** Who offers an id, or is asked for it. */
export interface Bringer {
  /** By what it is remembered what it knows, as `placeOf` says. */
  readonly place: string;
  /** By what its budgets are counted. */
  readonly link: { readonly prefix: string };
}

/** Who asked for what. */
export class InFlight {
  readonly #config: GossipConfig;
  /** Entries stay after a failure, so that the bound holds for the id, not the attempt. */
  readonly #asked = new Map<MessageId, Asked>();
  readonly #accounts = new Map<string, Account>();

  /** Starts empty. */
  constructor(config: GossipConfig) {
    this.#config = config;
  }

  /** How many ids are remembered. */
  get size(): number {
    return this.#asked.size;
  }

  /** Whether to wait for a novel id that a peer offers; counts as one of its waits if so. */
  hold(id: MessageId, { peer, now }: { readonly peer: Bringer; readonly now: UnixMs }): boolean {
    const { refinements, holdMs, maxHolds } = this.#config;
    const { place } = peer;
    const asked = this.#asked.get(id);
    if (!refinements.hold || asked === undefined || asked.owing === 0) return false;
    if (now - asked.since >= holdMs || asked.held.length >= maxHolds) return false;
    if (asked.held.includes(place)) return false;
    asked.held.push(place);
    this.#waits(id, peer);
    return true;
  }

  /**
   * Whether another session was asked for an id so lately that it may still bring it, so that this
   * peer isn't. No more than `maxHolds` times for an id: else who offers it again and again, and says
   * each time that it is gone, would keep it from everybody who catches up.
   */
  coming(id: MessageId, { peer, now }: { readonly peer: Bringer; readonly now: UnixMs }): boolean {
    const { holdMs, maxHolds } = this.#config;
    const asked = this.#asked.get(id);
    const coming = asked !== undefined && asked.owing > 0 && asked.rounds <= maxHolds &&
      now - asked.since < holdMs;
    if (coming) this.#waits(id, peer);
    return coming;
  }

  /** Takes note that a session of a peer was asked for an id. */
  ask(id: MessageId, { peer, now }: { readonly peer: Bringer; readonly now: UnixMs }): void {
    const asked = this.#asked.get(id);
    if (asked === undefined) {
      const { prefix } = peer.link;
      this.#asked.set(id, { prefix, since: now, owing: 1, rounds: 1, held: [] });
      this.#accountOf(prefix).plain.add(id);
      if (this.#asked.size > this.#config.maxHeldIds) this.#giveWay();
      return;
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
    const asked = this.#asked.get(id);
    if (asked === undefined) return;
    this.#asked.delete(id);
    const { plain, waited } = this.#accountOf(asked.prefix);
    plain.delete(id);
    waited.delete(id);
    if (plain.size + waited.size === 0) this.#accounts.delete(asked.prefix);
  }

  #waits(id: MessageId, { link: { prefix } }: Bringer): void {
    const asked = this.#asked.get(id);
    if (asked === undefined || asked.prefix === prefix) return;
    const { plain, waited } = this.#accountOf(asked.prefix);
    if (plain.delete(id)) waited.add(id);
  }

  #accountOf(prefix: string): Account {
    const known = this.#accounts.get(prefix);
    if (known !== undefined) return known;
    const account = { plain: new Set<MessageId>(), waited: new Set<MessageId>() };
    this.#accounts.set(prefix, account);
    return account;
  }

  #giveWay(): void {
    let largest: Account | undefined;
    let most = 0;
    for (const account of this.#accounts.values()) {
      const size = account.plain.size + account.waited.size;
      if (size > most) [largest, most] = [account, size];
    }
    const [oldest] = largest === undefined
      ? []
      : largest.plain.size > 0
      ? largest.plain
      : largest.waited;
    if (oldest !== undefined) this.arrived(oldest);
  }
}
