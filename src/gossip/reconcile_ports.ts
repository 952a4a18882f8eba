/** What the parts of a reconciliation share (docs/PROTOCOL.md section 8). */
import type { Frame, ResultCode } from "../wire/frame.ts";
import type { MessageId } from "../wire/ids.ts";
import type { SyncItems } from "../wire/negentropy.ts";
import type { UnixMs, UnixSeconds } from "../wire/time.ts";
import type { ExchangePorts, Failure, Peer } from "./exchange_ports.ts";

/** What a node can reconcile. */
export interface SyncSource {
  /** The ids that take part now: stored ones that aren't recent, and remembered ones. */
  items(): SyncItems;
  /** Whether a message's bytes are here, so that it can be given. */
  holds(id: MessageId): boolean;
}

/** How a reconciliation ends: not yet, well, or with a failure. */
export type SyncEnd = undefined | "over" | Failure;

/** One side of a reconciliation. */
export interface SyncSide {
  /** Whether the peer owes a frame. */
  readonly awaits: boolean;
  /** Whether all was asked for that is missing. */
  readonly finished: boolean;
  /** Says the first word, if it is this side's to say. */
  begin(now: UnixMs): SyncEnd;
  /** A frame came. */
  frame(frame: Frame, now: UnixMs): SyncEnd;
  /** The oldest message that is being checked was checked. */
  admitted(code: ResultCode, now: UnixMs): SyncEnd;
  /** A message was handed to the connection, in a frame of so many bytes. */
  sent(bytes: number, now: UnixMs): SyncEnd;
  /** It is over, whatever was still to come. */
  release(): void;
}

/** What one reconciliation did. */
export interface SyncTally {
  /** Novel messages that came. */
  received: number;
  /** Messages that the peer accepted as novel. */
  delivered: number;
  /** Messages from the peer that were refused with blame. */
  refused: number;
  /** Sync frames of the initiator. */
  rounds: number;
  /** Bytes of sync frames and messages that came. */
  bytesIn: number;
  /** Bytes of sync frames and messages that left. */
  bytesOut: number;
}

/** The connection that a reconciliation runs on, what it may cost, and what it cost. */
export class SyncContext {
  /** The engine's state. */
  readonly ports: ExchangePorts;
  /** The other side. */
  readonly peer: Peer;
  /** What this node can reconcile. */
  readonly source: SyncSource;
  /** Seconds since 1970, as the caller's clock says. */
  readonly wall: () => UnixSeconds;
  /** What was done so far. */
  readonly tally: SyncTally = {
    received: 0,
    delivered: 0,
    refused: 0,
    rounds: 0,
    bytesIn: 0,
    bytesOut: 0,
  };
  #broke = false;

  /** Starts with nothing spent. */
  constructor({ ports, peer, source, wall }: {
    readonly ports: ExchangePorts;
    readonly peer: Peer;
    readonly source: SyncSource;
    readonly wall: () => UnixSeconds;
  }) {
    this.ports = ports;
    this.peer = peer;
    this.source = source;
    this.wall = wall;
  }

  /** Whether the peer's budget is used up, or our disk takes no more. */
  get broke(): boolean {
    return this.#broke;
  }

  /** Takes note that no more can be taken. */
  stop(): void {
    this.#broke = true;
  }

  /** Sends a frame. */
  send(frame: Frame): void {
    this.ports.emit({ kind: "send", session: this.peer.session, frame });
  }

  /** Counts bytes that came or left against the peer's budget; what came counts also when it is over it. */
  spend(bytes: number, { way, now }: { readonly way: "in" | "out"; readonly now: UnixMs }): void {
    if (way === "in") this.tally.bytesIn += bytes;
    else this.tally.bytesOut += bytes;
    if (!this.ports.budgets.takeSync(this.peer.link, { bytes, now })) this.#broke = true;
  }

  /** Whether so many messages that weren't held are too many for what the peer brought. */
  isTooManyMissing(missing: number): boolean {
    const { maxMissing, missingPerReceived, maxMissingInAll } = this.ports.config.reconcile;
    const most = maxMissing + missingPerReceived * this.tally.received;
    return missing > Math.min(most, maxMissingInAll);
  }

  /** Whether a message is here in any way, so that it needn't come. */
  has(id: MessageId): boolean {
    return this.ports.messages.freshnessOf(id) > 0 || this.ports.known.has(id);
  }
}
