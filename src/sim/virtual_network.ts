/**
 * A network of real engines on a virtual clock: a discrete-event simulation, repeatable by its seed.
 * Links take `latencyMs` one way; connecting with its handshake takes one round trip; checking and
 * storing a message takes no time and always succeeds, unless the node has it.
 */
import {
  DEFAULT_CONFIG,
  Engine,
  type ExchangeSummary,
  type GossipConfig,
  type InEvent,
  type InitialAddress,
  type MessageFact,
  type OutEvent,
  type Rng,
  seededRng,
  type SessionId,
} from "../gossip/mod.ts";
import { type NodeAddress, parseAddress } from "../wire/address.ts";
import { RESULT } from "../wire/frame.ts";
import { idBytes, type MessageId, messageId } from "../wire/ids.ts";
import { type UnixMs, unixSeconds } from "../wire/time.ts";
import { EventHeap } from "./event_heap.ts";
import { FullView } from "./full_view.ts";
import { publicAddress } from "./public_address.ts";
import type { Link, VirtualNode } from "./virtual_node.ts";

/** When the simulation begins: any time after 1970 will do. */
export const START = 1_800_000_000_000 as UnixMs;

const FIRST_INBOUND = 2 ** 40;
/** Ports from which virtual nodes connect. */
const EPHEMERAL = 40_000;

/** How a network is to be. */
export interface NetworkOptions {
  /** Same seed, same run. */
  readonly seed: number;
  /** How many nodes. */
  readonly nodes: number;
  /** Constants of every node's engine; section 6's unless given. */
  readonly config?: GossipConfig;
  /** Time that a link takes one way, ms; 50 unless given. */
  readonly latencyMs?: number;
  /** Everybody knows everybody, as a counter instead of a table; for large networks. */
  readonly fullView?: boolean;
  /** What each node knows at the start; everybody at full freshness unless given. */
  readonly addresses?: (index: number, all: readonly NodeAddress[]) => Iterable<InitialAddress>;
  /** Each node's address; a public one in a /16 of its own unless given. */
  readonly addressOf?: (index: number) => NodeAddress;
}

/** The network and its clock. */
export class VirtualNetwork {
  /** The nodes, by index. */
  readonly nodes: VirtualNode[] = [];
  /** Chance, for the network and whoever drives it. */
  readonly rng: Rng;
  /** How exchanges ended, in that order; not kept with `fullView`. */
  readonly summaries: ExchangeSummary[] = [];
  /** How often each message was offered. */
  readonly offers = new Map<MessageId, number>();
  readonly #facts = new Map<MessageId, MessageFact>();
  readonly #byAddress = new Map<NodeAddress, VirtualNode>();
  readonly #heap = new EventHeap<() => void>();
  readonly #latencyMs: number;
  readonly #keepSummaries: boolean;
  #now = START;
  #nextInbound = FIRST_INBOUND;
  #nextPort = 0;
  #nextMessage = 1;
  #nextToken = 1;

