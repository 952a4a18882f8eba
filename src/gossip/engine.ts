/**
 * The gossip engine (docs/PROTOCOL.md section 6): {@linkcode Engine.handle} takes what happened and
 * answers what is to be done. It awaits nothing, reads no clock and draws no chance of its own.
 *
 * This file only hands events on: to the exchange that they concern (`exchange.ts`), to what decides
 * who may connect (`inbound_limits.ts`) and whom to dial when (`dialler.ts`).
 */
import type { NodeAddress } from "../wire/address.ts";
import { mayDial } from "../wire/address_rules.ts";
import type { MessageId } from "../wire/ids.ts";
import { toSeconds, type UnixMs, type UnixSeconds } from "../wire/time.ts";
import { Alarm } from "./alarm.ts";
import { Budgets, type BudgetsLeft } from "./budgets.ts";
import { DEFAULT_CONFIG, type GossipConfig } from "./config.ts";
import { Dialler } from "./dialler.ts";
import type { EngineOptions, EngineSizes, InitialMessage } from "./engine_options.ts";
import type { AddressSource, InEvent, OutEvent, SessionId, Timer } from "./events.ts";
import { Exchange, type HelloFields } from "./exchange.ts";
import type { ExchangePorts, Failure } from "./exchange_ports.ts";
import type { Step } from "./exchange_step.ts";
import { FreshMessages } from "./freshness.ts";
import { InFlight } from "./in_flight.ts";
import { InboundLimits } from "./inbound_limits.ts";
import { Nodes } from "./nodes.ts";
import { OwnAddresses, type OwnView } from "./own_addresses.ts";
import { Reconciliation } from "./reconcile.ts";
import { ReconcileStarter } from "./reconcile_starter.ts";
import { Stem } from "./stem.ts";
import type { Attempt } from "./triggers.ts";

interface Session {
  readonly id: SessionId;
  readonly exchange: Exchange;
  /** The wish that dialled it; none for candidates and inbound ones. */
  readonly attempt: Attempt | undefined;
  /** Whether it counts as one of the exchanges that this node has dialled. */
  counts: boolean;
  state: "running" | "completed" | "closing";
}

/** One node's gossip. */
export class Engine {
  readonly #config: GossipConfig;
  readonly #ports: ExchangePorts;
  readonly #initial: Iterable<InitialMessage>;
  readonly #hello: (now: UnixMs) => HelloFields;
  readonly #limits: InboundLimits;
  readonly #dialler: Dialler;
  readonly #age: Alarm;
  readonly #embargo: Alarm;
  readonly #starter: ReconcileStarter;
  readonly #reconciliation: Reconciliation | undefined;
  readonly #sessions = new Map<SessionId, Session>();
  #out: OutEvent[] = [];
  #running = false;
  #nextSession = 1;
  /** The caller's time, and one made of it that never goes back. */
  #wall: UnixMs | undefined;
  #now = 0 as UnixMs;
  #lastCompleted = 0 as UnixMs;

