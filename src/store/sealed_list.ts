/**
 * A list of messages that the owner's identities have yet to deal with, sealed as one record: the
 * outbox, and what is to be taken back.
 */
import { listField } from "../wire/fields.ts";
import type { IdentityKey, MessageId } from "../wire/ids.ts";
import { decode, encode, type Value } from "../wire/msgpack.ts";
import { Private } from "../wire/privacy.ts";
import { damaged } from "./record_codec.ts";
import type { SealedRecords, ValueName } from "./sealed.ts";
import { Turns } from "./turns.ts";

/** What such a list holds: each message once. */
export interface ListEntry {
  /** Which message. */
  readonly id: MessageId;
  /** The identity whose it is. */
  readonly origin: IdentityKey;
}

/** One such list. */
export interface ListForm<E extends ListEntry> {
  /** The record's name. */
  readonly name: ValueName;
  /** Entries that it has at most. */
  readonly most: number;
  /** Whether so many entries, at most {@linkcode ListForm.most}, have room. */
  readonly hasRoom: (entries: readonly E[]) => boolean;
  /** An entry as it stands in the record. */
  readonly toValue: (entry: E) => Value;
  /** The same back. Throws for anything else. */
  readonly fromValue: (value: Value) => E;
}

/** The sealed list. Its methods throw a `StoreError` when the disk fails or the store is locked. */
export class SealedList<E extends ListEntry> {
  readonly #records: SealedRecords;
  readonly #form: ListForm<E>;
  readonly #turns = new Turns();

  /** Over open records. */
  constructor(records: SealedRecords, form: ListForm<E>) {
    this.#records = records;
    this.#form = form;
  }

  /** All entries, in the order in which they came. */
  async entries(): Promise<Private<readonly E[]>> {
    const bytes = await this.#records.get(this.#form.name);
    return new Private(bytes === undefined ? [] : decodeList(bytes, this.#form));
  }

  /**
   * Adds an entry in the place of one about the same message, durably when it returns. Answers `false`,
   * with nothing changed, when there is no room.
   */
  async add(entry: Private<E>): Promise<boolean> {
    const added = entry.reveal();
    return await this.#turns.run(async () => {
      const others = (await this.entries()).reveal().filter(({ id }) => id !== added.id);
      const entries = [...others, added];
      if (entries.length > this.#form.most || !this.#form.hasRoom(entries)) return false;
      await this.#put(entries);
      return true;
    });
  }

  /** Removes entries; unknown ones are skipped. Writes nothing if there are none. */
  async remove(ids: Private<ReadonlySet<MessageId>>): Promise<void> {
    const gone = ids.reveal();
    await this.#turns.run(async () => {
      const entries = (await this.entries()).reveal();
      const kept = entries.filter(({ id }) => !gone.has(id));
      if (kept.length < entries.length) await this.#put(kept);
    });
  }

  #put(entries: readonly E[]): Promise<void> {
    return this.#records.put(this.#form.name, encode(entries.map(this.#form.toValue)));
  }
}

/** A list's value without what is one identity's: for when that identity is destroyed. */
export function withoutOrigin<E extends ListEntry>(
  value: Uint8Array,
  { form, origin }: { readonly form: ListForm<E>; readonly origin: IdentityKey },
): Uint8Array {
  const kept = decodeList(value, form).filter((entry) => entry.origin !== origin);
  return encode(kept.map(form.toValue));
}

function decodeList<E extends ListEntry>(bytes: Uint8Array, form: ListForm<E>): E[] {
  try {
    return listField(decode(bytes, { maxBytes: bytes.length }), form.most).map(form.fromValue);
  } catch {
    throw damaged();
  }
}
