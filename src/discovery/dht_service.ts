/**
 * When the DHT is asked (docs/PROTOCOL.md section 10): announces the node while others can reach it,
 * and looks for others while few are known.
 *
 * ```
 *             every 10 s
 *   few known? ──────► look up, then 1, 2, 4 … 60 minutes later ──► candidates, 32 at most
 *   reachable? ──────► announce, then every 10 to 20 minutes
 * ```
 */
import type { NodeAddress } from "../wire/address.ts";
import { type Group, groupOf, type Prefix, prefixOf, scopeOf } from "../wire/address_rules.ts";
import { dhtAnnouncement, dhtLookUpKeys } from "../wire/dht.ts";
import type { Labels } from "../wire/labels.ts";
import type { UnixSeconds } from "../wire/time.ts";
import type { DhtPeer, DhtPort } from "./dht_port.ts";
import type { Time } from "./time.ts";

/** Milliseconds between two looks at whether something is due. */
export const TICK_MS = 10_000;

/** Known nodes below which others are looked for (a guess: twice of what hurries section 6). */
export const THIN_VIEW = 8;

/** Milliseconds from a lookup to the next while few nodes are known: doubled each time. */
export const FIRST_PAUSE_MS = 60_000;

/** The longest of these pauses. */
export const LAST_PAUSE_MS = 3_600_000;

/** Milliseconds from an announcement to the next: tokens last 10 minutes, announcements 30 or more. */
export const ANNOUNCE_MS = 900_000;

/** Share by which each pause is longer or shorter, or all nodes would ask at once. */
export const JITTER = 1 / 3;

/** Candidates taken of one lookup: as many as beacons yield in a minute. */
export const MAX_CANDIDATES = 32;

/** Of them with one prefix, loopback aside: else one machine could be named 32 times, by its ports. */
export const MAX_OF_PREFIX = 4;

/** Remembered DHT nodes below which the bootstrap nodes are asked. */
export const MIN_NODES = 8;

/** What the service needs. */
export interface DhtServiceOptions {
  /** The DHT. */
  readonly port: DhtPort;
  /** Labels of the network. */
  readonly labels: Labels;
  /** Clock and alarms. */
  readonly time: Time;
  /** The date, as the node believes. */
  readonly clock: () => UnixSeconds;
  /** Chance, 0 to less than 1. */
  readonly random: () => number;
  /** How many nodes are known with which an exchange was completed lately. */
  readonly known: () => number;
  /** TCP port by which the internet may reach this node; `undefined` where it can't. */
  readonly reachedAt: () => number | undefined;
  /** Whether an address is this node's own. */
  readonly isOwn: (address: NodeAddress) => boolean;
  /** Addresses of nodes by which the DHT is entered. Never rejects. */
  readonly bootstrap: () => Promise<readonly NodeAddress[]>;
  /** Takes what a look ended with that it should not have; the next one begins as usual. */
  readonly onTrouble: (error: unknown) => void;
  /** Takes a candidate; must not throw. */
  readonly onCandidate: (peer: DhtPeer) => void;
}

/** What the service did. Times are seconds since 1970. */
export interface DhtReport {
  /** Nodes of the DHT that answered and are remembered. */
  readonly nodes: number;
  /** When nodes of the DHT last took an announcement; null before. */
  readonly announced: UnixSeconds | null;
  /** When something was last looked up; null before. */
  readonly lastLookup: UnixSeconds | null;
  /** Addresses that this lookup gave, at most {@linkcode MAX_CANDIDATES}. */
  readonly found: number;
}

/** A running service. */
export interface DhtService {
  /** What it did so far. */
  report(): DhtReport;
  /** Falls silent at once. */
  stop(): void;
}

/** Starts: the first lookup or announcement begins at once. */
export function startDht(options: DhtServiceOptions): DhtService {
  const keeper = new DhtKeeper(options);
  let stopped = false;
  let cancel = (): void => {};
  const tick = (): void =>
    void keeper.look().catch(options.onTrouble).finally(() => {
      if (!stopped) cancel = options.time.after(TICK_MS, tick);
    });
  tick();
  return {
    report: () => keeper.report(),
    stop: () => {
      stopped = true;
      cancel();
      keeper.stop();
      options.port.stop();
    },
  };
}

class DhtKeeper {
  readonly #options: DhtServiceOptions;
  #stopped = false;
  #lookAt = -Infinity;
  #pauseMs = FIRST_PAUSE_MS;
  #announceAt = -Infinity;
  #announcePauseMs = FIRST_PAUSE_MS;
  #announcedPort: number | undefined;
  #announced: UnixSeconds | null = null;
  #lastLookup: UnixSeconds | null = null;
  #found = 0;

  constructor(options: DhtServiceOptions) {
    this.#options = options;
  }

  stop(): void {
    this.#stopped = true;
  }

