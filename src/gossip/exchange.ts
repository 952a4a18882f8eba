/**
 * One exchange, either side of it (docs/PROTOCOL.md section 6):
 *
 * ```
 * initiator                                responder
 *   hello, offer             ────→
 *                            ←────           hello, answer, offer
 *   answer, wanted messages  ────→
 *   results                  ←───→           wanted messages, results
 *   bye, or a reconciliation ────→           (reconcile.ts)
 * ```
 * Each side reads while it writes. What the peer may say next is `#expect`; anything else is a
 * violation and ends the exchange with blame. An exchange is complete with the last result in
 * either direction; the bye only closes it.
 */
import { addressOf, hostPort, type NodeAddress } from "../wire/address.ts";
import { mayDial } from "../wire/address_rules.ts";
import type { AnswerFrame, Frame, HelloFrame, OfferFrame } from "../wire/frame.ts";
import type { MessageId } from "../wire/ids.ts";
import { MAX_BUSY_S } from "../wire/limits.ts";
import type { UnixMs, UnixSeconds } from "../wire/time.ts";
import { type BudgetLink, budgetLinkOf, payerOf } from "./budgets.ts";
import { type Deadline, Deadlines } from "./deadlines.ts";
import type { ExchangeSummary, SessionId } from "./events.ts";
import { type ExchangePorts, type Failure, type Peer, violation } from "./exchange_ports.ts";
import { type Step, stepOf } from "./exchange_step.ts";
import { Incoming, type Verdict } from "./incoming.ts";
import { Outgoing } from "./outgoing.ts";
import { connectionPrefixOf, placeOf } from "./places.ts";
import type { Reconciliation } from "./reconcile.ts";
import type { SyncPeer, SyncSession } from "./reconcile_session.ts";
import type { Attempt } from "./triggers.ts";

/** What a node says in its hello besides port and observed address. */
export type HelloFields = Omit<HelloFrame, "kind" | "port" | "observed">;

/** Which connection an exchange runs on. */
export interface ExchangeOptions {
  /** On which connection. */
  readonly session: SessionId;
  /** The address dialled, or the source address of a connection that came in. */
  readonly remote: NodeAddress;
  /** Whether the peer dialled. */
  readonly inbound: boolean;
  /** The wish that it was dialled for, if it was for one. */
  readonly attempt: Attempt | undefined;
  /** What to say in hello, asked for when it is sent. */
  readonly hello: () => HelloFields;
  /** What may follow a completed exchange; nothing if undefined. */
  readonly reconciliation: Reconciliation | undefined;
}

/** One exchange from connecting to closing. */
export class Exchange {
  /** By what the peer's budgets are counted. */
  readonly link: BudgetLink;
  readonly #ports: ExchangePorts;
  readonly #options: ExchangeOptions;
  #expect: "connection" | "hello" | "offer" | "answer" | "transfer" | "bye" | "sync" = "connection";
  #address: NodeAddress | undefined;
  #told: NodeAddress | undefined;
  #seenAs: NodeAddress | undefined;
  /** Ids that the peer offered, not to be offered back. */
  #heard: ReadonlySet<MessageId> = new Set();
  #horizon = 0 as UnixSeconds;
  #peer: Peer | undefined;
  #incoming: Incoming | undefined;
  #outgoing: Outgoing | undefined;
  #sync: SyncSession | undefined;
  readonly #deadlines: Deadlines;

  /** Makes an exchange; nothing happens before {@linkcode begin}. */
  constructor(ports: ExchangePorts, options: ExchangeOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#deadlines = new Deadlines(options.session, ports.emit);
    this.link = budgetLinkOf(options.remote, options);
    this.#address = options.inbound ? undefined : options.remote;
  }

  /** Whether the peer came to us. */
  get inbound(): boolean {
    return this.#options.inbound;
  }

  /** The address dialled, or the source address of a connection that came in. */
  get remote(): NodeAddress {
    return this.#options.remote;
  }

