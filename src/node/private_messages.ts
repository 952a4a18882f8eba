/**
 * The owner's private messages while the node is unlocked (docs/PROTOCOL.md section 5).
 *
 * ```
 * tryNext   untried messages → outer layer, with each identity → those that open wait
 * openSome  always the same number of inner layers, dummies where none waits → fresh letters
 * write     fresh letters and marks → private.kv, the same records whether or not a letter came; after
 *           trials, and not for ever
 * ```
 * Each step runs by a clock of its own (`trial_schedule.ts`), so that nothing that others can measure
 * tells whether a message was for the owner. A kill in between loses nothing: what wasn't written is
 * tried again.
 */
import type { PrivateBox } from "../keystore/mod.ts";
import {
  type Letter,
  type LetterHead,
  type Letters,
  type PublicStore,
  StoreError,
  type Tried,
} from "../store/mod.ts";
import { BODY_TYPES } from "../wire/body.ts";
import type { IdentityKey, MessageId } from "../wire/ids.ts";
import type { Labels } from "../wire/labels.ts";
import { PRIVATE_GRAIN_S } from "../wire/limits.ts";
import type { AdmittedMessage } from "../wire/message.ts";
import { Private } from "../wire/privacy.ts";
import type { InnerSealed } from "../wire/private_message.ts";
import type { UnixSeconds } from "../wire/time.ts";
import type { Keys, Unlocked } from "./keys.ts";
import { type Untried, UntriedMessages } from "./untried.ts";

/** Inner layers opened in one go, dummies included: more than anybody writes to one person. */
export const INNER_AT_ONCE = 8;
/** Messages that wait for their inner layer; while there are more, none is tried. */
const MAX_WAITING = 256;

/**
 * Writes after the last trial. All that a pass may leave unopened is opened by then, so that whether there
 * is a write never depends on what opened.
 */
const WRITES_AFTER = 4;

/** What {@linkcode PrivateMessages} works with. */
export interface PrivateMessagesPorts {
  /** Labels of the network. */
  readonly labels: Labels;
  /** Everybody's messages. */
  readonly store: PublicStore;
  /** Whose they are. */
  readonly keys: Keys;
  /** Whether the owner has to do with somebody: what others write is kept apart. */
  readonly isKnown: (key: IdentityKey) => Promise<boolean>;
}

/** Opened as far as the outer layer. */
interface Waiting {
  readonly message: AdmittedMessage;
  readonly inner: InnerSealed;
  readonly box: PrivateBox;
}

/** What there is while the keys are open. */
interface Open {
  readonly unlocked: Unlocked;
  readonly letters: Letters;
  readonly requests: Letters;
  readonly tried: Tried;
  readonly untried: UntriedMessages;
  readonly waiting: Waiting[];
  /** Opened and not written yet. */
  readonly fresh: Map<MessageId, Letter>;
  /** Tried, but not to be marked before what opened of them is written. */
  readonly marks: MessageId[];
  /** Writes that are to come even if nothing more is tried. */
  writes: number;
}

/** Tries, opens and keeps private messages. */
export class PrivateMessages {
  readonly #ports: PrivateMessagesPorts;
  readonly #watchers = new Set<() => void>();
  #open: Open | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #trials = 0;

  /** Starts with nothing, until {@linkcode PrivateMessages.load}. */
  constructor(ports: PrivateMessagesPorts) {
    this.#ports = ports;
  }

  /** Outer layers tried since the start. */
  get trials(): number {
    return this.#trials;
  }

  /** Whether everything that is here was tried and opened; `true` also while locked. */
  get caughtUp(): boolean {
    const open = this.#open;
    return open === undefined || (open.untried.done && open.waiting.length === 0);
  }

  /** Begins anew with the keys that are open now. Throws a `StoreError`. */
  async load(): Promise<void> {
    const { keys, store } = this.#ports;
    const { unlocked } = keys;
    this.#open = undefined;
    if (unlocked === undefined) return;
    const tried = await unlocked.store.tried();
    const letters = await unlocked.store.letters("letters");
    const requests = await unlocked.store.letters("requests");
    try {
      for (const kept of [letters, requests]) await this.#forgetRetracted(kept);
    } catch (error) {
      // A full disk keeps nobody from reading.
      if (!(error instanceof StoreError) || error.code !== "full") throw error;
    }
    const untried = new UntriedMessages(store, { tried, identities: keys.own() });
    const lists = { waiting: [], fresh: new Map(), marks: [], writes: WRITES_AFTER };
    this.#open = { unlocked, letters, requests, tried, untried, ...lists };
  }

  /** The keys are locked: nothing stays in memory. */
  lock(): void {
    this.#open = undefined;
    this.#tell();
  }

