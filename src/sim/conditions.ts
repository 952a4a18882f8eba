/** What a simulated network does to what is sent over it. */
import type { VirtualNode } from "./virtual_node.ts";

/** Delays and losses. */
export interface Conditions {
  /** Time that a new connection between two nodes takes one way from now on, ms. */
  delayMs(from: VirtualNode, to: VirtualNode): number;
  /** Whether anything gets from one node to the other at present. */
  passes(from: VirtualNode, to: VirtualNode): boolean;
  /** How often in a row the next thing to be sent gets lost before it arrives. */
  losses(): number;
}

/** Every link takes the same time, and nothing is lost. */
export function steadyConditions(delayMs: number): Conditions {
  return { delayMs: () => delayMs, passes: () => true, losses: () => 0 };
}
