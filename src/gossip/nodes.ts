/**
 * Known nodes and candidates (docs/PROTOCOL.md section 6, "Freshness" and "Addresses, and not
 * flooding strangers").
 *
 * ```
 *             heard of                exchange completed
 *   (nothing) ────────→ candidate ───────────────────────→ known, freshness F
 *       ↑                │  ↑                                │
 *       └── 4 failures ──┘  └──── freshness at 0 ────────────┘
 * ```
 * Never given up: what a locator named, and the last 64 with which an exchange was completed.
 * Only exchanges that this node dialled complete an address: whoever connects to us may say
 * whatever port it likes.
 */
import type { NodeAddress } from "../wire/address.ts";
import { mayDial } from "../wire/address_rules.ts";
import type { UnixMs } from "../wire/time.ts";
import type { AddressBook, Failed, Heard, TurnedAway } from "./address_book.ts";
import type { GossipConfig } from "./config.ts";
import type { AddressSource, OutEvent } from "./events.ts";
import { FoundWays } from "./found_ways.ts";
import { GivenUp } from "./given_up.ts";
import { groupOfNode } from "./places.ts";
import type { Rng } from "./rng.ts";
import { trimOldest } from "./trim.ts";
import { type Weighted, WeightedBuckets } from "./weighted_buckets.ts";

/** Draws of an address to tell that doesn't suit the peer, before none is told. */
const MAX_TELL_DRAWS = 16;

/** From this time in a row on, having no time for us counts as failing: a guess. */
const MAX_TURNED = 4;
/** A pause that was asked for is longer by up to this share, or all would come back at once: a guess. */
const BUSY_JITTER = 0.25;

/** An address as it was kept from an earlier run. */
export interface InitialAddress {
  /** Where. */
  readonly address: NodeAddress;
  /** 1 to F; 0 is a candidate. */
  readonly freshness: number;
  /** Whether a locator named it. */
  readonly locator: boolean;
}

interface Place {
  readonly address: NodeAddress;
  readonly group: string;
  readonly locator: boolean;
  /** Not to be dialled before. */
  notBefore: UnixMs;
  /** How often in a row it had no time for us. */
  turned: number;
}

interface Known extends Place, Weighted {}

interface Candidate extends Place {
  failures: number;
}

/** What {@linkcode Nodes} works with. */
export interface NodesPorts {
  /** Bounds and pauses. */
  readonly config: GossipConfig;
  /** Chance. */
  readonly rng: Rng;
  /** Takes what is to be done. */
  readonly emit: (event: OutEvent) => void;
  /** Whether this node has a way to dial an address; to any unless given. */
  readonly canDial?: ((address: NodeAddress) => boolean) | undefined;
}

/** The address book of a node. */
export class Nodes implements AddressBook {
  readonly #config: GossipConfig;
  readonly #rng: Rng;
  readonly #emit: (event: OutEvent) => void;
  readonly #canDial: (address: NodeAddress) => boolean;
  readonly #known = new Map<NodeAddress, Known>();
  readonly #buckets: WeightedBuckets<Known>;
  readonly #candidates = new Map<NodeAddress, Candidate>();
  readonly #givenUp: GivenUp;
  readonly #found = new FoundWays();
  /** When the first candidate may be dialled; unset after any change. */
  #firstCandidate: UnixMs | undefined;
  /** The last nodes completed with, latest last. */
  readonly #recent = new Set<NodeAddress>();