  /** Makes an engine; it does nothing before `start`. */
  constructor(options: EngineOptions) {
    const { rng, self, known } = options;
    const config = options.config ?? DEFAULT_CONFIG;
    const emit = (event: OutEvent): void => void this.#out.push(event);
    this.#config = config;
    this.#initial = options.messages;
    this.#hello = options.hello;
    this.#limits = new InboundLimits(config);
    this.#age = new Alarm({ kind: "age" }, emit);
    this.#embargo = new Alarm({ kind: "stem" }, emit);
    const nodes = options.book ??
      new Nodes({ config, rng, emit, canDial: options.canDial }, options.addresses);
    this.#ports = {
      config,
      rng,
      emit,
      known,
      messages: new FreshMessages(
        config,
        (id, freshness) => emit({ kind: "freshness-changed", id, freshness }),
      ),
      inFlight: new InFlight(config),
      busy: options.busy ?? (() => 0),
      budgets: new Budgets(config),
      nodes,
      stem: new Stem({ config, rng, emit, nodes, known }),
      own: new OwnAddresses(self, rng),
    };
    const wall = (): UnixSeconds => toSeconds(this.#wall ?? this.#now);
    this.#reconciliation = options.sync &&
      new Reconciliation(this.#ports, { source: options.sync, wall });
    this.#dialler = new Dialler(this.#ports, (remote, attempt) => {
      this.#open(this.#nextSession++ as SessionId, { remote, attempt, inbound: false });
    });
    this.#starter = new ReconcileStarter({
      reconciliation: this.#reconciliation,
      dialler: this.#dialler,
      emit,
    });
  }

  /** Takes back an own message that never left this node; `false`, with nothing changed, for any other. */
  withdraw(id: MessageId): boolean {
    return this.#ports.stem.withdraw(id);
  }

  /** Where peers see this node, and at which of its addresses they reach it. */
  get own(): OwnView {
    return this.#ports.own.view(this.#now);
  }

  /** By which ways an address was heard of in this run, the first one first. */
  found(address: NodeAddress): readonly AddressSource[] {
    return this.#ports.nodes.found(address);
  }

  /** What peers may still cost, as of the last event. */
  get budgets(): BudgetsLeft {
    return this.#ports.budgets.view(this.#now);
  }

  /** Sizes of what the engine remembers. */
  get sizes(): EngineSizes {
    const { messages, inFlight, nodes, stem } = this.#ports;
    return {
      sessions: this.#sessions.size,
      inbound: this.#limits.size,
      inboundPrefixes: this.#limits.buckets,
      fresh: messages.size,
      stems: stem.size,
      served: this.#reconciliation?.served ?? 0,
      inFlight: inFlight.size,
      known: nodes.known,
      candidates: nodes.candidates,
    };
  }

  /** Takes an event and answers what is to be done, in that order. */
  handle(event: InEvent, now: UnixMs): OutEvent[] {
    // A clock that is set back must not stretch deadlines by that much.
    this.#now = this.#wall === undefined
      ? now
      : this.#now + Math.max(0, now - this.#wall) as UnixMs;
    this.#wall = now;
    this.#dispatch(event);
    if (this.#running) {
      this.#starter.pump(this.#now);
      this.#dialler.pump(this.#now);
      this.#age.set(this.#ports.messages.nextExpiry(), this.#now);
      this.#embargo.set(this.#ports.stem.nextEmbargo(), this.#now);
    }
    const out = this.#out;
    this.#out = [];
    return out;
  }

  #dispatch(event: InEvent): void {
    switch (event.kind) {
      case "start":
        return this.#start();
      case "stop":
        return this.#stop();
      case "woke":
        this.#ports.own.woke();
        return this.#starter.wish();
      case "timer":
        return this.#timer(event.timer);
      case "injected":
        this.#ports.messages.add(event.message);
        if (this.#ports.stem.stored(event.message.id)) this.#dialler.request();
        return;
      case "unpublished":
        return this.#ports.stem.unpublished(event, this.#now);
      case "own-message":
        if (this.#ports.stem.own({ ...event, fact: event.message })) this.#dialler.requestOwn();
        return;
      case "locked":
        return this.#ports.stem.locked();
      case "message-gone":
        return this.#ports.messages.forget(event.id);
      case "address-heard":
        return this.#addressHeard(event);
      case "accepted":
        return this.#accepted(event.session, event.remote);
      case "admitted": {
        const { message, purpose, novelStatements: count = 0 } = event;
        const link = this.#sessions.get(event.session)?.exchange.link;
        if (link !== undefined) {
          this.#ports.budgets.chargeStatements(link, { count, now: this.#now });
        }
        if (message !== undefined && purpose !== "stem") this.#ports.stem.stored(message.id);
        if (message !== undefined && purpose === "offered") {
          this.#ports.messages.add(message);
          this.#ports.inFlight.arrived(message.id);
        }
        return this.#step(event.session, ({ exchange }) => exchange.admitted(event, this.#now));
      }
      case "opened":
        return this.#step(event.session, ({ exchange }) => exchange.opened(this.#now));
      case "frame":
        return this.#step(event.session, (session) => this.#frame(session, event));
      case "sent":
        return this.#step(event.session, ({ exchange }) => exchange.sent(event.bytes, this.#now));
      case "bad-frame":
        return this.#step(event.session, ({ exchange }) => exchange.badFrame());
      case "dial-failed":
        return this.#gone(
          event.session,
          event.turnedAway
            ? { reason: "turned away", fault: "turned-away" }
            : { reason: "unreachable", fault: "failed" },
        );
      case "closed":
        return this.#gone(event.session, { reason: "closed", fault: "turned-away" });
      default:
        event satisfies never;
    }
  }

  #start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#lastCompleted = this.#now;
    for (const { message, freshness } of this.#initial) {
      this.#ports.messages.restore(message, freshness);
    }
    this.#starter.wish();
  }

  #stop(): void {
    this.#running = false;
    for (const id of [...this.#sessions.keys()]) {
      this.#fails(id, { reason: "stopped", fault: "none" });
    }
    this.#dialler.stop();
    this.#age.clear();
    this.#embargo.clear();
    this.#starter.clear();
  }

  #timer(timer: Timer): void {
    switch (timer.kind) {
      case "frame-deadline":
      case "exchange-deadline":
        return this.#step(timer.session, ({ exchange }) => exchange.late(timer.kind, this.#now));
      case "sync":
        return this.#starter.fired();
      case "gossip":
        this.#reconciliation?.trigger.period();
        return this.#dialler.fired(timer.kind);
      case "dial":
      case "candidates":
        return this.#dialler.fired(timer.kind);
      case "age":
        this.#age.fired();
        return this.#ports.messages.expire(this.#now);
      case "stem":
        this.#embargo.fired();
        return this.#ports.stem.expire(this.#now);
      default:
        timer satisfies never;
    }
  }

  #addressHeard(event: Extract<InEvent, { kind: "address-heard" }>): void {
    const { own, nodes } = this.#ports;
    const { address, source } = event;
    const heardFrom = source === "locator" ? "user" : source === "dht" ? event.from : address;
    if (own.has(address) || !mayDial({ address, heardFrom })) return;
    nodes.heard(address, { source, now: this.#now });
  }

  #accepted(id: SessionId, remote: NodeAddress): void {
    if (this.#sessions.has(id)) return;
    const verdict = this.#running
      ? this.#limits.accept(id, { remote, now: this.#now })
      : { kind: "refuse" as const };
    if (verdict.kind === "refuse") return void this.#ports.emit({ kind: "close", session: id });
    if (verdict.evict !== undefined) {
      this.#fails(verdict.evict, { reason: "evicted", fault: "none", atOnce: true });
      // It is cut off with this very event: were its end waited for, a burst would pile them up.
      this.#sessions.delete(verdict.evict);
    }
    this.#open(id, { remote, attempt: undefined, inbound: true });
  }

  #frame(session: Session, { frame }: Extract<InEvent, { kind: "frame" }>): Step {
    const { exchange } = session;
    if (!exchange.inbound && frame.kind === "hello" && this.#isLoop(frame.observed)) {
      this.#ports.own.addLoop(exchange.remote);
      this.#ports.nodes.forget(exchange.remote);
      return { kind: "failed", failure: { reason: "this node itself", fault: "none" } };
    }
    return exchange.frame(frame, this.#now);
  }

  /** Whether the peer sees us where one of our own inbound connections comes from: then it is us. */
  #isLoop(observed: NodeAddress): boolean {
    for (const { exchange } of this.#sessions.values()) {
      if (exchange.inbound && exchange.remote === observed) return true;
    }
    return false;
  }

  #open(id: SessionId, { remote, attempt, inbound }: {
    readonly remote: NodeAddress;
    readonly attempt: Attempt | undefined;
    readonly inbound: boolean;
  }): void {
    const hello = (): HelloFields => this.#hello(this.#wall ?? this.#now);
    const reconciliation = this.#reconciliation;
    const options = { session: id, remote, inbound, attempt, hello, reconciliation };
    const exchange = new Exchange(this.#ports, options);
    this.#sessions.set(id, { id, exchange, attempt, counts: !inbound, state: "running" });
    exchange.begin();
  }

  /** Lets an exchange take its part of an event, and draws the consequences. */
  #step(id: SessionId, take: (session: Session) => Step | void): void {
    const session = this.#sessions.get(id);
    if (session === undefined || session.state === "closing") return;
    const step = take(session);
    if (step === undefined) return;
    if (step.kind === "failed") return this.#fails(id, step.failure);
    if (step.kind === "completed") this.#completed(session);
    const { inbound, reconciling } = session.exchange;
    if (step.kind === "over" || (!inbound && !reconciling)) this.#close(session);
    // It may take two minutes, in which others are to be gossiped with, this peer among them.
    else if (reconciling) this.#hangUp(session);
  }

  /** Frees its place among the exchanges that this node has dialled. */
  #hangUp(session: Session): void {
    if (session.counts) this.#dialler.closed(session.exchange.remote);
    session.counts = false;
  }

  #completed(session: Session): void {
    const { exchange } = session;
    const { nodes, own, messages, budgets, emit } = this.#ports;
    const { refinements, fullFreshness } = this.#config;
    const { address, remote, inbound, delivered } = exchange;
    session.state = "completed";
    this.#lastCompleted = this.#now;
    own.met(exchange, this.#now);
    if (inbound) this.#ports.stem.met(this.#now);
    if (!inbound) nodes.completed(remote, this.#now);
    else if (
      address !== undefined && !own.has(address) && mayDial({ address, heardFrom: remote }) &&
      (nodes.has(address) || budgets.takeAddress(exchange.link, this.#now))
    ) {
      nodes.heard(address, { source: "inbound", now: this.#now });
    }
    const summary = exchange.summary(undefined);
    emit({ kind: "exchange-ended", summary });
    const goesOn = refinements.delivered &&
      delivered.some((id) => messages.freshnessOf(id) === fullFreshness);
    if (summary.received > 0 || goesOn) this.#dialler.request();
  }

  #fails(id: SessionId, failure: Failure): void {
    const session = this.#sessions.get(id);
    if (session === undefined || session.state === "closing") return;
    const was = session.state;
    this.#close(session, failure);
    this.#failed(session, { was, failure });
  }

  /** The connection is gone: an exchange that wasn't done has failed. */
  #gone(id: SessionId, failure: Failure): void {
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    const was = session.state;
    session.exchange.end(failure, this.#now);
    this.#sessions.delete(id);
    this.#limits.closed(id);
    this.#hangUp(session);
    this.#failed(session, { was, failure });
  }

  #failed({ exchange, attempt }: Session, { was, failure }: {
    readonly was: Session["state"];
    readonly failure: Failure;
  }): void {
    const now = this.#now;
    if (was === "closing" || (was === "completed" && failure.fault !== "blame")) return;
    const { nodes, emit, stem } = this.#ports;
    const { address, inbound } = exchange;
    const offline = now - this.#lastCompleted >= this.#config.offlineAfterMs;
    const failed = { now, count: failure.fault === "blame" || !offline };
    if (failure.fault === "turned-away" && !inbound && !exchange.greeted) {
      nodes.turnedAway(exchange.remote, failed);
    } else if (failure.fault !== "none" && address !== undefined) {
      if (inbound) nodes.failedInbound(address, failed);
      else nodes.failed(address, failed);
    }
    if (was === "completed") return;
    emit({ kind: "exchange-ended", summary: exchange.summary(failure) });
    if (!inbound) stem.failed(exchange.remote, now);
    if (attempt !== undefined && !exchange.greeted && this.#running) {
      this.#dialler.retry(attempt, exchange.remote);
    }
  }

  #close(session: Session, failure?: Failure): void {
    session.state = "closing";
    session.exchange.end(failure, this.#now);
    this.#limits.leaving(session.id);
    const atOnce = failure?.atOnce;
    this.#ports.emit({ kind: "close", session: session.id, ...(atOnce && { atOnce }) });
  }
}
