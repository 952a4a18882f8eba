/**
 * One side's taking in an exchange (docs/PROTOCOL.md section 6, steps 3 to 6): answer the offer,
 * have each message that comes checked and stored, say in order what became of each.
 */
import {
  ANSWER,
  type AnswerCode,
  type OfferFrame,
  RESULT,
  type ResultCode,
} from "../wire/frame.ts";
import type { MessageId } from "../wire/ids.ts";
import type { UnixMs } from "../wire/time.ts";
import type { MessageFact } from "./events.ts";
import {
  askAdmission,
  type ExchangePorts,
  type Failure,
  isBlame,
  lowerKnown,
  type Peer,
  violation,
} from "./exchange_ports.ts";

/** What waits for its result: a message on its way into the store, or one that needs no check. */
type Waiting =
  | { readonly kind: "message"; readonly id: MessageId }
  | { readonly kind: "stem"; readonly bytes: Uint8Array }
  | { readonly kind: "empty"; readonly id: MessageId }
  | { readonly kind: "dropped stem" }
  | { readonly kind: "too much" };

/** What became of a message that was checked. */
export interface Verdict {
  /** The result as it goes to the peer. */
  readonly code: ResultCode;
  /** Present when it is valid and novel. */
  readonly message: MessageFact | undefined;
}

/** What this node takes from one peer. */
export class Incoming {
  readonly #ports: ExchangePorts;
  readonly #peer: Peer;
  #wanted: readonly MessageId[] = [];
  /** How many of the wanted messages came. */
  #came = 0;
  /** How many of the wanted messages are settled: stored, refused or gone. */
  #settled = 0;
  #stems = 0;
  #bytes = 0;
  #answered = false;
  #received = 0;
  #refused = 0;
  readonly #waiting: Waiting[] = [];

  /** Starts with nothing offered. */
  constructor(ports: ExchangePorts, peer: Peer) {
    this.#ports = ports;
    this.#peer = peer;
  }

  /** Novel messages that came by being offered. */
  get received(): number {
    return this.#received;
  }

  /** Messages that were refused with blame. */
  get refused(): number {
    return this.#refused;
  }

  /** Whether messages are still due. */
  get awaitsMessages(): boolean {
    return this.#answered && (this.#came < this.#wanted.length || this.#stems > 0);
  }

  /** Whether everything came and every result was sent. */
  get done(): boolean {
    return this.#answered && !this.awaitsMessages && this.#waiting.length === 0;
  }

