/** What is used of the package `bittorrent-dht`, which has no types of its own. */
import type { Buffer } from "node:buffer";
import type { EventEmitter } from "node:events";

/** A place in the DHT. */
export interface Place {
  /** IPv4 address. */
  readonly host: string;
  /** UDP port, of a peer TCP port. */
  readonly port: number;
}

/** Who sent an answer. */
export interface Sender {
  /** IPv4 address. */
  readonly address: string;
  /** UDP port. */
  readonly port: number;
}

/** How the library is made. */
export interface Options {
  /** Off: nobody is asked unless told to. */
  readonly bootstrap: false;
  /** Stands for a socket of `node:dgram`. */
  readonly socket: EventEmitter;
  /** Lookups remembered for announcing. */
  readonly maxTables: number;
  /** Announcements stored for others. */
  readonly maxPeers: number;
  /** Values stored for others (BEP 44). */
  readonly maxValues: number;
}

/** A node of the DHT. Emits `node`, `peer`, `warning` and `error`. */
export default class DHT extends EventEmitter {
  /** Makes one with a random id. */
  constructor(options: Options);
  /** Nodes that answered. */
  readonly nodes: { count(): number };
  /** Asks a node for its id and remembers it. */
  addNode(node: Place): void;
  /** Looks a key up; each peer is told by `peer` (place, key, who says so). */
  lookup(infoHash: Buffer, done: (error: Error | null, asked?: number) => void): () => void;
  /** Announces a port at the nodes that the last lookup found. */
  announce(
    infoHash: Buffer,
    port: number,
    done: (error: Error | null, took?: number) => void,
  ): void;
  /** Begins. */
  listen(): void;
  /** Ends the chore that pings remembered nodes for ever. */
  removeBucketCheckInterval(): void;
  /** Ends it all. */
  destroy(done?: () => void): void;
}