  /** Where the peer can be dialled, as far as that is known. */
  get address(): NodeAddress | undefined {
    return this.#address;
  }

  /** Where the peer says to see this node, or to have dialled it; none before its hello. */
  get seenAs(): NodeAddress | undefined {
    return this.#seenAs;
  }

  /** Whether the peer's hello came. */
  get greeted(): boolean {
    return this.#expect !== "connection" && this.#expect !== "hello";
  }

  /** Whether it is done and the connection serves a reconciliation now. */
  get reconciling(): boolean {
    return this.#expect === "sync";
  }

  /** Messages that the peer accepted as novel. */
  get delivered(): readonly MessageId[] {
    return this.#outgoing?.delivered ?? [];
  }

  /** Connects, or lets the handshake of a connection begin. */
  begin(): void {
    const { session, remote, inbound } = this.#options;
    const { exchangeDeadlineMs, helloDeadlineMs } = this.#ports.config;
    if (inbound) {
      this.#ports.emit({ kind: "handshake", session });
      this.#deadlines.arm("frame-deadline", helloDeadlineMs);
    } else {
      this.#ports.emit({ kind: "dial", session, address: remote });
    }
    this.#deadlines.arm("exchange-deadline", exchangeDeadlineMs);
  }

  /** The handshake is done. */
  opened(now: UnixMs): void {
    if (this.#expect !== "connection") return;
    this.#expect = "hello";
    if (this.inbound) return;
    this.#meet(placeOf(this.remote));
    this.#sendHello();
    this.#sendOffer(this.#ports.own.offerTo(this.remote, now));
    this.#deadlines.arm("frame-deadline", this.#ports.config.helloDeadlineMs);
  }

  /** A frame came. */
  frame(frame: Frame, now: UnixMs): Step {
    if (this.#expect === "bye" && this.inbound && isSync(frame) && !this.#serve(now)) {
      this.#send({ kind: "bye" });
      return { kind: "over" };
    }
    if (this.#sync !== undefined) return stepOf(this.#sync.frame(frame, now));
    const failure = this.#take(frame, now);
    if (failure !== undefined) return { kind: "failed", failure };
    if (this.#expect === "bye" && frame.kind === "bye") return { kind: "over" };
    return this.#progress(now, { frameCame: true });
  }

  /** What came was no frame. */
  badFrame(): Step {
    this.#incoming?.badFrame();
    return { kind: "failed", failure: { reason: "bad frame", fault: "blame" } };
  }

  /** A message that this peer sent was checked. */
  admitted(verdict: Verdict, now: UnixMs): Step {
    if (this.#sync !== undefined) return stepOf(this.#sync.admitted(verdict.code, now));
    const failure = this.#incoming?.admitted(verdict, now);
    return failure === undefined
      ? this.#progress(now, { frameCame: false })
      : { kind: "failed", failure };
  }

  /** A message was handed to the connection, in a frame of so many bytes. */
  sent(bytes: number, now: UnixMs): Step {
    return stepOf(this.#sync?.sent(bytes, now));
  }

  /** A deadline passed. */
  late(kind: Deadline, now: UnixMs): Step {
    if (this.#sync !== undefined) return stepOf(this.#sync.late(kind, now));
    return { kind: "failed", failure: { reason: "timeout", fault: "failed" } };
  }

  /** Lets go of what others could wait for, and of the timers; with why, if it failed. */
  end(failure: Failure | undefined, now: UnixMs): void {
    this.#incoming?.release();
    this.#outgoing?.release();
    this.#sync?.end(failure, now);
    this.#deadlines.clear();
  }

  /** What the exchange did. */
  summary(failure: Failure | undefined): ExchangeSummary {
    return {
      session: this.#options.session,
      address: this.#address ?? this.remote,
      ...(this.inbound && failure === undefined ? { seenAs: this.#seenAs } : {}),
      outbound: !this.inbound,
      completed: failure === undefined,
      reason: failure?.reason,
      received: this.#incoming?.received ?? 0,
      delivered: this.delivered.length,
      known: this.#outgoing?.known ?? 0,
      refused: this.#incoming?.refused ?? 0,
    };
  }

  #take(frame: Frame, now: UnixMs): Failure | undefined {
    const outOfOrder = violation(`${frame.kind} when ${this.#expect} was due`);
    switch (frame.kind) {
      case "hello":
        return this.#expect === "hello" ? this.#hello(frame, now) : outOfOrder;
      case "offer":
        return this.#expect === "offer" ? this.#offer(frame, now) : outOfOrder;
      case "answer":
        return this.#expect === "answer" ? this.#answer(frame, now) : outOfOrder;
      case "message":
        return this.#expect === "transfer" ? this.#incoming?.message(frame.bytes, now) : outOfOrder;
      case "stem":
        return this.#expect === "transfer" ? this.#incoming?.stem(frame.bytes, now) : outOfOrder;
      case "result":
        return this.#expect === "transfer" ? this.#outgoing?.result(frame.code) : outOfOrder;
      case "bye":
        return this.#expect === "bye" ? undefined : outOfOrder;
      case "sync":
      case "fetch":
        return outOfOrder;
      case "busy":
        if (this.#expect !== "hello" || this.inbound) return outOfOrder;
        this.#ports.nodes.turnedAway(this.remote, {
          now,
          count: true,
          seconds: frame.seconds,
        });
        return { reason: "busy", fault: "none" };
      default:
        frame satisfies never;
        return outOfOrder;
    }
  }

  #hello(frame: HelloFrame, now: UnixMs): Failure | undefined {
    const { port, observed, horizon, time, digest, extraStampBits } = frame;
    this.#horizon = horizon;
    this.#seenAs = observed;
    const { remote } = this;
    const { session } = this.#options;
    this.#ports.emit({
      kind: "greeted",
      session,
      remote,
      outbound: !this.inbound,
      time,
      digest,
    });
    if (this.inbound) {
      this.#address = port > 0 ? addressOf(hostPort(this.remote).host, port) : undefined;
      this.#meet(
        this.#address === undefined ? connectionPrefixOf(this.remote) : placeOf(this.#address),
      );
      this.#expect = "offer";
    } else {
      this.#ports.own.observe({ remote, seenAs: observed, now });
      this.#expect = "answer";
    }
    this.#outgoing?.demand(extraStampBits);
    return undefined;
  }

  #offer(frame: OfferFrame, now: UnixMs): Failure | undefined {
    const seconds = this.inbound
      ? Math.min(MAX_BUSY_S, this.#ports.busy(payerOf(this.link), now))
      : 0;
    if (seconds > 0) {
      this.#send({ kind: "busy", seconds });
      return { reason: "busy", fault: "none" };
    }
    const codes = this.#incoming?.offer(frame, now) ?? [];
    if ("reason" in codes) return codes;
    const knewAddress = frame.address !== undefined && this.#hearOf(frame.address, now);
    if (this.inbound) this.#sendHello();
    // Only the dialler hands stem messages on: whom it dials is its own choice.
    const rides = this.#options.attempt?.rides === true;
    const stems = this.inbound ? 0 : this.#outgoing?.takeStems(this.remote, { rides, now }) ?? 0;
    this.#send({ kind: "answer", codes, knewAddress, stems });
    if (this.inbound) {
      this.#heard = new Set(frame.ids);
      this.#sendOffer(this.#ports.nodes.tell(this.#address ?? this.remote));
      this.#expect = "answer";
    } else {
      this.#outgoing?.send();
      this.#expect = "transfer";
    }
    return undefined;
  }

  #answer(frame: AnswerFrame, now: UnixMs): Failure | undefined {
    if (frame.stems > 0 && !this.inbound) return violation("stem messages from a responder");
    const failure = this.#outgoing?.answer(frame, now);
    if (failure !== undefined) return failure;
    if (frame.knewAddress && this.#told !== undefined) this.#ports.nodes.toldAgain(this.#told);
    if (this.inbound) {
      this.#incoming?.expectStems(frame.stems);
      this.#outgoing?.send();
      this.#expect = "transfer";
    } else {
      this.#expect = "offer";
    }
    return undefined;
  }

  /** Takes in an address that the peer tells. Answers whether it was known. */
  #hearOf(address: NodeAddress, now: UnixMs): boolean {
    const { nodes, own, budgets } = this.#ports;
    if (own.has(address)) return true;
    // It may well name itself.
    const way = address === this.#address ? "inbound" : "gossip";
    if (nodes.has(address)) {
      nodes.toldAgain(address);
      if (address !== this.remote) nodes.heard(address, { source: "gossip", way, now });
      return true;
    }
    if (mayDial({ address, heardFrom: this.remote }) && budgets.takeAddress(this.link, now)) {
      nodes.heard(address, { source: "gossip", way, now });
    }
    return false;
  }

  /** Looks whether all is done, and which deadline holds next. */
  #progress(now: UnixMs, { frameCame }: { readonly frameCame: boolean }): Step {
    const { config } = this.#ports;
    let step: Step;
    if (this.#expect === "transfer" && this.#incoming?.done && this.#outgoing?.done) {
      step = { kind: "completed" };
      this.#expect = "bye";
      this.#deadlines.disarm("exchange-deadline");
      if (!this.inbound) {
        if (this.#begin(now)) return step;
        this.#send({ kind: "bye" });
      }
    }
    const due = this.#expect !== "transfer" || this.#incoming?.awaitsMessages ||
      this.#outgoing?.awaitsResults;
    if (!due || (step !== undefined && !this.inbound)) this.#deadlines.disarm("frame-deadline");
    else if (frameCame || step !== undefined) {
      this.#deadlines.arm("frame-deadline", config.frameDeadlineMs);
    }
    return step;
  }

  /** Goes on to reconcile, if it is time to. */
  #begin(now: UnixMs): boolean {
    const peer = this.#syncPeer();
    this.#sync = peer && this.#options.reconciliation?.initiate(peer, now);
    if (this.#sync === undefined) return false;
    // With horizons too high for any range, its first word is goodbye.
    this.#expect = this.#sync.begin(now) === undefined ? "sync" : "bye";
    return true;
  }

  /** Serves a reconciliation, if there aren't too many. */
  #serve(now: UnixMs): boolean {
    const peer = this.#syncPeer();
    this.#sync = peer && this.#options.reconciliation?.respond(peer, now);
    if (this.#sync === undefined) return false;
    this.#expect = "sync";
    return true;
  }

  #syncPeer(): SyncPeer | undefined {
    const { remote, hello } = this.#options;
    const horizon = Math.max(this.#horizon, hello().horizon) as UnixSeconds;
    const deadlines = this.#deadlines;
    return this.#peer && { peer: this.#peer, remote, horizon, deadlines };
  }

  #meet(place: string): void {
    const { session, inbound } = this.#options;
    const lowered = new Set<MessageId>();
    const peer: Peer = { session, inbound, place, link: this.link, lowered, extraStampBits: 0 };
    this.#peer = peer;
    this.#incoming = new Incoming(this.#ports, peer);
    this.#outgoing = new Outgoing(this.#ports, peer);
  }

  #sendHello(): void {
    const { remote, hello } = this.#options;
    const fields = hello();
    if (this.#peer !== undefined) this.#peer.extraStampBits = fields.extraStampBits;
    this.#send({ kind: "hello", port: this.#ports.own.port, observed: remote, ...fields });
  }

  #sendOffer(address: NodeAddress | undefined): void {
    this.#told = address;
    const ids = this.#outgoing?.offer({ not: this.#heard, horizon: this.#horizon }) ?? [];
    this.#send({ kind: "offer", ids, address });
  }

  #send(frame: Frame): void {
    this.#ports.emit({ kind: "send", session: this.#options.session, frame });
  }
}

function isSync(frame: Frame): boolean {
  return frame.kind === "sync" || frame.kind === "fetch";
}
