/**
 * What the engine wants kept but can do without: freshness of messages and the known nodes. Held in
 * memory and written together now and then, since a disk that wears out is worth more than a number
 * that the next exchange corrects.
 */
import type { AddressSource } from "../gossip/mod.ts";
import type { PublicStore, StoredAddress } from "../store/mod.ts";
import type { NodeAddress } from "../wire/address.ts";
import type { MessageId } from "../wire/ids.ts";
import type { UnixSeconds } from "../wire/time.ts";
import type { FoundWay } from "./api_ways.ts";
import type { Remembered } from "./gossip_loop.ts";
import type { Log } from "./log.ts";

/**
 * How long notes are held at most, in milliseconds. Every exchange makes some, and writing a few bytes
 * costs a memory card some whole pages; what a crash takes with it the next exchanges bring back.
 */
export const NOTES_MS = 300_000;

type Peer = Omit<StoredAddress, "address">;

/** A known node or candidate. */
export interface KnownNode {
  /** Where. */
  readonly address: NodeAddress;
  /** 0 to 6; 0 was only heard of. */
  readonly freshness: number;
  /** Last completed exchange, seconds since 1970. */
  readonly lastSeen: number | null;
  /** By which ways it was heard of, the first one first. */
  readonly ways: readonly FoundWay[];
}

/** What is remembered of the ways by which an address was found, of an earlier run's and of this one's. */
export function waysOf(
  stored: Pick<StoredAddress, "locator"> | undefined,
  found: readonly AddressSource[] = [],
): readonly FoundWay[] {
  const before: FoundWay[] = stored === undefined ? [] : [stored.locator ? "locator" : "stored"];
  return [...new Set([...before, ...found])];
}

/** Takes notes from the engine and writes them when told to. */
export class Notes {
  readonly #store: PublicStore;
  readonly #keeps: (address: NodeAddress) => boolean;
  readonly #peers = new Map<NodeAddress, Peer>();
  /** Those of an earlier run, as they were then. */
  readonly #before = new Map<NodeAddress, Peer>();
  #freshness = new Map<MessageId, number>();
  #addresses = new Set<NodeAddress>();
  #writing: Promise<void> = Promise.resolve();
  /** Whether something waits that nobody but the owner can bring back. */
  #urgent = false;
  #writtenAt: number;

  /**
   * Begins with the addresses that are stored, at a time in milliseconds of a clock that never goes
   * back; writes no others than those that `keeps` takes.
   */
  constructor(
    store: PublicStore,
    { now = 0, keeps = () => true }: {
      readonly now?: number;
      readonly keeps?: (address: NodeAddress) => boolean;
    } = {},
  ) {
    this.#store = store;
    this.#keeps = keeps;
    this.#writtenAt = now;
    for (const { address, ...peer } of store.addresses.all()) {
      this.#peers.set(address, peer);
      this.#before.set(address, peer);
    }
  }

  /** Takes note of what the engine says. */
  remember(event: Remembered): void {
    switch (event.kind) {
      case "freshness-changed":
        this.#freshness.set(event.id, event.freshness);
        return;
      case "address-changed":
        this.#change(event.address, { freshness: event.freshness });
        return;
      case "address-gone":
        this.#peers.delete(event.address);
        this.#before.delete(event.address);
        this.#addresses.add(event.address);
        return;
      default:
        event satisfies never;
    }
  }

  /** Takes note that the owner gave this address. */
  given(address: NodeAddress): void {
    this.#change(address, { locator: true });
    this.#urgent = true;
  }

  /** Whether it is time to write, at a time of the same clock; from then on {@linkcode NOTES_MS} again. */
  due(now: number): boolean {
    if (!this.#urgent && now - this.#writtenAt < NOTES_MS) return false;
    this.#urgent = false;
    this.#writtenAt = now;
    return true;
  }

  /** Takes note of a completed exchange. */
  seen(address: NodeAddress, at: UnixSeconds): void {
    if (this.#peers.has(address)) this.#change(address, { lastSeen: at });
  }

  /** By which ways an address was found; `found` tells those of this run. */
  ways(
    address: NodeAddress,
    found: (address: NodeAddress) => readonly AddressSource[],
  ): readonly FoundWay[] {
    const ways = waysOf(this.#before.get(address), found(address));
    // Given by the owner, though nothing here can dial it.
    return ways.length === 0 && this.#peers.get(address)?.locator ? ["locator"] : ways;
  }

  /** The known nodes, freshest first; `found` tells by which ways each was heard of in this run. */
  peers(
    found: (address: NodeAddress) => readonly AddressSource[] = () => [],
  ): readonly KnownNode[] {
    return [...this.#peers]
      .map(([address, { freshness, lastSeen }]) => ({
        address,
        freshness,
        lastSeen: lastSeen ?? null,
        ways: this.ways(address, found),
      }))
      .sort((a, b) => b.freshness - a.freshness || (b.lastSeen ?? 0) - (a.lastSeen ?? 0));
  }

  /** Writes everything noted so far. Rejects when the disk doesn't take it; it is then noted again. */
  flush(): Promise<void> {
    this.#writing = this.#writing.catch(() => {}).then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    const freshness = this.#freshness;
    const addresses = this.#addresses;
    this.#freshness = new Map();
    this.#addresses = new Set();
    try {
      if (freshness.size > 0) await this.#store.setFreshness([...freshness]);
      if (addresses.size > 0) {
        const rows = [...addresses].map((address) => ({ address, peer: this.#peers.get(address) }));
        const kept = rows.flatMap(({ address, peer }) => peer ? [{ address, ...peer }] : []);
        const gone = rows.filter(({ peer }) => peer === undefined).map(({ address }) => address);
        if (kept.length > 0) await this.#store.addresses.put(kept);
        if (gone.length > 0) await this.#store.addresses.remove(gone);
      }
    } catch (error) {
      this.#urgent = true;
      for (const [id, value] of freshness) {
        if (!this.#freshness.has(id)) this.#freshness.set(id, value);
      }
      for (const address of addresses) this.#addresses.add(address);
      throw error;
    }
  }

  #change(address: NodeAddress, change: Partial<Peer>): void {
    const old = this.#peers.get(address) ?? {
      freshness: 0,
      lastSeen: undefined,
      locator: false,
    };
    this.#peers.set(address, { ...old, ...change });
    if (this.#keeps(address)) this.#addresses.add(address);
  }
}

/** Writes notes down; a disk that doesn't take them is told of, and tried again later. */
export async function keepNotes(notes: Notes, log: Log): Promise<void> {
  try {
    await notes.flush();
  } catch (error) {
    // Nothing is lost that the next exchanges don't bring again; it is tried again.
    log.failed("warn", { what: "Writing addresses and freshness failed", error });
  }
}
