/**
 * What this node may say of its own address, and how it notices that it dialled itself
 * (docs/PROTOCOL.md section 6, "Addresses").
 */
import { addressOf, hostPort, type NodeAddress } from "../wire/address.ts";
import { scopeOf } from "../wire/address_rules.ts";
import { groupOfNode } from "./places.ts";
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

/** This node's own addresses. */
export class OwnAddresses {
  readonly #self: Self;
  readonly #rng: Rng;
  /** Groups of the dialled peers by the host at which they see this node, oldest first. */
  readonly #observed = new Map<string, Set<string>>();
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
  observe(peer: NodeAddress, observed: NodeAddress): void {
    if (scopeOf(peer) !== "global" || scopeOf(observed) !== "global") return;
    const { host } = hostPort(observed);
    const groups = this.#observed.get(host) ?? new Set<string>();
    this.#observed.delete(host);
    this.#observed.set(host, groups);
    if (groups.size < AGREEING_GROUPS) groups.add(groupOfNode(peer));
    trimOldest(this.#observed, MAX_OBSERVED);
  }

  /** An own address to tell a peer, one of the same range as the peer's, or none. */
  offerTo(peer: NodeAddress): NodeAddress | undefined {
    const scope = scopeOf(peer);
    const fitting = [...this.#self.addresses, ...this.#agreed()]
      .filter((address) => scopeOf(address) === scope);
    return fitting.length === 0 ? undefined : fitting[this.#rng.below(fitting.length)];
  }

  #agreed(): readonly NodeAddress[] {
    const agreed: NodeAddress[] = [];
    for (const [host, groups] of this.#observed) {
      const address = groups.size >= AGREEING_GROUPS ? addressOf(host, this.#self.port) : undefined;
      if (address !== undefined) agreed.push(address);
    }
    return agreed;
  }
}
