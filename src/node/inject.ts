/**
 * The one road by which a message enters the node, its owner's and a stranger's alike: check,
 * store, tell the engine (docs/ARCHITECTURE.md, "One post"). Messages that arrive while a commit is
 * under way are stored together by the next one, so that the disk is asked once for many. Signatures
 * are verified meanwhile, several at once; what becomes of messages is still decided in the order in
 * which they came.
 */
import {
  type AdmitPurpose,
  DEFAULT_CONFIG,
  FairQueue,
  type FairQueueRules,
  PlaceNumbers,
  type Pressure,
} from "../gossip/mod.ts";
import { NATIVE_HASH, StoreError } from "../store/mod.ts";
import {
  admission,
  type AdmissionContext,
  lateStatements,
  statementsOf,
  type Verdict,
  withoutStatements,
} from "../wire/admit.ts";
import { RESULT, type ResultCode } from "../wire/frame.ts";
import type { MessageId } from "../wire/ids.ts";
import type { AdmittedMessage } from "../wire/message.ts";
import type { AdmittedStatement, Statement } from "../wire/statement.ts";
import { floorTo, toSeconds } from "../wire/time.ts";
import { decideLater } from "../wire/verify.ts";
import type { Injected, InjectOptions, InjectorPorts } from "./inject_ports.ts";
import { takeLate } from "./late_statements.ts";
import { placesInUse } from "./places_in_use.ts";
import { Usage } from "./usage.ts";

/**
 * Who waits for a commit, and how long: at most so many messages in all and of one payer, more are
 * answered `busy`; a turn is a few short messages long. A prefix's share is more than its connections
 * can owe at a time (64 each), and than a page of a capsule holds (262,144 bytes of messages of 180 or
 * more). Of one payer as many count as load as make the node ask for one bit more: a flood from one prefix
 * must not have it ask for more than honest authors add. All bounds are guesses.
 */
export const QUEUE: FairQueueRules = {
  most: 4_096,
  mostPerPayer: 2_048,
  loadPerPayer: 256,
  quantum: 4_096,
};
/**
 * Seconds to which it is kept when a message was stored. To the second it would tell whoever reads
 * the disk which messages are the owner's own: those that were stored when they were written.
 */
export const STORED_GRAIN_S = 3_600;
/** Most messages in one commit of the store. */
const BATCH = 256;

/** Nothing but signatures are left to check. */
interface Waiting {
  readonly verdict: Promise<Verdict>;
  readonly place: string | undefined;
  readonly purpose: AdmitPurpose;
  /** What becomes of it. */
  readonly done: Promise<Injected>;
  readonly settle: (injected: Injected | Promise<Injected>) => void;
}

/** Signatures and all else are right. */
interface Accepted {
  readonly message: AdmittedMessage;
  readonly statements: readonly AdmittedStatement[];
  readonly spareBits: number;
  readonly novelStatements: number;
  readonly place: string | undefined;
  readonly purpose: AdmitPurpose;
  readonly settle: (injected: Injected) => void;
}

/** Checks and stores messages. */
export class Injector {
  readonly #ports: InjectorPorts;
  readonly #onWay = new Map<MessageId, Promise<Injected>>();
  readonly #waiting: FairQueue<Waiting>;
  readonly #places: PlaceNumbers;
  /** What peers brought, by prefix. */
  readonly usage = new Usage();
  /** Of copies that were slower than another. */
  readonly #late: AdmittedStatement[] = [];
  #writing: Promise<void> = Promise.resolve();
  #busy = false;
  #full = false;
  /** What the last write died of, or "". */
  #failure = "";

  /** Makes an injector over a store. */
  constructor(ports: InjectorPorts) {
    this.#ports = ports;
    this.#waiting = new FairQueue(ports.queue ?? QUEUE);
    this.#places = ports.places ?? new PlaceNumbers();
  }

  /** Whether the last write failed because the disk is full. */
  get diskFull(): boolean {
    return this.#full;
  }