  /** Answers an offer, or says what is wrong with it. */
  offer({ ids }: OfferFrame, now: UnixMs): readonly AnswerCode[] | Failure {
    const { config, messages } = this.#ports;
    if (ids.length > config.offerIds) return violation("too many ids offered");
    if (new Set(ids).size < ids.length) return violation("an id offered twice");
    const codes = ids.map((id) => this.#answer(id, now));
    this.#wanted = ids.filter((_, i) => codes[i] === ANSWER.want);
    for (const id of ids) messages.seenAt(id, this.#peer.place);
    this.#answered = true;
    return codes;
  }

  /** Expects so many stem messages after the wanted ones. */
  expectStems(stems: number): void {
    this.#stems = stems;
  }

  /** Takes the next wanted message. */
  message(bytes: Uint8Array, now: UnixMs): Failure | undefined {
    const id = this.#answered ? this.#wanted[this.#came] : undefined;
    if (id === undefined) return violation("unrequested message");
    this.#came++;
    if (bytes.length === 0) return this.#queue({ kind: "empty", id });
    return this.#take(bytes, { waiting: { kind: "message", id }, now });
  }

  /** Takes the next announced stem message. */
  stem(bytes: Uint8Array, now: UnixMs): Failure | undefined {
    if (this.#came < this.#wanted.length || this.#stems === 0) {
      return violation("unannounced stem message");
    }
    this.#stems--;
    // Silently: the hop before has its embargo, and what we can't afford is nobody's business.
    if (!this.#ports.budgets.takeMessage(this.#peer.link, now)) {
      return this.#queue({ kind: "dropped stem" });
    }
    return this.#take(bytes, { waiting: { kind: "stem", bytes }, now });
  }

  /** Takes note that what came was no frame: in the place of a message, a refused one. */
  badFrame(): void {
    if (this.awaitsMessages) this.#refused++;
  }

  /** Takes what became of the oldest message that is being checked. */
  admitted({ code, message }: Verdict, now: UnixMs): Failure | undefined {
    const oldest = this.#waiting[0];
    if (oldest === undefined || (oldest.kind !== "message" && oldest.kind !== "stem")) {
      return undefined;
    }
    this.#waiting.shift();
    if (oldest.kind === "message") {
      this.#settled++;
      this.#settle(oldest.id, { code, message });
    } else if (message !== undefined) {
      const { place, link: { prefix } } = this.#peer;
      this.#ports.stem.arrived({ fact: message, bytes: oldest.bytes, place, prefix }, now);
    }
    const blame = isBlame(code);
    // Whether a stem message was seen before is nobody's business.
    this.#result(oldest.kind === "stem" && !blame ? RESULT.accepted : code);
    if (blame) {
      this.#refused++;
      return { reason: "refused", fault: "blame" };
    }
    return this.#drain();
  }

  /** Gives up what was asked for and hasn't come, so that others can be asked. */
  release(): void {
    const { inFlight, budgets } = this.#ports;
    for (const id of this.#wanted.slice(this.#settled)) inFlight.failed(id);
    // What never came cost us nothing, and might come from an honest node of the same prefix.
    for (let n = this.#came; n < this.#wanted.length; n++) budgets.giveBackMessage(this.#peer.link);
    this.#settled = this.#wanted.length;
    this.#came = this.#wanted.length;
  }

  #answer(id: MessageId, now: UnixMs): AnswerCode {
    const { messages, known, inFlight, budgets } = this.#ports;
    if (messages.freshnessOf(id) > 0 || known.has(id)) {
      lowerKnown(this.#ports, { peer: this.#peer, id });
      return ANSWER.known;
    }
    if (inFlight.hold(id, { peer: this.#peer, now })) return ANSWER.inFlight;
    if (!budgets.takeMessage(this.#peer.link, now)) return ANSWER.notNow;
    inFlight.ask(id, { peer: this.#peer, now });
    return ANSWER.want;
  }

  #take(bytes: Uint8Array, { waiting, now }: {
    readonly waiting: Waiting & { kind: "message" | "stem" };
    readonly now: UnixMs;
  }): Failure | undefined {
    this.#bytes += bytes.length;
    if (this.#bytes > this.#ports.config.bodyBytes) return this.#queue({ kind: "too much" });
    this.#waiting.push(waiting);
    const expected = waiting.kind === "message" ? waiting.id : undefined;
    const purpose = waiting.kind === "message" ? "offered" : "stem";
    askAdmission(this.#ports, { peer: this.#peer, bytes, expected, purpose, now });
    return undefined;
  }

  #settle(id: MessageId, { code, message }: Verdict): void {
    const { inFlight, messages, budgets } = this.#ports;
    // Somebody else was faster, or we had no room: the peer brought nothing that costs it.
    if (code === RESULT.known || code === RESULT.busy) budgets.giveBackMessage(this.#peer.link);
    if (code === RESULT.accepted || code === RESULT.known) inFlight.arrived(id);
    else inFlight.failed(id);
    if (message !== undefined) {
      this.#received++;
      messages.seenAt(id, this.#peer.place);
    } else if (code === RESULT.known) {
      lowerKnown(this.#ports, { peer: this.#peer, id });
    }
  }

  /** Puts a result that needs no check in its turn. */
  #queue(waiting: Waiting): Failure | undefined {
    this.#waiting.push(waiting);
    return this.#waiting.length === 1 ? this.#drain() : undefined;
  }

  #drain(): Failure | undefined {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (next.kind === "message" || next.kind === "stem") return undefined;
      this.#waiting.shift();
      if (next.kind === "empty") {
        this.#settled++;
        this.#ports.inFlight.failed(next.id);
        this.#ports.budgets.giveBackMessage(this.#peer.link);
      }
      // An empty message gets a result too, so that results keep the order of the messages.
      this.#result(next.kind === "dropped stem" ? RESULT.accepted : RESULT.busy);
      if (next.kind === "too much") return { reason: "too much", fault: "none" };
    }
    return undefined;
  }

  #result(code: ResultCode): void {
    const { session } = this.#peer;
    this.#ports.emit({ kind: "send", session, frame: { kind: "result", code } });
  }
}
