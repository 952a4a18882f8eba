/** What the API shows of the ways by which nodes find each other and come in. */
import type { AddressSource } from "../gossip/events.ts";
import type { AddressOrigin } from "./api_health.ts";

/**
 * By which way a node was heard of: a locator that the owner gave; a beacon or mDNS in the local network;
 * BitTorrent's DHT; another node told of it (`gossip`); it came in by itself (`inbound`). `stored`: in an
 * earlier run, which kept no more of it than whether a locator named it.
 */
export type FoundWay = AddressSource | "stored";

/** Exchanges completed since the node started, by way; a way that brought none is 0. */
export interface WaysView {
  /** Those that this node dialled, by how the other node was found first; `unknown`: it is none of the known ones any more. */
  readonly dialled: Readonly<Record<FoundWay | "unknown", number>>;
  /**
   * Those that came in, by how this node knows of the own address that the peer says it dialled: a
   * peer can say what it likes there. `unknown`: none that this node knows for its own, as behind a
   * proxy.
   */
  readonly cameIn: Readonly<Record<AddressOrigin | "unknown", number>>;
}
