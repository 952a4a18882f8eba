/**
 * What a running node tells `gossamer doctor` beyond its `status`: what each way to others did so far.
 * Counts are since the node's start; ages are seconds. Nothing of it is asked of anybody: it is what
 * the node saw while it did what it does anyway.
 */
import type { OwnAddressView } from "./api_health.ts";

/**
 * Whether a way is used: `off` (an option, or a proxy), `alone` (bound to this machine only, so nobody
 * could come), `failed` (it couldn't be started), `on`.
 */
export type WayState = "off" | "alone" | "failed" | "on";

/** Beacons in the local network. */
export interface BeaconsView {
  /** Whether they are used. */
  readonly state: WayState;
  /** Why it failed; null unless it did. */
  readonly why: string | null;
  /** Networks to which the last one was to go. */
  readonly networks: number;
  /** Beacons that left. */
  readonly sent: number;
  /** Those that the system refused to send. */
  readonly refused: number;
  /** What it said to the last one; null when that one left. */
  readonly error: string | null;
  /** Own ones that came back, as they do where nothing filters them. */
  readonly echoed: number;
  /** Others' of this network that were heard. */
  readonly heard: number;
  /** Nodes that they led to, new ones and restarted ones. */
  readonly found: number;
}

/** mDNS in the local network. */
export interface MdnsView {
  /** Whether it is used. */
  readonly state: WayState;
  /** Why it failed, or why a network isn't served; null for neither. */
  readonly why: string | null;
  /** Networks in which the node is announced and others are looked for. */
  readonly networks: number;
  /** Packets heard there from this machine, own ones among them, as they come where nothing filters them. */
  readonly echoed: number;
  /** Packets heard there from other machines, whatever they were about. */
  readonly heard: number;
  /** Nodes found, new ones and restarted ones. */
  readonly found: number;
}

/** A router, or what may be one, that was asked for the port and didn't map it. */
export interface RouterTried {
  /** How it was asked. */
  readonly by: "nat-pmp" | "upnp";
  /** Its address in the local network. */
  readonly router: string;
  /** Whether it answered at all. */
  readonly answered: boolean;
  /** What went wrong, in its words or the system's. */
  readonly why: string;
}

/** The port at the router. */
export interface RouterView {
  /** Whether routers are asked. */
  readonly state: Exclude<WayState, "failed">;
  /** Private networks here in which one could be. */
  readonly networks: number;
  /** Whether the last search has ended. */
  readonly searched: boolean;
  /** Of the last search, 16 at most. */
  readonly tried: readonly RouterTried[];
}

/** Connections that this node began. */
export interface DialsView {
  /** Begun and ended, one way or the other. */
  readonly tried: number;
  /** Those that failed, by how: nobody listens, no answer, no way there, the proxy's fault, anything else. */
  readonly failed: {
    readonly refused: number;
    readonly timeout: number;
    readonly unreachable: number;
    readonly proxy: number;
    readonly other: number;
  };
  /** Seconds since the proxy last did its part; null if it never did, or there is none. */
  readonly proxyAnswered: number | null;
  /** Why the last attempt failed by the proxy's fault; null if it didn't. */
  readonly proxyError: string | null;
  /** Seconds since an exchange was last completed that this node dialled; null for none. */
  readonly lastDialled: number | null;
  /** The same of those that came in. */
  readonly lastCameIn: number | null;
  /** Handshakes that failed since the last completed exchange: by strangers' bytes, or by hanging up. */
  readonly handshakes: { readonly refused: number; readonly hungUp: number };
}

/** The clock, weighed against others'. */
export interface ClockView {
  /**
   * On whose word the time is taken: `own`, nobody contradicts; `agreed`, five groups confirm it;
   * `disagrees`, they don't; `none`, it can't be; `lent` and `given`, it can't be and theirs is taken.
   */
  readonly standing: "own" | "agreed" | "disagrees" | "none" | "lent" | "given";
  /** Groups of nodes whose clocks were heard. */
  readonly groups: number;
  /** Seconds by which this machine's is ahead of their median, negative when behind; 0 without them. */
  readonly ahead: number;
}

/** What was done for secrets in this process's memory. */
export interface ProtectionView {
  /** Whether the system could be asked at all. */
  readonly native: boolean;
  /** Whether the pages with secrets are locked, so that they never go to swap. */
  readonly locked: boolean;
  /** Whether the process leaves no core dumps. */
  readonly noDumps: boolean;
  /** Swap that isn't known to be encrypted, by name; null where that can't be told. */
  readonly openSwap: readonly string[] | null;
}

/** What a running node knows of its ways; `null` parts need one. */
export interface DiagnosisView {
  /** The version that answers. */
  readonly version: string;
  /** What only a running node knows. */
  readonly node: {
    readonly beacons: BeaconsView;
    readonly mdns: MdnsView;
    readonly router: RouterView;
    readonly dials: DialsView;
    /** Own addresses, those first that are given to others. */
    readonly own: readonly OwnAddressView[];
    /** Nodes with which exchanges go on or could, and those that were only heard of. */
    readonly nodes: { readonly known: number; readonly candidates: number };
    /** Peers heard last, and how many of them judge messages by other rules. */
    readonly rules: { readonly peers: number; readonly differing: number };
    /** What was done for its secrets; null where nobody tried. */
    readonly protection: ProtectionView | null;
  } | null;
  /** The clock as far as it is believed. */
  readonly clock: ClockView;
  /** Whether the last attempt to store a message failed for want of room. */
  readonly diskFull: boolean;
  /** Stored messages that can't be read. */
  readonly damaged: number;
}
