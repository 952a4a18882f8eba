/** The DHT by the package `bittorrent-dht`, behind a socket that lets through what it can bear. */
// @ts-types="./bittorrent_dht.d.ts"
import Dht, { type Place, type Sender } from "bittorrent-dht";
import { bytesToHex } from "@noble/hashes/utils.js";
import { Buffer } from "node:buffer";
import { addressOf, hostPort, type NodeAddress } from "../wire/address.ts";
import { type Group, groupOf } from "../wire/address_rules.ts";
import type { DhtAnnouncement } from "../wire/dht.ts";
import type { Public } from "../wire/privacy.ts";
import type { DhtPeer, DhtPort } from "./dht_port.ts";
import { DhtSocket, type DhtSocketOptions } from "./dht_socket.ts";
import { watchLibrary } from "./dht_guard.ts";

/** Peers kept of one lookup; by far more are never needed. */
export const MAX_PEERS_A_LOOKUP = 1_000;

/** Of them named by one group of DHT nodes: those that answer first can't fill the lookup alone. */
export const MAX_PEERS_A_TELLER = 100;

/** Milliseconds after which a lookup or an announcement ends with what it has. */
export const ASK_MS = 45_000;

/** Milliseconds for which the first nodes are waited for: one timeout of the library. */
export const ENTER_MS = 3_000;

/** Opens a way into the DHT over a bound socket. Throws what the library does when it is made. */
export function openDht(options: DhtSocketOptions): DhtPort {
  return new BittorrentDht(options);
}

class BittorrentDht implements DhtPort {
  readonly #options: DhtSocketOptions;
  readonly #dht: Dht;
  readonly #unwatch: () => void;
  /** Ends what is under way: the library calls nobody back once it is destroyed. */
  readonly #ends = new Set<() => void>();
  #stopped = false;

  constructor(options: DhtSocketOptions) {
    this.#options = options;
    const socket = new DhtSocket(options);
    this.#dht = new Dht({ bootstrap: false, socket, maxTables: 8, maxPeers: 1, maxValues: 1 });
    this.#dht.setMaxListeners(16);
    // The library says "warning" at each packet that it doesn't like; unheard errors would throw.
    this.#dht.on("warning", () => {});
    this.#dht.on("error", (error) => options.onTrouble(error));
    // Between lookups nothing is sent: nodes that are gone are noticed by the next one.
    this.#dht.on("listening", () => this.#dht.removeBucketCheckInterval());
    this.#unwatch = watchLibrary((error) => options.onTrouble(error));
    this.#dht.listen();
  }

  get nodes(): number {
    return this.#stopped ? 0 : this.#dht.nodes.count();
  }

  async enter(addresses: readonly NodeAddress[]): Promise<void> {
    const answered = (): boolean => this.nodes >= addresses.length;
    await this.#within(ENTER_MS, (done) => {
      const look = (): void => answered() ? done(undefined) : undefined;
      this.#dht.on("node", look);
      for (const address of addresses) this.#dht.addNode(hostPort(address));
      return () => this.#dht.off("node", look);
    });
  }

  async lookUp(key: Uint8Array): Promise<readonly DhtPeer[]> {
    const peers = new Map<string, DhtPeer>();
    const told = new Map<Group, number>();
    const wanted = bytesToHex(key);
    await this.#within(ASK_MS, (done) => {
      const hear = (place: Place, infoHash: Uint8Array, sender: Sender | null): void => {
        const from = sender === null ? undefined : addressOf(sender.address, sender.port);
        const address = addressOf(place.host, place.port);
        if (from === undefined || address === undefined || bytesToHex(infoHash) !== wanted) return;
        const teller = groupOf(from);
        const before = told.get(teller) ?? 0;
        const pair = `${address} ${from}`;
        if (before >= MAX_PEERS_A_TELLER || peers.has(pair)) return;
        if (peers.size >= MAX_PEERS_A_LOOKUP) return;
        peers.set(pair, { address, from });
        told.set(teller, before + 1);
      };
      this.#dht.on("peer", hear);
      const abort = this.#dht.lookup(Buffer.from(key), () => done(undefined));
      return () => {
        abort();
        this.#dht.off("peer", hear);
      };
    });
    return [...peers.values()];
  }

  async announce({ infohash, tcpPort }: Public<DhtAnnouncement>): Promise<number> {
    const took = await this.#within<number>(ASK_MS, (done) => {
      this.#dht.announce(Buffer.from(infohash), tcpPort, (_, took) => done(took ?? 0));
      return () => {};
    });
    return took ?? 0;
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    try {
      this.#dht.destroy();
    } catch (error) {
      this.#options.onTrouble(error);
    }
    this.#unwatch();
    for (const end of this.#ends) end();
  }

  /** Starts something and waits for its end or for so long. What it throws is told and counts as its end. */
  async #within<T>(
    ms: number,
    start: (done: (value: T | undefined) => void) => () => void,
  ): Promise<T | undefined> {
    if (this.#stopped) return undefined;
    const ended = Promise.withResolvers<T | undefined>();
    const end = (): void => ended.resolve(undefined);
    const cancel = this.#options.time.after(ms, end);
    this.#ends.add(end);
    let cleanUp = (): void => {};
    try {
      cleanUp = start(ended.resolve);
      return await ended.promise;
    } catch (error) {
      this.#options.onTrouble(error);
      return undefined;
    } finally {
      cancel();
      this.#ends.delete(end);
      cleanUp();
    }
  }
}
