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
export { type Conditions, steadyConditions } from "./conditions.ts";
export { EventHeap } from "./event_heap.ts";
export type { NetworkOptions, NodeTraits, Watch } from "./network_options.ts";
export { type Posted, PostedMessages } from "./posted.ts";
export { publicAddress } from "./public_address.ts";
export { START, VirtualNetwork } from "./virtual_network.ts";
export type { Link, VirtualNode } from "./virtual_node.ts";
