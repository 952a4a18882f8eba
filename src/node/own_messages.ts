/**
 * The owner's messages on their way (docs/PROTOCOL.md section 6): from the sealed outbox into the
 * engine's stem, until each was seen back.
 *
 * ```
 * add      check → sealed in private.kv → engine            the command returns once it is sealed
 * load     outbox → check → engine                          at unlock, so that no kill loses one
 * tidy     what public.kv has by now leaves the outbox      now and then: the disk shows no moment
 * ```
 * While a message is here it is in no store that anybody else could read, and `pending` to its owner.
 */
import type { Outbox, PublicStore } from "../store/mod.ts";
import { BODY_TYPES } from "../wire/body.ts";
import { RESULT } from "../wire/frame.ts";
import type { IdentityKey, MessageId } from "../wire/ids.ts";
import { LIFETIME_S } from "../wire/limits.ts";
import type { AdmittedMessage } from "../wire/message.ts";
import { Private } from "../wire/privacy.ts";
import { toSeconds, type UnixSeconds } from "../wire/time.ts";
import type { Clock } from "./clock.ts";
import type { Injector } from "./inject.ts";
import type { Keys } from "./keys.ts";
import { UserError } from "./user_error.ts";

/** How often the outbox is tidied while it is open, in milliseconds. */
export const TIDY_MS = 600_000;

/**
 * Milliseconds for which the engine keeps what a command gave it that had unlocked only for itself:
 * four periods of exchanges. Locked at once, such a message would wait for the next unlock.
 */
export const LINGER_MS = 120_000;

/** How messages get into the network; the running node has it. */
export interface OwnRoad {
  /** Gives a message to the engine; one that it has already changes nothing. */
  send(message: AdmittedMessage, origin: IdentityKey): void;
  /**
   * Takes back a message that the engine holds and never handed on; `false`, with nothing changed,
   * when it may have.
   */
  withdraw(id: MessageId): boolean;
  /** Has the engine forget what it didn't hand on yet. */
  forget(): void;
  /** Calls once after so many milliseconds, unless what it answers is called before. */
  after(ms: number, f: () => void): () => void;
}

/** What {@linkcode OwnMessages} works with. */
export interface OwnMessagesPorts {
  /** Whose messages these are, and the sealed outbox. */
  readonly keys: Keys;
  /** Where they are seen back. */
  readonly store: PublicStore;
  /** Checks them as it checks anybody's. */
  readonly injector: Pick<Injector, "check" | "diskTook">;
  /** For lifetimes. */
  readonly clock: Clock;
  /** Absent where no node runs: they wait for the next start or unlock. */
  readonly road: OwnRoad | undefined;
}

interface Own {
  readonly message: AdmittedMessage;
  readonly origin: IdentityKey;
  readonly since: UnixSeconds;
  /** Whether another unlock or process may have handed it on before. */
  readonly isOld: boolean;
}

/** The owner's messages that were not seen back yet; none while the keys are locked. */
export class OwnMessages {
  readonly #ports: OwnMessagesPorts;
  /** In the order of making. */
  readonly #held = new Map<MessageId, Own>();
  #expired = 0;
  #lingering: (() => void) | undefined;

  /** Starts with none, until {@linkcode load}. */
  constructor(ports: OwnMessagesPorts) {
    this.#ports = ports;
  }

  /** How many were dropped, since nobody took them within their lifetime. */
  get expired(): number {
    return this.#expired;
  }

