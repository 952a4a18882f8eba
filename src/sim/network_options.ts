/** How a simulated network is to be, and what it tells while it runs. */
import type {
  ExchangeSummary,
  GossipConfig,
  InitialAddress,
  OutEvent,
  Rng,
  SyncSummary,
} from "../gossip/mod.ts";
import type { NodeAddress } from "../wire/address.ts";
import type { Frame } from "../wire/frame.ts";
import type { MessageId } from "../wire/ids.ts";
import type { UnixMs } from "../wire/time.ts";
import type { Conditions } from "./conditions.ts";
import type { Posted } from "./posted.ts";
import type { VirtualNode } from "./virtual_node.ts";

/** What is told of the network as it runs. */
export interface Watch {
  /** An owner said something. */
  readonly posted?: (posted: Posted) => void;
  /** A node connects to an address, whether or not anybody is there. */
  readonly dialled?: (node: VirtualNode, address: NodeAddress) => void;
  /** A frame reached a node. */
  readonly arrived?: (to: VirtualNode, from: VirtualNode, frame: Frame) => void;
  /** A message's body reached a node, on a stem or otherwise. */
  readonly carried?: (to: VirtualNode, from: VirtualNode, posted: Posted) => void;
  /** A node stored a message. */
  readonly stored?: (node: VirtualNode, posted: Posted, now: UnixMs) => void;
  /** A message's freshness at a node changed. */
  readonly freshness?: (node: VirtualNode, id: MessageId, freshness: number) => void;
  /** An exchange ended. */
  readonly ended?: (node: VirtualNode, summary: ExchangeSummary) => void;
  /** A reconciliation ended, on either side. */
  readonly reconciled?: (node: VirtualNode, summary: SyncSummary) => void;
}

/** What is particular about one node. */
export interface NodeTraits {
  /** Its constants, if not the network's. */
  readonly config?: GossipConfig;
  /** False behind NAT. */
  readonly dialable?: boolean;
  /** Claims to have every message. */
  readonly knowsAll?: boolean;
  /** What it does instead of what its engine wants; `undefined` for nothing. */
  readonly twist?: (out: OutEvent) => OutEvent | undefined;
}

/** How a network is to be. */
export interface NetworkOptions {
  /** Same seed, same run. */
  readonly seed: number;
  /** How many nodes. */
  readonly nodes: number;
  /** Constants of every node's engine; section 6's unless given. */
  readonly config?: GossipConfig;
  /** Time that a link takes one way, ms; 50 unless given. Not with `conditions`. */
  readonly latencyMs?: number;
  /** Delays and losses, if links aren't all alike; draws on the network's own chance. */
  readonly conditions?: (rng: Rng) => Conditions;
  /** Everybody knows everybody, as a counter instead of a table; for large networks. */
  readonly fullView?: boolean;
  /** What each node knows at the start; everybody at full freshness unless given. */
  readonly addresses?: (index: number, all: readonly NodeAddress[]) => Iterable<InitialAddress>;
  /** Each node's address; a public one in a /16 of its own unless given. */
  readonly addressOf?: (index: number) => NodeAddress;
  /** What is particular about each node; nothing unless given. */
  readonly traits?: (index: number) => NodeTraits;
  /** Whether nodes reconcile; not unless said. */
  readonly reconcile?: boolean;
  /** Told of what happens. */
  readonly watch?: Watch;
}
