/** Watches a simulated network and counts what becomes of each message. */
import type { NodeAddress } from "../wire/address.ts";
import { ANSWER, type Frame } from "../wire/frame.ts";
import type { MessageId } from "../wire/ids.ts";
import type { UnixMs } from "../wire/time.ts";
import type { Watch } from "./network_options.ts";
import type { Posted } from "./posted.ts";
import { type Cast, VICTIM } from "./roles.ts";
import { Samples } from "./samples.ts";
import type { VirtualNode } from "./virtual_node.ts";

/** What became of one message so far. */
export interface Track {
  /** The message. */
  readonly posted: Posted;
  /**
   * Times from posting to each honest node's getting it, s, in order. The author's isn't one, nor are
   * those of nodes that were away meanwhile.
   */
  readonly arrivals: number[];
  /** Honest nodes that have it, the author included. */
  reached: number;
  /** Honest nodes that don't have it and were away meanwhile. */
  away: number;
  /** Nodes of any kind, but for the author, that stored it. */
  stores: number;
  /** How often its id was offered. */
  offers: number;
  /** How often its body was sent, on a stem too. */
  bodies: number;
  /** Nodes at which it is above freshness 0. */
  talking: number;
  /** Who let a spy know of it before anybody else did. */
  firstSeen: number | undefined;
}

/** The counts of one run. */
export class Tally implements Watch {
  /** Messages that are measured, in the order in which they were posted. */
  readonly tracks = new Map<MessageId, Track>();
  /** Times from coming back to getting what was posted meanwhile, s. */
  readonly returning = new Samples();
  /** Whether messages that are posted now are measured. */
  measuring = false;
  /** Ids that peers answered since the first message that is measured. */
  answered = 0;
  /** Of them those that the peer knew already. */
  known = 0;
  /** How often honest nodes dialled the liars' victim, from the first message on. */
  victimDials = 0;
  readonly #cast: Cast;
  readonly #full: number;
  /** When nodes that were away came back, the last time. */
  readonly #backAt = new Map<VirtualNode, UnixMs>();

  /** Starts with nothing measured; `full` is the freshness that messages begin with. */
  constructor(cast: Cast, full: number) {
    this.#cast = cast;
    this.#full = full;
  }

  /** Whether nobody talks of any message any more that was ever talked of. */
  get quiet(): boolean {
    for (const { talking, reached } of this.tracks.values()) {
      if (talking > 0 || reached === 1) return false;
    }
    return true;
  }

  /** A node is back. */
  returned(node: VirtualNode, now: UnixMs): void {
    this.#backAt.set(node, now);
  }

  /** At the end: tells those who missed a message because they were away from those who were there. */
  finish(nodes: readonly VirtualNode[]): void {
    if (this.#backAt.size === 0) return;
    for (const track of this.tracks.values()) {
      const { at, author, fact: { id } } = track.posted;
      track.away = nodes.filter((node) =>
        this.#cast.roles[node.index] === "honest" && node.index !== author &&
        (this.#backAt.get(node) ?? 0) > at && !node.stored.has(id)
      ).length;
    }
  }

  posted(posted: Posted): void {
    if (!this.measuring) return;
    this.tracks.set(posted.fact.id, {
      posted,
      arrivals: [],
      reached: 1,
      away: 0,
      stores: 0,
      offers: 0,
      bodies: 0,
      talking: 0,
      firstSeen: undefined,
    });
  }

  dialled(node: VirtualNode, address: NodeAddress): void {
    const honest = this.#cast.roles[node.index] === "honest";
    if (address === VICTIM && honest && this.tracks.size > 0) this.victimDials++;
  }

  arrived(to: VirtualNode, from: VirtualNode, frame: Frame): void {
    if (this.tracks.size === 0) return;
    if (frame.kind === "offer") {
      for (const id of frame.ids) {
        const track = this.tracks.get(id);
        if (track === undefined) continue;
        track.offers++;
        this.#spied(track, { to, from });
      }
    } else if (frame.kind === "answer") {
      this.answered += frame.codes.length;
      for (const code of frame.codes) if (code === ANSWER.known) this.known++;
    }
  }

  carried(to: VirtualNode, from: VirtualNode, posted: Posted): void {
    const track = this.tracks.get(posted.fact.id);
    if (track === undefined) return;
    track.bodies++;
    this.#spied(track, { to, from });
  }

  stored(node: VirtualNode, posted: Posted, now: UnixMs): void {
    const track = this.tracks.get(posted.fact.id);
    if (track === undefined || node.index === posted.author) return;
    track.stores++;
    if (this.#cast.roles[node.index] !== "honest") return;
    track.reached++;
    const backAt = this.#backAt.get(node);
    if (backAt !== undefined && backAt > posted.at) this.returning.add((now - backAt) / 1000);
    else track.arrivals.push((now - posted.at) / 1000);
  }

  freshness(_node: VirtualNode, id: MessageId, freshness: number): void {
    if (freshness !== this.#full && freshness !== 0) return;
    const track = this.tracks.get(id);
    if (track !== undefined) track.talking += freshness === 0 ? -1 : 1;
  }

  #spied(track: Track, { to, from }: { to: VirtualNode; from: VirtualNode }): void {
    const { roles } = this.#cast;
    if (track.firstSeen !== undefined || roles[to.index] !== "spy") return;
    if (roles[from.index] !== "spy") track.firstSeen = from.index;
  }
}
