/** What the API shows of the node: its peers, its health, what is public of its owner. Times are seconds since 1970. */
import type { NodeAddress } from "../wire/address.ts";
import type { ActivityView } from "./api_activity.ts";
import type { ClockView } from "./api_diagnosis.ts";
import type { FoundWay, WaysView } from "./api_ways.ts";

/**
 * A known node. `freshness` 0 is a candidate that was only heard of; `lastSeen` is null until an
 * exchange completed. Also, behind the nodes, prefixes of peers whose address isn't known.
 */
export interface PeerView {
  /** `host:port`; a prefix such as `203.0.113.0/24` for peers that can't be dialled. */
  readonly address: string;
  /** 0 to 6. */
  readonly freshness: number;
  /** Last completed exchange, seconds since 1970. */
  readonly lastSeen: number | null;
  /** How it was found first; null for a prefix of which that isn't known any more. */
  readonly found: FoundWay | null;
  /** All ways by which it was heard of since the node started, in that order, each once. */
  readonly ways: readonly FoundWay[];
  /** Novel messages that its prefix brought in the last hour, to ten minutes. */
  readonly lastHour: { readonly messages: number; readonly bytes: number };
}

/**
 * How a node knows of an own address: from its owner, from a router that forwards it, from its
 * machine's interfaces, or from peers of three groups that see it there.
 */
export type AddressOrigin = "given" | "mapping" | "interface" | "observed";

/** An own address of the node. */
export interface OwnAddressView {
  /** `host:port`. */
  readonly address: NodeAddress;
  /** How the node knows of it. */
  readonly source: AddressOrigin;
  /**
   * Whether nodes in the range where it means something (the internet, one's own network, this machine)
   * reach this node by it; null while that isn't known. docs/PROTOCOL.md section 6, "Own addresses".
   */
  readonly reachable: boolean | null;
  /** Whether others are given it, in locators. */
  readonly used: boolean;
  /** Why it is given or not, in plain words. */
  readonly why: string;
}

/** Whether nodes on the internet can connect to this one. */
export interface ReachabilityView {
  /** Null while it isn't known. */
  readonly reachable: boolean | null;
  /** What shows it, or why nothing does, in plain words. */
  readonly why: string;
}

/** How much the node stores. The caps are a running node's: null without one. */
export interface StorageView {
  /** Bytes on disk, about; without the write-ahead log of up to some 10 MB. */
  readonly used: number;
  /** Bytes on disk at most. */
  readonly cap: number | null;
  /** Messages at most. */
  readonly maxMessages: number | null;
  /** For how many days the caps last at the rate of the last day; null when nothing came. */
  readonly days: number | null;
  /** Ids of dropped messages that are remembered. */
  readonly remembered: number;
  /** Messages made before then are refused, seconds since 1970; 0 for none. */
  readonly horizon: number;
}

/** A port that the router passes on to the node. */
export interface MappingView {
  /** How the router was asked. */
  readonly by: "nat-pmp" | "upnp";
  /** The router's address in the local network. */
  readonly router: string;
  /** Where others reach the node by it, as the router says; null when it knows no address on the internet. */
  readonly address: string | null;
}

/** What the node does in BitTorrent's DHT. Times are seconds since 1970. */
export interface DhtView {
  /** Whether it works; false where its socket or library failed. */
  readonly on: boolean;
  /** Nodes of the DHT that answered and are remembered. */
  readonly nodes: number;
  /** When nodes of the DHT last took this node's announcement; null before. */
  readonly announced: number | null;
  /** When others were last looked for; null before. */
  readonly lastLookup: number | null;
  /** How many addresses that lookup gave: candidates only. */
  readonly found: number;
}

/** The node's health at one moment of the last day. Counters count since its start. */
export interface HistorySample {
  /** Seconds since 1970. */
  readonly at: number;
  /** Known nodes that answer. */
  readonly peers: number;
  /** Messages stored. */
  readonly messages: number;
  /** Their bytes. */
  readonly bytes: number;
  /** Exchanges completed. */
  readonly completed: number;
  /** Exchanges that failed. */
  readonly failed: number;
  /** Messages that came. */
  readonly received: number;
  /** Messages that were given. */
  readonly delivered: number;
}

/** The web page on this machine. */
export interface WebView {
  /** Port of 127.0.0.1 that it listens on. */
  readonly port: number;
  /** Browsers that are signed in. */
  readonly browsers: number;
}

