/** What a node is started with, and what it tells whoever started it: types only. */
import type { ProtectionView } from "./api_diagnosis.ts";
import type { LogFormat, LogLevel } from "./log.ts";
import type { WebOptions } from "./web_port.ts";

/** What a node stores at most: bytes, or percent of the disk that holds the data folder. */
export type MaxStorage =
  | { readonly kind: "bytes"; readonly bytes: number }
  | { readonly kind: "percent"; readonly percent: number };

/** How a node is started, as the command line settled it. */
export interface NodeOptions {
  /** The data folder, made at the first start. */
  readonly dataDir: string;
  /** Name of the network, 1 to 32 of a-z 0-9 and the hyphen. */
  readonly network: string;
  /** TCP port, 0 to 65535; 0 lets the system choose, absent means the protocol's default. */
  readonly port?: number;
  /** Local IP addresses to listen on; empty means all. */
  readonly bind: readonly string[];
  /** Locators whose nodes are used to enter the network. */
  readonly join: readonly string[];
  /** Whether to announce this node on the local network and listen for others there. */
  readonly lan: boolean;
  /** Whether to do so by DNS-SD as well. */
  readonly mdns: boolean;
  /** Whether to ask the router for a port mapping. */
  readonly portMapping: boolean;
  /**
   * Takes part in BitTorrent's DHT, entered by these nodes of it, `host:port`, or by well-known ones
   * where none is named; absent means not at all.
   */
  readonly dht?: { readonly bootstrap: readonly string[] };
  /** File with the network key, 32 bytes in hex, of a closed network. */
  readonly networkKeyFile?: string;
  /** URL of a SOCKS5 proxy through which everything goes that this node begins; then nothing else does. */
  readonly proxy?: string;
  /** Addresses at which others reach this node, IP or onion, instead of those it knows of itself. */
  readonly addresses?: readonly string[];
  /** The web page; absent means that there is none to be had. */
  readonly web?: WebOptions;
  /** Whether an own message starts an exchange of its own at once. */
  readonly eager: boolean;
  /**
   * Gives the passphrase's bytes when the keys are to be opened at the start. Called at most once,
   * after the data folder's lock is held; the caller wipes the bytes. Throws a `UserError` of code
   * `locked` if there is none to be had.
   */
  readonly unlock?: () => Promise<Uint8Array>;
  /** Minutes without an owner's call that needs the keys, after which they are locked; absent means never. */
  readonly autoLockMinutes?: number;
  /** How much may be stored; absent means a tenth of the disk. */
  readonly maxStorage?: MaxStorage;
  /** Whether messages with attachments are neither stored nor sent. */
  readonly textOnly: boolean;
  /** What this machine couldn't do for the node's secrets; said once and in `status`. */
  readonly machineWarnings: readonly string[];
  /** What it could do, for `doctor`. */
  readonly protection?: ProtectionView;
  /** How much is said on stderr. */
  readonly logLevel: LogLevel;
  /** How it is said; absent means text. */
  readonly logFormat?: LogFormat;
  /** Whether the system's journal reads stderr, and is to be told how grave each line is. */
  readonly journal?: boolean;
}

/** The node listens and takes part. */
export interface ReadyEvent {
  /** Tells it from other events. */
  readonly event: "ready";
  /** The TCP port in fact. */
  readonly port: number;
  /** Addresses at which the node knows that it can be reached. */
  readonly addresses: readonly string[];
}

/**
 * An exchange ended. It doesn't say with whom: these lines often end up in a system's journal,
 * which would otherwise become a list of contacts.
 */
export interface ExchangeEvent {
  /** Tells it from other events. */
  readonly event: "exchange";
  /** Who began it: the peer or this node. */
  readonly direction: "inbound" | "outbound";
  /** Whether it went to its end. */
  readonly outcome: "completed" | "failed";
  /** Novel messages that it brought. */
  readonly received: number;
  /** Messages that it gave and that were novel to the peer. */
  readonly delivered: number;
}

/**
 * A message came from a peer and was stored. Messages of this node's own make no event: a journal
 * must not tell them from others by the missing exchange before them.
 */
export interface MessageEvent {
  /** Tells it from other events. */
  readonly event: "message";
  /** Message id, 64 hex digits. */
  readonly id: string;
}

/** The node stopped and let go of its store: the last event. */
export interface StoppedEvent {
  /** Tells it from other events. */
  readonly event: "stopped";
}

/** What a running node tells; with `--json` each is one line on stdout. */
export type NodeEvent = ReadyEvent | ExchangeEvent | MessageEvent | StoppedEvent;

/** How a node talks to whoever runs it. */
export interface NodeHooks {
  /** Takes each event. Must not throw, and returns at once. */
  emit(event: NodeEvent): void;
  /** Stops the node when it aborts. */
  readonly signal: AbortSignal;
}
