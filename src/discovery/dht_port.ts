/** The border between when the DHT is asked (dht_service.ts) and how. */
import type { NodeAddress } from "../wire/address.ts";
import type { DhtAnnouncement } from "../wire/dht.ts";
import type { Public } from "../wire/privacy.ts";

/** An address that a node of the DHT names under a key. */
export interface DhtPeer {
  /** Where, by IPv4. */
  readonly address: NodeAddress;
  /** The DHT node that says so: by it section 6 judges the address. */
  readonly from: NodeAddress;
}

/** A way into the DHT. Nothing here rejects or throws: what fails answers with nothing. */
export interface DhtPort {
  /** Nodes of the DHT that answered and are remembered. */
  readonly nodes: number;
  /** Asks these for their ids; done when they answered, or after some seconds. */
  enter(addresses: readonly NodeAddress[]): Promise<void>;
  /** What the nodes nearest to a key name under it, within bounds. */
  lookUp(key: Uint8Array): Promise<readonly DhtPeer[]>;
  /** Says that this machine's address belongs under a key; answers how many nodes took it. */
  announce(announcement: Public<DhtAnnouncement>): Promise<number>;
  /** Falls silent. */
  stop(): void;
}

/** A datagram that came in. */
export interface DhtDatagram {
  /** IPv4 address of the sender. */
  readonly host: string;
  /** Port of the sender. */
  readonly port: number;
  /** What it holds. */
  readonly bytes: Uint8Array;
}

/** A bound UDP socket. */
export interface DatagramPort {
  /** Sends; what goes wrong is nobody's business. */
  send(datagram: DhtDatagram): void;
  /** The next datagram; `undefined` once closed. Never rejects. */
  receive(): Promise<DhtDatagram | undefined>;
  /** Closes it. */
  close(): void;
}