/** The node's health. Counters count since the node started and are 0 without one. */
export interface StatusView {
  /** Whether a node runs. */
  readonly running: boolean;
  /** Name of the network. */
  readonly network: string;
  /** Whether the node has a network key; null when none runs. */
  readonly closed: boolean | null;
  /** Host and port of the proxy through which all goes that the node begins; null without one, or without a node. */
  readonly proxy: string | null;
  /** TCP port. */
  readonly port: number | null;
  /** Where the node can perhaps be reached: what it gives to others. */
  readonly addresses: readonly string[];
  /** What the router maps; null without a mapping, or without a node. */
  readonly mapping: MappingView | null;
  /** What it does in BitTorrent's DHT; null where that is switched off, or without a node. */
  readonly dht: DhtView | null;
  /** Its web page; null while that is closed, or without a node. */
  readonly web: WebView | null;
  /** Whether it can be, from the internet; null without a node. */
  readonly reachability: ReachabilityView | null;
  /** Seconds since the node started. */
  readonly uptime: number;
  /** Stored messages. */
  readonly messages: number;
  /** Bytes of stored messages. */
  readonly bytes: number;
  /** What all that is stored may take, and takes. */
  readonly storage: StorageView;
  /** Known nodes with freshness above 0. */
  readonly peers: number;
  /** What the exchanges did. */
  readonly exchanges: {
    readonly completed: number;
    readonly failed: number;
    readonly inbound: number;
    readonly outbound: number;
    readonly received: number;
    readonly delivered: number;
    /** Messages refused with blame: malformed, too large, forged, unstamped. */
    readonly refused: number;
  };
  /** By which ways the completed ones came about. */
  readonly ways: WaysView;
  /** What reconciliations did: finding out by sets of ids what was missed, and fetching it. */
  readonly reconciliation: {
    /** Begun by this node and finished: nothing is missing that the peer had. */
    readonly completed: number;
    /** Begun by this node and ended before that, by time, budget, failure or the peer. */
    readonly cutShort: number;
    /** Begun by peers. */
    readonly served: number;
    /** Messages that they brought. */
    readonly received: number;
    /** Messages given that the peer accepted as novel. */
    readonly delivered: number;
  };
  /** The machine's clock. */
  readonly clock: ClockView;
  /** What the node does; null without one. */
  readonly activity: ActivityView | null;
  /** Whether keys are in memory. */
  readonly unlocked: boolean;
  /** Own messages that were not seen coming back yet; null while locked. */
  readonly pending: number | null;
  /**
   * What the running node may still do on its machine, as the runtime says at this moment: `read`,
   * `write`, `run`, `env`, `ffi`, `import`, `net`, `sys`, each `granted` or `denied`. Null without one.
   */
  readonly permissions: Readonly<Record<string, string>> | null;
  /** Things that the owner should know, in plain words; usually empty. */
  readonly warnings: readonly string[];
}

/** What anybody may know of one of this node's own identities. */
export interface OwnPublicView {
  /** Identity, `g1…`. */
  readonly id: string;
  /** Local name: private, never sent. */
  readonly name: string;
  /** Messages that it wrote in public, of any kind, as far as they are stored here or on their way. */
  readonly messages: number;
  /** Fields of its profile that are published and not empty: `name`, `bio`, `link`. */
  readonly profile: readonly string[];
}

/** What is public about the owner, what is private, and where it is. */
export interface PrivacyView {
  /** Whether a node runs. */
  readonly running: boolean;
  /** Name of the network. */
  readonly network: string;
  /** Whether keys are in memory; without them the next two are not known. */
  readonly unlocked: boolean;
  /** The owner's identities; empty while locked. */
  readonly identities: readonly OwnPublicView[];
  /** How many identities are followed, which nobody else learns; null while locked. */
  readonly following: number | null;
  /** Addresses that the node tells others of itself; none without a node. */
  readonly announced: readonly string[];
  /** Whether the node announces itself in the local network, by broadcast. */
  readonly beacon: boolean;
  /** Whether it does so by mDNS. */
  readonly mdns: boolean;
  /** Whether it asks the router to map its port. */
  readonly portMapping: boolean;
  /** Whether it takes part in BitTorrent's DHT, which anybody can ask who is on this network. */
  readonly dht: boolean;
  /** Host and port of the proxy that the node uses; null without one. */
  readonly proxy: string | null;
  /** Stored messages, own and others'. */
  readonly messages: number;
  /** Stored addresses of other nodes. */
  readonly nodes: number;
  /** How many of these are marked as from a locator that the owner opened. */
  readonly locatorNodes: number;
  /** Every datum that the program holds or sends. */
  readonly data: readonly {
    readonly what: string;
    readonly class: "public" | "private";
    readonly places: readonly string[];
    readonly seenBy: string;
    readonly until: string;
  }[];
}
