/**
 * Starts exchanges (docs/PROTOCOL.md section 6, "Triggers" and "Addresses"): with a known node when
 * something triggered one or the period is over, and, besides, with a candidate now and then.
 *
 * A stem message of somebody else starts one with its stem peer; the owner's waits for the next that
 * starts by this node's own clock, which is then with the stem peer instead of somebody drawn. Nor does
 * it go along with others: a stem peer that has an exchange provoked, and then finds a message there
 * that nobody handed on just now, would know whose it is (docs/decisions/0014-what-the-stem-hides.md).
 *
 * The period runs by itself. A triggered exchange doesn't put the next periodic one off: with that,
 * half of 1,000 nodes would have a message after 21 s instead of 14, because everybody who just got
 * it would be silent for the next 15 s. Nor does a candidate, or somebody could slow a node down by
 * telling it addresses that lead nowhere.
 */
import type { NodeAddress } from "../wire/address.ts";
import type { UnixMs } from "../wire/time.ts";
import { Alarm } from "./alarm.ts";
import type { ExchangePorts } from "./exchange_ports.ts";
import { OutboundSlots } from "./outbound_slots.ts";
import { type Attempt, Triggers, type Wish } from "./triggers.ts";

/** Kinds of timer that the dialler sets. */
export type DiallerTimer = "gossip" | "dial" | "candidates";

/** Opens an outbound exchange; `attempt` is there when another peer may be tried after it. */
export type OpenOutbound = (address: NodeAddress, attempt: Attempt | undefined) => void;

/** Decides whom to dial, and when. */
export class Dialler {
  readonly #ports: ExchangePorts;
  readonly #open: OpenOutbound;
  readonly #triggers: Triggers;
  readonly #alarms: Readonly<Record<DiallerTimer, Alarm>>;
  /** Addresses with which an outbound exchange is open, which are not dialled twice. */
  readonly #outbound: OutboundSlots;
  #lastCandidate = 0 as UnixMs;
  /** Whether the last start was for a stem: then the others come first, and a flood of stems starves nobody. */
  #stemLast = false;

