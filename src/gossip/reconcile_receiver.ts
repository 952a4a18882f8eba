/**
 * Messages that a peer owes in a reconciliation: they come in the order in which they were asked for,
 * are checked, and are stored at freshness 0.
 */
import { RESULT, type ResultCode } from "../wire/frame.ts";
import type { MessageId } from "../wire/ids.ts";
import type { UnixMs } from "../wire/time.ts";
import { askAdmission, type Failure, isBlame, violation } from "./exchange_ports.ts";
import type { SyncContext } from "./reconcile_ports.ts";

/** Bytes of a frame beside its message: tag, lengths, and the record's own length and tag. */
const FRAME_BYTES = 24;
/** Mean size of messages before any came: a guess, rather too large. */
const FIRST_MEAN_BYTES = 2_048;
/** Weight of each new size in the mean. */
const MEAN_WEIGHT = 1 / 32;

interface Checked {
  readonly id: MessageId;
  /** 0 for a message that is no longer held: nothing to check. */
  readonly bytes: number;
}

/** What one peer owes. */
export class SyncReceiver {
  readonly #context: SyncContext;
  readonly #settled: (code: ResultCode) => void;
  /** Asked for and not come, from `#next` on. */
  #due: MessageId[] = [];
  #next = 0;
  /** Came and not settled. */
  readonly #checking: Checked[] = [];
  #checkingBytes = 0;
  #meanBytes = FIRST_MEAN_BYTES;
  #missing = 0;

  /** `settled` is told what became of each message, in their order. */
  constructor(context: SyncContext, settled: (code: ResultCode) => void = () => {}) {
    this.#context = context;
    this.#settled = settled;
  }

  /** Messages that were asked for and haven't come. */
  get due(): number {
    return this.#due.length - this.#next;
  }

  /** Messages that came and aren't settled. */
  get checking(): number {
    return this.#checking.length;
  }

  /** Messages that turned out to be no longer held. */
  get missing(): number {
    return this.#missing;
  }

  /** How many more may be asked for, so that what has to be checked stays within bounds. */
  get room(): number {
    const { maxChecking, maxCheckingBytes } = this.#context.ports.config.reconcile;
    const byBytes = Math.floor((maxCheckingBytes - this.#checkingBytes) / this.#meanBytes);
    return Math.min(maxChecking - this.checking, byBytes) - this.due;
  }

  /** These were asked for. */
  expect(ids: readonly MessageId[], now: UnixMs): void {
    const { ports, peer } = this.#context;
    for (const id of ids) ports.inFlight.ask(id, { peer, now });
    this.#due = this.#due.slice(this.#next).concat(ids);
    this.#next = 0;
  }

  /** Takes the next message. */
  message(bytes: Uint8Array, now: UnixMs): Failure | undefined {
    const id = this.#due[this.#next];
    if (id === undefined) return violation("unrequested message");
    this.#next++;
    const { ports, peer } = this.#context;
    this.#context.spend(bytes.length + FRAME_BYTES, { way: "in", now });
    this.#checking.push({ id, bytes: bytes.length });
    if (bytes.length === 0) {
      this.#missing++;
      this.#drain();
      return undefined;
    }
    this.#checkingBytes += bytes.length;
    this.#meanBytes += (bytes.length - this.#meanBytes) * MEAN_WEIGHT;
    askAdmission(ports, { peer, bytes, expected: id, purpose: "sync", now });
    return undefined;
  }

  /** Takes what became of the oldest message that is being checked. */
  admitted(code: ResultCode): Failure | undefined {
    const oldest = this.#checking.shift();
    if (oldest === undefined) return undefined;
    const { ports, tally } = this.#context;
    this.#checkingBytes -= oldest.bytes;
    if (code === RESULT.accepted || code === RESULT.known) ports.inFlight.arrived(oldest.id);
    else ports.inFlight.failed(oldest.id);
    if (code === RESULT.accepted) tally.received++;
    if (code === RESULT.busy) this.#context.stop();
    this.#settled(code);
    if (isBlame(code)) {
      tally.refused++;
      return { reason: "refused", fault: "blame" };
    }
    this.#drain();
    return undefined;
  }

  /** Gives up what hasn't come, so that others can be asked. */
  release(): void {
    for (const { id } of this.#checking) this.#context.ports.inFlight.failed(id);
    for (const id of this.#due.slice(this.#next)) this.#context.ports.inFlight.failed(id);
    this.#checking.length = 0;
    this.#due = [];
    this.#next = 0;
  }

  /** Settles what needs no check once its turn has come. */
  #drain(): void {
    for (let next = this.#checking[0]; next?.bytes === 0; next = this.#checking[0]) {
      this.#checking.shift();
      this.#context.ports.inFlight.failed(next.id);
      this.#settled(RESULT.busy);
    }
  }
}
