/** What an engine is made with, and what it says of its own size. */
import type { NodeAddress } from "../wire/address.ts";
import type { UnixMs } from "../wire/time.ts";
import type { AddressBook } from "./address_book.ts";
import type { GossipConfig } from "./config.ts";
import type { MessageFact } from "./events.ts";
import type { HelloFields } from "./exchange.ts";
import type { KnownMessages } from "./exchange_ports.ts";
import type { InitialAddress } from "./nodes.ts";
import type { Self } from "./own_addresses.ts";
import type { SyncSource } from "./reconcile_ports.ts";
import type { Rng } from "./rng.ts";

/** A message as it was kept from an earlier run. */
export interface InitialMessage {
  /** What it is. */
  readonly message: MessageFact;
  /** 0 to F. */
  readonly freshness: number;
}

/** What an engine works with. */
export interface EngineOptions {
  /** Constants; section 6's unless given. */
  readonly config?: GossipConfig;
  /** Where chance comes from. */
  readonly rng: Rng;
  /** What the node knows of its own addresses. */
  readonly self: Self;
  /** What the node stores. */
  readonly known: KnownMessages;
  /** Read at `start`, the longest stored first. Those at freshness 0 may be left out. */
  readonly messages: Iterable<InitialMessage>;
  /** Known nodes and candidates of an earlier run. */
  readonly addresses: Iterable<InitialAddress>;
  /** Whether this node has a way to dial an address; to any unless given. */
  readonly canDial?: (address: NodeAddress) => boolean;
  /** What the next hello says. */
  readonly hello: (now: UnixMs) => HelloFields;
  /** Seconds for which a payer (of `admit`) should stay away; 0, never busy, unless given. */
  readonly busy?: (payer: string, now: UnixMs) => number;
  /** What the node can reconcile; without it, it neither begins nor serves any. */
  readonly sync?: SyncSource;
  /** Another address book than the real one, for simulations. */
  readonly book?: AddressBook;
}

/** Sizes of what the engine remembers, for `status` and the tests of their bounds. */
export interface EngineSizes {
  /** Connections, those being dialled or closed included. */
  readonly sessions: number;
  /** Of them inbound ones. */
  readonly inbound: number;
  /** Prefixes whose new connections are being counted. */
  readonly inboundPrefixes: number;
  /** Messages above freshness 0. */
  readonly fresh: number;
  /** Messages held on their stem. */
  readonly stems: number;
  /** Reconciliations served to others. */
  readonly served: number;
  /** Ids remembered to have been asked for. */
  readonly inFlight: number;
  /** Known nodes. */
  readonly known: number;
  /** Candidates. */
  readonly candidates: number;
}
