/**
 * A network of real engines on a virtual clock: a discrete-event simulation, repeatable by its seed.
 * Connecting with its handshake takes one round trip; checking and storing a message takes no time
 * and always succeeds, unless the node has it.
 */
import {
  type InEvent,
  type OutEvent,
  type Rng,
  seededRng,
  type SessionId,
  type Timer,
} from "../gossip/mod.ts";
import type { NodeAddress } from "../wire/address.ts";
import { type Frame, RESULT, type ResultCode } from "../wire/frame.ts";
import type { MessageId } from "../wire/ids.ts";
import type { UnixMs } from "../wire/time.ts";
import { steadyConditions } from "./conditions.ts";
import { EventHeap } from "./event_heap.ts";
import { makeNodes } from "./make_nodes.ts";
import type { NetworkOptions, Watch } from "./network_options.ts";
import { type Posted, PostedMessages } from "./posted.ts";
import { VirtualLinks } from "./virtual_links.ts";
import type { VirtualNode } from "./virtual_node.ts";

/** When the simulation begins: any time after 1970 will do. */
export const START = 1_800_000_000_000 as UnixMs;

/** Time that a link takes one way unless something else is said, ms. */
const DELAY_MS = 50;

/** The network and its clock. */
export class VirtualNetwork {
  /** The nodes, by index. */
  readonly nodes: readonly VirtualNode[];
  /** Chance, for the network and whoever drives it. */
  readonly rng: Rng;
  /** Every message that was posted. */
  readonly posted: PostedMessages;
  readonly #watch: Watch;
  readonly #byAddress = new Map<NodeAddress, VirtualNode>();
  readonly #heap = new EventHeap<() => void>();
  readonly #links: VirtualLinks;
  #now = START;
  #nextToken = 1;

