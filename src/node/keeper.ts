/**
 * Keeps the store within its caps and its messages within their lifetimes (docs/PROTOCOL.md section
 * 7). It works while others do: what it plans is cut into slices, and what it removes into commits
 * between which others have their turn.
 *
 * ```
 * stored(…) ──over 98% of a cap──→ archive → plan → drop down to 96% ──→ message-gone
 * every hour, clock believed ────→ archive → expired → drop → forget ──→ message-gone
 * ```
 */
import { planEviction, type Rng } from "../gossip/mod.ts";
import { messageDiskBytes, type PublicStore, StoreError } from "../store/mod.ts";
import type { MessageId } from "../wire/ids.ts";
import { LIFETIME_S } from "../wire/limits.ts";
import type { AdmittedMessage } from "../wire/message.ts";
import { toSeconds, type UnixSeconds, unixSeconds } from "../wire/time.ts";
import type { StatusView } from "./api.ts";
import type { Clock } from "./clock.ts";
import { IntakeMeter } from "./intake.ts";
import type { Log } from "./log.ts";
import type { StorageCaps } from "./storage_caps.ts";

/** Share of a cap at which something goes, and down to which: in between nothing has to be done. */
const HIGH = 0.98;
const LOW = 0.96;
/** Share of the caps that retractions may take before they go like all else. */
const RETRACTIONS = 0.1;
/** Share of the storage that statements may take: section 4. */
const STATEMENTS = 0.1;
/** Share of the storage that private messages beyond their time may take, up to 64 MiB: section 5. */
const HELD = 0.1;

/** Messages of whose end the engine is told in one go. */
const TOLD_AT_ONCE = 512;

/** What a keeper works with. */
export interface KeeperPorts {
  /** What it keeps. */
  readonly store: PublicStore;
  /** Within what. */
  readonly caps: StorageCaps;
  /** The time, and whether it is believed: nothing goes for its age otherwise. */
  readonly clock: Pick<Clock, "now">;
  /** See `clock`. */
  readonly believed: () => boolean;
  /** Chance. */
  readonly rng: Rng;
  /** Lets other work have its turn. */
  readonly pause: () => Promise<void>;
  /** Called before messages go, so that what the owner wants to keep is kept elsewhere. */
  readonly archive: () => Promise<void>;
  /** Is told which messages went. */
  readonly gone: (ids: readonly MessageId[]) => void;
  /** Whether messages with attachments are neither stored nor sent: `--relay text`. */
  readonly textOnly: boolean;
  /** Takes diagnostics. */
  readonly log: Log;
}

/** Drops what must go. */
export class Keeper {
  readonly #ports: KeeperPorts;
  readonly #intake = new IntakeMeter();
  /** Less than the cap since the disk was found full, until the next hour. */
  #ceiling = Infinity;
  #working: Promise<void> | undefined;
  #stopped = false;

  /** Starts with what is stored; nothing goes before it is asked. */
  constructor(ports: KeeperPorts) {
    this.#ports = ports;
    const { store, caps, clock } = ports;
    store.statements.limit(caps.bytes * STATEMENTS);
    store.held.limit(caps.bytes * HELD);
    const since = toSeconds(clock.now()) - 86_400;
    for (const { storedAt, size } of store.index.newestFirst()) {
      if (storedAt > since) this.#count(storedAt, size);
    }
  }

  /** Whether there is room; without it the owner's own wait, too, or they would be seen to be that. */
  get room(): boolean {
    const { store, caps } = this.#ports;
    return store.diskBytes < caps.bytes && store.index.size < caps.messages;
  }

  /** Whether a message isn't to be stored, nor sent if it is stored already. */
  refuses({ body }: AdmittedMessage): boolean {
    return this.#ports.textOnly && body.kind === "status" && body.attachments.length > 0;
  }

  /** A message whose envelope has so many bytes was stored. */
  stored(size: number): void {
    this.#count(toSeconds(this.#ports.clock.now()), size);
    this.check();
  }

  /** The disk took no more: something goes, whatever the cap says. */
  diskFull(): void {
    this.#ceiling = Math.min(this.#ceiling, this.#ports.store.diskBytes);
    this.check();
  }

