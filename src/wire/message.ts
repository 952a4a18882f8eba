/**
 * The envelope of a message (docs/PROTOCOL.md section 3).
 *
 * ```
 * message   = [1, body: bin, key: bin32, signature: bin64, stamp: bin8, statements: [statement…]]
 * id        = SHA-256(label "message", key, body)
 * signature = Ed25519 by key over label "message", body
 * ```
 * At most 61,440 bytes, 53,248 of body, 32 statements. The body stays the bytes that were received:
 * they are what was signed and hashed.
 */
import { concatBytes } from "@noble/hashes/utils.js";
import type { Body } from "./body.ts";
import { malformed, WireError } from "./errors.ts";
import { binField, fields, listField, uintField } from "./fields.ts";
import { type HashOptions, PORTABLE_HASH } from "./hash.ts";
import { ID_BYTES, idBytes, type IdentityKey, identityKey, type MessageId } from "./ids.ts";
import type { Labels } from "./labels.ts";
import {
  MAX_BODY_BYTES,
  MAX_MESSAGE_BYTES,
  MAX_STATEMENT_BYTES,
  MAX_STATEMENTS,
  PROTOCOL_VERSION,
  SIGNATURE_BYTES,
  STAMP_BYTES,
} from "./limits.ts";
import { decode, encode } from "./msgpack.ts";
import { asPublic, type Public } from "./privacy.ts";
import {
  type AdmittedStatement,
  readStatement,
  type Statement,
  statementValue,
} from "./statement.ts";

/**
 * The mark of an admitted message. No value has it: it exists for the type checker alone.
 * @internal
 */
declare const admitted: unique symbol;

/**
 * A message that passed every check of section 3, or was made here and passed them all the same.
 * Only `admit.ts` makes one; store, gossip and timeline take nothing else.
 */
export interface AdmittedMessage {
  /** The mark of admission. */
  readonly [admitted]: true;
  /** SHA-256 of label, key and body. */
  readonly id: MessageId;
  /** The key that signed: an identity's, or for types 1 and 4 a one-time key. */
  readonly key: IdentityKey;
  /** The body, decoded. */
  readonly body: Body;
  /** The statements that passed their checks; the others were stripped. */
  readonly statements: readonly AdmittedStatement[];
  /** The envelope as kept and relayed: body, key, signature and stamp as received. */
  readonly bytes: Public<Uint8Array>;
}

/** The parts of an envelope, none of them verified. */
export interface Envelope {
  /** Canonical bytes of the body, as signed. */
  readonly body: Uint8Array;
  /** The key that signed. */
  readonly key: IdentityKey;
  /** 64 bytes. */
  readonly signature: Uint8Array;
  /** 8 bytes. */
  readonly stamp: Uint8Array;
  /** Those appended, at most 32. */
  readonly statements: readonly Statement[];
}

/** An envelope as decoded. */
export interface DecodedEnvelope extends Envelope {
  /** Whether statements of a type that this version doesn't know were left out. */
  readonly skipped: boolean;
}

/** Where what is to be hashed is put together; nothing of it is secret, and no hash keeps it. */
const SCRATCH = new Uint8Array(8_192);

/** The bytes that an author signs: label "message", then the body. */
export function signedBytes(labels: Labels, body: Uint8Array): Uint8Array {
  return concatBytes(labels.message, body);
}

/** A message's id: SHA-256 of label "message", key and body. Statements and stamp don't count. */
export function messageIdOf(
  labels: Labels,
  message: { readonly key: IdentityKey; readonly body: Uint8Array },
  { hash = PORTABLE_HASH }: HashOptions = {},
): MessageId {
  const { key, body } = message;
  const keyAt = labels.message.length;
  const bodyAt = keyAt + ID_BYTES;
  const size = bodyAt + body.length;
  // Every message that comes or goes passes here: memory of its own for each would be most of the cost.
  const bytes = size <= SCRATCH.length ? SCRATCH.subarray(0, size) : new Uint8Array(size);
  bytes.set(labels.message, 0);
  bytes.set(idBytes(key), keyAt);
  bytes.set(body, bodyAt);
  return hash(bytes) as MessageId;
}

/**
 * Encodes an envelope for the network. Throws a `RangeError` when a part has not its size, or the
 * whole is over a cap. Doesn't look into the body, nor at what the signature is worth: `admit` does.
 */
export function encodeEnvelope(envelope: Envelope): Public<Uint8Array> {
  const { body, key, signature, stamp, statements } = envelope;
  const list = statements.map(statementValue);
  const bytes = encode([PROTOCOL_VERSION, body, idBytes(key), signature, stamp, list]);
  try {
    decodeEnvelope(bytes);
  } catch (cause) {
    throw new RangeError("Cannot encode a message that nobody would admit", { cause });
  }
  return asPublic(bytes);
}

/**
 * A stored message with statements appended, as it goes out to others; those for which there is no
 * room are left out, the last ones first.
 */
export function appendStatements(
  bytes: Public<Uint8Array>,
  appended: readonly AdmittedStatement[],
): Public<Uint8Array> {
  const room = Math.floor((MAX_MESSAGE_BYTES - bytes.length - 2) / MAX_STATEMENT_BYTES);
  const statements = appended.slice(0, Math.max(0, Math.min(room, MAX_STATEMENTS)));
  if (statements.length === 0) return bytes;
  return encodeEnvelope({ ...decodeEnvelope(bytes), statements });
}

/**
 * Takes an envelope apart. Throws a `WireError`: "too-large" over the caps of message and body,
 * "malformed" for any other form, another version, or over 32 statements. Bins are views of the
 * input.
 */
export function decodeEnvelope(bytes: Uint8Array): DecodedEnvelope {
  const value = decode(bytes, { maxBytes: MAX_MESSAGE_BYTES });
  const [version, body, key, signature, stamp, list] = fields(value, 6);
  if (uintField(version) !== PROTOCOL_VERSION) throw malformed("Another version of the protocol");
  const items = listField(list, MAX_STATEMENTS);
  const statements = items.map(readStatement).filter((statement) => statement !== undefined);
  const envelope = {
    body: binField(body),
    key: identityKey(binField(key, ID_BYTES)),
    signature: binField(signature, SIGNATURE_BYTES),
    stamp: binField(stamp, STAMP_BYTES),
    statements,
    skipped: statements.length < items.length,
  };
  if (envelope.body.length > MAX_BODY_BYTES) {
    throw new WireError("too-large", `A body over ${MAX_BODY_BYTES} bytes`);
  }
  return envelope;
}