  /** Starts idle. */
  constructor(ports: ExchangePorts, open: OpenOutbound) {
    this.#ports = ports;
    this.#open = open;
    this.#outbound = new OutboundSlots(ports.config);
    this.#triggers = new Triggers(ports.config, ports.rng);
    this.#alarms = {
      gossip: new Alarm({ kind: "gossip" }, ports.emit),
      dial: new Alarm({ kind: "dial" }, ports.emit),
      candidates: new Alarm({ kind: "candidates" }, ports.emit),
    };
  }

  /** Asks for an exchange as soon as one may start. */
  request(wish: Wish = {}): void {
    this.#triggers.request(wish);
  }

  /** The same by nobody's doing but this node's: the owner's messages may go along. */
  requestOwn(): void {
    this.#triggers.request({ rides: true });
  }

  /** Asks for another peer in place of one that couldn't be reached. */
  retry(attempt: Attempt, failed: NodeAddress): void {
    this.#triggers.retry(attempt, failed);
  }

  /** An outbound connection is gone. */
  closed(address: NodeAddress): void {
    this.#outbound.delete(address);
  }

  /** One of the dialler's timers ran out. */
  fired(kind: DiallerTimer): void {
    this.#alarms[kind].fired();
    if (kind === "gossip") this.requestOwn();
  }

  /** Starts what is due and may start, and sets the alarms for the rest. */
  pump(now: UnixMs): void {
    while (this.#mayStart(now, { candidate: false })) {
      if (!this.#startNext(now)) break;
    }
    this.#startCandidate(now);
    const freeAt = this.#freeAt(now, { candidate: false });
    const waiting = this.#triggers.waiting || this.#ports.stem.waiting;
    this.#alarms.dial.set(waiting && (freeAt ?? 0) > now ? freeAt : undefined, now);
    if (!this.#alarms.gossip.armed) this.#setPeriod(now);
  }

  /** Forgets what waits, and clears the alarms. */
  stop(): void {
    this.#triggers.take();
    for (const alarm of Object.values(this.#alarms)) alarm.clear();
  }

  /** Starts one exchange, for a stem and for what else waits in turn. Answers false when there is none. */
  #startNext(now: UnixMs): boolean {
    return this.#stemLast
      ? this.#startAttempt(now) || this.#startStem(now)
      : this.#startStem(now) || this.#startAttempt(now);
  }

  #startStem(now: UnixMs): boolean {
    const address = this.#ports.stem.urgent(now, (other) => this.#outbound.has(other));
    this.#stemLast = address !== undefined;
    if (address === undefined) return false;
    this.#start(address, { attempt: undefined, now });
    return true;
  }

  /** Starts what waits. Answers false when everybody known is being talked to already. */
  #startAttempt(now: UnixMs): boolean {
    const attempt = this.#triggers.take();
    if (attempt === undefined) return false;
    this.#stemLast = false;
    const { tried, rides } = attempt;
    const { stem, nodes } = this.#ports;
    const skip = (address: NodeAddress): boolean =>
      this.#outbound.has(address) || tried.includes(address);
    const address = (rides ? stem.riding(now, skip) : undefined) ?? nodes.pick(now, skip);
    if (address !== undefined) {
      this.#start(address, { attempt, now });
      return true;
    }
    // With nobody to talk to the wish lapses; the next period brings another.
    if (this.#outbound.size > 0) this.#triggers.putBack(attempt);
    return false;
  }

  #startCandidate(now: UnixMs): void {
    const { nodes, config } = this.#ports;
    if ((this.#candidateDue() ?? Infinity) <= now && this.#mayStart(now, { candidate: true })) {
      const address = nodes.pickCandidate(now, (other) => this.#outbound.has(other));
      this.#lastCandidate = now;
      if (address !== undefined) {
        // Not twice at a time; how the exchange ends sets the next time.
        nodes.pause(address, now + config.exchangeDeadlineMs as UnixMs);
        this.#start(address, { attempt: undefined, now, candidate: true });
      }
    }
    const due = this.#candidateDue();
    const freeAt = this.#freeAt(now, { candidate: true });
    const at = due !== undefined && freeAt !== undefined ? Math.max(due, freeAt) : 0;
    this.#alarms.candidates.set(at > now ? at as UnixMs : undefined, now);
  }

  #candidateDue(): UnixMs | undefined {
    const { nodes, config } = this.#ports;
    const first = nodes.candidateAt();
    if (first === undefined) return undefined;
    const hurry = nodes.known < config.fewKnown;
    const periodMs = hurry ? config.hurryPeriodMs : config.candidatePeriodMs;
    return Math.max(first, this.#lastCandidate + periodMs) as UnixMs;
  }

  #start(address: NodeAddress, { attempt, now, candidate = false }: {
    readonly attempt: Attempt | undefined;
    readonly now: UnixMs;
    readonly candidate?: boolean;
  }): void {
    this.#outbound.add(address, { since: now, candidate });
    this.#triggers.started(now);
    this.#open(address, attempt);
  }

  #setPeriod(now: UnixMs): void {
    this.#alarms.gossip.set(now + this.#triggers.periodMs() as UnixMs, now);
  }

  #mayStart(now: UnixMs, what: { readonly candidate: boolean }): boolean {
    const freeAt = this.#freeAt(now, what);
    return freeAt !== undefined && freeAt <= now;
  }

  /** When one more may start; `undefined` when another must end first, which brings us back here. */
  #freeAt(now: UnixMs, what: { readonly candidate: boolean }): UnixMs | undefined {
    const at = Math.max(this.#triggers.freeAt(), this.#outbound.freeAt(now, what));
    return Number.isFinite(at) ? at as UnixMs : undefined;
  }
}