  /** Starts making room if it is short and nothing does already. */
  check(): void {
    if (this.#working !== undefined || this.#stopped || !this.#isHigh()) return;
    this.#work(() => this.#evict());
  }

  /** Lets go of what is past its lifetime. Resolves when it is done. */
  async sweep(): Promise<void> {
    this.#ceiling = Infinity;
    if (!this.#ports.believed()) return;
    await this.#working;
    await this.#work(() => this.#expire());
    this.check();
    await this.#working;
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#working;
  }

  /** Starts nothing any more; resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#working;
  }

  /** Caps and their use for `status`. */
  view(): StatusView["storage"] {
    const { store, caps, clock } = this.#ports;
    const now = toSeconds(clock.now());
    const { bytes, messages } = this.#intake.perDay(now);
    return {
      used: store.diskBytes,
      remembered: store.dropping.remembered.size,
      horizon: horizonAt(store, now),
      cap: caps.bytes,
      maxMessages: caps.messages,
      days: messages === 0 ? null : Math.min(caps.bytes / bytes, caps.messages / messages),
    };
  }

  #count(at: UnixSeconds, size: number): void {
    this.#intake.add(at, { bytes: messageDiskBytes(size), messages: 1 });
  }

  #work(task: () => Promise<void>): Promise<void> {
    const working = task().catch((error: unknown) => {
      // Nothing is lost: what didn't go stays, and the next message or hour tries again.
      this.#ports.log.failed("error", { what: "Making room failed", error });
    }).finally(() => this.#working = undefined);
    this.#working = working;
    return working;
  }

  #isHigh(): boolean {
    const { store, caps } = this.#ports;
    return store.diskBytes >= Math.min(caps.bytes * HIGH, this.#ceiling) ||
      store.index.size >= caps.messages * HIGH;
  }

  async #evict(): Promise<void> {
    const { store, caps, log } = this.#ports;
    log.info("Storage is nearly full: making room", { bytes: store.diskBytes, cap: caps.bytes });
    await this.#ports.archive();
    // Again and again: meanwhile more may have come.
    while (!this.#stopped && this.#isHigh()) {
      const planned = await store.dropping.quietly(() => this.#plan(caps));
      if (await this.#drop(planned) === 0) return;
    }
  }

  async #plan(caps: StorageCaps): Promise<MessageId[]> {
    const { store, rng, pause } = this.#ports;
    const { index } = store;
    const target = Math.min(caps.bytes * LOW, this.#ceiling * (LOW / HIGH));
    const retractionsMayGo = this.#manyRetractions();
    const stored = {
      slots: index.slots,
      freshnessAt: (slot: number) =>
        index.isRetraction(slot) && !retractionsMayGo ? -1 : index.freshnessAt(slot),
      bytesAt: (slot: number) => index.bytesAt(slot),
      placeAt: (slot: number) => index.placeAt(slot),
    };
    const need = {
      bytes: Math.ceil(store.diskBytes - target),
      messages: Math.ceil(index.size - caps.messages * LOW),
    };
    const steps = planEviction(stored, { need, rng });
    for (let step = steps.next();; step = steps.next()) {
      if (step.done) return step.value.map((slot) => index.idAt(slot));
      await pause();
    }
  }

  /** Whether retractions, which stay as long as their targets could come, take more than their share. */
  #manyRetractions(): boolean {
    const { store: { index }, caps } = this.#ports;
    let [bytes, messages] = [0, 0];
    for (let slot = 0; slot < index.slots; slot++) {
      if (!index.isRetraction(slot)) continue;
      bytes += index.bytesAt(slot);
      messages++;
    }
    return bytes > caps.bytes * RETRACTIONS || messages > caps.messages * RETRACTIONS;
  }

  async #expire(): Promise<void> {
    const { store, archive } = this.#ports;
    const now = toSeconds(this.#ports.clock.now());
    const { remembered } = store.dropping;
    const end = unixSeconds(Math.max(0, now - LIFETIME_S));
    const expired = store.index.expired(end, (id) => remembered.createdOfId(id));
    if (expired.length > 0) {
      await archive();
      await this.#drop(expired);
    }
    await store.dropping.forget(now);
  }

  async #drop(ids: readonly MessageId[]): Promise<number> {
    const { store, clock } = this.#ports;
    try {
      const dropped = await store.dropping.drop(ids, toSeconds(clock.now()));
      await this.#tell(dropped);
      return dropped.length;
    } catch (error) {
      // Some commits may have got through before the disk failed.
      if (error instanceof StoreError) await this.#tell(ids.filter((id) => !store.index.has(id)));
      throw error;
    }
  }

  /** Tells the engine piece by piece: until it hears of them it offers in vain, no more. */
  async #tell(ids: readonly MessageId[]): Promise<void> {
    for (let at = 0; at < ids.length; at += TOLD_AT_ONCE) {
      this.#ports.gone(ids.slice(at, at + TOLD_AT_ONCE));
      await this.#ports.pause();
    }
  }
}

/** The horizon that matters now: one past every lifetime says nothing. 0 for none. */
export function horizonAt(store: PublicStore, now: UnixSeconds): UnixSeconds {
  const { horizon } = store.dropping;
  return horizon > now - LIFETIME_S ? horizon : 0 as UnixSeconds;
}
