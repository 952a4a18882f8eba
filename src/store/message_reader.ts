/**
 * Reads messages from `public.kv`, one or many at once. One by one a message costs 84 µs, in a list of
 * neighbours 8; and those that a peer lacks mostly stand side by side.
 */
import { idOfStored, readStored } from "../wire/admit.ts";
import type { MessageId } from "../wire/ids.ts";
import type { Labels } from "../wire/labels.ts";
import type { AdmittedMessage } from "../wire/message.ts";
import { StoreError, undamaged } from "./errors.ts";
import {
  afterKey,
  afterSecond,
  messageKey,
  type MessagePlace,
  messages,
  readMetaKey,
} from "./keys.ts";
import type { Kv } from "./kv_port.ts";
import type { MessageIndex } from "./message_index.ts";
import type { PublicBytes } from "./public_rows.ts";
import { NATIVE_HASH } from "./native_hash.ts";
import { Turns } from "./turns.ts";

/** Bytes of messages after which no more are read at once; the last one may go over it. */
const BATCH_BYTES = 131_072;
/** Lists for one batch: each has as many rows as are still wanted, so neighbours take one. */
const LISTS = 2;

/** What a reader works with. */
export interface ReaderParts {
  /** Where the rows are. */
  readonly kv: Kv<PublicBytes>;
  /** Labels of the network. */
  readonly labels: Labels;
  /** What there is. */
  readonly index: Pick<MessageIndex, "get" | "held">;
  /** Who writes takes turns. */
  readonly turns: Turns;
}

/** Reads messages. All its methods throw a `StoreError` when the disk fails. */
export class MessageReader {
  readonly #parts: ReaderParts;
  readonly #damaged = new Set<MessageId>();
  /** One batch at a time bounds the memory; the database takes them one after the other anyway. */
  readonly #turns = new Turns();

  /** Reads what an index lists. */
  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  /** How many messages were found damaged so far. */
  get damaged(): number {
    return this.#damaged.size;
  }

  /** The bytes; `undefined` when unknown or retracted. Throws also when they are lost. */
  async bytes(id: MessageId): Promise<PublicBytes | undefined> {
    const meta = this.#parts.index.get(id);
    if (meta === undefined || meta.retracted) return undefined;
    const bytes = await this.#parts.kv.get(messageKey(meta));
    if (bytes !== undefined) return bytes;
    // It may have been dropped or retracted while it was read: the index hears of that a little later.
    await this.#parts.turns.idle();
    if (this.#parts.index.get(id)?.retracted === false) {
      throw new StoreError("damaged", "public.kv has lost a message that it lists");
    }
    return undefined;
  }

  /** The message; `undefined` when unknown or retracted. Throws also when it is damaged. */
  async message(id: MessageId): Promise<AdmittedMessage | undefined> {
    const bytes = await this.bytes(id);
    return bytes && await undamaged(() => Promise.resolve(this.#revived(bytes, id)));
  }

  /** The same, but `undefined` also for a damaged one, which is counted. */
  readable(id: MessageId): Promise<AdmittedMessage | undefined> {
    return this.#unlessLater(id, () => this.message(id));
  }

  /** The first of these, at least one and as many as are worth reading at once; as `readable`. */
  readableBatch(ids: readonly MessageId[]): Promise<readonly (AdmittedMessage | undefined)[]> {
    return this.#batch(ids, (bytes, id) => this.#revived(bytes, id));
  }

  /** The same, but as they go out to others. */
  bytesBatch(ids: readonly MessageId[]): Promise<readonly (PublicBytes | undefined)[]> {
    return this.#batch(ids, (bytes, id) => this.#whole(bytes, id));
  }

  async #batch<T>(
    ids: readonly MessageId[],
    read: (bytes: PublicBytes, id: MessageId) => T,
  ): Promise<readonly (T | undefined)[]> {
    const batch = this.#worthReading(ids);
    const rows = await this.#turns.run(() => this.#neighbours(batch));
    const found: (T | undefined)[] = [];
    for (const id of batch) {
      const row = rows.get(id);
      // It may have been retracted meanwhile.
      const isHeld = this.#parts.index.held(id) !== undefined;
      found.push(row !== undefined && isHeld ? this.#unless(id, () => read(row, id)) : undefined);
    }
    // What lies further apart, a few: one by one.
    await Promise.all(batch.map(async (id, i) => {
      if (rows.has(id)) return;
      found[i] = await this.#unlessLater(id, async () => {
        const bytes = await this.bytes(id);
        return bytes === undefined ? undefined : read(bytes, id);
      });
    }));
    return found;
  }

  #worthReading(ids: readonly MessageId[]): readonly MessageId[] {
    let bytes = 0;
    const enough = ids.findIndex((id) => {
      const full = bytes >= BATCH_BYTES;
      bytes += this.#parts.index.held(id)?.size ?? 0;
      return full;
    });
    return enough < 0 ? ids : ids.slice(0, enough);
  }

  /** The rows of those that lie close together, as far as there are such. */
  async #neighbours(ids: readonly MessageId[]): Promise<ReadonlyMap<MessageId, PublicBytes>> {
    const { kv, index } = this.#parts;
    const found = new Map<MessageId, PublicBytes>();
    const wanted = new Set(ids);
    const places = ids.map((id) => index.held(id)).filter((place) => place !== undefined);
    const [first, last] = ends(places);
    if (first === undefined || last === undefined) return found;
    const end = afterSecond(last.created);
    let start = messageKey(first);
    // What lies further apart than that is read by itself.
    for (let lists = 0; lists < LISTS && wanted.size > 1; lists++) {
      let lastKey;
      for await (const row of kv.list({ prefix: messages, start, end, limit: wanted.size })) {
        const { id } = readMetaKey(row.key);
        if (wanted.delete(id)) found.set(id, row.value);
        lastKey = row.key;
      }
      if (lastKey === undefined) break;
      start = afterKey(lastKey);
    }
    return found;
  }

  #revived(bytes: PublicBytes, id: MessageId): AdmittedMessage {
    const message = readStored(this.#parts.labels, bytes, { hash: NATIVE_HASH });
    checkPlace(message.id, id);
    return message;
  }

  #whole(bytes: PublicBytes, id: MessageId): PublicBytes {
    checkPlace(idOfStored(this.#parts.labels, bytes, { hash: NATIVE_HASH }), id);
    return bytes;
  }

  /** What is read of a row, or `undefined` when the row is damaged. */
  #unless<T>(id: MessageId, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (error instanceof StoreError && error.code !== "damaged") throw error;
      this.#damaged.add(id);
      return undefined;
    }
  }

  /** The same of what is yet to be fetched. */
  async #unlessLater<T>(id: MessageId, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await undamaged(read);
    } catch (error) {
      return this.#unless(id, () => {
        throw error;
      });
    }
  }
}

function checkPlace(found: MessageId, expected: MessageId): void {
  if (found !== expected) throw new Error("A message stands in another's place");
}

/** The first and the last one in the order of their keys. */
function ends(places: readonly MessagePlace[]): readonly (MessagePlace | undefined)[] {
  let [first, last] = [places[0], places[0]];
  for (const place of places) {
    if (first !== undefined && isBefore(place, first)) first = place;
    if (last !== undefined && isBefore(last, place)) last = place;
  }
  return [first, last];
}

function isBefore(a: MessagePlace, b: MessagePlace): boolean {
  return a.created < b.created || a.created === b.created && a.id < b.id;
}
