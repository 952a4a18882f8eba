/**
 * The stem (docs/PROTOCOL.md section 6, "Not telling authoring from relaying"; after Dandelion++):
 * the owner's messages, and those that others hand on, go from one node to one other for some hops
 * before anybody offers them to many.
 *
 * ```
 *  own ──→ waits for the next exchange by the ─────┐
 *          clock, which no peer can provoke        │
 *                                                 ├──→ stem peer of its source ──→ held until its embargo
 *  from a peer ──0.9──→ goes on at once ──────────┘                                   │
 *      └──────0.1, seen twice, nobody to send it to ──→ normal at once   normal ←─────┘
 * ```
 * While a message is here the node denies having it: it is offered to nobody, wanted when offered,
 * in no store and in no sync. A node that comes to it as normal lets it go from here.
 */
import type { NodeAddress } from "../wire/address.ts";
import type { MessageId } from "../wire/ids.ts";
import type { UnixMs } from "../wire/time.ts";
import type { AddressBook } from "./address_book.ts";
import type { GossipConfig } from "./config.ts";
import type { MessageFact, OutEvent } from "./events.ts";
import { placeOf } from "./places.ts";
import { type Rng, shuffled } from "./rng.ts";
import { type StemMessage, StemPool } from "./stem_pool.ts";
import { StemRoutes } from "./stem_routes.ts";
import { trimOldest } from "./trim.ts";

/** A message and its bytes. */
export interface StemArrival {
  /** What it is. */
  readonly fact: MessageFact;
  /** The envelope as it came. */
  readonly bytes: Uint8Array;
}

/** What {@linkcode Stem} works with. */
export interface StemPorts {
  /** Constants. */
  readonly config: GossipConfig;
  /** Chance. */
  readonly rng: Rng;
  /** Takes what is to be done. */
  readonly emit: (event: OutEvent) => void;
  /** Where stem peers are drawn. */
  readonly nodes: AddressBook;
  /** Which messages are stored. */
  readonly known: { has(id: MessageId): boolean };
}

type Own = StemArrival & {
  readonly source: string;
  /** When it becomes normal unless a stem peer is known by then; see {@linkcode Stem.met}. */
  readonly endsAt?: UnixMs | undefined;
};

/** What is known of a message when it becomes normal. */
type Ended = StemArrival & Pick<StemMessage, "source" | "place" | "prefix"> & {
  readonly refusals?: number;
};

/** Who brought a message: see {@linkcode StemMessage}. */
type Bringer = Pick<StemMessage, "place" | "prefix">;

const OWNER: Bringer = { place: undefined, prefix: undefined };

/** A message that became normal, until it is stored. */
interface Publishing {
  readonly message: Ended;
  /** Whether to go on at once when it is. */
  readonly atOnce: boolean;
}

/** Everything that this node has on a stem. */
export class Stem {
  readonly #ports: StemPorts;
  readonly #routes: StemRoutes;
  readonly #pool: StemPool;
  /** The owner's messages that were not handed on yet, oldest first. */
  readonly #own = new Map<MessageId, Own>();
  /** Of the owner's, what left this node at least once. */
  readonly #left = new Set<MessageId>();
  /** Became normal, but aren't stored yet. */
  readonly #publishing = new Map<MessageId, Publishing>();

  /** Starts with nothing. */
  constructor(ports: StemPorts) {
    this.#ports = ports;
    this.#routes = new StemRoutes(ports);
    this.#pool = new StemPool(ports.config);
  }

  /** Messages of others and of the owner that are held, handed on or about to be. */
  get size(): number {
    return this.#pool.size;
  }

  /** Whether a message of somebody else waits to go on. */
  get waiting(): boolean {
    return this.#pool.waiting.size > 0;
  }

