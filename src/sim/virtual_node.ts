/** One node of a simulated network, as the network sees it. */
import type { Engine, OutEvent, SessionId, SyncSet } from "../gossip/mod.ts";
import type { NodeAddress } from "../wire/address.ts";
import type { MessageId } from "../wire/ids.ts";
import type { UnixMs } from "../wire/time.ts";

/** One end of a connection. */
export interface Link {
  /** Who is at the other end; nobody has the dialled address when it is undefined. */
  readonly peer: VirtualNode | undefined;
  /** Time that it takes one way, ms. */
  readonly delayMs: number;
  /** The peer's number of the same connection, once it has accepted. */
  peerSession: SessionId | undefined;
  /** When what was sent last arrives: nothing overtakes it. */
  arrivesAt: number;
  /** Whether this end was closed. */
  closed: boolean;
  /** Whether something that this end sent was lost for good: nothing after it arrives either. */
  dead: boolean;
}

/** One node of the network. */
export interface VirtualNode {
  /** Its place among the nodes. */
  readonly index: number;
  /** Where it can be dialled, if it can. */
  readonly address: NodeAddress;
  /** Where its connections come from. */
  readonly remote: NodeAddress;
  /** Whether others can connect to it: not from behind NAT. */
  readonly dialable: boolean;
  /** Its gossip. */
  readonly engine: Engine;
  /** When each message was stored here. */
  readonly stored: Map<MessageId, UnixMs>;
  /** What of it takes part in reconciliation, if nodes reconcile. */
  readonly sync: SyncSet | undefined;
  /** Its connections. */
  readonly links: Map<SessionId, Link>;
  /** Tokens of the timers that are set, by name; one that was set anew has another token. */
  readonly timers: Map<string | number, number>;
  /** What a node that doesn't keep to the protocol makes of what its engine wants to be done. */
  readonly twist: ((out: OutEvent) => OutEvent | undefined) | undefined;
  /** Whether it is on the network. */
  up: boolean;
}
