/**
 * What the store knows of every message without reading its body (pure, in memory): columns of
 * numbers by slot, and the slots in the order of (created, id), in which readers see messages. About
 * 100 bytes a message. It is made from the meta rows when the store opens and changes only after a
 * commit.
 */
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { BODY_TYPES } from "../wire/body.ts";
import { ID_BYTES, type IdentityKey, type MessageId } from "../wire/ids.ts";
import type { UnixSeconds } from "../wire/time.ts";
import { AuthorSet } from "./author_set.ts";
import { messageDiskBytes } from "./disk_use.ts";
import type { IndexQuery, SlotWatch } from "./index_types.ts";
import { IdTable } from "./id_table.ts";
import type { MessagePlace } from "./keys.ts";
import { type MentionBits, MentionColumn } from "./mention_bits.ts";
import { References } from "./references.ts";

export type { IndexQuery, SlotWatch } from "./index_types.ts";

/** What is kept of a message beside its bytes. */
export interface MessageMeta {
  /** The message. */
  readonly id: MessageId;
  /** The key that signed it. */
  readonly key: IdentityKey;
  /** Type of the body: 0 status, 1 private, and so on (docs/PROTOCOL.md section 3). */
  readonly type: number;
  /** When its author says it was made. */
  readonly created: UnixSeconds;
  /** Bytes of the whole envelope; 0 when retracted. */
  readonly size: number;
  /** 0 to 255; the engine uses 0 to 6. */
  readonly freshness: number;
  /** When this node stored it. */
  readonly storedAt: UnixSeconds;
  /** What a status replies to, or what a retraction retracts. */
  readonly ref: MessageId | undefined;
  /** Whom a status calls upon, if anybody: see `mention_bits.ts`. */
  readonly mentions?: MentionBits;
  /** Its author took it back: known, but the bytes are gone and it is shown and offered to nobody. */
  readonly retracted: boolean;
  /** It came when its author's key was revoked here already: passed on, but shown to nobody. */
  readonly late?: boolean;
}

/** What is known of a message while the process lasts, and is never written. */
export interface MessageSource {
  /** Number of the place that delivered it; 0, or none, for none. */
  readonly place?: number;
}

const STATUS = BODY_TYPES.status;
const RETRACTION = BODY_TYPES.retraction;
/** In the column of types: no message is in this slot. */
const VACANT = 255;

/** The index. One per open store. */
export class MessageIndex {
  readonly #ids: IdTable;
  readonly #references = new References();
  /** Whom statuses call upon, by slot. */
  readonly mentions = new MentionColumn();
  #keys = new Uint8Array(0);
  #created = new Float64Array(0);
  #storedAt = new Float64Array(0);
  #sizes = new Uint32Array(0);
  #types = new Uint8Array(0);
  #freshness = new Uint8Array(0);
  #retracted = new Uint8Array(0);
  #late = new Uint8Array(0);
  #places = new Uint16Array(0);
  /** Slots in the order of (created, id); the first `size` entries count. */
  #order = new Uint32Array(0);
  #totalBytes = 0;
  #diskBytes = 0;
  #watch: SlotWatch | undefined;

  /** `salt` is any random number: see {@linkcode IdTable}. */
  constructor(salt: number) {
    this.#ids = new IdTable(salt);
    this.#fit();
  }

  /** Messages known, retracted ones included. */
  get size(): number {
    return this.#ids.size;
  }

  /** Bytes of all envelopes held. */
  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** Bytes that they take on disk, as `disk_use.ts` reckons. */
  get diskBytes(): number {
    return this.#diskBytes;
  }

  /** Slots are below this; not all of them hold a message. */
  get slots(): number {
    return this.#ids.used;
  }

  /** Freshness of the message in a slot; -1 when there is none. */
  freshnessAt(slot: number): number {
    return this.#types[slot] === VACANT ? -1 : this.#freshness[slot] ?? -1;
  }