  report(): DhtReport {
    return {
      nodes: this.#options.port.nodes,
      announced: this.#announced,
      lastLookup: this.#lastLookup,
      found: this.#found,
    };
  }

  async look(): Promise<void> {
    const { time, known, reachedAt } = this.#options;
    if (this.#stopped) return;
    if (known() >= THIN_VIEW) this.#pauseMs = FIRST_PAUSE_MS;
    else if (time.now() >= this.#lookAt) await this.#lookUp();
    if (this.#stopped) return;
    const port = reachedAt();
    if (port !== this.#announcedPort) this.#announceAt = -Infinity;
    this.#announcedPort = port;
    if (port !== undefined && time.now() >= this.#announceAt) await this.#announce(port);
  }

  async #lookUp(): Promise<void> {
    const { port, clock, time } = this.#options;
    const entered = await this.#enter();
    let peers = await this.#ask();
    // All that were remembered from the last time are gone by now.
    if (!entered && port.nodes === 0 && await this.#enter()) peers = await this.#ask();
    if (this.#stopped) return;
    const chosen = this.#choose(peers);
    this.#lastLookup = clock();
    this.#found = chosen.length;
    this.#lookAt = time.now() + this.#jittered(this.#pauseMs);
    this.#pauseMs = Math.min(LAST_PAUSE_MS, 2 * this.#pauseMs);
    for (const peer of chosen) this.#options.onCandidate(peer);
  }

  async #ask(): Promise<readonly DhtPeer[]> {
    const { port, labels, clock } = this.#options;
    const peers: DhtPeer[] = [];
    for (const key of dhtLookUpKeys(labels, clock())) {
      if (!this.#stopped) peers.push(...await port.lookUp(key));
    }
    return peers;
  }

  async #announce(tcpPort: number): Promise<void> {
    const { port, labels, clock, time } = this.#options;
    await this.#enter();
    if (this.#stopped) return;
    const took = await port.announce(dhtAnnouncement(labels, { at: clock(), tcpPort }));
    if (took > 0) {
      this.#announced = clock();
      this.#announcePauseMs = FIRST_PAUSE_MS;
    }
    const pauseMs = took > 0 ? ANNOUNCE_MS : this.#announcePauseMs;
    this.#announceAt = time.now() + this.#jittered(pauseMs);
    if (took === 0) this.#announcePauseMs = Math.min(ANNOUNCE_MS, 2 * this.#announcePauseMs);
  }

  /** Asks the bootstrap nodes, where few others are remembered. Answers whether it did. */
  async #enter(): Promise<boolean> {
    const { port, bootstrap } = this.#options;
    if (this.#stopped || port.nodes >= MIN_NODES) return false;
    const addresses = await bootstrap();
    if (!this.#stopped && addresses.length > 0) await port.enter(addresses);
    return true;
  }

  /**
   * At most so many, each group of DHT nodes having its turn: who makes up a thousand addresses, from
   * however many ports and machines of one network, can't crowd out what the others know.
   */
  #choose(peers: readonly DhtPeer[]): readonly DhtPeer[] {
    const { isOwn, random } = this.#options;
    const tellers = new Map<Group, DhtPeer[]>();
    for (const peer of shuffled(peers, random)) {
      if (isOwn(peer.address)) continue;
      const teller = groupOf(peer.from);
      const told = tellers.get(teller);
      if (told === undefined) tellers.set(teller, [peer]);
      else told.push(peer);
    }
    const chosen = new Chosen();
    for (let queue = [...tellers.values()]; queue.length > 0;) {
      queue = queue.filter((told) => told.length > 0);
      for (const told of queue) {
        const peer = told.pop();
        if (chosen.full) return chosen.peers;
        if (peer !== undefined) chosen.add(peer);
      }
    }
    return chosen.peers;
  }

  #jittered(ms: number): number {
    return ms * (1 + JITTER * (2 * this.#options.random() - 1));
  }
}

/** What a lookup yields, within its bounds. */
class Chosen {
  readonly #byAddress = new Map<NodeAddress, DhtPeer>();
  readonly #ofPrefix = new Map<Prefix, number>();

  get full(): boolean {
    return this.#byAddress.size >= MAX_CANDIDATES;
  }

  get peers(): readonly DhtPeer[] {
    return [...this.#byAddress.values()];
  }

  add(peer: DhtPeer): void {
    const prefix = prefixOf(peer.address);
    const before = this.#ofPrefix.get(prefix) ?? 0;
    const isFull = before >= MAX_OF_PREFIX && scopeOf(peer.address) !== "loopback";
    if (isFull || this.#byAddress.has(peer.address)) return;
    this.#byAddress.set(peer.address, peer);
    this.#ofPrefix.set(prefix, before + 1);
  }
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const all = [...items];
  for (let n = all.length - 1; n > 0; n--) {
    const at = Math.floor(random() * (n + 1));
    [all[n], all[at]] = [all[at]!, all[n]!];
  }
  return all;
}
