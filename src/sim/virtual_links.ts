/**
 * Connections between virtual nodes, as TCP makes them: what is sent arrives in order or not at all,
 * and what a packet lost costs is time, for it is sent again.
 */
import type { InEvent, SessionId } from "../gossip/mod.ts";
import type { NodeAddress } from "../wire/address.ts";
import type { Frame } from "../wire/frame.ts";
import type { UnixMs } from "../wire/time.ts";
import type { Conditions } from "./conditions.ts";
import type { Link, VirtualNode } from "./virtual_node.ts";

/** Connecting is given up after this, as nodes do. */
const DIAL_TIMEOUT_MS = 5_000;
/** After this TCP sends anew what it lost; each further time after twice as long (RFC 6298). */
const RESEND_MS = 200;
/** The same while connecting. */
const RESEND_CONNECT_MS = 1_000;
/** Connections that come in are numbered from here. */
const FIRST_INBOUND = 2 ** 40;

/** What connections need of the network. */
export interface LinkPorts {
  /** Delays and losses. */
  readonly conditions: Conditions;
  /** The virtual time. */
  readonly now: () => UnixMs;
  /** Has something happen at a time. */
  readonly at: (time: number, action: () => void) => void;
  /** Gives a node an event and performs what it answers. */
  readonly feed: (node: VirtualNode, event: InEvent) => void;
  /** The node at an address. */
  readonly find: (address: NodeAddress) => VirtualNode | undefined;
  /** Told of every frame that arrives. */
  readonly arrived: (to: VirtualNode, from: VirtualNode, frame: Frame) => void;
}

/** All connections of a network. */
export class VirtualLinks {
  readonly #ports: LinkPorts;
  #nextInbound = FIRST_INBOUND;

  /** Starts without any. */
  constructor(ports: LinkPorts) {
    this.#ports = ports;
  }

  /** Connects a node to an address; the handshake is part of it. */
  dial(node: VirtualNode, session: SessionId, address: NodeAddress): void {
    const { conditions, now, at, find, feed } = this.#ports;
    const peer = find(address);
    const there = peer !== undefined && peer.dialable && conditions.passes(node, peer);
    const link = newLink(peer, there ? conditions.delayMs(node, peer) : 0);
    node.links.set(session, link);
    const giveUp = (): void => {
      if (link.closed) return;
      node.links.delete(session);
      feed(node, { kind: "dial-failed", session });
    };
    const resendMs = there ? RESEND_CONNECT_MS * (2 ** conditions.losses() - 1) : Infinity;
    if (!there || resendMs > DIAL_TIMEOUT_MS) return at(now() + DIAL_TIMEOUT_MS, giveUp);
    at(now() + resendMs + link.delayMs, () => {
      if (link.closed) return;
      if (!peer.up) return at(now() + DIAL_TIMEOUT_MS, giveUp);
      this.#accept(node, { session, link, peer, giveUp });
    });
  }

  /** Sends a frame, if the connection still is one. */
  send(node: VirtualNode, session: SessionId, frame: Frame): void {
    const { arrived, feed } = this.#ports;
    const link = node.links.get(session);
    if (link === undefined || link.closed) return;
    this.#carry(node, link, (peer, peerSession) => {
      arrived(peer, node, frame);
      feed(peer, { kind: "frame", session: peerSession, frame });
    });
  }

  /** Closes a connection, once what was sent before has left. */
  close(node: VirtualNode, session: SessionId): void {
    const { at, now, feed } = this.#ports;
    const link = node.links.get(session);
    if (link === undefined || link.closed) return;
    this.#carry(node, link, (peer, peerSession, there) => {
      // One that is still being dialled learns of it when it would open.
      if (there.peerSession === undefined) return;
      there.closed = true;
      peer.links.delete(peerSession);
      feed(peer, { kind: "closed", session: peerSession });
    });
    link.closed = true;
    at(now(), () => {
      if (node.links.delete(session) && node.up) feed(node, { kind: "closed", session });
    });
  }

  #accept(node: VirtualNode, { session, link, peer, giveUp }: {
    readonly session: SessionId;
    readonly link: Link;
    readonly peer: VirtualNode;
    readonly giveUp: () => void;
  }): void {
    const { at, now, feed } = this.#ports;
    const inbound = this.#nextInbound++ as SessionId;
    const there = newLink(node, link.delayMs);
    there.peerSession = session;
    link.peerSession = inbound;
    peer.links.set(inbound, there);
    at(now() + link.delayMs, () => {
      if (link.closed) return;
      if (peer.links.get(inbound) !== there || there.closed) giveUp();
      else feed(node, { kind: "opened", session });
    });
    feed(peer, { kind: "accepted", session: inbound, remote: node.remote });
  }

  /** Has something arrive at the other end, after all that was sent before. */
  #carry(
    node: VirtualNode,
    link: Link,
    arrive: (peer: VirtualNode, session: SessionId, there: Link) => void,
  ): void {
    const { conditions, now, at } = this.#ports;
    const { peer, peerSession } = link;
    if (peer === undefined || peerSession === undefined || link.dead) return;
    if (!conditions.passes(node, peer)) {
      link.dead = true;
      return;
    }
    const resendMs = RESEND_MS * (2 ** conditions.losses() - 1);
    link.arrivesAt = Math.max(link.arrivesAt, now() + link.delayMs + resendMs);
    at(link.arrivesAt, () => {
      const there = peer.links.get(peerSession);
      if (there !== undefined && !there.closed && peer.up) arrive(peer, peerSession, there);
    });
  }
}

function newLink(peer: VirtualNode | undefined, delayMs: number): Link {
  return { peer, delayMs, peerSession: undefined, arrivesAt: 0, closed: false, dead: false };
}
