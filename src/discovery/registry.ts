/**
 * What beacons were seen (docs/PROTOCOL.md section 10): pure and bounded, since anybody on the LAN
 * can send any number of beacons from any address.
 */
import type { Beacon } from "../wire/beacon.ts";

/** Milliseconds from one beacon to the next. */
export const BEACON_INTERVAL_MS = 30_000;

/** Milliseconds after which a node that isn't heard any more is forgotten: three beacons lost. */
export const SIGHTING_LIFE_MS = 3 * BEACON_INTERVAL_MS;

/** Nodes remembered at a time (a guess: as many as candidates are in section 6). */
export const MAX_SIGHTINGS = 1_024;

/** Nodes remembered of one host, so that one alone can't use up what is looked at (a guess). */
export const MAX_SIGHTINGS_PER_HOST = 8;

/** Beacons looked at in a minute, that is, such as would yield a candidate. */
export const MAX_LOOKS_A_MINUTE = 32;

/** How a node can be heard in the local network. */
export type LanWay = "beacon" | "mdns";

/** A beacon and where it came from. */
export interface Sighting {
  /** IP address of the sender. */
  readonly host: string;
  /** What it said. */
  readonly beacon: Beacon;
  /** In which way it was heard; by broadcast unless told otherwise. */
  readonly way?: LanWay;
}

/**
 * What to make of a sighting; `new`, `restarted` and `other-way`, a node that was heard in the other
 * way only so far, yield a candidate.
 */
export type SightingVerdict = "new" | "known" | "restarted" | "other-way" | "self" | "too-many";

interface Seen {
  readonly host: string;
  readonly instance: Uint8Array;
  readonly at: number;
  /** In which ways it was heard. */
  readonly ways: ReadonlySet<LanWay>;
}

/** Whether a sighting yields a candidate. */
export function isNews(verdict: SightingVerdict): boolean {
  return verdict === "new" || verdict === "restarted" || verdict === "other-way";
}

/** Remembers who was heard, for as long as they go on being heard. */
export class Registry {
  readonly #self: Uint8Array;
  /** By host and TCP port, longest unheard first. */
  readonly #seen = new Map<string, Seen>();
  #tokens = MAX_LOOKS_A_MINUTE;
  #filledAt = 0;

  /** `self` is the instance in one's own beacons. */
  constructor({ self }: { readonly self: Uint8Array }) {
    this.#self = self;
  }

  /** Nodes remembered. */
  get size(): number {
    return this.#seen.size;
  }

  /**
   * Judges a beacon heard at `now`, in milliseconds from any start, never going back. What is
   * known already costs no look: or a large LAN would crowd out its own newcomers.
   */
  see({ host, beacon, way = "beacon" }: Sighting, now: number): SightingVerdict {
    if (same(beacon.instance, this.#self)) return "self";
    this.#expire(now);
    const key = `${host} ${beacon.port}`;
    const before = this.#seen.get(key);
    if (before !== undefined && same(before.instance, beacon.instance)) {
      const ways = before.ways.has(way) ? before.ways : new Set([...before.ways, way]);
      this.#remember(key, { ...before, ways, at: now });
      // At most one more for each look that was taken, so it costs none.
      return ways === before.ways ? "known" : "other-way";
    }
    if (before === undefined && this.#countOf(host) >= MAX_SIGHTINGS_PER_HOST) return "too-many";
    if (!this.#takeToken(now)) return "too-many";
    this.#remember(key, { host, instance: beacon.instance, at: now, ways: new Set([way]) });
    return before === undefined ? "new" : "restarted";
  }

  #expire(now: number): void {
    for (const [key, { at }] of this.#seen) {
      if (now - at < SIGHTING_LIFE_MS) return;
      this.#seen.delete(key);
    }
  }

  #remember(key: string, seen: Seen): void {
    this.#seen.delete(key);
    this.#seen.set(key, seen);
    if (this.#seen.size <= MAX_SIGHTINGS) return;
    // Whoever is dropped though still there is new again at its next beacon: no harm done.
    const [oldest] = this.#seen.keys();
    if (oldest !== undefined) this.#seen.delete(oldest);
  }

  #countOf(host: string): number {
    let count = 0;
    for (const seen of this.#seen.values()) if (seen.host === host) count++;
    return count;
  }

  #takeToken(now: number): boolean {
    const refill = Math.max(0, now - this.#filledAt) * MAX_LOOKS_A_MINUTE / 60_000;
    this.#tokens = Math.min(MAX_LOOKS_A_MINUTE, this.#tokens + refill);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
