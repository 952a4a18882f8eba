/**
 * The outbox (docs/PROTOCOL.md section 6): the owner's messages from the moment they were made until
 * they were seen coming back from others. Sealed, since a message that is here says whose it is; in
 * `public.kv` it then stands among everybody's.
 *
 * ```
 * value = canonical [[id: bin32, bytes: bin, origin: bin32, since]…]      in the order of making
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
import { MAX_MESSAGE_BYTES } from "../wire/limits.ts";
import { decode, encode } from "../wire/msgpack.ts";
import { Private } from "../wire/privacy.ts";
import type { UnixSeconds } from "../wire/time.ts";
import { damaged } from "./record_codec.ts";
import type { SealedRecords, ValueName } from "./sealed.ts";
import { Turns } from "./turns.ts";

/** The record's name. */
export const OUTBOX: ValueName = { kind: "list", name: "outbox" };

/** Messages in the outbox: more than anybody says in the 30 days that one lives. */
export const MAX_OUTBOX = 4_096;
/** Bytes of them: half of what a sealed value holds. */
export const MAX_OUTBOX_BYTES = 33_554_432;

/** A message of the owner's. */
export interface OutboxEntry {
  /** Which. */
  readonly id: MessageId;
  /** The whole envelope. */
  readonly bytes: Uint8Array;
  /** The identity whose it is, whatever key signed it. */
  readonly origin: IdentityKey;
  /** When it was made. */
  readonly since: UnixSeconds;
}

/** The sealed outbox. Its methods throw a `StoreError` when the disk fails or the store is locked. */
export class Outbox {
  readonly #records: SealedRecords;
  readonly #turns = new Turns();

  /** Over open records. */
  constructor(records: SealedRecords) {
    this.#records = records;
  }

  /** All entries, in the order of making. */
  async entries(): Promise<Private<readonly OutboxEntry[]>> {
    const bytes = await this.#records.get(OUTBOX);
    return new Private(bytes === undefined ? [] : decodeEntries(bytes));
  }

  /** Adds a message, durably when it returns. Answers `false`, with nothing changed, when there is no room. */
  async add(entry: Private<OutboxEntry>): Promise<boolean> {
    const added = entry.reveal();
    return await this.#turns.run(async () => {
      const entries = [...(await this.entries()).reveal(), added];
      const bytes = entries.reduce((sum, { bytes }) => sum + bytes.length, 0);
      if (entries.length > MAX_OUTBOX || bytes > MAX_OUTBOX_BYTES) return false;
      await this.#records.put(OUTBOX, encodeEntries(entries));
      return true;
    });
  }

  /** Removes messages; unknown ones are skipped. Writes nothing if there are none. */
  async remove(ids: Private<ReadonlySet<MessageId>>): Promise<void> {
    const gone = ids.reveal();
    await this.#turns.run(async () => {
      const entries = (await this.entries()).reveal();
      const kept = entries.filter(({ id }) => !gone.has(id));
      if (kept.length < entries.length) await this.#records.put(OUTBOX, encodeEntries(kept));
    });
  }
}

/** An outbox's value without what one identity said: for when that identity is destroyed. */
export function withoutOrigin(value: Uint8Array, origin: IdentityKey): Uint8Array {
  return encodeEntries(decodeEntries(value).filter((entry) => entry.origin !== origin));
}

function encodeEntries(entries: readonly OutboxEntry[]): Uint8Array {
  return encode(
    entries.map(({ id, bytes, origin, since }) => [idBytes(id), bytes, idBytes(origin), since]),
  );
}

function decodeEntries(value: Uint8Array): OutboxEntry[] {
  try {
    return listField(decode(value, { maxBytes: value.length }), MAX_OUTBOX).map((item) => {
      const [id, bytes, origin, since] = fields(item, 4);
      const envelope = binField(bytes);
      if (envelope.length > MAX_MESSAGE_BYTES) throw damaged();
      return {
        id: messageId(binField(id, ID_BYTES)),
        bytes: envelope.slice(),
        origin: identityKey(binField(origin, ID_BYTES)),
        since: timeField(since),
      };
    });
  } catch {
    throw damaged();
  }
}
