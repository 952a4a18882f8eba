/**
 * Which way stem messages go (docs/PROTOCOL.md section 6, "Not telling authoring from relaying"). In
 * each epoch there are two stem peers, and each inbound prefix and each own identity is mapped to
 * one of them by a keyed hash: whoever sends many messages through a node always sees the same edge,
 * and the owner's messages leave on an edge as a stranger's would.
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import type { NodeAddress } from "../wire/address.ts";
import type { UnixMs } from "../wire/time.ts";
import type { AddressBook } from "./address_book.ts";
import type { GossipConfig } from "./config.ts";
import { groupOfNode } from "./places.ts";
import type { Rng } from "./rng.ts";

/** Bytes of an epoch's key. */
const KEY_BYTES = 32;

/** What {@linkcode StemRoutes} works with. */
export interface StemRoutesPorts {
  /** Length of an epoch, number of stem peers, bounds. */
  readonly config: GossipConfig;
  /** Draws the first epoch's end, each epoch's key, and through the book the peers. */
  readonly rng: Rng;
  /** Known nodes. */
  readonly nodes: Pick<AddressBook, "pick">;
}

/** The stem peers of the present epoch. */
export class StemRoutes {
  readonly #ports: StemRoutesPorts;
  #endsAt: UnixMs | undefined;
  #key = new Uint8Array(KEY_BYTES);
  /** One place for each stem peer; empty until somebody is known, and after that one failed. */
  #peers: (NodeAddress | undefined)[] = [];
  /** Peers that failed in this epoch. */
  readonly #failed = new Set<NodeAddress>();
  /** Which place a source is mapped to, as far as it was asked for in this epoch. */
  readonly #mapped = new Map<string, number>();

  /** Starts without an epoch: the first use draws when it ends. */
  constructor(ports: StemRoutesPorts) {
    this.#ports = ports;
  }

  /** Peers for messages of a source, the one that it is mapped to first; fewer where fewer are known. */
  edgesOf(source: string, now: UnixMs): readonly NodeAddress[] {
    this.#turn(now);
    this.#fill(now);
    const first = this.#placeOf(source);
    return [...this.#peers.slice(first), ...this.#peers.slice(0, first)]
      .filter((peer) => peer !== undefined);
  }

  /** An exchange with a node failed: if it is a stem peer, another takes its place for the epoch. */
  failed(address: NodeAddress): void {
    const place = this.#peers.indexOf(address);
    if (place < 0) return;
    this.#peers[place] = undefined;
    this.#failed.add(address);
  }

  #turn(now: UnixMs): void {
    const { config: { stemEpochMs, stemPeers }, rng } = this.#ports;
    if (this.#endsAt !== undefined && now < this.#endsAt) return;
    // The first ends at a random time, so that nodes started together don't change together.
    this.#endsAt = this.#endsAt === undefined
      ? now + rng.next() * stemEpochMs as UnixMs
      : this.#endsAt + (Math.floor((now - this.#endsAt) / stemEpochMs) + 1) * stemEpochMs as UnixMs;
    this.#key = new Uint8Array(KEY_BYTES).map(() => rng.below(256));
    this.#peers = Array.from({ length: stemPeers }, () => undefined);
    this.#failed.clear();
    this.#mapped.clear();
  }

  /** Draws peers for empty places, of groups of their own where there are such. */
  #fill(now: UnixMs): void {
    for (const [place, peer] of this.#peers.entries()) {
      if (peer === undefined) this.#peers[place] = this.#draw(now);
    }
    // Nobody is left that didn't fail: perhaps it was this node that was offline.
    if (this.#failed.size > 0 && this.#peers.every((peer) => peer === undefined)) {
      this.#failed.clear();
      this.#fill(now);
    }
  }

  #draw(now: UnixMs): NodeAddress | undefined {
    const { nodes } = this.#ports;
    const groups = this.#peers.flatMap((peer) => peer === undefined ? [] : groupOfNode(peer));
    const taken = (address: NodeAddress): boolean =>
      this.#peers.includes(address) || this.#failed.has(address);
    return nodes.pick(now, (address) => taken(address) || groups.includes(groupOfNode(address))) ??
      nodes.pick(now, taken);
  }

  #placeOf(source: string): number {
    const known = this.#mapped.get(source);
    if (known !== undefined) return known;
    const { stemPeers, maxBuckets } = this.#ports.config;
    const place = hmac(sha256, this.#key, utf8ToBytes(source))[0]! % stemPeers;
    if (this.#mapped.size >= maxBuckets) this.#mapped.clear();
    this.#mapped.set(source, place);
    return place;
  }
}