  /** The owner says something; given twice, it counts once. Answers whether to start an exchange for it. */
  own({ fact, bytes, origin }: StemArrival & { readonly origin: string }): boolean {
    const { id } = fact;
    const { known, config } = this.#ports;
    if (known.has(id) || this.#pool.has(id) || this.#own.has(id)) return false;
    const eager = !config.refinements.ride;
    const source = `own ${origin}`;
    if (!config.stem) {
      this.#publish({ fact, bytes, source, ...OWNER }, eager);
      return false;
    }
    this.#own.set(id, { fact, bytes, source });
    return eager;
  }

  /** A peer's stem message passed all checks. */
  arrived(
    { fact, bytes, place, prefix }: StemArrival & {
      readonly place: string;
      readonly prefix: string;
    },
    now: UnixMs,
  ): void {
    const { config, rng, known } = this.#ports;
    const { id } = fact;
    if (known.has(id)) return;
    const own = this.#own.get(id);
    const before = this.#pool.get(id) ?? (own && { ...own, ...OWNER });
    if (before !== undefined) return this.#publish(before, true);
    const ends = !config.stem || rng.next() >= config.stemProbability;
    const message = this.#message({ fact, bytes, source: `in ${place}` }, { place, prefix, now });
    if (ends || this.#edge(message, now) === undefined) return this.#publish(message, true);
    // Without a word if there is no room: the hop before has its own embargo.
    this.#pool.add(message);
  }

  /**
   * A peer that dialled this node completed an exchange. Who dials nobody has no stem peers, be it for
   * want of addresses or since all sit behind NAT: what the owner says becomes normal then, in the
   * second epoch after this, at a time that tells nothing of when it was said.
   */
  met(now: UnixMs): void {
    const { config: { stemEpochMs }, rng } = this.#ports;
    for (const [id, own] of this.#own) {
      if (this.#routes.edgesOf(own.source, now).length > 0) continue;
      const endsAt = own.endsAt ?? now + stemEpochMs * (1 + rng.next()) as UnixMs;
      this.#own.set(id, { ...own, endsAt });
    }
  }

  /** A message is stored, whoever brought it. Answers whether to start an exchange for it. */
  stored(id: MessageId): boolean {
    const atOnce = this.#publishing.get(id)?.atOnce ?? false;
    this.#forget(id);
    this.#publishing.delete(id);
    return atOnce;
  }

  /**
   * Takes back a message of the owner's that never left this node. Answers `false`, with nothing
   * changed, for any other.
   */
  withdraw(id: MessageId): boolean {
    return !this.#left.has(id) && this.#own.delete(id);
  }

  /** A message that became normal wasn't stored. If it may be `later`, it is held again for a while. */
  unpublished(
    { id, later }: { readonly id: MessageId; readonly later: boolean },
    now: UnixMs,
  ): void {
    const { config: { stemRetryMs, stemRetries }, rng, known } = this.#ports;
    const ended = this.#publishing.get(id)?.message;
    this.#publishing.delete(id);
    if (ended === undefined || !later || known.has(id) || this.#pool.has(id)) return;
    const { refusals = 0 } = ended;
    if (refusals === stemRetries) return;
    const waitMs = stemRetryMs * 2 ** refusals * (0.5 + rng.next());
    const message = this.#message(ended, { place: ended.place, prefix: ended.prefix, now });
    const embargoAt = now + waitMs as UnixMs;
    this.#pool.add({ ...message, embargoAt, refusals: refusals + 1, state: "passed" });
  }

  /** The keys are gone: what was not handed on rests in the sealed outbox. */
  locked(): void {
    this.#own.clear();
  }

  /** A stem peer with which to start an exchange at once, since something of others waits for it. */
  urgent(now: UnixMs, skip: (address: NodeAddress) => boolean): NodeAddress | undefined {
    return this.#first(this.#pool.waiting, this.#edges(now), skip);
  }

  /** The stem peer with which an exchange that starts anyway is to be, for a message of the owner. */
  riding(now: UnixMs, skip: (address: NodeAddress) => boolean): NodeAddress | undefined {
    return this.#first(
      this.#own.values(),
      ({ source }) => this.#routes.edgesOf(source, now)[0],
      skip,
    );
  }

  /**
   * Takes what goes to a peer in an exchange that runs, at most so many bytes; the owner's only if
   * that `rides`, as it does unless said.
   */
  take(
    peer: NodeAddress,
    { maxBytes, rides = true, now }: {
      readonly maxBytes: number;
      readonly rides?: boolean;
      readonly now: UnixMs;
    },
  ): readonly StemArrival[] {
    let left = maxBytes;
    const fits = ({ bytes }: StemArrival): boolean => bytes.length <= left;
    const taken: StemArrival[] = [];
    const take = (message: StemArrival): void => {
      left -= message.bytes.length;
      taken.push(message);
      this.#pool.move(message.fact.id, { state: "sending" });
    };
    const edgeOf = this.#edges(now);
    for (const message of [...this.#pool.waiting]) {
      if (fits(message) && edgeOf(message) === peer) take(message);
    }
    for (const own of rides ? [...this.#own.values()] : []) {
      if (!fits(own) || this.#routes.edgesOf(own.source, now)[0] !== peer) continue;
      // Its embargo begins when it leaves for the first time.
      const message = this.#message(own, { ...OWNER, now });
      if (!this.#pool.add(message)) continue;
      this.#own.delete(own.fact.id);
      this.#leaves(own.fact.id);
      take(message);
    }
    // In the order in which they were taken the owner's would always come last.
    return shuffled(taken, this.#ports.rng);
  }

  /** A peer took a message that it was sent. */
  passed(id: MessageId): void {
    this.#pool.move(id, { state: "passed" });
  }

  /** A peer was sent a message and gave no answer, or a bad one. */
  lost(id: MessageId, peer: NodeAddress): void {
    this.#pool.move(id, { state: "waiting", tried: peer });
  }

  /** An exchange that this node dialled failed: what waits for that peer goes another way. */
  failed(peer: NodeAddress, now: UnixMs): void {
    const edgeOf = this.#edges(now);
    for (const message of [...this.#pool.waiting]) {
      if (edgeOf(message) === peer) this.lost(message.fact.id, peer);
    }
    this.#routes.failed(peer);
  }

  /** Makes normal what is under no embargo any more. It rides on the next exchange that starts for anything. */
  expire(now: UnixMs): void {
    const { ride } = this.#ports.config.refinements;
    for (const message of this.#pool.due(now)) this.#publish(message, !ride);
    for (const [id, own] of [...this.#own]) {
      if (own.endsAt === undefined || own.endsAt > now) continue;
      const hasPeer = this.#routes.edgesOf(own.source, now).length > 0;
      if (hasPeer) this.#own.set(id, { ...own, endsAt: undefined });
      else this.#publish({ ...own, ...OWNER }, !ride);
    }
  }

  /** When the next embargo is over. */
  nextEmbargo(): UnixMs | undefined {
    let first = this.#pool.nextEmbargo();
    for (const { endsAt } of this.#own.values()) {
      if (endsAt !== undefined && (first === undefined || endsAt < first)) first = endsAt;
    }
    return first;
  }

  #message(
    { fact, bytes, source }: Own,
    { place, prefix, now }: Bringer & { readonly now: UnixMs },
  ): StemMessage {
    const { config: { stemEmbargoMs, stemEmbargoMeanMs }, rng } = this.#ports;
    const embargoMs = stemEmbargoMs - Math.log(1 - rng.next()) * stemEmbargoMeanMs;
    const embargoAt = now + embargoMs as UnixMs;
    return {
      fact,
      bytes,
      source,
      place,
      prefix,
      embargoAt,
      tried: [],
      route: source,
      refusals: 0,
      state: "waiting",
    };
  }

  /** The same for many messages: each route is looked up once. */
  #edges(now: UnixMs): (message: StemMessage) => NodeAddress | undefined {
    const found = new Map<string, NodeAddress | undefined>();
    return (message) => {
      const { route } = message;
      if (!found.has(route)) found.set(route, this.#edge(message, now));
      return found.get(route);
    };
  }

  /** Where a message goes next: to its stem peer, or the other one; not back to where it came from. */
  #edge({ source, place, tried }: StemMessage, now: UnixMs): NodeAddress | undefined {
    if (tried.length >= this.#ports.config.stemPeers) return undefined;
    const edges = this.#routes.edgesOf(source, now)
      .filter((peer) => !tried.includes(peer) && placeOf(peer) !== place);
    // Of one that failed the other place holds the other peer: its own has a new one by now.
    return tried.length === 0 ? edges[0] : edges.at(-1);
  }

  #first<T>(
    messages: Iterable<T>,
    edgeOf: (message: T) => NodeAddress | undefined,
    skip: (address: NodeAddress) => boolean,
  ): NodeAddress | undefined {
    for (const message of messages) {
      const edge = edgeOf(message);
      if (edge !== undefined && !skip(edge)) return edge;
    }
    return undefined;
  }

  #publish(message: Ended, atOnce: boolean): void {
    const { fact: { id }, bytes, prefix } = message;
    this.#leaves(id);
    this.#forget(id);
    this.#publishing.set(id, { message, atOnce });
    trimOldest(this.#publishing, this.#ports.config.maxStems);
    this.#ports.emit({ kind: "publish", id, bytes, prefix });
  }

  #leaves(id: MessageId): void {
    this.#left.add(id);
    trimOldest(this.#left, this.#ports.config.maxStems);
  }

  #forget(id: MessageId): void {
    this.#pool.remove(id);
    this.#own.delete(id);
  }
}
