/**
 * One side's giving in an exchange (docs/PROTOCOL.md section 6, steps 3 to 6): offer ids, hear which
 * are wanted, send those, hear what became of each.
 */
import type { NodeAddress } from "../wire/address.ts";
import { ANSWER, type AnswerFrame, RESULT, type ResultCode } from "../wire/frame.ts";
import type { MessageId } from "../wire/ids.ts";
import { AUTHOR_STAMP_BITS } from "../wire/limits.ts";
import type { UnixMs, UnixSeconds } from "../wire/time.ts";
import type { MessageFact } from "./events.ts";
import type { StemArrival } from "./stem.ts";
import {
  type ExchangePorts,
  type Failure,
  isBlame,
  lowerKnown,
  type Peer,
  violation,
} from "./exchange_ports.ts";

/** What this node gives to one peer: what that wants, then, if this node dialled it, stem messages. */
export class Outgoing {
  readonly #ports: ExchangePorts;
  readonly #peer: Peer;
  #offered: readonly MessageId[] = [];
  #wanted: readonly MessageId[] = [];
  /** What is offered. */
  readonly #facts = new Map<MessageId, MessageFact>();
  /** Stamp bits over the base that the peer's hello demands. */
  #demanded = 0;
  #stems: readonly StemArrival[] = [];
  #stemPeer: NodeAddress | undefined;
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
    return this.#sent && this.#results < this.#toSend;
  }

  /** Whether everything wanted was sent and every result is here. */
  get done(): boolean {
    return this.#sent && this.#results >= this.#toSend;
  }

  /** Takes note of the stamp bits that the peer demands over the base. */
  demand(extraStampBits: number): void {
    this.#demanded = extraStampBits;
  }

  /**
   * Draws the ids to offer; not those that the peer just offered, nor what it would refuse as old or,
   * as far as its hello came, too cheaply stamped.
   */
  offer({ not, horizon }: {
    readonly not: ReadonlySet<MessageId>;
    readonly horizon: UnixSeconds;
  }): readonly MessageId[] {
    const { messages, rng } = this.#ports;
    const facts = messages.offer(rng, {
      place: this.#peer.place,
      skip: (fact) => not.has(fact.id) || fact.created < horizon || this.#isTooCheap(fact),
    });
    this.#offered = facts.map(({ id }) => id);
    for (const fact of facts) this.#facts.set(fact.id, fact);
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

  /**
   * Takes the stem messages that go to this peer and fit behind what is wanted, the owner's only if
   * this exchange `rides`; answers how many.
   */
  takeStems(
    peer: NodeAddress,
    { rides, now }: { readonly rides: boolean; readonly now: UnixMs },
  ): number {
    const { stem, config } = this.#ports;
    const wanted = this.#wanted.reduce((sum, id) => sum + (this.#facts.get(id)?.size ?? 0), 0);
    this.#stemPeer = peer;
    this.#stems = stem.take(peer, { maxBytes: config.bodyBytes - wanted, rides, now });
    return this.#stems.length;
  }

  /** Sends what is wanted, then the stem messages. */
  send(): void {
    const { emit } = this.#ports;
    const { session } = this.#peer;
    for (const id of this.#wanted) {
      const fact = this.#facts.get(id);
      // Offered before its hello came: it would only throw the bytes away.
      if (fact === undefined || !this.#isTooCheap(fact)) {
        emit({ kind: "send-message", session, id });
      } else {
        emit({ kind: "send", session, frame: { kind: "message", bytes: new Uint8Array() } });
      }
    }
    for (const { bytes } of this.#stems) {
      emit({ kind: "send", session, frame: { kind: "stem", bytes } });
    }
    this.#sent = true;
  }

  /** The exchange is over: stem messages that the peer didn't answer go another way. */
  release(): void {
    const answered = Math.max(0, this.#results - this.#wanted.length);
    for (const { fact } of this.#stems.slice(answered)) this.#lose(fact.id);
    this.#stems = this.#stems.slice(0, answered);
  }

  /** Takes the result of the next message. */
  result(code: ResultCode): Failure | undefined {
    if (!this.awaitsResults) return violation("more results than messages");
    const at = this.#results++;
    const id = this.#wanted[at];
    if (id === undefined) return this.#stemResult(at - this.#wanted.length, code);
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

  get #toSend(): number {
    return this.#wanted.length + this.#stems.length;
  }

  #stemResult(at: number, code: ResultCode): Failure | undefined {
    const id = this.#stems[at]?.fact.id;
    if (id === undefined) return violation("more results than messages");
    if (code === RESULT.accepted) this.#ports.stem.passed(id);
    else this.#lose(id);
    return isBlame(code) ? { reason: "refused by the peer", fault: "failed" } : undefined;
  }

  #lose(id: MessageId): void {
    if (this.#stemPeer !== undefined) this.#ports.stem.lost(id, this.#stemPeer);
  }

  /** What an earlier run took in counts as stamped as authors do. */
  #isTooCheap({ spareBits = AUTHOR_STAMP_BITS }: MessageFact): boolean {
    return spareBits < this.#demanded;
  }

  #peerKnew(id: MessageId): void {
    this.#known++;
    lowerKnown(this.#ports, { peer: this.#peer, id });
  }
}
