/**
 * The digest of the rules that nodes compare in their hellos (docs/PROTOCOL.md section 6): nodes that
 * judge by other caps would blame each other, so a difference is to be seen early.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import * as limits from "./limits.ts";
import { encode } from "./msgpack.ts";

/** Bytes of the digest in a hello. */
export const RULE_DIGEST_BYTES = 8;

/** The numbers that all nodes must share, in the order of the protocol page. */
export function ruleNumbers(): readonly number[] {
  return [
    limits.PROTOCOL_VERSION,
    limits.MAX_MESSAGE_BYTES,
    limits.MAX_BODY_BYTES,
    limits.MAX_TEXT_POINTS,
    limits.MAX_NAME_POINTS,
    limits.MAX_BIO_POINTS,
    limits.MAX_LINK_BYTES,
    limits.MAX_MARKUP,
    limits.MAX_MARKUP_VALUE_BYTES,
    limits.MAX_ATTACHMENTS,
    limits.MAX_MEDIA_TYPE_BYTES,
    limits.MAX_ATTACHMENT_NAME_POINTS,
    limits.MAX_ALT_POINTS,
    limits.MAX_PRIVATE_TEXT_POINTS,
    limits.MAX_FUTURE_S,
    limits.LIFETIME_S,
    limits.BASE_STAMP_BITS,
    limits.ONE_TIME_STAMP_BITS,
    limits.STATEMENT_STAMP_BITS,
    limits.MAX_STATEMENTS,
  ];
}

/** First 8 bytes of SHA-256 over the canonical array of {@linkcode ruleNumbers}. No label: it names no network. */
export function ruleDigest(): Uint8Array {
  return sha256(encode(ruleNumbers())).slice(0, RULE_DIGEST_BYTES);
}
