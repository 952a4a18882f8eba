/** One node of a simulated network, as the network sees it. */
import type { Engine, SessionId } from "../gossip/mod.ts";
import type { NodeAddress } from "../wire/address.ts";
import type { MessageId } from "../wire/ids.ts";
import type { UnixMs } from "../wire/time.ts";

/** One end of a connection. */
export interface Link {
  /** Who is at the other end; nobody has the dialled address when it is undefined. */
  readonly peer: VirtualNode | undefined;
  /** The peer's number of the same connection, once it has accepted. */
  peerSession: SessionId | undefined;
  /** Whether this end was closed. */
  closed: boolean;
}

/** One node of the network. */
export interface VirtualNode {
  /** Its place among the nodes. */
  readonly index: number;
  /** Where it can be dialled. */
  readonly address: NodeAddress;
  /** Its gossip. */
  readonly engine: Engine;
  /** When each message was stored here. */
  readonly stored: Map<MessageId, UnixMs>;
  /** Its connections. */
  readonly links: Map<SessionId, Link>;
  /** Tokens of the timers that are set, by name; one that was set anew has another token. */
  readonly timers: Map<string, number>;
  /** Whether it is on the network. */
  up: boolean;
}
