/**
 * Networks of real engines on a virtual clock (docs/SIMULATION.md). Pure: the same seed gives the
 * same run.
 *
 * ```
 *  scenario.ts ──→ simulate.ts ──→ one_run.ts ────→ virtual_network.ts ── InEvent, now ─→ engine of
 *                    │ runs          │ roles.ts       │ event_heap.ts  ←── OutEvent[] ──── each node
 *                    │               │ churn.ts       │ virtual_links.ts                (src/gossip)
 *                    ↓               │ environment.ts │ posted.ts
 *  report.ts ←── summary.ts ←──── tally.ts ←──────────┘ Watch
 * ```
 * `demers.ts` has the classic rules, without any of that.
 */
export { type Conditions, steadyConditions } from "./conditions.ts";
export { type DemersOptions, type DemersRule, simulateDemers } from "./demers.ts";
export { EventHeap } from "./event_heap.ts";
export type { NetworkOptions, NodeTraits, Watch } from "./network_options.ts";
export { PLAIN_SCENARIO } from "./plain_scenario.ts";
export { type Posted, PostedMessages } from "./posted.ts";
export { publicAddress } from "./public_address.ts";
export type { Figures, Outcome, Percentiles, Progress, Simulation } from "./report.ts";
export { Samples } from "./samples.ts";
export type { Hostility, Scenario } from "./scenario.ts";
export { simulateGossip } from "./simulate.ts";
export type { GossipFigures } from "./summary.ts";
export { START, VirtualNetwork } from "./virtual_network.ts";
export type { Link, VirtualNode } from "./virtual_node.ts";