  /** Starts with what an earlier run left, as far as it is within the bounds. */
  constructor(
    { config, rng, emit, canDial = () => true }: NodesPorts,
    initial: Iterable<InitialAddress>,
  ) {
    this.#canDial = canDial;
    this.#config = config;
    this.#rng = rng;
    this.#emit = emit;
    this.#givenUp = new GivenUp(config);
    this.#buckets = new WeightedBuckets({ full: config.fullFreshness, base: config.weightBase });
    const byFreshness = [...initial].sort((a, b) => b.freshness - a.freshness);
    for (const { address, freshness, locator } of byFreshness) {
      if (this.has(address) || !canDial(address)) continue;
      const place = newPlace(address, locator);
      if (freshness >= 1 && this.#roomFor(place) === true) {
        this.#insert(place, Math.min(Math.floor(freshness), config.fullFreshness));
        if (this.#recent.size < config.keptKnown) this.#recent.add(address);
      } else if (this.#candidates.size < config.maxCandidates) {
        this.#candidates.set(address, { ...place, failures: 0 });
      }
    }
  }

  get known(): number {
    return this.#known.size;
  }

  get candidates(): number {
    return this.#candidates.size;
  }

  has(address: NodeAddress): boolean {
    return this.#known.has(address) || this.#candidates.has(address);
  }

  found(address: NodeAddress): readonly AddressSource[] {
    return this.#found.of(address);
  }

  heard(address: NodeAddress, heard: Heard): void {
    if (!this.#canDial(address)) return;
    this.#takeIn(address, heard);
    if (this.has(address)) this.#found.add(address, heard.way ?? heard.source);
  }

  #takeIn(address: NodeAddress, { source, now }: Heard): void {
    const locator = source === "locator";
    const known = this.#known.get(address);
    const candidate = this.#candidates.get(address);
    if (known !== undefined) {
      if (locator && !known.locator) this.#replaceKnown(known, { ...known, locator });
    } else if (candidate === undefined && isHearsay(source) && this.#givenUp.has(address, now)) {
      return;
    } else if (candidate === undefined || locator) {
      // A user who opens a locator again wants it tried now.
      this.#addCandidate({ ...newPlace(address, locator), notBefore: now, failures: 0 });
    } else if ((source === "beacon" || source === "mdns") && candidate.failures > 0) {
      // It is there right now, on this very network.
      candidate.failures = 0;
      this.#setNotBefore(candidate, now);
    }
  }

  pick(now: UnixMs, skip: (address: NodeAddress) => boolean): NodeAddress | undefined {
    return this.#pickFrom(this.#known.values(), { now, skip });
  }

  pickCandidate(now: UnixMs, skip: (address: NodeAddress) => boolean): NodeAddress | undefined {
    const all = [...this.#candidates.values()];
    return this.#pickFrom(all.filter(({ locator }) => locator), { now, skip }) ??
      this.#pickFrom(all, { now, skip });
  }

  candidateAt(): UnixMs | undefined {
    if (this.#firstCandidate === undefined) {
      for (const { notBefore } of this.#candidates.values()) {
        this.#firstCandidate = Math.min(this.#firstCandidate ?? Infinity, notBefore) as UnixMs;
      }
    }
    return this.#firstCandidate;
  }

  tell(peer: NodeAddress): NodeAddress | undefined {
    let drawn = 0;
    for (const { address } of this.#buckets.draw(this.#rng)) {
      if (drawn++ >= MAX_TELL_DRAWS) return undefined;
      // The peer would refuse what lies in a range that we don't share, and need not hear of it.
      if (address !== peer && mayDial({ address, heardFrom: peer })) return address;
    }
    return undefined;
  }

  toldAgain(address: NodeAddress): void {
    const known = this.#known.get(address);
    if (known === undefined || known.freshness <= 1) return;
    this.#setFreshness(known, known.freshness - 1);
  }

  completed(address: NodeAddress, now: UnixMs): void {
    this.#recent.delete(address);
    this.#recent.add(address);
    trimOldest(this.#recent, this.#config.keptKnown);
    const known = this.#known.get(address);
    if (known !== undefined) {
      known.turned = 0;
      return this.#setFreshness(known, this.#config.fullFreshness);
    }
    const candidate = this.#candidates.get(address);
    if (candidate === undefined) return;
    const room = this.#roomFor(candidate);
    if (room === false) {
      this.#recent.delete(address);
      if (!candidate.locator) return this.forget(address);
      return this.#setNotBefore(candidate, now + this.#config.maxBackoffMs);
    }
    if (room !== true) this.forget(room.address);
    this.#removeCandidate(address);
    this.#insert(candidate, this.#config.fullFreshness);
    this.#emit({ kind: "address-changed", address, freshness: this.#config.fullFreshness });
  }

  failedInbound(address: NodeAddress, failed: Failed): void {
    if (this.#known.has(address)) this.failed(address, failed);
  }

  failed(address: NodeAddress, { now, count }: Failed): void {
    const known = this.#known.get(address);
    if (known !== undefined && count) {
      if (known.freshness > 1) return this.#setFreshness(known, known.freshness - 1);
      this.#removeKnown(known);
      const { group, locator } = known;
      const notBefore = now + this.#config.backoffMs as UnixMs;
      return this.#addCandidate({ address, group, locator, notBefore, turned: 0, failures: 0 });
    }
    const candidate = known === undefined ? this.#candidates.get(address) : undefined;
    if (candidate === undefined) return;
    if (count) candidate.failures++;
    const { backoffMs, maxBackoffMs, candidateFailures } = this.#config;
    if (candidate.failures >= candidateFailures && !this.#isKept(candidate)) {
      this.#givenUp.add(address, now);
      return this.forget(address);
    }
    const pauseMs = Math.min(maxBackoffMs, backoffMs * 4 ** Math.max(0, candidate.failures - 1));
    this.#setNotBefore(candidate, now + pauseMs);
  }

  turnedAway(address: NodeAddress, { now, count, seconds }: TurnedAway): void {
    // Perhaps no node at all: somebody named an address at which something else listens.
    if (seconds === undefined && this.#candidates.has(address)) {
      return this.failed(address, { now, count });
    }
    const was = this.#known.get(address) ?? this.#candidates.get(address);
    if (was === undefined) return;
    if (count) was.turned++;
    // Who never has time is as good as gone, and must not be told to others for ever.
    if (was.turned >= MAX_TURNED) this.failed(address, { now, count });
    const place = this.#known.get(address) ?? this.#candidates.get(address);
    if (place === undefined) return;
    const { backoffMs, maxBackoffMs } = this.#config;
    const pauseMs = seconds === undefined
      ? Math.min(maxBackoffMs, backoffMs * 4 ** Math.max(0, was.turned - 1))
      : seconds * 1000;
    const jitter = 1 + BUSY_JITTER * this.#rng.next();
    this.#setNotBefore(place, Math.max(place.notBefore, now + pauseMs * jitter));
  }

  pause(address: NodeAddress, until: UnixMs): void {
    const place = this.#known.get(address) ?? this.#candidates.get(address);
    if (place !== undefined) this.#setNotBefore(place, until);
  }

  forget(address: NodeAddress): void {
    const known = this.#known.get(address);
    if (known !== undefined) this.#removeKnown(known);
    this.#recent.delete(address);
    const was = this.#removeCandidate(address) || known !== undefined;
    this.#found.forget(address);
    if (was) this.#emit({ kind: "address-gone", address });
  }

  #pickFrom(places: Iterable<Place>, { now, skip }: {
    readonly now: UnixMs;
    readonly skip: (address: NodeAddress) => boolean;
  }): NodeAddress | undefined {
    const groups = new Map<string, NodeAddress[]>();
    for (const { address, group, notBefore } of places) {
      if (notBefore > now || skip(address)) continue;
      const members = groups.get(group);
      if (members === undefined) groups.set(group, [address]);
      else members.push(address);
    }
    if (groups.size === 0) return undefined;
    const members = [...groups.values()][this.#rng.below(groups.size)]!;
    return members[this.#rng.below(members.length)];
  }

  #addCandidate(candidate: Candidate): void {
    if (!this.#makeRoom(candidate)) {
      this.#found.forget(candidate.address);
      this.#emit({ kind: "address-gone", address: candidate.address });
      return;
    }
    this.#candidates.set(candidate.address, candidate);
    this.#firstCandidate = undefined;
    this.#emit({ kind: "address-changed", address: candidate.address, freshness: 0 });
  }

  /** Lets go of a candidate at random where there are too many. Answers whether there is room now. */
  #makeRoom({ address, group, locator = false }: {
    readonly address: NodeAddress;
    readonly group: string;
    readonly locator?: boolean;
  }): boolean {
    if (this.#candidates.has(address)) return true;
    const all = [...this.#candidates.values()];
    const sameGroup = all.filter((other) => other.group === group);
    const crowd = sameGroup.length >= this.#config.maxPerGroup && !locator
      ? sameGroup
      : all.length >= this.#config.maxCandidates
      ? all
      : undefined;
    if (crowd === undefined) return true;
    const free = crowd.filter((other) => !this.#isKept(other));
    // Where the owner's own locators fill everything, the oldest of them goes for a new one.
    const victim = free[this.#rng.below(Math.max(1, free.length))] ??
      (locator ? all[0] : undefined);
    if (victim !== undefined) this.forget(victim.address);
    return victim !== undefined;
  }

  /** Whether a node may become known: at once, in place of a staler one, or not. */
  #roomFor({ group }: Place): true | Known | false {
    const all = [...this.#known.values()];
    const sameGroup = all.filter((other) => other.group === group);
    const crowd = sameGroup.length >= this.#config.maxPerGroup
      ? sameGroup
      : all.length >= this.#config.maxKnown
      ? all
      : undefined;
    if (crowd === undefined) return true;
    // In a crowded group freshness decides alone, or eight nodes could keep all others of it out.
    const free = crowd.filter((other) =>
      !other.locator && (crowd === sameGroup || !this.#isKept(other))
    );
    const stalest = free.reduce<Known | undefined>(
      (least, other) => least === undefined || other.freshness < least.freshness ? other : least,
      undefined,
    );
    // Those that answer keep their place: a newcomer who could push them out could isolate a node.
    return stalest !== undefined && stalest.freshness < this.#config.fullFreshness
      ? stalest
      : false;
  }

  #insert({ address, group, locator }: Place, freshness: number): void {
    const known: Known = {
      address,
      group,
      locator,
      notBefore: ALWAYS,
      turned: 0,
      freshness,
      slot: 0,
    };
    this.#known.set(address, known);
    this.#buckets.add(known);
  }

  #replaceKnown(known: Known, by: Known): void {
    this.#removeKnown(known);
    this.#known.set(by.address, by);
    this.#buckets.add(by);
  }

  #removeKnown(known: Known): void {
    this.#known.delete(known.address);
    this.#buckets.remove(known);
  }

  #setFreshness(known: Known, freshness: number): void {
    if (known.freshness === freshness) return;
    this.#buckets.move(known, freshness);
    this.#emit({ kind: "address-changed", address: known.address, freshness });
  }

  #removeCandidate(address: NodeAddress): boolean {
    this.#firstCandidate = undefined;
    return this.#candidates.delete(address);
  }

  #setNotBefore(place: Place, notBefore: number): void {
    this.#firstCandidate = undefined;
    place.notBefore = notBefore as UnixMs;
  }

  #isKept({ address, locator }: Place): boolean {
    return locator || this.#recent.has(address);
  }
}

const ALWAYS = 0 as UnixMs;

/** Whether somebody else is behind it, who may say what they like as often as they like. */
function isHearsay(source: AddressSource): boolean {
  return source === "gossip" || source === "dht";
}

function newPlace(address: NodeAddress, locator: boolean): Place {
  return { address, group: groupOfNode(address), locator, notBefore: ALWAYS, turned: 0 };
}
