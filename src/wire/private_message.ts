/**
 * What is inside a private message (docs/PROTOCOL.md section 5), in two layers. Encryption is the key
 * store's; this is the form of what it encrypts.
 *
 * ```
 * outer  plain = u32be length, canonical [author: bin32, enc: bin32, ct: bin], zeros up to the size
 * inner  plain = canonical [created, text, attachments, reply-to: bin32 or nil]
 * sizes  1,024 4,096 16,384 49,152 bytes of the outer plain; 16 of tag follow in either layer
 * ```
 * No signature by the author stands in it: what convinces the recipient convinces nobody else.
 */
import { concatBytes } from "@noble/hashes/utils.js";
import { attachmentsValue, pointsText, readAttachments } from "./attachment.ts";
import type { Attachment } from "./body.ts";
import { malformed } from "./errors.ts";
import { binField, fields, timeField } from "./fields.ts";
import {
  ID_BYTES,
  idBytes,
  type IdentityKey,
  identityKey,
  type MessageId,
  messageId,
} from "./ids.ts";
import { MAX_PRIVATE_TEXT_POINTS, SEALED_BYTES, SEALED_ENC_BYTES } from "./limits.ts";
import { decode, encode } from "./msgpack.ts";
import type { UnixSeconds } from "./time.ts";

/** Bytes that encryption adds: the tag of ChaCha20-Poly1305. */
const TAG_BYTES = 16;
/** The length in front of the outer plaintext. */
const LENGTH_BYTES = 4;
/** The list's head, author, enc, and the longest head of ct. */
const AROUND_CT_BYTES = 1 + 2 * (2 + ID_BYTES) + 3;

/** What an author tells a recipient. */
export interface PrivateMessage {
  /** When it was written, floored to 10 s by its author. */
  readonly created: UnixSeconds;
  /** At most 2,000 code points. */
  readonly text: string;
  /** At most 4. */
  readonly attachments: readonly Attachment[];
  /** The message that it answers, private or not. */
  readonly replyTo: MessageId | undefined;
}

/** What the outer layer holds. */
export interface InnerSealed {
  /** Who says to have written it; true if the inner layer opens. */
  readonly author: IdentityKey;
  /** The inner layer's encapsulated key, 32 bytes. */
  readonly enc: Uint8Array;
  /** The inner layer's ciphertext. */
  readonly ct: Uint8Array;
}

/** Bytes of the largest encoded message that fits. */
export const MAX_PRIVATE_BYTES = 49_152 - LENGTH_BYTES - AROUND_CT_BYTES - TAG_BYTES;

/** Encodes a message. Throws a `RangeError` for one that no recipient would read, but for its size. */
export function encodePrivateMessage(message: PrivateMessage): Uint8Array {
  const { created, text, attachments, replyTo } = message;
  const reply = replyTo === undefined ? null : idBytes(replyTo);
  const bytes = encode([created, text, attachmentsValue(attachments), reply]);
  try {
    decodePrivateMessage(bytes);
  } catch (cause) {
    throw new RangeError("Cannot encode a private message that nobody would read", { cause });
  }
  return bytes;
}

/** Decodes a message. Throws a `WireError` for any other form or over a cap. */
export function decodePrivateMessage(bytes: Uint8Array): PrivateMessage {
  const [created, text, attachments, replyTo] = fields(
    decode(bytes, { maxBytes: bytes.length }),
    4,
  );
  return {
    created: timeField(created),
    text: pointsText(text, MAX_PRIVATE_TEXT_POINTS),
    attachments: readAttachments(attachments),
    replyTo: replyTo === null ? undefined : messageId(binField(replyTo, ID_BYTES)),
  };
}

/** Encodes the outer plaintext, filled up to the smallest size. Throws a `RangeError` over the largest. */
export function encodeInnerSealed({ author, enc, ct }: InnerSealed): Uint8Array {
  if (enc.length !== SEALED_ENC_BYTES) throw new RangeError("An encapsulated key has 32 bytes");
  const value = encode([idBytes(author), enc, ct]);
  const needed = LENGTH_BYTES + value.length;
  const size = SEALED_BYTES.map((bytes) => bytes - TAG_BYTES).find((bytes) => bytes >= needed);
  if (size === undefined) throw new RangeError("Too large for a private message");
  const plain = new Uint8Array(size);
  new DataView(plain.buffer).setUint32(0, value.length);
  plain.set(value, LENGTH_BYTES);
  return plain;
}

/** Decodes the outer plaintext. Throws a `WireError`, also for any byte after the value but zero. */
export function decodeInnerSealed(plain: Uint8Array): InnerSealed {
  if (plain.length < LENGTH_BYTES) throw malformed("An outer plaintext without a length");
  const length = new DataView(plain.buffer, plain.byteOffset).getUint32(0);
  const end = LENGTH_BYTES + length;
  if (end > plain.length) throw malformed("A length beyond the plaintext");
  if (plain.subarray(end).some((byte) => byte !== 0)) throw malformed("Padding that isn't zero");
  const value = decode(plain.subarray(LENGTH_BYTES, end), { maxBytes: plain.length });
  const [author, enc, ct] = fields(value, 3);
  return {
    author: identityKey(binField(author, ID_BYTES)),
    enc: binField(enc, SEALED_ENC_BYTES),
    ct: binField(ct),
  };
}

/** What the outer layer is bound to: the key that signs the message. */
export function outerAad(oneTimeKey: IdentityKey): Uint8Array {
  return idBytes(oneTimeKey);
}

/** What the inner layer is bound to besides: nobody can pass it on as one to somebody else. */
export function innerAad(oneTimeKey: IdentityKey, recipient: IdentityKey): Uint8Array {
  return concatBytes(idBytes(oneTimeKey), idBytes(recipient));
}
