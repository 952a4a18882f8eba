/**
 * What the initiator of a reconciliation asks for: lists of up to 64 ids, the next before the last
 * one's messages have come, so that not the way there and back but the checking sets the pace.
 */
import type { ResultCode } from "../wire/frame.ts";
import type { MessageId } from "../wire/ids.ts";
import { SYNC_FETCHES, SYNC_IDS } from "../wire/limits.ts";
import type { UnixMs } from "../wire/time.ts";
import type { Failure } from "./exchange_ports.ts";
import type { SyncContext } from "./reconcile_ports.ts";
import { SyncReceiver } from "./reconcile_receiver.ts";

/** Shorter lists than this wait until more can be asked for. */
const WORTH_ASKING = SYNC_IDS / 2;

/** Ids whose list fits a record of 1,024 bytes: 64 take one of 4,096. */
const SHORT_LIST = 29;

/** Lists of ids, asked for and waiting to be. */
export class SyncFetches {
  readonly #context: SyncContext;
  readonly #receiver: SyncReceiver;
  #waiting: MessageId[] = [];
  #next = 0;
  /** How many messages of each open list haven't come. */
  readonly #open: number[] = [];

  /** Starts with nothing to ask for. */
  constructor(context: SyncContext) {
    this.#context = context;
    this.#receiver = new SyncReceiver(context);
  }

  /** Ids that wait to be asked for. */
  get waiting(): number {
    return this.#waiting.length - this.#next;
  }

  /** Whether messages are due. */
  get awaits(): boolean {
    return this.#receiver.due > 0;
  }

  /** Whether nothing waits, is due or is being checked. */
  get idle(): boolean {
    return this.waiting === 0 && !this.awaits && this.#receiver.checking === 0;
  }

  /** Messages that the peer claimed and then didn't hold. */
  get missing(): number {
    return this.#receiver.missing;
  }

  /** The peer says that it has this. */
  need(id: MessageId): void {
    if (!this.#context.has(id)) this.#waiting.push(id);
  }

  /** Forgets what waits. */
  clear(): void {
    this.#waiting = [];
    this.#next = 0;
  }

  /** Asks for as much as may be on its way. */
  pump(now: UnixMs): void {
    while (this.waiting > 0 && this.#open.length < SYNC_FETCHES) {
      // As many short lists as may be open cost half of what long ones do.
      const most = this.waiting > SHORT_LIST * SYNC_FETCHES ? SYNC_IDS : SHORT_LIST;
      const room = Math.min(most, this.#receiver.room);
      if (room < Math.min(WORTH_ASKING, most, this.waiting)) return;
      const ids = this.#take(room, now);
      if (ids.length === 0) continue;
      this.#open.push(ids.length);
      this.#receiver.expect(ids, now);
      this.#context.send({ kind: "fetch", ids });
    }
  }

  /** Takes the next message. */
  message(bytes: Uint8Array, now: UnixMs): Failure | undefined {
    const failure = this.#receiver.message(bytes, now);
    if (failure !== undefined) return failure;
    const left = (this.#open[0] ?? 1) - 1;
    if (left === 0) this.#open.shift();
    else this.#open[0] = left;
    return undefined;
  }

  /** Takes what became of the oldest message that is being checked. */
  admitted(code: ResultCode): Failure | undefined {
    return this.#receiver.admitted(code);
  }

  /** Gives up what hasn't come. */
  release(): void {
    this.#receiver.release();
  }

  /** What nobody has brought and nobody is bringing by now. */
  #take(most: number, now: UnixMs): MessageId[] {
    const { ports: { inFlight }, peer } = this.#context;
    const ids = new Set<MessageId>();
    while (ids.size < most) {
      const id = this.#waiting[this.#next];
      if (id === undefined) break;
      this.#next++;
      if (!this.#context.has(id) && !inFlight.coming(id, { peer, now })) ids.add(id);
    }
    if (this.waiting === 0) this.clear();
    return [...ids];
  }
}
