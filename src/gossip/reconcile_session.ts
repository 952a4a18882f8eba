/**
 * One reconciliation, either side of it, from its first frame to its end: what comes goes to its side,
 * and time is kept. The connection and the peer are those of the exchange before it.
 */
import type { NodeAddress } from "../wire/address.ts";
import type { Frame, ResultCode } from "../wire/frame.ts";
import type { UnixMs, UnixSeconds } from "../wire/time.ts";
import type { Deadline, Deadlines } from "./deadlines.ts";
import type { SyncSummary } from "./events.ts";
import type { Failure, Peer } from "./exchange_ports.ts";
import type { SyncContext, SyncEnd, SyncSide } from "./reconcile_ports.ts";

/** With whom to reconcile. */
export interface SyncPeer {
  /** The other side of the exchange. */
  readonly peer: Peer;
  /** The address dialled, or the source address of a connection that came in. */
  readonly remote: NodeAddress;
  /** One side or the other keeps nothing older. */
  readonly horizon: UnixSeconds;
  /** The connection's timers. */
  readonly deadlines: Deadlines;
}

/** What a reconciliation is made of. */
export interface SyncParts {
  /** What both kinds of side share. */
  readonly context: SyncContext;
  /** The initiator's or the responder's. */
  readonly side: SyncSide;
  /** With whom. */
  readonly syncPeer: SyncPeer;
  /** When it begins. */
  readonly now: UnixMs;
}

/** A reconciliation until it is over. */
export class SyncSession {
  readonly #context: SyncContext;
  readonly #side: SyncSide;
  readonly #remote: NodeAddress;
  readonly #deadlines: Deadlines;
  readonly #ended: (summary: SyncSummary, now: UnixMs) => void;
  /** When anything last came, left or was checked. */
  #movedAt: UnixMs;
  #over = false;

  /** Sets the deadlines. `ended` is called once. */
  constructor(
    { context, side, syncPeer, now }: SyncParts,
    ended: (summary: SyncSummary, now: UnixMs) => void,
  ) {
    this.#context = context;
    this.#side = side;
    this.#remote = syncPeer.remote;
    this.#deadlines = syncPeer.deadlines;
    this.#ended = ended;
    this.#movedAt = now;
    const { reconcile, frameDeadlineMs } = context.ports.config;
    this.#deadlines.arm("exchange-deadline", reconcile.deadlineMs);
    this.#deadlines.arm("frame-deadline", frameDeadlineMs);
  }

  /** Says the first word, if it is ours to say. */
  begin(now: UnixMs): SyncEnd {
    return this.#side.begin(now);
  }

  /** A frame came. */
  frame(frame: Frame, now: UnixMs): SyncEnd {
    this.#movedAt = now;
    return this.#side.frame(frame, now);
  }

  /** The oldest message that is being checked was checked. */
  admitted(code: ResultCode, now: UnixMs): SyncEnd {
    this.#movedAt = now;
    return this.#side.admitted(code, now);
  }

  /** A message was handed to the connection, in a frame of so many bytes. */
  sent(bytes: number, now: UnixMs): SyncEnd {
    this.#movedAt = now;
    return this.#side.sent(bytes, now);
  }

  /** A deadline passed. */
  late(kind: Deadline, now: UnixMs): SyncEnd {
    if (kind === "exchange-deadline") {
      // What arrived counts.
      this.#context.send({ kind: "bye" });
      return "over";
    }
    // Not set anew with each of many thousand frames, but looked at when it has passed.
    const { frameDeadlineMs } = this.#context.ports.config;
    const leftMs = this.#movedAt + frameDeadlineMs - now;
    if (this.#side.awaits && leftMs <= 0) return { reason: "timeout", fault: "failed" };
    this.#deadlines.arm(kind, leftMs > 0 ? leftMs : frameDeadlineMs);
    return undefined;
  }

  /** Lets go of what others could wait for, and tells what it did; only once. */
  end(failure: Failure | undefined, now: UnixMs): void {
    if (this.#over) return;
    this.#over = true;
    const { finished } = this.#side;
    const { ports, peer, tally } = this.#context;
    const { session } = peer;
    this.#side.release();
    this.#deadlines.clear();
    const summary: SyncSummary = {
      session,
      address: this.#remote,
      outbound: !peer.inbound,
      finished,
      reason: failure?.reason,
      ...tally,
    };
    ports.emit({ kind: "sync-ended", summary });
    this.#ended(summary, now);
  }
}
