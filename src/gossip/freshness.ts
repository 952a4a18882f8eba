/**
 * The messages that this node still talks about, each with its freshness of 1 to F
 * (docs/PROTOCOL.md section 6, "Freshness"). What is at 0 is not here: it is only stored.
 *
 * An hour after a peer first answered an offer of it a message leaves whatever happened, and with it
 * the memory of which prefixes knew it. The hour doesn't begin when the message is stored: what was
 * posted while the node was off or alone would be over before anybody could have heard of it.
 */
import type { MessageId } from "../wire/ids.ts";
import type { UnixMs } from "../wire/time.ts";
import type { GossipConfig } from "./config.ts";
import type { MessageFact } from "./events.ts";
import type { Rng } from "./rng.ts";
import { trimOldest } from "./trim.ts";
import { type Weighted, WeightedBuckets } from "./weighted_buckets.ts";

/** Draws beyond this many unsuitable messages are given up, so that an offer stays cheap. */
const MAX_DRAWN = 512;

/** An inbound exchange lowers a message no further than to this. */
const INBOUND_FLOOR = 2;

interface Entry extends Weighted {
  readonly fact: MessageFact;
  /** Prefixes known to know it; true for those that have already lowered it. */
  readonly places: Map<string, boolean>;
}

/** From whom it comes that a message was known. */
export interface Witness {
  /** Prefix of the peer, as `placeOf` says. */
  readonly place: string;
  /** Whether the peer came to us. */
  readonly inbound: boolean;
}

/** What an offer may hold. */
export interface OfferLimits {
  /** Prefix of the peer that the offer is for. */
  readonly place: string;
  /** Messages that are not to be offered. */
  readonly skip: (fact: MessageFact) => boolean;
}

/** The freshness of messages. */
export class FreshMessages {
  readonly #config: GossipConfig;
  readonly #changed: (id: MessageId, freshness: number) => void;
  /** In the order in which they were stored. */
  readonly #entries = new Map<MessageId, Entry>();
  /** When a peer first answered an offer of it, in that order. */
  readonly #offeredAt = new Map<MessageId, UnixMs>();
  readonly #buckets: WeightedBuckets<Entry>;

  /** Starts empty; `changed` is told of each change of freshness. */
  constructor(config: GossipConfig, changed: (id: MessageId, freshness: number) => void) {
    this.#config = config;
    this.#changed = changed;
    this.#buckets = new WeightedBuckets({ full: config.fullFreshness, base: config.weightBase });
  }

  /** How many messages are above 0. */
  get size(): number {
    return this.#entries.size;
  }

  /** Freshness of a message: 0 when it isn't talked about any more, or was never seen. */
  freshnessOf(id: MessageId): number {
    return this.#entries.get(id)?.freshness ?? 0;
  }

  /** Takes in a message as it was kept from an earlier run; `changed` isn't told. */
  restore(fact: MessageFact, freshness: number): void {
    const level = Math.min(Math.floor(freshness), this.#config.fullFreshness);
    if (!(level >= 1) || this.#entries.has(fact.id)) return;
    const entry = { fact, freshness: level, slot: 0, places: new Map() };
    this.#entries.set(fact.id, entry);
    this.#buckets.add(entry);
  }

  /** Takes in a message that was stored just now, at full freshness. */
  add(fact: MessageFact): void {
    if (this.#entries.has(fact.id)) return;
    this.restore(fact, this.#config.fullFreshness);
    this.#changed(fact.id, this.#config.fullFreshness);
    for (const [id] of this.#entries) {
      if (this.#entries.size <= this.#config.maxFresh) break;
      this.#drop(id);
    }
  }

  /** Takes note that a prefix knows a message, so that it isn't offered there. */
  seenAt(id: MessageId, place: string): void {
    if (!this.#config.refinements.limits) return;
    const places = this.#entries.get(id)?.places;
    if (places === undefined || places.has(place)) return;
    places.set(place, false);
    trimOldest(places, this.#config.maxPlaces);
  }

  /** Lowers a message that both sides turned out to know, as far as the rules let this one. */
  lower(id: MessageId, { place, inbound }: Witness): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    if (this.#config.refinements.limits) {
      if (entry.places.get(place) === true) return;
      entry.places.set(place, true);
      trimOldest(entry.places, this.#config.maxPlaces);
      // Who comes to us can't silence a message, however often: the last two steps are for peers of
      // our own choice.
      if (inbound && entry.freshness <= INBOUND_FLOOR) return;
    }
    const freshness = entry.freshness - 1;
    if (freshness === 0) return this.#drop(id);
    this.#buckets.move(entry, freshness);
    this.#changed(id, freshness);
  }

  /**
   * Draws what to offer: at most `offerIds` messages whose sizes sum to at most `bodyBytes`,
   * weighted, none that the prefix is known to know.
   */
  offer(rng: Rng, { place, skip }: OfferLimits): readonly MessageFact[] {
    const { offerIds, bodyBytes } = this.#config;
    const offered: MessageFact[] = [];
    let bytes = 0;
    let drawn = 0;
    for (const { fact, places } of this.#buckets.draw(rng)) {
      if (drawn++ >= MAX_DRAWN) break;
      if (places.has(place) || skip(fact) || bytes + fact.size > bodyBytes) continue;
      bytes += fact.size;
      offered.push(fact);
      if (offered.length >= offerIds) break;
    }
    return offered;
  }

  /** A peer answered an offer of these: the hour of those not offered before begins. */
  answered(ids: readonly MessageId[], now: UnixMs): void {
    for (const id of ids) {
      if (this.#entries.has(id) && !this.#offeredAt.has(id)) this.#offeredAt.set(id, now);
    }
  }

  /** Lets go of a message whose bytes are no longer held. */
  forget(id: MessageId): void {
    this.#drop(id);
  }

  /** Lets go of what was first offered an hour ago. */
  expire(now: UnixMs): void {
    for (const [id, offeredAt] of this.#offeredAt) {
      if (offeredAt + this.#config.freshForMs > now) return;
      this.#drop(id);
    }
  }

  /** When the next message expires, or `undefined` when there is none. */
  nextExpiry(): UnixMs | undefined {
    for (const offeredAt of this.#offeredAt.values()) {
      return offeredAt + this.#config.freshForMs as UnixMs;
    }
    return undefined;
  }

  #drop(id: MessageId): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    this.#offeredAt.delete(id);
    this.#buckets.remove(entry);
    this.#changed(id, 0);
  }
}
