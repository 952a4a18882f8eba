/**
 * The responder's side of a reconciliation (docs/PROTOCOL.md section 8). It keeps nothing of what was
 * reconciled, since every sync frame says all there is to know; only of lists that are open: at most
 * four of what the peer fetches and two of what it offers.
 */
import { WireError } from "../wire/errors.ts";
import {
  ANSWER,
  type AnswerCode,
  type Frame,
  type OfferFrame,
  type ResultCode,
  type SyncFrame,
} from "../wire/frame.ts";
import type { MessageId } from "../wire/ids.ts";
import { SYNC_FETCHES, SYNC_OFFERS } from "../wire/limits.ts";
import { respond } from "../wire/negentropy.ts";
import type { UnixMs } from "../wire/time.ts";
import { type Failure, violation } from "./exchange_ports.ts";
import type { SyncContext, SyncEnd, SyncSide } from "./reconcile_ports.ts";
import { SyncReceiver } from "./reconcile_receiver.ts";
import { SyncSender } from "./reconcile_sender.ts";

/** Answers, gives and takes. */
export class SyncResponder implements SyncSide {
  readonly finished = true;
  readonly #context: SyncContext;
  readonly #sender: SyncSender;
  readonly #receiver: SyncReceiver;
  /** Messages still to be sent of each open fetch, oldest first. */
  readonly #fetches: number[] = [];
  /** Messages still to be settled of each open offer, oldest first. */
  readonly #offers: number[] = [];

  /** Starts with nothing asked. */
  constructor(context: SyncContext) {
    this.#context = context;
    this.#sender = new SyncSender(context);
    this.#receiver = new SyncReceiver(context, (code) => this.#settled(code));
  }

  get awaits(): boolean {
    // While we send or check, the peer may have nothing to say.
    return this.#sender.idle && this.#receiver.checking === 0;
  }

  begin(): undefined {}

  frame(frame: Frame, now: UnixMs): SyncEnd {
    if (frame.kind === "bye") return "over";
    return this.#take(frame, now) ?? this.#goOn();
  }

  admitted(code: ResultCode): SyncEnd {
    return this.#receiver.admitted(code);
  }

  sent(bytes: number, now: UnixMs): SyncEnd {
    if (this.#sender.sent(bytes, now)) countDown(this.#fetches);
    return this.#goOn();
  }

  release(): void {
    this.#receiver.release();
  }

  #take(frame: Frame, now: UnixMs): Failure | undefined {
    switch (frame.kind) {
      case "sync":
        return this.#sync(frame, now);
      case "fetch":
        return this.#give(frame.ids);
      case "offer":
        return this.#offer(frame, now);
      case "message":
        return this.#receiver.message(frame.bytes, now);
      default:
        return violation(`${frame.kind} in a reconciliation`);
    }
  }

  /** Says goodbye once the peer has used up its budget or its rounds, or offers what it doesn't have. */
  #goOn(): SyncEnd {
    const { broke, tally, ports } = this.#context;
    const wasted = this.#context.isTooManyMissing(this.#receiver.missing);
    if (!broke && !wasted && tally.rounds <= ports.config.reconcile.maxRounds) return undefined;
    this.#context.send({ kind: "bye" });
    return "over";
  }

  #sync({ from, to, bytes }: SyncFrame, now: UnixMs): Failure | undefined {
    // The range is done: nothing of it is kept here.
    if (bytes.length === 0) return undefined;
    const { tally, source } = this.#context;
    tally.rounds++;
    this.#context.spend(bytes.length, { way: "in", now });
    let reply;
    try {
      reply = respond(source.items(), { from, to }, bytes);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      return { reason: "malformed sync", fault: "blame" };
    }
    this.#context.spend(reply.length, { way: "out", now });
    this.#context.send({ kind: "sync", from, to, bytes: reply });
    return undefined;
  }

  #give(ids: readonly MessageId[]): Failure | undefined {
    if (ids.length === 0) return violation("empty fetch");
    if (this.#fetches.length >= SYNC_FETCHES) return violation("too many fetches");
    this.#fetches.push(ids.length);
    this.#sender.send(ids);
    return undefined;
  }

  #offer({ ids, address }: OfferFrame, now: UnixMs): Failure | undefined {
    if (ids.length === 0) return violation("empty offer");
    if (address !== undefined) return violation("address in a reconciliation");
    if (this.#offers.length >= SYNC_OFFERS) return violation("too many offers");
    const codes = ids.map((id) => this.#answer(id, now));
    const wanted = ids.filter((_, i) => codes[i] === ANSWER.want);
    if (wanted.length > 0) this.#offers.push(wanted.length);
    this.#receiver.expect(wanted, now);
    this.#context.send({ kind: "answer", codes, knewAddress: false, stems: 0 });
    return undefined;
  }

  #answer(id: MessageId, now: UnixMs): AnswerCode {
    if (this.#context.has(id)) return ANSWER.known;
    const { ports, peer } = this.#context;
    return ports.inFlight.coming(id, { peer, now }) ? ANSWER.inFlight : ANSWER.want;
  }

  #settled(code: ResultCode): void {
    countDown(this.#offers);
    this.#context.send({ kind: "result", code });
  }
}

/** One less of the oldest list. */
function countDown(open: number[]): void {
  const left = (open[0] ?? 1) - 1;
  if (left === 0) open.shift();
  else open[0] = left;
}
