/**
 * One side's giving in an exchange (docs/PROTOCOL.md section 6, steps 3 to 6): offer ids, hear which
 * are wanted, send those, hear what became of each.
 */
import { ANSWER, type AnswerFrame, RESULT, type ResultCode } from "../wire/frame.ts";
import type { MessageId } from "../wire/ids.ts";
import type { UnixMs, UnixSeconds } from "../wire/time.ts";
import {
  type ExchangePorts,
  type Failure,
  isBlame,
  lowerKnown,
  type Peer,
  violation,
} from "./exchange_ports.ts";

/** What this node gives to one peer. */
export class Outgoing {
  readonly #ports: ExchangePorts;
  readonly #peer: Peer;
  #offered: readonly MessageId[] = [];
  #wanted: readonly MessageId[] = [];
  /** How many of the wanted messages were answered by a result. */
  #results = 0;
  #sent = false;
  #known = 0;
  readonly #delivered: MessageId[] = [];

  /** Starts with nothing offered. */
  constructor(ports: ExchangePorts, peer: Peer) {
    this.#ports = ports;
    this.#peer = peer;
  }

  /** Messages that the peer accepted as novel. */
  get delivered(): readonly MessageId[] {
    return this.#delivered;
  }

  /** How many of the offered messages the peer knew. */
  get known(): number {
    return this.#known;
  }

  /** Whether results are still due. */
  get awaitsResults(): boolean {
    return this.#sent && this.#results < this.#wanted.length;
  }

  /** Whether everything wanted was sent and every result is here. */
  get done(): boolean {
    return this.#sent && this.#results >= this.#wanted.length;
  }

  /** Draws the ids to offer; not those that the peer just offered, nor what it would refuse as old. */
  offer({ not, horizon }: {
    readonly not: ReadonlySet<MessageId>;
    readonly horizon: UnixSeconds;
  }): readonly MessageId[] {
    const { messages, rng } = this.#ports;
    const facts = messages.offer(rng, {
      place: this.#peer.place,
      skip: ({ id, created }) => not.has(id) || created < horizon,
    });
    this.#offered = facts.map(({ id }) => id);
    return this.#offered;
  }

  /** Takes the peer's answer to the offer. */
  answer({ codes }: AnswerFrame, now: UnixMs): Failure | undefined {
    if (codes.length !== this.#offered.length) return violation("answer of wrong length");
    this.#ports.messages.answered(this.#offered, now);
    this.#wanted = this.#offered.filter((_, i) => codes[i] === ANSWER.want);
    this.#offered.forEach((id, i) => {
      if (codes[i] === ANSWER.known) this.#peerKnew(id);
    });
    return undefined;
  }

  /** Sends what is wanted. */
  send(): void {
    for (const id of this.#wanted) {
      this.#ports.emit({ kind: "send-message", session: this.#peer.session, id });
    }
    this.#sent = true;
  }

  /** Takes the result of the next message. */
  result(code: ResultCode): Failure | undefined {
    const id = this.awaitsResults ? this.#wanted[this.#results] : undefined;
    if (id === undefined) return violation("more results than messages");
    this.#results++;
    if (code === RESULT.accepted) {
      this.#delivered.push(id);
      // Not offered there again: whoever accepts the same message for ever would have us send it for ever.
      this.#ports.messages.seenAt(id, this.#peer.place);
    } else if (code === RESULT.known) {
      this.#peerKnew(id);
    } else if (isBlame(code)) {
      // It passed our own checks: one of us keeps other rules, and the peer hangs up on us.
      return { reason: "refused by the peer", fault: "failed" };
    }
    return undefined;
  }

  #peerKnew(id: MessageId): void {
    this.#known++;
    lowerKnown(this.#ports, { peer: this.#peer, id });
  }
}