  /** Makes the nodes; nothing happens before {@linkcode start}. */
  constructor(options: NetworkOptions) {
    this.rng = seededRng(options.seed);
    this.posted = new PostedMessages(this.rng);
    this.#watch = options.watch ?? {};
    this.#links = new VirtualLinks({
      conditions: options.conditions?.(this.rng) ?? steadyConditions(options.latencyMs ?? DELAY_MS),
      now: () => this.#now,
      at: (time, action) => this.#heap.push(time, action),
      feed: (node, event) => this.feed(node, event),
      find: (address) => this.#byAddress.get(address),
      arrived: (to, from, frame) => this.#arrived(to, from, frame),
    });
    const { rng, posted } = this;
    this.nodes = makeNodes({ options, rng, posted, clock: () => this.#now });
    for (const node of this.nodes) this.#byAddress.set(node.address, node);
  }

  /** The virtual time. */
  get now(): UnixMs {
    return this.#now;
  }

  /** Starts every node at a random time within the spread. */
  start(spreadMs: number): void {
    for (const node of this.nodes) this.after(this.rng.next() * spreadMs, () => this.join(node));
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

  /** Has something happen after so much time. */
  after(ms: number, action: () => void): void {
    this.#heap.push(this.#now + ms, action);
  }

  /** Has a node's owner say something. With a stem it is stored there once it becomes normal. */
  inject(node: VirtualNode, size = 600): MessageId {
    const posted = this.posted.post({ author: node.index, at: this.#now, size });
    const { fact, bytes } = posted;
    this.#watch.posted?.(posted);
    this.feed(node, { kind: "own-message", message: fact, bytes, origin: `${node.index}` });
    return fact.id;
  }

  /**
   * Times from `since` until each node that has the message got it, in ms, rising. Its author has it
   * from the first; others don't while it is on its stem.
   */
  arrivals(id: MessageId, since: UnixMs): number[] {
    const posted = this.posted.get(id);
    return this.nodes
      .flatMap(({ index, stored }) => (index === posted?.author ? posted.at : stored.get(id)) ?? [])
      .map((at) => at - since)
      .sort((a, b) => a - b);
  }

  /** Gives a node an event and performs what it answers. */
  feed(node: VirtualNode, event: InEvent): void {
    for (const out of node.engine.handle(event, this.#now)) {
      const done = node.twist === undefined ? out : node.twist(out);
      if (done !== undefined) this.#perform(node, done);
    }
  }

  /** Brings a node onto the network, for the first time or after {@linkcode leave}. */
  join(node: VirtualNode): void {
    node.up = true;
    this.feed(node, { kind: "start" });
  }

  /** Has a node end as one does that is told to stop. It keeps what it has. */
  leave(node: VirtualNode): void {
    this.feed(node, { kind: "stop" });
    for (const session of [...node.links.keys()]) {
      node.links.delete(session);
      this.feed(node, { kind: "closed", session });
    }
    node.up = false;
  }

  /** Takes a node off the network without a word to its engine. */
  kill(node: VirtualNode): void {
    node.up = false;
    node.timers.clear();
    for (const session of [...node.links.keys()]) this.#links.close(node, session);
  }

  #perform(node: VirtualNode, out: OutEvent): void {
    switch (out.kind) {
      case "dial":
        this.#watch.dialled?.(node, out.address);
        return this.#links.dial(node, out.session, out.address);
      case "handshake":
        return this.#soon(node, { kind: "opened", session: out.session });
      case "send":
        return this.#links.send(node, out.session, out.frame);
      case "send-message":
        return this.#sendMessage(node, out.session, out.id);
      case "admit":
        return this.#admit(node, out);
      case "publish":
        return this.#publish(node, out.id);
      case "close":
        return this.#links.close(node, out.session);
      case "set-timer":
        return this.#setTimer(node, out.timer, out.afterMs);
      case "clear-timer":
        return void node.timers.delete(timerKey(out.timer));
      case "exchange-ended":
        return this.#watch.ended?.(node, out.summary);
      case "sync-ended":
        return this.#watch.reconciled?.(node, out.summary);
      case "freshness-changed":
        return this.#watch.freshness?.(node, out.id, out.freshness);
      case "address-changed":
      case "address-gone":
      case "greeted":
        return;
      default:
        out satisfies never;
    }
  }

  #setTimer(node: VirtualNode, timer: Timer, afterMs: number): void {
    const key = timerKey(timer);
    const token = this.#nextToken++;
    node.timers.set(key, token);
    this.after(afterMs, () => {
      if (node.timers.get(key) !== token) return;
      node.timers.delete(key);
      this.feed(node, { kind: "timer", timer });
    });
  }

  #sendMessage(node: VirtualNode, session: SessionId, id: MessageId): void {
    const bytes = node.stored.has(id) ? this.posted.get(id)?.bytes : undefined;
    this.#links.send(node, session, { kind: "message", bytes: bytes ?? new Uint8Array(0) });
    if (node.sync) this.#soon(node, { kind: "sent", session, bytes: bytes?.length ?? 0 });
  }

  #admit(node: VirtualNode, out: Extract<OutEvent, { kind: "admit" }>): void {
    const { session, purpose } = out;
    const posted = this.posted.read(out.bytes);
    const code = this.#judge(node, posted, out.expected);
    const message = code === RESULT.accepted ? posted?.fact : undefined;
    const isStored = message !== undefined && purpose !== "stem";
    if (posted !== undefined && isStored) this.#store(node, posted);
    this.#soon(node, { kind: "admitted", session, purpose, code, message });
  }

  /** A stem message, of whomever, is one like all others from here on. */
  #publish(node: VirtualNode, id: MessageId): void {
    const posted = this.posted.get(id);
    if (posted === undefined || node.stored.has(id)) return;
    this.#store(node, posted);
    this.feed(node, { kind: "injected", message: posted.fact });
  }

  #judge(
    node: VirtualNode,
    posted: Posted | undefined,
    expected: MessageId | undefined,
  ): ResultCode {
    if (posted === undefined) return RESULT.malformed;
    if (expected !== undefined && expected !== posted.fact.id) return RESULT.malformed;
    return node.stored.has(posted.fact.id) ? RESULT.known : RESULT.accepted;
  }

  #store(node: VirtualNode, posted: Posted): void {
    node.stored.set(posted.fact.id, this.#now);
    node.sync?.add(posted.slot);
    this.#watch.stored?.(node, posted, this.#now);
  }

  #arrived(to: VirtualNode, from: VirtualNode, frame: Frame): void {
    this.#watch.arrived?.(to, from, frame);
    if (frame.kind !== "message" && frame.kind !== "stem") return;
    const posted = this.posted.read(frame.bytes);
    if (posted !== undefined) this.#watch.carried?.(to, from, posted);
  }

  #soon(node: VirtualNode, event: InEvent): void {
    this.after(0, () => this.feed(node, event));
  }
}

function timerKey(timer: Timer): string | number {
  switch (timer.kind) {
    // There are many of these two: numbers are cheaper.
    case "frame-deadline":
      return timer.session;
    case "exchange-deadline":
      return -timer.session;
    default:
      return timer.kind;
  }
}
