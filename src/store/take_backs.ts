/**
 * Private messages that the owner takes back, until their retractions leave (docs/PROTOCOL.md section 5):
 * each waits up to a day, drawn at random, so that nobody can tell by the times who sent both.
 *
 * ```
 * value = canonical [[id: bin32, secret: bin32, origin: bin32, due]…]
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
import type { UnixSeconds } from "../wire/time.ts";
import type { ListForm, SealedList } from "./sealed_list.ts";

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

/** The sealed list of them. */
export type TakeBacks = SealedList<TakeBack>;

/** What it is made of. */
export const TAKE_BACKS: ListForm<TakeBack> = {
  name: { kind: "list", name: "take-backs" },
  most: MAX_TAKE_BACKS,
  hasRoom: () => true,
  toValue: ({ id, secret, origin, due }) => [idBytes(id), secret, idBytes(origin), due],
  fromValue(value): TakeBack {
    const [id, secret, origin, due] = fields(value, 4);
    return {
      id: messageId(binField(id, ID_BYTES)),
      secret: binField(secret, ID_BYTES).slice(),
      origin: identityKey(binField(origin, ID_BYTES)),
      due: timeField(due),
    };
  },
};
