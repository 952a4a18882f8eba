/**
 * Stamps: work that a message costs its author and nobody else (docs/PROTOCOL.md sections 3 and 4).
 *
 * ```
 * message   SHA-256(label "stamp", id, stamp: 8 bytes)
 *           14 + n bits, n the smallest with 1024 * 2^n >= bytes of key and body; + 2 for types 1 and 4
 * statement SHA-256(label "statement stamp", signature, stamp: 8 bytes)         18 bits
 * ```
 * Leading zero bits count from the most significant bit of byte 0.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, hexToBytes } from "@noble/hashes/utils.js";
import { type HashOptions, PORTABLE_HASH } from "./hash.ts";
import { ID_BYTES, idBytes, type MessageId } from "./ids.ts";
import type { Labels } from "./labels.ts";
import {
  BASE_STAMP_BITS,
  ONE_TIME_STAMP_BITS,
  STAMP_BYTES,
  STAMP_FREE_BYTES,
  STATEMENT_STAMP_BITS,
} from "./limits.ts";
import { BODY_TYPES } from "./body.ts";

/** A piece of a search that the caller repeats, with a later `start`, until something is found. */
export interface StampSearch {
  /** Labels of the network. */
  readonly labels: Labels;
  /** Leading zero bits asked for. */
  readonly bits: number;
  /** First counter to try, 0 to 2^53-1. */
  readonly start: number;
  /** Counters to try: a few thousand between two looks at the event loop. */
  readonly tries: number;
}

/**
 * Base bits of a message: what every node demands at all times.
 * @param type type of the body
 * @param bodyBytes length of the body
 */
export function requiredStampBits(type: number, bodyBytes: number): number {
  let bits = BASE_STAMP_BITS;
  for (let free = STAMP_FREE_BYTES; free < ID_BYTES + bodyBytes; free *= 2) bits++;
  const oneTime = type === BODY_TYPES.private || type === BODY_TYPES.statement;
  return oneTime ? bits + ONE_TIME_STAMP_BITS : bits;
}

/** Leading zero bits, from the most significant bit of byte 0. */
export function leadingZeroBits(bytes: Uint8Array): number {
  let bits = 0;
  for (const byte of bytes) {
    if (byte !== 0) return bits + Math.clz32(byte) - 24;
    bits += 8;
  }
  return bits;
}

/** Leading zero bits that a message's stamp reaches. */
export function stampBits(
  labels: Labels,
  message: { readonly id: MessageId; readonly stamp: Uint8Array },
  { hash = PORTABLE_HASH }: HashOptions = {},
): number {
  const hashed = hash(concatBytes(labels.stamp, idBytes(message.id), message.stamp));
  return leadingZeroBits(hexToBytes(hashed));
}

/** Whether a statement's stamp has its 18 bits. */
export function checkStatementStamp(
  labels: Labels,
  statement: { readonly signature: Uint8Array; readonly stamp: Uint8Array },
): boolean {
  const hash = sha256.create().update(labels["statement stamp"]).update(statement.signature);
  return leadingZeroBits(hash.update(statement.stamp).digest()) >= STATEMENT_STAMP_BITS;
}

/** Tries counters from `start` on; answers the 8 bytes of the first stamp that fits, or `undefined`. */
export function searchStamp(
  options: StampSearch & { readonly id: MessageId },
): Uint8Array | undefined {
  return search(sha256.create().update(options.labels.stamp).update(idBytes(options.id)), options);
}

/** The same for a statement, whose signature is stamped rather than its id. */
export function searchStatementStamp(
  options: StampSearch & { readonly signature: Uint8Array },
): Uint8Array | undefined {
  const label = options.labels["statement stamp"];
  return search(sha256.create().update(label).update(options.signature), options);
}

/** The hot loop: the hash of the prefix is copied for each try, and nothing is allocated. */
function search(
  prefix: ReturnType<typeof sha256.create>,
  { bits, start, tries }: StampSearch,
): Uint8Array | undefined {
  const stamp = new Uint8Array(STAMP_BYTES);
  const view = new DataView(stamp.buffer);
  const hash = prefix.clone();
  const digest = new Uint8Array(32);
  for (let counter = start; counter < start + tries; counter++) {
    view.setUint32(0, Math.floor(counter / 0x1_0000_0000));
    view.setUint32(4, counter % 0x1_0000_0000);
    prefix._cloneInto(hash).update(stamp).digestInto(digest);
    if (leadingZeroBits(digest) >= bits) return stamp;
  }
  return undefined;
}
