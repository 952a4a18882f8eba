/**
 * Private messages that the owner takes back, until their retractions leave (docs/PROTOCOL.md section 5):
 * each waits up to a day, drawn at random, so that nobody can tell by the times who sent both.
 *
 * ```
 * value = canonical [[id: bin32, secret: bin32, origin: bin32, due]…]
 * ```
 */
import { binField, fields, listField, timeField } from "../wire/fields.ts";
import {
  ID_BYTES,
  idBytes,
  type IdentityKey,
  identityKey,
  type MessageId,
  messageId,
} from "../wire/ids.ts";
import { decode, encode } from "../wire/msgpack.ts";
import { Private } from "../wire/privacy.ts";
import type { UnixSeconds } from "../wire/time.ts";
import { damaged } from "./record_codec.ts";
import type { SealedRecords, ValueName } from "./sealed.ts";
import { Turns } from "./turns.ts";

/** The record's name. */
export const TAKE_BACKS: ValueName = { kind: "list", name: "take-backs" };
/** How many wait at most: more than anybody takes back in a day. */
export const MAX_TAKE_BACKS = 256;

/** A retraction that waits. */
export interface TakeBack {
  /** The message to be taken back. */
  readonly id: MessageId;
  /** Secret of the one-time key that signed it, 32 bytes. */
  readonly secret: Uint8Array;
  /** The identity whose it is. */
  readonly origin: IdentityKey;
  /** When the retraction is to leave. */
  readonly due: UnixSeconds;
}

/** The sealed list of them. Its methods throw a `StoreError` when the disk fails or the store is locked. */
export class TakeBacks {
  readonly #records: SealedRecords;
  readonly #turns = new Turns();

  /** Over open records. */
  constructor(records: SealedRecords) {
    this.#records = records;
  }

  /** All that wait. */
  async all(): Promise<Private<readonly TakeBack[]>> {
    const bytes = await this.#records.get(TAKE_BACKS);
    return new Private(bytes === undefined ? [] : decodeList(bytes));
  }

  /** Adds one, durably. Answers `false`, with nothing changed, when there is no room. */
  add(entry: Private<TakeBack>): Promise<boolean> {
    const added = entry.reveal();
    return this.#turns.run(async () => {
      const others = (await this.all()).reveal().filter(({ id }) => id !== added.id);
      if (others.length >= MAX_TAKE_BACKS) return false;
      await this.#records.put(TAKE_BACKS, encodeList([...others, added]));
      return true;
    });
  }

  /** Removes one that left or isn't needed any more. */
  remove(entry: Private<MessageId>): Promise<void> {
    const gone = entry.reveal();
    return this.#turns.run(async () => {
      const all = (await this.all()).reveal();
      const kept = all.filter(({ id }) => id !== gone);
      if (kept.length < all.length) await this.#records.put(TAKE_BACKS, encodeList(kept));
    });
  }
}

/** The list's value without those of an identity that is destroyed. */
export function withoutTakeBacksOf(value: Uint8Array, origin: IdentityKey): Uint8Array {
  return encodeList(decodeList(value).filter((entry) => entry.origin !== origin));
}

function encodeList(entries: readonly TakeBack[]): Uint8Array {
  return encode(
    entries.map(({ id, secret, origin, due }) => [idBytes(id), secret, idBytes(origin), due]),
  );
}

function decodeList(bytes: Uint8Array): TakeBack[] {
  try {
    return listField(decode(bytes, { maxBytes: bytes.length }), MAX_TAKE_BACKS).map((item) => {
      const [id, secret, origin, due] = fields(item, 4);
      return {
        id: messageId(binField(id, ID_BYTES)),
        secret: binField(secret, ID_BYTES).slice(),
        origin: identityKey(binField(origin, ID_BYTES)),
        due: timeField(due),
      };
    });
  } catch {
    throw damaged();
  }
}
