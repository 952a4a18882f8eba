/**
 * What this node may say of its own address, and how it notices that it dialled itself
 * (docs/PROTOCOL.md section 6, "Addresses").
 */
import { addressOf, hostPort, type NodeAddress } from "../wire/address.ts";
import { scopeOf } from "../wire/address_rules.ts";
import type { UnixMs } from "../wire/time.ts";
import { groupOfNode } from "./places.ts";
import { type Met, PROOF_MS, Reachability } from "./reachability.ts";
import type { Rng } from "./rng.ts";
import { trimOldest } from "./trim.ts";

/** Peers of so many groups, all dialled by this node, must see it at the same host. */
const AGREEING_GROUPS = 3;
/** Hosts at which peers claim to see this node that are counted at a time. */
const MAX_OBSERVED = 16;
/** Addresses remembered to lead back to this node. */
const MAX_LOOPS = 64;

/** What the node says of itself. Read anew each time, so the addresses may be a getter. */
export interface Self {
  /** TCP port on which it accepts connections, or 0. */
  readonly port: number;
  /** Interface addresses and those set by hand at which it can be reached. */
  readonly addresses: readonly NodeAddress[];
}

/** An exchange, as far as it tells about this node's addresses. */
export interface Completed {
  /** The address dialled, or the source address of a connection that came in. */
  readonly remote: NodeAddress;
  /** Where the peer sees this node, or which address it dialled. */
  readonly seenAs: NodeAddress | undefined;
  /** Whether the peer dialled. */
  readonly inbound: boolean;
}

/** What peers have shown of this node's addresses. */
export interface OwnView {
  /** Addresses at which dialled peers of enough groups saw this node within the hour. */
  readonly observed: readonly NodeAddress[];
  /** Whether peers reach this node there; null where that isn't known. */
  readonly reachable: (address: NodeAddress) => boolean | null;
}

interface Observed {
  /** Of the dialled peers that named the host. */
  readonly groups: Set<string>;
  last: UnixMs;
}

/** This node's own addresses. */
export class OwnAddresses {
  readonly #self: Self;
  readonly #rng: Rng;
  /** By the host at which dialled peers see this node, oldest first. */
  readonly #observed = new Map<string, Observed>();
  readonly #reachability = new Reachability();
  readonly #loops = new Set<NodeAddress>();

  /** Starts with what the node knows of itself. */
  constructor(self: Self, rng: Rng) {
    this.#self = self;
    this.#rng = rng;
  }

  /** The port for hello. */
  get port(): number {
    return this.#self.port;
  }

  /** Whether an address is this node's own. */
  has(address: NodeAddress): boolean {
    return this.#loops.has(address) || this.#self.addresses.includes(address) ||
      this.#agreed().includes(address);
  }

  /** An address that led back to this node. */
  addLoop(address: NodeAddress): void {
    this.#loops.add(address);
    trimOldest(this.#loops, MAX_LOOPS);
  }

  /** A peer that this node dialled says where it sees us. */
  observe({ remote, seenAs, now }: Met): void {
    if (scopeOf(remote) !== "global" || scopeOf(seenAs) !== "global") return;
    const { host } = hostPort(seenAs);
    const seen = this.#observed.get(host) ?? { groups: new Set(), last: now };
    this.#observed.delete(host);
    this.#observed.set(host, seen);
    if (now - seen.last > PROOF_MS) seen.groups.clear();
    seen.last = now;
    if (seen.groups.size < AGREEING_GROUPS) seen.groups.add(groupOfNode(remote));
    trimOldest(this.#observed, MAX_OBSERVED);
  }

  /** An exchange was completed: a dialled peer may dial back now, one that came in says what it dialled. */
  met(exchange: Completed, now: UnixMs): void {
    const { remote, seenAs, inbound } = exchange;
    if (seenAs === undefined) return;
    const met = { remote, seenAs, now };
    if (!inbound) {
      if (this.#self.port > 0) this.#reachability.told(met);
      return;
    }
    const { host, port } = hostPort(seenAs);
    // Only what this node holds for its own anyway: nobody can talk it into another.
    const isOwn = this.#self.addresses.includes(seenAs) ||
      (this.#observed.has(host) && port === this.#self.port);
    if (isOwn) this.#reachability.came(met);
  }

  /** What is known of them. */
  view(now: UnixMs): OwnView {
    return {
      observed: this.observed(now),
      reachable: (address) => this.#reachability.of(address, now),
    };
  }

  /** Addresses at which dialled peers of enough groups saw this node within the hour. */
  observed(now: UnixMs): readonly NodeAddress[] {
    const fresh = [...this.#observed].filter(([, { last }]) => now - last <= PROOF_MS);
    return this.#agreed(new Map(fresh));
  }

  /** The machine slept, and may be elsewhere: what others said of its addresses is forgotten. */
  woke(): void {
    this.#observed.clear();
    this.#reachability.clear();
  }

  /** An own address to tell a peer, one of the same range as the peer's, or none. */
  offerTo(peer: NodeAddress, now: UnixMs): NodeAddress | undefined {
    const scope = scopeOf(peer);
    const fitting = [...this.#self.addresses, ...this.observed(now)]
      .filter((address) => scopeOf(address) === scope)
      // What is known to lead nowhere costs others four dials each.
      .filter((address) => this.#reachability.of(address, now) !== false);
    return fitting.length === 0 ? undefined : fitting[this.#rng.below(fitting.length)];
  }

  #agreed(observed: ReadonlyMap<string, Observed> = this.#observed): readonly NodeAddress[] {
    const agreed: NodeAddress[] = [];
    for (const [host, { groups }] of observed) {
      const address = groups.size >= AGREEING_GROUPS ? addressOf(host, this.#self.port) : undefined;
      if (address !== undefined) agreed.push(address);
    }
    return agreed;
  }
}