  /** A message was stored, by whomever. */
  arrived(message: AdmittedMessage): void {
    this.#open?.untried.arrived(message);
    const { body, key } = message;
    if (body.kind !== "retraction") return;
    // Nobody waits for it, and what a failing disk keeps is hidden all the same.
    this.#inTurn(() => this.#retracted(body.id, key)).catch(() => {});
  }

  /** Tries some messages: at most so many trials, an outer layer with one identity each. */
  tryNext(trials: number): Promise<void> {
    return this.#inTurn(() => this.#tryNext(trials));
  }

  /** Opens {@linkcode INNER_AT_ONCE} inner layers, with dummies for those that aren't there. */
  openSome(): Promise<void> {
    return this.#inTurn(() => this.#openSome());
  }

  /** Writes what was opened and what was tried. Rejects with a `StoreError`; it is written again then. */
  write(): Promise<void> {
    return this.#inTurn(() => this.#write());
  }

  /** Tries and opens everything at once and writes it: where no node runs and nobody watches. */
  async finish(pause: () => Promise<void>): Promise<void> {
    while (!this.caughtUp) {
      await this.tryNext(64);
      while ((this.#open?.waiting.length ?? 0) > 0) await this.openSome();
      await pause();
    }
    await this.write();
  }

  /** Resolves when a letter came, the keys were locked or nobody waits any more. */
  news(waiting: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const told = (): void => {
        this.#watchers.delete(told);
        resolve();
      };
      this.#watchers.add(told);
      waiting.addEventListener("abort", told, { once: true });
      if (waiting.aborted) told();
    });
  }

