/**
 * The digest of the rules that a node keeps (docs/PROTOCOL.md section 6, end of "Exchange"). Peers
 * compare it in their hellos: with other caps they would refuse each other's messages, and
 * `status` should say so before anybody wonders.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { DIGEST_BYTES } from "./frame.ts";
import {
  BASE_STAMP_BITS,
  LIFETIME_S,
  MAX_ALT_POINTS,
  MAX_ATTACHMENT_NAME_POINTS,
  MAX_ATTACHMENTS,
  MAX_BIO_POINTS,
  MAX_BODY_BYTES,
  MAX_FUTURE_S,
  MAX_LINK_BYTES,
  MAX_MARKUP,
  MAX_MARKUP_VALUE_BYTES,
  MAX_MEDIA_TYPE_BYTES,
  MAX_MESSAGE_BYTES,
  MAX_NAME_POINTS,
  MAX_PRIVATE_TEXT_POINTS,
  MAX_STATEMENTS,
  MAX_TEXT_POINTS,
  ONE_TIME_STAMP_BITS,
  PROTOCOL_VERSION,
  STATEMENT_STAMP_BITS,
} from "./limits.ts";
import { encode } from "./msgpack.ts";

/** First `DIGEST_BYTES` bytes of SHA-256 over the canonical array of version, sizes, counts, times and bits. */
export function rulesDigest(): Uint8Array {
  const rules = [
    PROTOCOL_VERSION,
    MAX_MESSAGE_BYTES,
    MAX_BODY_BYTES,
    MAX_TEXT_POINTS,
    MAX_NAME_POINTS,
    MAX_BIO_POINTS,
    MAX_LINK_BYTES,
    MAX_MARKUP,
    MAX_MARKUP_VALUE_BYTES,
    MAX_ATTACHMENTS,
    MAX_MEDIA_TYPE_BYTES,
    MAX_ATTACHMENT_NAME_POINTS,
    MAX_ALT_POINTS,
    MAX_PRIVATE_TEXT_POINTS,
    MAX_FUTURE_S,
    LIFETIME_S,
    BASE_STAMP_BITS,
    ONE_TIME_STAMP_BITS,
    STATEMENT_STAMP_BITS,
    MAX_STATEMENTS,
  ];
  return sha256(encode(rules)).slice(0, DIGEST_BYTES);
}
