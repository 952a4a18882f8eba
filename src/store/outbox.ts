/**
 * The outbox (docs/PROTOCOL.md section 6): the owner's messages from the moment they were made until
 * they were seen coming back from others. Sealed, since a message that is here says whose it is; in
 * `public.kv` it then stands among everybody's.
 *
 * ```
 * value = canonical [[id: bin32, bytes: bin, origin: bin32, since]…]      in the order of making
 * ```
 */
import { binField, fields, timeField } from "../wire/fields.ts";
import {
  ID_BYTES,
  idBytes,
  type IdentityKey,
  identityKey,
  type MessageId,
  messageId,
} from "../wire/ids.ts";
import { MAX_MESSAGE_BYTES } from "../wire/limits.ts";
import type { UnixSeconds } from "../wire/time.ts";
import { damaged } from "./record_codec.ts";
import type { ListForm, SealedList } from "./sealed_list.ts";

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

/** The sealed outbox. */
export type Outbox = SealedList<OutboxEntry>;

/** What it is made of. */
export const OUTBOX: ListForm<OutboxEntry> = {
  name: { kind: "list", name: "outbox" },
  most: MAX_OUTBOX,
  hasRoom: (entries) =>
    entries.reduce((sum, { bytes }) => sum + bytes.length, 0) <= MAX_OUTBOX_BYTES,
  toValue: ({ id, bytes, origin, since }) => [idBytes(id), bytes, idBytes(origin), since],
  fromValue(value): OutboxEntry {
    const [id, bytes, origin, since] = fields(value, 4);
    const envelope = binField(bytes);
    if (envelope.length > MAX_MESSAGE_BYTES) throw damaged();
    return {
      id: messageId(binField(id, ID_BYTES)),
      bytes: envelope.slice(),
      origin: identityKey(binField(origin, ID_BYTES)),
      since: timeField(since),
    };
  },
};