  /** How long the queue is, and whether a payer has its share of it waiting. */
  pressure(payer?: string): Pressure {
    const { most } = this.#ports.queue ?? QUEUE;
    const full = payer !== undefined && this.#waiting.isFull(payer);
    const { load, size } = this.#waiting;
    return { load, waiting: size, shareFull: full, most, diskFull: this.#full };
  }

  /** Something else was written to the same disk: it isn't full any more. */
  diskTook(): void {
    this.#full = false;
  }

  /**
   * Checks bytes from anywhere and stores what passes; resolves when it is on disk. Never rejects: a
   * disk that can't take the message, too long a queue, or a store without room is `busy` to whoever
   * sent it.
   */
  inject(bytes: Uint8Array, options: InjectOptions = {}): Promise<Injected> {
    const { payer = "", place, purpose = "offered" } = options;
    const checking = this.#admission(bytes, options);
    const first = checking.next();
    if (first.done === true && first.value.kind !== "accept") {
      if (first.value.code === RESULT.outsideLifetime) {
        this.#ports.outside?.(bytes, options.expected);
      }
      return this.#turnedAway(bytes, { options, verdict: first.value });
    }
    const { verify, keeping } = this.#ports;
    // The owner's own too: taken where a stranger's aren't, they would be seen to be that.
    if (keeping?.room === false || this.#waiting.isFull(payer)) {
      return Promise.resolve(refusal(RESULT.busy));
    }
    const verdict = decideLater(checking, { first, verify }).catch(this.#bug);
    const { promise: done, resolve: settle } = Promise.withResolvers<Injected>();
    this.#waiting.push({ verdict, place, purpose, done, settle }, { payer, bytes: bytes.length });
    if (!this.#busy) this.#writing = this.#write();
    return done;
  }

  /** The same checks, but nothing is stored: the message is on its stem. */
  async check(bytes: Uint8Array, options: InjectOptions = {}): Promise<Injected> {
    const { verify } = this.#ports;
    const checking = this.#admission(bytes, options);
    const first = checking.next();
    const verdict = await decideLater(checking, { first, verify }).catch(this.#bug);
    if (verdict.kind !== "accept") return await this.#unstored(verdict);
    const { message, spareBits, novelStatements } = verdict;
    // Another copy may have been stored while this one was verified.
    if (this.#isKnown(message.id)) return refusal(RESULT.known);
    // Not remembered: whoever offered it would learn that its stem passed here. It comes again.
    if (options.place !== undefined && this.#ports.keeping?.refuses(message)) {
      return refusal(RESULT.accepted);
    }
    return { code: RESULT.accepted, message, spareBits, novelStatements };
  }

  /** Resolves when everything that was accepted so far is on disk. */
  flush(): Promise<void> {
    return this.#writing;
  }

  /** What it brings besides is taken in all the same where the message itself is known. */
  async #turnedAway(bytes: Uint8Array, { options, verdict }: {
    readonly options: InjectOptions;
    readonly verdict: { readonly code: ResultCode; readonly id?: MessageId };
  }): Promise<Injected> {
    if (verdict.code !== RESULT.known) return refusal(verdict.code);
    const { store: { statements }, verify } = this.#ports;
    const checking = lateStatements(bytes, this.#context(options));
    const novelStatements = await takeLate(checking, { statements, verify, failed: this.#bug });
    return { ...await this.#unstored(verdict), novelStatements };
  }

  #admission(bytes: Uint8Array, options: InjectOptions): ReturnType<typeof admission> {
    return admission(bytes, this.#context(options));
  }

  #context(options: InjectOptions): AdmissionContext {
    const { expected, extraStampBits = 0, novelStatements, owned = false } = options;
    const { labels, store, clock } = this.#ports;
    return {
      labels,
      now: toSeconds(clock.now()),
      known: this.#isKnown,
      horizon: store.dropping.horizon,
      extraStampBits,
      owned,
      hash: NATIVE_HASH,
      knownStatement: this.#isKnownStatement,
      ...(expected === undefined ? {} : { expected }),
      ...(novelStatements === undefined ? {} : { novelStatements }),
    };
  }

  readonly #isKnown = (id: MessageId): boolean => this.#ports.store.has(id) || this.#onWay.has(id);

  readonly #isKnownStatement = (statement: Statement): boolean =>
    this.#ports.store.statements.recentlyStored(statement);

  /** Valid, but not wanted here: it counts as dropped, and its sender learns nothing of that. */
  async #notKept({ id, body }: AdmittedMessage): Promise<Injected> {
    const { store, clock, log } = this.#ports;
    try {
      await store.dropping.refuse([{ id, created: body.created }], toSeconds(clock.now()));
    } catch (error) {
      log.failed("error", { what: "A dropped id could not be stored", error });
    }
    return refusal(RESULT.accepted);
  }

  /** What became of a message of a batch that failed: commits before the one that did may hold it. */
  #keptOf({ id }: AdmittedMessage): ResultCode {
    const kept = this.#ports.store.index.get(id);
    if (kept === undefined) return RESULT.busy;
    return kept.retracted ? RESULT.known : RESULT.accepted;
  }

  /** One message is lost by it; were it thrown further, no more would ever be stored. */
  readonly #bug = (error: unknown): Extract<Verdict, { kind: "reject" }> => {
    this.#ports.log.failed("error", { what: "Checking a message failed", error });
    return { kind: "reject", code: RESULT.busy };
  };

  async #unstored(
    verdict: { readonly code: ResultCode; readonly id?: MessageId },
  ): Promise<Injected> {
    const onWay = verdict.id === undefined ? undefined : this.#onWay.get(verdict.id);
    if (verdict.code !== RESULT.known || onWay === undefined) return refusal(verdict.code);
    // Another copy is being stored: this one is known when, and if, that one is.
    const { code, message } = await onWay;
    return refusal(message === undefined ? code : RESULT.known);
  }

  async #write(): Promise<void> {
    this.#busy = true;
    // Lets everything that was read in the same turn come along.
    await Promise.resolve();
    try {
      while (this.#waiting.size > 0) {
        await this.#commit(this.#waiting.take(this.#ports.queue?.batch ?? BATCH));
      }
    } finally {
      // In the same turn as the last look at the queue, so that nothing is left waiting in it.
      this.#busy = false;
    }
  }

  /** Stores a batch. Whatever fails, everybody in it has an answer, and so have those who come next. */
  async #commit(batch: readonly Waiting[]): Promise<void> {
    const accepted = await this.#verified(batch);
    const codes = await this.#store(accepted).catch((error: unknown) => {
      this.#bug(error);
      return [];
    });
    accepted.forEach(({ message, place, settle, spareBits, novelStatements }, i) => {
      this.#onWay.delete(message.id);
      const code = codes[i] ?? RESULT.busy;
      const novel = code === RESULT.accepted;
      settle({ code, message: novel ? message : undefined, spareBits, novelStatements });
      if (novel) this.#told(message, place);
    });
  }

  #told(message: AdmittedMessage, place: string | undefined): void {
    const { hub, clock, log } = this.#ports;
    hub.tell(message, log);
    if (place !== undefined) {
      this.usage.add(place, { bytes: message.bytes.length, now: clock.now() });
    }
  }

  /** Those of a batch whose signatures are right: from here on other copies of them are known. */
  async #verified(batch: readonly Waiting[]): Promise<readonly Accepted[]> {
    const accepted: Accepted[] = [];
    for (const waiting of batch) {
      // Verified all at the same time; decided in their order.
      const verdict = await waiting.verdict;
      try {
        const one = this.#accept(waiting, verdict);
        if (one !== undefined) accepted.push(one);
      } catch (error) {
        waiting.settle(refusal(this.#bug(error).code));
      }
    }
    return accepted;
  }

  #accept({ place, purpose, done, settle }: Waiting, verdict: Verdict): Accepted | undefined {
    if (verdict.kind !== "accept") return void settle(this.#unstored(verdict));
    const { message, spareBits, novelStatements } = verdict;
    // Another copy may have been faster while this one was verified.
    if (this.#isKnown(message.id)) {
      this.#late.push(...message.statements);
      return void settle(this.#unstored({ code: RESULT.known, id: message.id }));
    }
    if (place !== undefined && this.#ports.keeping?.refuses(message)) {
      return void settle(this.#notKept(message));
    }
    this.#onWay.set(message.id, done);
    const statements = statementsOf(message);
    const kept = withoutStatements(message);
    return { message: kept, statements, place, purpose, settle, spareBits, novelStatements };
  }

  async #store(batch: readonly Accepted[]): Promise<readonly ResultCode[]> {
    const { store, clock, keeping, log } = this.#ports;
    const storedAt = floorTo(toSeconds(clock.now()), STORED_GRAIN_S);
    if (batch.length === 0 && this.#late.length === 0) return [];
    // Before this batch takes any, of which nothing is stored yet.
    if (this.#places.short) this.#places.keepOnly(placesInUse(store));
    try {
      // Statements first: a message is known once it is stored, and so would never bring them again.
      const statements = [...this.#late.splice(0), ...batch.flatMap((one) => one.statements)];
      if (statements.length > 0) await store.statements.put(statements);
      const outcomes = await store.putMessages(
        batch.map(({ message, place, purpose }) => ({
          message,
          freshness: purpose === "sync" ? 0 : DEFAULT_CONFIG.fullFreshness,
          storedAt,
          place: place === undefined ? 0 : this.#places.of(place),
        })),
      );
      this.#full = false;
      this.#failure = "";
      return outcomes.map((outcome) => outcome === "stored" ? RESULT.accepted : RESULT.known);
    } catch (error) {
      this.#full = error instanceof StoreError && error.code === "full";
      // Once, not for each message that a peer sends: the log may be on the same disk.
      const failure = describe(error);
      if (failure !== this.#failure) {
        log.failed("error", { what: "Messages could not be stored", error });
      }
      this.#failure = failure;
      if (this.#full) keeping?.diskFull();
      return batch.map(({ message }) => this.#keptOf(message));
    }
  }
}

function refusal(code: ResultCode): Injected {
  return { code, message: undefined };
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : "unknown error";
}
