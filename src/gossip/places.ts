/**
 * What "prefix" and "group" mean to the engine (docs/PROTOCOL.md, "Words"): as
 * `wire/address_rules.ts` says, except where several nodes share one host.
 *
 * | counts | on loopback | private, link-local | elsewhere |
 * |---|---|---|---|
 * | who knew a message (`placeOf`) | host and port | host and port | /24, /48, onion |
 * | inbound connections (`connectionPrefixOf`) | each its own | host | /24, /48, onion |
 * | groups of nodes and connections (`groupOfNode`) | host and port | host | /16, /32, onion |
 *
 * On loopback everybody is either the machine's owner or came through its onion proxy, where a
 * connection is a circuit and its own peer. Facts count by port on private ranges too: two nodes
 * behind one LAN address don't know the same messages, and one who invents ports gains nothing
 * that section 6 doesn't bound otherwise (inbound exchanges never lower a message below 2).
 */
import type { NodeAddress } from "../wire/address.ts";
import { groupOf, prefixOf, scopeOf } from "../wire/address_rules.ts";

/** By what it is remembered who knew a message. */
export function placeOf(address: NodeAddress): string {
  const scope = scopeOf(address);
  return scope === "global" || scope === "refused" ? prefixOf(address) : address;
}

/** By what inbound connections are counted; takes their source address. */
export function connectionPrefixOf(remote: NodeAddress): string {
  return scopeOf(remote) === "loopback" ? remote : prefixOf(remote);
}

/** By what known nodes, candidates and inbound connections are spread. */
export function groupOfNode(address: NodeAddress): string {
  return scopeOf(address) === "loopback" ? address : groupOf(address);
}