  /** All letters as listed, in the order of keeping; `kind` says where each is kept. */
  async heads(): Promise<Private<readonly LetterHead[]>> {
    const { store } = this.#unlocked();
    const kept = [...(await store.letters("requests")).heads()];
    kept.push(...(await store.letters("letters")).heads());
    // While it is being written, a letter is in both.
    const heads = new Map(
      [...kept, ...this.#open?.fresh.values() ?? []].map((one) => [one.id, one]),
    );
    return new Private([...heads.values()].filter((head) => !this.#isRetracted(head)));
  }

  /** Letters, in no set order; unknown ones are skipped. */
  async read(ids: readonly MessageId[]): Promise<Private<readonly Letter[]>> {
    const { store } = this.#unlocked();
    const found = (await (await store.letters("letters")).read(ids)).reveal();
    const strangers = (await (await store.letters("requests")).read(ids)).reveal();
    const fresh = ids.map((id) => this.#open?.fresh.get(id)).filter((one) => one !== undefined);
    const letters = new Map([...fresh, ...strangers, ...found].map((one) => [one.id, one]));
    return new Private([...letters.values()]);
  }

  /** Keeps a letter that the owner sent, durably. */
  async keep(letter: Private<Letter>): Promise<void> {
    const { store } = this.#unlocked();
    await (await store.letters("letters")).add(letter.map((one) => [one]));
    this.#tell();
  }

  /** Destroys a letter. */
  async remove(id: MessageId): Promise<void> {
    const { store } = this.#unlocked();
    this.#open?.fresh.delete(id);
    for (const kind of ["letters", "requests"] as const) {
      await (await store.letters(kind)).remove([id]);
    }
  }

  /** Whether older letters had to go for newer ones since the keys were opened. */
  async full(): Promise<boolean> {
    const { store } = this.#unlocked();
    return (await store.letters("letters")).dropped || (await store.letters("requests")).dropped;
  }

  /** A look at what is kept is no use of the keys: `inbox --watch` keeps no node from locking itself. */
  #unlocked(): Unlocked {
    const { keys } = this.#ports;
    return keys.unlocked ?? keys.need();
  }

  async #tryNext(trials: number): Promise<void> {
    const open = this.#open;
    if (open === undefined || open.waiting.length > MAX_WAITING) return;
    try {
      for (const item of await open.untried.next(trials)) {
        if (this.#open !== open) return;
        await this.#try(item, open);
      }
    } catch (error) {
      // A disk that failed once may work the next time.
      open.untried.lookAnew();
      throw error;
    }
  }

  async #try({ id, created, identities }: Untried, open: Open): Promise<void> {
    const { store, labels } = this.#ports;
    const message = await store.getReadable(id) ?? await store.held.get({ id, created });
    if (message?.body.kind === "private") {
      for (const key of identities) {
        const box = open.unlocked.keyring.privateBox(key);
        this.#trials++;
        const inner = await box.openOuter(message.body.sealed, { labels, oneTimeKey: message.key });
        if (inner !== undefined) open.waiting.push({ message, inner, box });
      }
    }
    open.marks.push(id);
    open.writes = WRITES_AFTER;
  }

  async #openSome(): Promise<void> {
    const open = this.#open;
    const [own] = open?.unlocked.keyring.identities() ?? [];
    if (open === undefined || own === undefined) return;
    const { keyring } = open.unlocked;
    const dummy = dummyOf(own.key);
    for (let n = 0; n < INNER_AT_ONCE; n++) {
      const next = open.waiting[0];
      const box = next?.box ?? keyring.privateBox(own.key);
      const oneTimeKey = next?.message.key ?? own.key;
      const opened = await box.openInner(next?.inner ?? dummy, {
        labels: this.#ports.labels,
        oneTimeKey,
      });
      if (next === undefined || this.#open !== open) continue;
      open.waiting.shift();
      if (opened === undefined) continue;
      const { id, key, body } = next.message;
      // One that an own identity wrote to another is here already, as sent.
      const isKept = open.letters.has(id) || open.requests.has(id) || open.fresh.has(id);
      if (isKept || this.#isRetracted(next.message)) continue;
      const { author, message } = opened;
      open.fresh.set(id, {
        ...{ id, key, from: author, to: box.key, sent: false },
        ...{ text: message.text, attachments: message.attachments, replyTo: message.replyTo },
        created: within(message.created, body.created),
        secret: undefined,
      });
      this.#tell();
    }
  }

  async #write(): Promise<void> {
    const open = this.#open;
    if (open === undefined || open.writes === 0) return;
    const { letters, requests, tried } = open;
    const all = [...open.fresh.values()];
    // What still waits for its inner layer isn't done with: it is marked with the next write.
    const unopened = new Set(open.waiting.map(({ message }) => message.id));
    const isLetter = await Promise.all(all.map(({ from }) => this.#ports.isKnown(from)));
    await letters.add(new Private(all.filter((_, i) => isLetter[i] === true)));
    await requests.add(new Private(all.filter((_, i) => isLetter[i] !== true)));
    const marks = open.marks.filter((id) => !unopened.has(id));
    for (const id of marks) tried.mark(new Private(id));
    if (open.untried.walked && unopened.size === 0) {
      tried.cover(this.#ports.keys.own());
      tried.forgetOthers();
      if (tried.stale) {
        tried.lookAnew();
        open.untried.lookAnew();
      }
    }
    await tried.save();
    for (const { id } of all) open.fresh.delete(id);
    const left = open.marks.filter((id) => unopened.has(id));
    open.marks.splice(0, open.marks.length, ...left);
    // Not before: what failed is written again, for as long as the disk fails.
    open.writes--;
  }

  #isRetracted({ id, key }: Pick<AdmittedMessage, "id" | "key">): boolean {
    return this.#ports.store.index.isReferredTo(id, { type: BODY_TYPES.retraction, key });
  }

  /** Takes away what was taken back while the node was locked. */
  async #forgetRetracted(letters: Letters): Promise<void> {
    const gone = letters.heads().filter((head) => this.#isRetracted(head)).map(({ id }) => id);
    if (gone.length > 0) await letters.remove(gone);
  }

  async #retracted(id: MessageId, key: IdentityKey): Promise<void> {
    const { store, keys } = this.#ports;
    const created = store.dropping.remembered.createdOfId(id);
    if (created !== undefined) {
      await store.held.retract({ id, created: created as UnixSeconds }, key);
    }
    const open = this.#open;
    if (open?.fresh.get(id)?.key === key) open.fresh.delete(id);
    if (open === undefined || keys.unlocked !== open.unlocked) return;
    for (const letters of [open.letters, open.requests]) {
      if (letters.head(id)?.key === key) await letters.remove([id]);
    }
  }

  #tell(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** One step after the other; one that finds the store locked in the middle has nothing to do. */
  #inTurn(step: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(async () => {
      const before = this.#ports.keys.unlocked;
      try {
        await step();
      } catch (error) {
        if (this.#ports.keys.unlocked !== before) return;
        if (error instanceof StoreError && error.code === "locked") return;
        throw error;
      }
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }
}

/** What takes as long to open as a message of the smallest size. */
function dummyOf(author: IdentityKey): InnerSealed {
  const enc = new Uint8Array(32);
  enc[0] = 9;
  return { author, enc, ct: new Uint8Array(300) };
}

/** The time that an author gives, as far as the message's hour bears it out. */
function within(created: UnixSeconds, hour: UnixSeconds): UnixSeconds {
  return Math.min(Math.max(created, hour), hour + PRIVATE_GRAIN_S - 1) as UnixSeconds;
}
