/**
 * Private messages as their owner keeps them, opened: what came and what was sent (docs/PROTOCOL.md
 * section 11). Sealed with everything else of `private.kv`.
 *
 * ```
 * letter = canonical [id: bin32, key: bin32, from: bin32, to: bin32, sent: bool, created, text, attachments,
 *                     reply-to: bin32 or nil, secret: bin32 or empty]
 * ```
 * `key` signed the message that carried it; `secret` is that key's, of what was sent, for a retraction.
 */
import { attachmentsValue, pointsText, readAttachments } from "../wire/attachment.ts";
import type { Attachment } from "../wire/body.ts";
import { binField, boolField, fields, timeField } from "../wire/fields.ts";
import {
  ID_BYTES,
  idBytes,
  type IdentityKey,
  identityKey,
  type MessageId,
  messageId,
} from "../wire/ids.ts";
import { MAX_PRIVATE_TEXT_POINTS } from "../wire/limits.ts";
import { decode, encode } from "../wire/msgpack.ts";
import type { UnixSeconds } from "../wire/time.ts";
import { damaged } from "./record_codec.ts";

/** What a letter is listed by. */
export interface LetterHead {
  /** The message that carried it. */
  readonly id: MessageId;
  /** The one-time key that signed that message. */
  readonly key: IdentityKey;
  /** Its author. */
  readonly from: IdentityKey;
  /** Its recipient. */
  readonly to: IdentityKey;
  /** Whether an own identity sent it; otherwise an own identity is its recipient. */
  readonly sent: boolean;
  /** When its author says to have written it, within the hour that the message names. */
  readonly created: UnixSeconds;
}

/** A private message, opened. */
export interface Letter extends LetterHead {
  /** At most 2,000 code points. */
  readonly text: string;
  /** At most 4. */
  readonly attachments: readonly Attachment[];
  /** The message that it answers. */
  readonly replyTo: MessageId | undefined;
  /** Secret of the one-time key, 32 bytes, of what was sent. */
  readonly secret: Uint8Array | undefined;
}

/** Encodes a letter. */
export function encodeLetter(letter: Letter): Uint8Array {
  const { id, key, from, to, sent, created, text, attachments, replyTo, secret } = letter;
  return encode([
    idBytes(id),
    idBytes(key),
    idBytes(from),
    idBytes(to),
    sent,
    created,
    text,
    attachmentsValue(attachments),
    replyTo === undefined ? null : idBytes(replyTo),
    secret ?? new Uint8Array(0),
  ]);
}

/** Decodes a letter, which keeps nothing of the bytes. Throws a `StoreError` "damaged". */
export function decodeLetter(bytes: Uint8Array): Letter {
  try {
    const [id, key, from, to, sent, created, text, attachments, replyTo, secret] = fields(
      decode(bytes.slice(), { maxBytes: bytes.length }),
      10,
    );
    const kept = binField(secret);
    return {
      id: messageId(binField(id, ID_BYTES)),
      key: identityKey(binField(key, ID_BYTES)),
      from: identityKey(binField(from, ID_BYTES)),
      to: identityKey(binField(to, ID_BYTES)),
      sent: boolField(sent),
      created: timeField(created),
      text: pointsText(text, MAX_PRIVATE_TEXT_POINTS),
      attachments: readAttachments(attachments),
      replyTo: replyTo === null ? undefined : messageId(binField(replyTo, ID_BYTES)),
      secret: kept.length === 0 ? undefined : binField(secret, ID_BYTES),
    };
  } catch {
    throw damaged();
  }
}

/** The identity of this node's own that a letter belongs to. */
export function ownerOf({ sent, from, to }: LetterHead): IdentityKey {
  return sent ? from : to;
}
