/**
 * The initiator's side of a reconciliation (docs/PROTOCOL.md section 8): find out what each side lacks,
 * range of time by range of time, the newest first; fetch what this node lacks and offer what the peer
 * lacks meanwhile.
 *
 * ```
 *           reconcile: need ──→ fetches ──→ messages ──→ admit
 * sync ←──→
 *           reconcile: have ──→ offers ──→ answers, results
 * ```
 * It goes on finding out only while few ids wait, so what a peer claims is held in bounds.
 */
import { WireError } from "../wire/errors.ts";
import type { Frame, ResultCode, SyncFrame } from "../wire/frame.ts";
import { initiate, reconcile } from "../wire/negentropy.ts";
import type { UnixMs, UnixSeconds } from "../wire/time.ts";
import { type Failure, violation } from "./exchange_ports.ts";
import { SyncFetches } from "./reconcile_fetches.ts";
import { SyncOffers } from "./reconcile_offers.ts";
import type { SyncContext, SyncEnd, SyncSide } from "./reconcile_ports.ts";
import { type TimeRange, TimeRanges } from "./reconcile_ranges.ts";

/** Finds out, fetches and offers. */
export class SyncInitiator implements SyncSide {
  readonly #context: SyncContext;
  readonly #ranges: TimeRanges;
  readonly #fetches: SyncFetches;
  readonly #offers: SyncOffers;
  readonly #windUpAt: UnixMs;
  #range: TimeRange | undefined;
  /** The next message of the range, once the peer's came. */
  #message: Uint8Array | undefined;
  #awaitsSync = false;
  #different = false;
  /** Whether the newest range was asked about. */
  #older = false;
  #windingUp = false;

  /** `horizon`: nothing older is asked about, for one side would refuse it. */
  constructor(context: SyncContext, { horizon, now }: {
    readonly horizon: UnixSeconds;
    readonly now: UnixMs;
  }) {
    const { deadlineMs, windUpMs } = context.ports.config.reconcile;
    this.#context = context;
    this.#ranges = new TimeRanges(context.wall(), horizon);
    this.#fetches = new SyncFetches(context);
    this.#offers = new SyncOffers(context);
    this.#windUpAt = now + deadlineMs - windUpMs as UnixMs;
  }

  get awaits(): boolean {
    // While we send, the peer can't answer.
    return this.#awaitsSync || this.#fetches.awaits || this.#offers.awaits;
  }

  get finished(): boolean {
    return this.#ranges.done && this.#range === undefined && !this.#windingUp &&
      this.#fetches.idle;
  }

  /** Says the first word. */
  begin(now: UnixMs): SyncEnd {
    return this.#pump(now);
  }

  frame(frame: Frame, now: UnixMs): SyncEnd {
    if (frame.kind === "bye") return "over";
    return this.#take(frame, now) ?? this.#pump(now);
  }

  admitted(code: ResultCode, now: UnixMs): SyncEnd {
    return this.#fetches.admitted(code) ?? this.#pump(now);
  }

  sent(bytes: number, now: UnixMs): SyncEnd {
    this.#offers.sent(bytes, now);
    return this.#pump(now);
  }

  release(): void {
    this.#fetches.release();
  }

  #take(frame: Frame, now: UnixMs): Failure | undefined {
    switch (frame.kind) {
      case "sync":
        return this.#sync(frame, now);
      case "message":
        return this.#fetches.message(frame.bytes, now);
      case "answer":
        return this.#offers.answer(frame);
      case "result":
        return this.#offers.result(frame.code);
      default:
        return violation(`${frame.kind} in a reconciliation`);
    }
  }

  #sync({ from, to, bytes }: SyncFrame, now: UnixMs): Failure | undefined {
    const range = this.#range;
    if (!this.#awaitsSync || range === undefined) return violation("sync out of turn");
    if (from !== range.from || to !== range.to) return violation("sync about another range");
    this.#awaitsSync = false;
    this.#context.spend(bytes.length, { way: "in", now });
    try {
      this.#message = reconcile(this.#context.source.items(), range, bytes, {
        have: (id) => {
          this.#different = true;
          this.#offers.have(id);
        },
        need: (id) => {
          this.#different = true;
          this.#fetches.need(id);
        },
      });
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      return { reason: "malformed sync", fault: "blame" };
    }
    if (this.#message === undefined) this.#endRange(range);
    return undefined;
  }

  #endRange({ from, to }: TimeRange): void {
    this.#context.send({ kind: "sync", from, to, bytes: new Uint8Array() });
    this.#ranges.found(this.#different);
    this.#range = undefined;
  }

  /** Does what can be done now; ends it when that is nothing and nothing is due. */
  #pump(now: UnixMs): SyncEnd {
    if (this.#mustStop(now)) this.#windUp();
    this.#fetches.pump(now);
    this.#offers.pump();
    this.#findOut(now);
    if (this.#awaitsSync || !this.#fetches.idle || !this.#offers.idle) return undefined;
    this.#context.send({ kind: "bye" });
    return "over";
  }

  #mustStop(now: UnixMs): boolean {
    const { tally, broke, ports } = this.#context;
    const { maxRounds } = ports.config.reconcile;
    return broke || now >= this.#windUpAt ||
      // Who claims endlessly, or mostly what it doesn't hold, isn't worth more time.
      tally.rounds >= maxRounds || this.#context.isTooManyMissing(this.#fetches.missing);
  }

  /** Asks for nothing more; what is on its way may come. */
  #windUp(): void {
    this.#windingUp ||= !this.finished;
    this.#fetches.clear();
    this.#offers.clear();
  }

  #findOut(now: UnixMs): void {
    const { fewWaiting } = this.#context.ports.config.reconcile;
    if (this.#awaitsSync || this.#windingUp) return;
    if (this.#fetches.waiting >= fewWaiting || this.#offers.waiting >= fewWaiting) return;
    if (this.#range === undefined) {
      this.#range = this.#ranges.next();
      if (this.#range === undefined) return;
      this.#different = false;
      // What is older both sides mostly have.
      const options = { whole: this.#older };
      this.#message = initiate(this.#context.source.items(), this.#range, options);
      this.#older = true;
    }
    const bytes = this.#message;
    if (bytes === undefined) return;
    this.#message = undefined;
    this.#awaitsSync = true;
    this.#context.tally.rounds++;
    this.#context.spend(bytes.length, { way: "out", now });
    this.#context.send({ kind: "sync", ...this.#range, bytes });
  }
}