  /** Bytes on disk of the message in a slot. */
  bytesAt(slot: number): number {
    return messageDiskBytes(this.#sizes[slot] ?? 0);
  }

  /** Number of the place that delivered the message in a slot, 0 for none. */
  placeAt(slot: number): number {
    return this.#places[slot] ?? 0;
  }

  /** Whether the message in a slot is a retraction. */
  isRetraction(slot: number): boolean {
    return this.#types[slot] === RETRACTION;
  }

  /** The id of the message in a slot. */
  idAt(slot: number): MessageId {
    return this.#ids.at(slot) as MessageId;
  }

  /** Orders two slots by when their messages were made, then by id. */
  compare(slotA: number, slotB: number): number {
    return (this.#created[slotA] ?? 0) - (this.#created[slotB] ?? 0) ||
      this.#ids.compare(slotA, slotB);
  }

  /** When the message in a slot was made, seconds. */
  createdOf(slot: number): number {
    return this.#created[slot] ?? 0;
  }

  /** The id of the message in a slot: 32 bytes, good until the next change. */
  idOf(slot: number): Uint8Array {
    return this.#ids.bytesAt(slot);
  }

  /** When the message in a slot was stored, seconds; `undefined` where no bytes of a message are held. */
  storedAtOf(slot: number): UnixSeconds | undefined {
    if (this.#types[slot] === VACANT || this.#retracted[slot] === 1) return undefined;
    return this.#storedAt[slot] as UnixSeconds | undefined;
  }

  /** Has somebody told from now on what comes and goes. */
  watch(watch: SlotWatch): void {
    this.#watch = watch;
  }

  /** Whether the message is known; a retracted one is. */
  has(id: MessageId): boolean {
    return this.#ids.find(id) >= 0;
  }

  /** The slot of a known message. */
  slotOf(id: MessageId): number | undefined {
    const slot = this.#ids.find(id);
    return slot < 0 ? undefined : slot;
  }

  /** What is known of a message. */
  get(id: MessageId): MessageMeta | undefined {
    const slot = this.#ids.find(id);
    return slot < 0 ? undefined : this.#meta(slot);
  }

  /** Where the bytes of a message are, and how many; `undefined` when there are none. Cheaper than `get`. */
  held(id: MessageId): MessagePlace & { readonly size: number } | undefined {
    const slot = this.#ids.find(id);
    if (slot < 0 || this.#retracted[slot] === 1) return undefined;
    return { id, created: this.#created[slot] as UnixSeconds, size: this.#sizes[slot] ?? 0 };
  }

  /** Adds messages that are not there yet; cheapest all at once, and for the newest. */
  add(metas: readonly (MessageMeta & MessageSource)[]): void {
    const slots = new Uint32Array(metas.length);
    const sizeBefore = this.size;
    metas.forEach((meta, i) => {
      const slot = this.#ids.add(meta.id);
      if (this.#created.length < this.#ids.capacity) this.#fit();
      slots[i] = slot;
      this.#keys.set(hexToBytes(meta.key), slot * ID_BYTES);
      this.#created[slot] = meta.created;
      this.#storedAt[slot] = meta.storedAt;
      this.#sizes[slot] = meta.size;
      this.#types[slot] = meta.type;
      this.#freshness[slot] = meta.freshness;
      this.#retracted[slot] = meta.retracted ? 1 : 0;
      this.#late[slot] = meta.late ? 1 : 0;
      this.#places[slot] = meta.place ?? 0;
      this.mentions.set(slot, meta.mentions);
      this.#totalBytes += meta.size;
      this.#diskBytes += messageDiskBytes(meta.size);
      if (meta.ref !== undefined) this.#references.add(slot, meta.ref);
    });
    this.#merge(slots.sort((a, b) => this.compare(a, b)), sizeBefore);
    if (this.#watch === undefined) return;
    for (const slot of slots) if (this.#retracted[slot] === 0) this.#watch.added(slot);
  }

  /** Forgets messages; unknown ones are skipped. */
  remove(ids: Iterable<MessageId>): void {
    const gone = new Set<number>();
    for (const id of ids) {
      const slot = this.#ids.find(id);
      if (slot >= 0) gone.add(slot);
    }
    if (gone.size === 0) return;
    this.#cut(Uint32Array.from(gone, (slot) => this.#position(slot, this.size)).sort());
    for (const slot of gone) {
      this.#watch?.removing(slot);
      this.#totalBytes -= this.#sizes[slot] ?? 0;
      this.#diskBytes -= this.bytesAt(slot);
      this.#types[slot] = VACANT;
      this.#references.remove(slot);
      this.#ids.remove(slot);
    }
  }

  /** Changes the freshness of a message, if it is known. */
  setFreshness(id: MessageId, freshness: number): void {
    const slot = this.#ids.find(id);
    if (slot >= 0) this.#freshness[slot] = freshness;
  }

  /** Marks a known message as taken back: its bytes are gone, and of a status also what it replied to. */
  retract(id: MessageId): void {
    const slot = this.#ids.find(id);
    if (slot < 0) return;
    this.#watch?.removing(slot);
    this.#totalBytes -= this.#sizes[slot] ?? 0;
    this.#diskBytes -= this.bytesAt(slot) - messageDiskBytes(0);
    this.#sizes[slot] = 0;
    this.#freshness[slot] = 0;
    this.#retracted[slot] = 1;
    this.mentions.set(slot, undefined);
    if (this.#types[slot] === STATUS) this.#references.remove(slot);
  }

  /** Known messages from the newest to the oldest. What changes meanwhile may upset it: don't await. */
  *newestFirst(query: IndexQuery = {}): Generator<MessageMeta> {
    let at = this.size;
    if (query.before !== undefined) {
      const slot = this.#ids.find(query.before);
      if (slot < 0) throw new RangeError("Unknown message");
      at = this.#position(slot, this.size);
    }
    const authors = query.authors && new AuthorSet(query.authors);
    while (--at >= 0) {
      const slot = this.#order[at] ?? 0;
      if (query.type !== undefined && this.#types[slot] !== query.type) continue;
      if (!query.withRetracted && this.#retracted[slot] === 1) continue;
      if (query.where?.(slot) === false) continue;
      if (authors?.has(this.#keys, slot * ID_BYTES) === false) continue;
      yield this.#meta(slot);
    }
  }

  /**
   * Messages whose time here is over: those made before `end`, but a retraction with its target, as
   * far as `createdOf` or the index knows when that was made (docs/PROTOCOL.md section 7).
   */
  expired(end: UnixSeconds, createdOf: (id: MessageId) => number | undefined): MessageId[] {
    const found: MessageId[] = [];
    for (let slot = 0; slot < this.#ids.used; slot++) {
      if (this.#types[slot] === VACANT) continue;
      let created = this.#created[slot] ?? 0;
      const target = this.#types[slot] === RETRACTION ? this.#references.from(slot) : undefined;
      if (target !== undefined) {
        const at = this.#ids.find(target);
        created = (at < 0 ? createdOf(target) : this.#created[at]) ?? created;
      }
      if (created < end) found.push(this.idAt(slot));
    }
    return found;
  }

  /**
   * Ids that begin with these hex digits in either case, at most `limit`, in no set order: two mean
   * that the prefix is ambiguous. None for anything but 1 to 64 hex digits.
   */
  idsByPrefix(prefix: string, limit = 2): MessageId[] {
    if (!/^[0-9a-fA-F]{1,64}$/.test(prefix)) return [];
    const even = prefix.length & ~1;
    const bytes = hexToBytes(prefix.slice(0, even));
    const half = even === prefix.length ? undefined : parseInt(prefix.slice(even), 16);
    const found: MessageId[] = [];
    for (let at = 0; at < this.size && found.length < limit; at++) {
      const slot = this.#order[at] ?? 0;
      if (this.#ids.beginsWith(slot, bytes, half)) found.push(this.#ids.at(slot) as MessageId);
    }
    return found;
  }

  /** Statuses that reply to a message and weren't retracted, the oldest first. */
  repliesTo(id: MessageId): MessageId[] {
    return this.#references.to(id)
      .filter((slot) => this.#types[slot] === STATUS)
      .sort((a, b) => this.compare(a, b))
      .map((slot) => this.#ids.at(slot) as MessageId);
  }

  /** What the message in a slot refers to. */
  refAt(slot: number): MessageId | undefined {
    return this.#references.from(slot);
  }

  /** Whether a message of this type by this key names `id` as its `ref`. */
  isReferredTo(id: MessageId, by: { readonly type: number; readonly key: IdentityKey }): boolean {
    return this.#references.to(id).some((slot) =>
      this.#types[slot] === by.type && this.#key(slot) === by.key
    );
  }

  /** Makes the columns as long as there are slots. */
  #fit(): void {
    const capacity = this.#ids.capacity;
    this.#keys = grown(this.#keys, new Uint8Array(capacity * ID_BYTES));
    this.#created = grown(this.#created, new Float64Array(capacity));
    this.#storedAt = grown(this.#storedAt, new Float64Array(capacity));
    this.#sizes = grown(this.#sizes, new Uint32Array(capacity));
    this.#types = grown(this.#types, new Uint8Array(capacity).fill(VACANT));
    this.#freshness = grown(this.#freshness, new Uint8Array(capacity));
    this.#retracted = grown(this.#retracted, new Uint8Array(capacity));
    this.#late = grown(this.#late, new Uint8Array(capacity));
    this.mentions.fit(capacity);
    this.#places = grown(this.#places, new Uint16Array(capacity));
    this.#order = grown(this.#order, new Uint32Array(capacity));
  }

  /** Puts sorted slots into the first `end` of the order, from the last one down: each part moves once. */
  #merge(slots: Uint32Array, end: number): void {
    for (let i = slots.length - 1; i >= 0; i--) {
      const slot = slots[i] ?? 0;
      const at = this.#position(slot, end);
      this.#order.copyWithin(at + i + 1, at, end);
      this.#order[at + i] = slot;
      end = at;
    }
  }

  /** Takes places out of the order: what stands between two of them moves at once. */
  #cut(places: Uint32Array): void {
    let kept = places[0] ?? 0;
    for (let i = 0; i < places.length; i++) {
      const from = (places[i] ?? 0) + 1;
      const end = places[i + 1] ?? this.size;
      this.#order.copyWithin(kept, from, end);
      kept += end - from;
    }
  }

  /** How many of the first `end` come before a slot. */
  #position(slot: number, end: number): number {
    let low = 0;
    while (low < end) {
      const middle = (low + end) >> 1;
      if (this.compare(this.#order[middle] ?? 0, slot) < 0) low = middle + 1;
      else end = middle;
    }
    return low;
  }

  #key(slot: number): IdentityKey {
    return bytesToHex(this.#keys.subarray(slot * ID_BYTES, (slot + 1) * ID_BYTES)) as IdentityKey;
  }

  #meta(slot: number): MessageMeta {
    const mentions = this.mentions.at(slot);
    return {
      ...(mentions && { mentions }),
      id: this.#ids.at(slot) as MessageId,
      key: this.#key(slot),
      type: this.#types[slot] ?? 0,
      created: (this.#created[slot] ?? 0) as UnixSeconds,
      size: this.#sizes[slot] ?? 0,
      freshness: this.#freshness[slot] ?? 0,
      storedAt: (this.#storedAt[slot] ?? 0) as UnixSeconds,
      ref: this.#references.from(slot),
      retracted: this.#retracted[slot] === 1,
      ...(this.#late[slot] === 1 && { late: true }),
    };
  }
}

function grown<T extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(
  old: T,
  fresh: T,
): T {
  fresh.set(old);
  return fresh;
}
