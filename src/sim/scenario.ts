/** What is to be simulated with the real engine. */
import type { GossipConfig } from "../gossip/mod.ts";

/** How hostile nodes behave; in everything else they keep to the protocol. */
export type Hostility =
  /** Offers what it has and sends nothing of it. */
  | "silent"
  /** Says of everything that it knows it, four times a second. */
  | "known"
  /** Tells everybody the address of a victim that runs no node. */
  | "addresses";

/** A network, what happens to it, and what is measured. Shares are from 0 to 1. */
export interface Scenario {
  /** How many nodes, at least 2. */
  readonly nodes: number;
  /** How often all of it is repeated, each time with another seed. */
  readonly runs: number;
  /** Same seed, same figures. */
  readonly seed: number;
  /** Constants of every honest engine. */
  readonly config: GossipConfig;
  /** Whether nodes reconcile. */
  readonly sync: boolean;
  /** Messages a second in the whole network; one message a run if undefined. */
  readonly rate: number | undefined;
  /** Time before the first message, s; the nodes start within the first third of it. */
  readonly warmUpS: number;
  /** How long the messages that are measured are posted, s. Only with `rate`. */
  readonly durationS: number;
  /** How long each message is followed at most, s. */
  readonly followS: number;
  /** Median time that a link takes one way, ms. */
  readonly delayMs: number;
  /** Standard deviation of the logarithm of links' times; 0 makes all alike. */
  readonly delaySpread: number;
  /** Share of packets lost; TCP sends them again. */
  readonly loss: number;
  /** Share of nodes behind NAT. */
  readonly nat: number;
  /** Share of nodes that are off at any time. */
  readonly offline: number;
  /** Mean time that a node is on before it goes off, s. */
  readonly sessionS: number;
  /** The network is split in halves from the first to the second of these times after warm-up, s. */
  readonly partition: readonly [number, number] | undefined;
  /** How many others each node knows at the start; everybody, and that for ever, if undefined. */
  readonly view: number | undefined;
  /** Share of hostile nodes. */
  readonly hostile: number;
  /** What they do. */
  readonly hostility: Hostility;
  /** Share of nodes that spy. */
  readonly spies: number;
  /** How often a second each spy asks somebody. */
  readonly polls: number;
}
