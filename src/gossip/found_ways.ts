/**
 * By which ways this node heard of each address, in order: for `peers` and `status` only, no decision
 * rests on it. It is kept in memory alone: which nodes a locator named would tell with whom the owner
 * is in touch, and a beacon in which network the machine was.
 */
import type { NodeAddress } from "../wire/address.ts";
import type { AddressSource } from "./events.ts";

/** The ways of every address that is known or a candidate; each way once, so at most six. */
export class FoundWays {
  readonly #ways = new Map<NodeAddress, Set<AddressSource>>();

  /** Addresses of which something is remembered. */
  get size(): number {
    return this.#ways.size;
  }

  /** An address was heard of in this way. Whoever calls it says `forget` when the address goes. */
  add(address: NodeAddress, way: AddressSource): void {
    const ways = this.#ways.get(address);
    if (ways === undefined) this.#ways.set(address, new Set([way]));
    else ways.add(way);
  }

  /** The ways, the first one first; none of an address of which only an earlier run heard. */
  of(address: NodeAddress): readonly AddressSource[] {
    return [...this.#ways.get(address) ?? []];
  }

  /** The address is neither known nor a candidate any more. */
  forget(address: NodeAddress): void {
    this.#ways.delete(address);
  }
}