  /** Those not seen back yet, in the order of making. */
  pending(): readonly AdmittedMessage[] {
    return [...this.#held.values()].map(({ message }) => message)
      .filter(({ id }) => this.get(id) !== undefined);
  }

  /** A message that wasn't seen back yet. */
  get(id: MessageId): AdmittedMessage | undefined {
    return this.#ports.store.has(id) ? undefined : this.#held.get(id)?.message;
  }

  /**
   * Seals a message of an own identity and sends it on its way; it is on disk when this returns.
   * Throws a `UserError` when it isn't fit to be sent or the outbox is full, a `StoreError` when the disk is.
   */
  async add(bytes: Uint8Array, origin: IdentityKey): Promise<AdmittedMessage> {
    const { keys, injector, clock } = this.#ports;
    const { outbox } = keys.need().store;
    const { code, message } = await injector.check(bytes);
    if (message === undefined) {
      throw new UserError(
        "failed",
        `The message did not pass this node's own checks (code ${code}). Nothing was sent.`,
      );
    }
    const since = toSeconds(clock.now());
    const { id } = message;
    const entry = { id, bytes: message.bytes, origin, since };
    if (!await outbox.add(new Private(entry))) {
      throw new UserError(
        "refused",
        "Too many of your messages wait to be sent already, and nobody has taken them. Nothing was " +
          "sent. See that the node runs unlocked and knows others: gossamer status",
      );
    }
    injector.diskTook();
    this.#hold({ message, origin, since, isOld: false });
    return message;
  }

  /** Own messages that retractions on their way take back. */
  retracting(): ReadonlySet<MessageId> {
    return new Set(
      this.pending().flatMap(({ body }) => body.kind === "retraction" ? [body.id] : []),
    );
  }

  /** Whether a message by this key was taken back by a retraction that is itself on its way. */
  retracts(id: MessageId, key: IdentityKey): boolean {
    return this.pending().some((message) =>
      message.body.kind === "retraction" && message.body.id === id && message.key === key
    );
  }

  /**
   * Lets go for good of a message that certainly never left this node. Answers `false`, with nothing
   * changed, for any other. Throws a `StoreError` when the disk fails.
   */
  async withdraw(id: MessageId): Promise<boolean> {
    const own = this.#held.get(id);
    if (
      own === undefined || this.get(id) === undefined || own.isOld ||
      this.#ports.road?.withdraw(id) !== true
    ) return false;
    await this.drop(id);
    return true;
  }

  /** Sends a message no more; it is out of the outbox when this returns. Throws as `withdraw` does. */
  async drop(id: MessageId): Promise<void> {
    if (!this.#held.delete(id)) return;
    await this.#ports.keys.need().store.outbox.remove(new Private(new Set([id])));
  }

  /** Takes up what the outbox holds, after an unlock. Throws a `StoreError` when it can't be read. */
  async load(): Promise<void> {
    this.#lingering?.();
    this.#lingering = undefined;
    const { keys, injector } = this.#ports;
    const outbox = keys.unlocked?.store.outbox;
    if (outbox === undefined) return;
    const gone = new Set<MessageId>();
    const found: Own[] = [];
    for (const { id, bytes, origin, since } of (await outbox.entries()).reveal()) {
      if (this.#isOver(since)) gone.add(id);
      else if (!this.#held.has(id)) {
        const { code, message } = await injector.check(bytes);
        const isOwn = keys.own().includes(origin);
        // Its identity was removed since; a revocation may be of one that never was here.
        if (!isOwn && message?.body.kind !== "statement") gone.add(id);
        else if (message !== undefined) found.push({ message, origin, since, isOld: true });
        else if (code === RESULT.known) gone.add(id);
      }
    }
    // A kill between sealing a retraction and dropping its target must not send both.
    for (const id of this.#takenBack(found.map(({ message }) => message))) gone.add(id);
    // Also from the disk, before anything leaves.
    await this.#remove(outbox, gone);
    for (const own of found) if (!gone.has(own.message.id)) this.#hold(own);
  }

  /** Lets go of what was seen back or is too old, and sends the rest again in case it was lost. */
  async tidy(): Promise<void> {
    const outbox = this.#ports.keys.unlocked?.store.outbox;
    if (outbox === undefined) return;
    const gone = new Set<MessageId>();
    for (const [id, own] of this.#held) {
      if (this.get(id) === undefined || this.#isOver(own.since)) gone.add(id);
      else this.#ports.road?.send(own.message, own.origin);
    }
    await this.#remove(outbox, gone);
  }

  /** The keys are locked. With `linger` the engine may still hand on for a while what it was given. */
  lock({ linger }: { readonly linger: boolean }): void {
    this.#held.clear();
    this.#lingering?.();
    this.#lingering = undefined;
    const { road } = this.#ports;
    if (linger) this.#lingering = road?.after(LINGER_MS, () => road.forget());
    else road?.forget();
  }

  /** Those of some messages that a retraction by the same key names, one of them or one that is stored. */
  #takenBack(messages: readonly AdmittedMessage[]): MessageId[] {
    const { index } = this.#ports.store;
    const type = BODY_TYPES.retraction;
    const named = new Set(
      messages.flatMap(({ body, key }) => body.kind === "retraction" ? [`${key} ${body.id}`] : []),
    );
    return messages.filter(({ id, key }) =>
      named.has(`${key} ${id}`) || index.isReferredTo(id, { type, key })
    ).map(({ id }) => id);
  }

  #hold(own: Own): void {
    this.#held.set(own.message.id, own);
    this.#ports.road?.send(own.message, own.origin);
  }

  /** Whether nobody would take a message any more. Counted by a node only, which says so in `status`. */
  #isOver(since: UnixSeconds): boolean {
    const { clock, road } = this.#ports;
    const { now, dropsForAge } = clock.reading();
    // One that is as far ahead was made by a clock that was wrong.
    const isOver = road !== undefined && dropsForAge &&
      Math.abs(toSeconds(now) - since) > LIFETIME_S;
    if (isOver) this.#expired++;
    return isOver;
  }

  async #remove(outbox: Outbox, gone: ReadonlySet<MessageId>): Promise<void> {
    for (const id of gone) this.#held.delete(id);
    if (gone.size === 0) return;
    try {
      await outbox.remove(new Private(gone));
    } catch {
      // A full disk, or locked meanwhile: they do no harm there, and the next time finds them again.
    }
  }
}
