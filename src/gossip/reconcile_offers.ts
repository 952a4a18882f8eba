/**
 * What the initiator of a reconciliation gives: lists of up to 64 ids of its own, of which the peer
 * says which it wants. A second list leaves before the first one's results have come.
 */
import { ANSWER, type AnswerFrame, RESULT, type ResultCode } from "../wire/frame.ts";
import type { MessageId } from "../wire/ids.ts";
import { SYNC_IDS, SYNC_OFFERS } from "../wire/limits.ts";
import type { UnixMs } from "../wire/time.ts";
import { type Failure, isBlame, violation } from "./exchange_ports.ts";
import type { SyncContext } from "./reconcile_ports.ts";
import { SyncSender } from "./reconcile_sender.ts";

/** Lists of own ids, offered and waiting to be. */
export class SyncOffers {
  readonly #context: SyncContext;
  readonly #sender: SyncSender;
  #waiting: MessageId[] = [];
  #next = 0;
  /** Offers without an answer, oldest first. */
  readonly #unanswered: (readonly MessageId[])[] = [];
  /** Results due for each answered offer, oldest first. */
  readonly #unsettled: number[] = [];

  /** Starts with nothing to give. */
  constructor(context: SyncContext) {
    this.#context = context;
    this.#sender = new SyncSender(context);
  }

  /** Ids that wait to be offered. */
  get waiting(): number {
    return this.#waiting.length - this.#next;
  }

  /** Whether an answer or a result is due, and nothing is still to be sent for it. */
  get awaits(): boolean {
    return this.#sender.idle && this.#unanswered.length + this.#unsettled.length > 0;
  }

  /** Whether nothing waits, is on its way or is due. */
  get idle(): boolean {
    return this.waiting + this.#unanswered.length + this.#unsettled.length === 0;
  }

  /** The peer lacks this. More than a bound are left for another time: the peer reconciles too. */
  have(id: MessageId): void {
    if (this.waiting < this.#context.ports.config.reconcile.maxWaiting) this.#waiting.push(id);
  }

  /** Forgets what waits. */
  clear(): void {
    this.#waiting = [];
    this.#next = 0;
  }

  /** Offers as much as may be open. */
  pump(): void {
    while (this.waiting > 0 && this.#unanswered.length + this.#unsettled.length < SYNC_OFFERS) {
      const ids = this.#take();
      if (ids.length === 0) return;
      this.#unanswered.push(ids);
      this.#context.send({ kind: "offer", ids, address: undefined });
    }
  }

  /** Takes the answer to the oldest offer without one. */
  answer({ codes, stems }: AnswerFrame): Failure | undefined {
    const ids = this.#unanswered.shift();
    if (ids === undefined) return violation("answer without an offer");
    if (codes.length !== ids.length) return violation("answer of wrong length");
    if (stems > 0) return violation("stem messages in a reconciliation");
    const wanted = ids.filter((_, i) => codes[i] === ANSWER.want);
    if (wanted.length === 0) return undefined;
    this.#unsettled.push(wanted.length);
    this.#sender.send(wanted);
    return undefined;
  }

  /** Takes the result of the oldest message without one. */
  result(code: ResultCode): Failure | undefined {
    const due = this.#unsettled[0];
    if (due === undefined) return violation("more results than messages");
    if (due === 1) this.#unsettled.shift();
    else this.#unsettled[0] = due - 1;
    if (code === RESULT.accepted) this.#context.tally.delivered++;
    return isBlame(code) ? { reason: "refused by the peer", fault: "failed" } : undefined;
  }

  /** A message was handed to the connection. */
  sent(bytes: number, now: UnixMs): void {
    this.#sender.sent(bytes, now);
  }

  /** What is here; remembered ids are claimed to be, so that nobody brings them back. */
  #take(): MessageId[] {
    const ids = new Set<MessageId>();
    while (ids.size < SYNC_IDS) {
      const id = this.#waiting[this.#next];
      if (id === undefined) break;
      this.#next++;
      if (this.#context.source.holds(id)) ids.add(id);
    }
    if (this.waiting === 0) this.clear();
    return [...ids];
  }
}