  /** Makes the nodes; nothing happens before {@linkcode start}. */
  constructor(options: NetworkOptions) {
    this.rng = seededRng(options.seed);
    this.#latencyMs = options.latencyMs ?? 50;
    this.#keepSummaries = !options.fullView;
    const all = Array.from(
      { length: options.nodes },
      (_, i) => (options.addressOf ?? publicAddress)(i),
    );
    all.forEach((address, index) => this.#add(address, { index, all, options }));
  }

  /** The virtual time. */
  get now(): UnixMs {
    return this.#now;
  }

  /** Starts every node at a random time within the spread. */
  start(spreadMs: number): void {
    for (const node of this.nodes) {
      this.#after(this.rng.next() * spreadMs, () => {
        node.up = true;
        this.feed(node, { kind: "start" });
      });
    }
  }

  /** Lets so much time pass. */
  run(forMs: number): void {
    const end = this.#now + forMs;
    for (let at = this.#heap.next(); at !== undefined && at <= end; at = this.#heap.next()) {
      this.#now = at as UnixMs;
      this.#heap.pop()();
    }
    this.#now = end as UnixMs;
  }

  /** Has a node's owner say something. */
  inject(node: VirtualNode, size = 600): MessageId {
    const id = messageId(new Uint8Array(32).map((_, i) => (this.#nextMessage >> (8 * i)) & 0xff));
    this.#nextMessage++;
    const message = { id, size, created: unixSeconds(Math.floor(this.#now / 1000)) };
    this.#facts.set(id, message);
    node.stored.set(id, this.#now);
    this.feed(node, { kind: "injected", message });
    return id;
  }

  /** Times from `since` until each node that has the message got it, in ms, rising. */
  arrivals(id: MessageId, since: UnixMs): number[] {
    return this.nodes.flatMap(({ stored }) => stored.get(id) ?? []).map((at) => at - since)
      .sort((a, b) => a - b);
  }

  /** Gives a node an event and performs what it answers. */
  feed(node: VirtualNode, event: InEvent): void {
    for (const out of node.engine.handle(event, this.#now)) this.#perform(node, out);
  }

  /** Takes a node off the network without a word. */
  kill(node: VirtualNode): void {
    node.up = false;
    node.timers.clear();
    for (const session of [...node.links.keys()]) this.#close(node, session);
  }

  #add(address: NodeAddress, { index, all, options }: {
    readonly index: number;
    readonly all: readonly NodeAddress[];
    readonly options: NetworkOptions;
  }): void {
    const stored = new Map<MessageId, UnixMs>();
    const rng = seededRng(Math.floor(this.rng.next() * 2 ** 32));
    const everybody = (): InitialAddress[] =>
      all.filter((other) => other !== address)
        .map((other) => ({ address: other, freshness: 6, locator: false }));
    const engine = new Engine({
      config: options.config ?? DEFAULT_CONFIG,
      rng,
      self: { port: Number(address.split(":").at(-1)), addresses: [address] },
      known: stored,
      messages: [],
      addresses: options.fullView ? [] : options.addresses?.(index, all) ?? everybody(),
      hello: () => ({
        capabilities: 0,
        extraStampBits: 0,
        time: unixSeconds(0),
        horizon: unixSeconds(0),
        digest: new Uint8Array(8),
      }),
      ...(options.fullView ? { book: new FullView({ all, index, rng }) } : {}),
    });
    const node: VirtualNode = {
      index,
      address,
      engine,
      stored,
      links: new Map(),
      timers: new Map(),
      up: false,
    };
    this.nodes.push(node);
    this.#byAddress.set(address, node);
  }

  #perform(node: VirtualNode, out: OutEvent): void {
    switch (out.kind) {
      case "dial":
        return this.#dial(node, out);
      case "handshake":
        return this.#soon(node, { kind: "opened", session: out.session });
      case "send":
        if (out.frame.kind === "offer") {
          for (const id of out.frame.ids) this.offers.set(id, (this.offers.get(id) ?? 0) + 1);
        }
        return this.#send(node, out.session, (session) => ({
          kind: "frame",
          session,
          frame: out.frame,
        }));
      case "send-message":
        return this.#send(node, out.session, (session) => ({
          kind: "frame",
          session,
          frame: { kind: "message", bytes: idBytes(out.id) },
        }));
      case "admit":
        return this.#admit(node, out);
      case "close":
        return this.#close(node, out.session);
      case "set-timer": {
        const token = this.#nextToken++;
        const { timer } = out;
        const key = "session" in timer ? `${timer.kind} ${timer.session}` : timer.kind;
        node.timers.set(key, token);
        return this.#after(out.afterMs, () => {
          if (node.timers.get(key) !== token) return;
          node.timers.delete(key);
          this.feed(node, { kind: "timer", timer });
        });
      }
      case "clear-timer": {
        const { timer } = out;
        node.timers.delete("session" in timer ? `${timer.kind} ${timer.session}` : timer.kind);
        return;
      }
      case "exchange-ended":
        if (this.#keepSummaries) this.summaries.push(out.summary);
        return;
      case "address-changed":
      case "address-gone":
      case "freshness-changed":
        return;
      default:
        out satisfies never;
    }
  }

  #dial(
    node: VirtualNode,
    { session, address }: { session: SessionId; address: NodeAddress },
  ): void {
    const peer = this.#byAddress.get(address);
    const link: Link = { peer, peerSession: undefined, closed: false };
    node.links.set(session, link);
    this.#after(this.#latencyMs, () => {
      if (peer === undefined || !peer.up || link.closed) return;
      const inbound = this.#nextInbound++ as SessionId;
      link.peerSession = inbound;
      peer.links.set(inbound, { peer: node, peerSession: session, closed: false });
      const port = EPHEMERAL + this.#nextPort++ % 20_000;
      const remote = parseAddress(node.address.replace(/:\d+$/, `:${port}`))!;
      this.feed(peer, { kind: "accepted", session: inbound, remote });
    });
    this.#after(2 * this.#latencyMs, () => {
      if (link.closed) return;
      const there = link.peerSession !== undefined && peer?.links.get(link.peerSession);
      if (there && !there.closed) return this.feed(node, { kind: "opened", session });
      node.links.delete(session);
      this.feed(node, { kind: "dial-failed", session });
    });
  }

  #send(node: VirtualNode, session: SessionId, make: (session: SessionId) => InEvent): void {
    const link = node.links.get(session);
    const peerSession = link?.peerSession;
    const peer = link?.peer;
    if (link === undefined || link.closed || peer === undefined || peerSession === undefined) {
      return;
    }
    this.#after(this.#latencyMs, () => {
      const there = peer.links.get(peerSession);
      if (there !== undefined && !there.closed && peer.up) this.feed(peer, make(peerSession));
    });
  }

  #admit(node: VirtualNode, out: Extract<OutEvent, { kind: "admit" }>): void {
    const { session, expected, purpose } = out;
    const id = messageId(out.bytes);
    const message = this.#facts.get(id);
    const verdict = message === undefined || (expected !== undefined && expected !== id)
      ? { code: RESULT.malformed, message: undefined }
      : node.stored.has(id)
      ? { code: RESULT.known, message: undefined }
      : { code: RESULT.accepted, message };
    if (verdict.message !== undefined) node.stored.set(id, this.#now);
    this.#soon(node, { kind: "admitted", session, purpose, ...verdict });
  }

  #close(node: VirtualNode, session: SessionId): void {
    const link = node.links.get(session);
    if (link === undefined || link.closed) return;
    link.closed = true;
    this.#after(0, () => {
      node.links.delete(session);
      if (node.up) this.feed(node, { kind: "closed", session });
    });
    const { peer, peerSession } = link;
    if (peer === undefined || peerSession === undefined) return;
    this.#after(this.#latencyMs, () => {
      const there = peer.links.get(peerSession);
      // One that is still being dialled learns of it when it would open.
      if (there === undefined || there.closed || there.peerSession === undefined) return;
      there.closed = true;
      peer.links.delete(peerSession);
      if (peer.up) this.feed(peer, { kind: "closed", session: peerSession });
    });
  }

  #soon(node: VirtualNode, event: InEvent): void {
    this.#after(0, () => this.feed(node, event));
  }

  #after(ms: number, action: () => void): void {
    this.#heap.push(this.#now + ms, action);
  }
}
