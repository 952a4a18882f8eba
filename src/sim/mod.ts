/**
 * Networks of real engines on a virtual clock. Pure: the same seed gives the same run, and an hour
 * of a thousand nodes takes seconds.
 *
 * ```
 *  virtual_network.ts ──── InEvent, now ───→ engine of each node (src/gossip)
 *    event_heap.ts   ←──── OutEvent[] ─────
 *    what happens when
 * ```
 */
export { EventHeap } from "./event_heap.ts";
export { publicAddress } from "./public_address.ts";
export { type NetworkOptions, START, VirtualNetwork } from "./virtual_network.ts";
export type { Link, VirtualNode } from "./virtual_node.ts";
