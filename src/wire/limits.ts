/**
 * Every cap of the protocol, with its unit and its reason (docs/PROTOCOL.md sections 1 to 6). This
 * is their only home; each has a test with one more than it allows.
 */

/** Protocol version in messages and hello frames. */
export const PROTOCOL_VERSION = 1;

/** Deepest nesting of arrays in any structure. A message's own structures need four. */
export const MAX_DEPTH = 6;

/** Bytes in a whole message: fits a Deno KV value (64 KiB) and a record (65,519) with room to spare. */
export const MAX_MESSAGE_BYTES = 61_440;
/** Bytes in an Ed25519 signature. */
export const SIGNATURE_BYTES = 64;
/** Bytes in a stamp, of a message or a statement. */
export const STAMP_BYTES = 8;
/** Bytes in a body: leaves room for statements, so that a thief can't pad a revocation out. */
export const MAX_BODY_BYTES = 53_248;

/** Highest type of body that is relayed: 5 to 15 are kept for later versions. */
export const MAX_BODY_TYPE = 15;

/** Unicode code points in a status: what Twitter counted. */
export const MAX_TEXT_POINTS = 140;
/** Unicode code points in a profile's name. */
export const MAX_NAME_POINTS = 40;
/** Unicode code points in a profile's bio. */
export const MAX_BIO_POINTS = 160;
/** UTF-8 bytes in a profile's link. */
export const MAX_LINK_BYTES = 200;

/** Markup entries in a status. */
export const MAX_MARKUP = 32;
/** UTF-8 bytes in a markup entry's value. */
export const MAX_MARKUP_VALUE_BYTES = 512;

/** Attachments in a status. */
export const MAX_ATTACHMENTS = 4;
/** UTF-8 bytes in an attachment's media type. */
export const MAX_MEDIA_TYPE_BYTES = 64;
/** Unicode code points in an attachment's name. */
export const MAX_ATTACHMENT_NAME_POINTS = 64;
/** Unicode code points in an attachment's alt text. */
export const MAX_ALT_POINTS = 500;

/** Unicode code points in a private message's text. */
export const MAX_PRIVATE_TEXT_POINTS = 2_000;

/** Bytes in the encapsulated key of a private message in suite 1. */
export const SEALED_ENC_BYTES = 32;
/** Bytes in the ciphertext of a private message in suite 1: 1, 4, 16 or 48 KiB and a tag of 16. */
export const SEALED_BYTES = [1_040, 4_112, 16_400, 49_168] as const;

/** Seconds that a message's `created` may lie ahead of the receiver's clock. */
export const MAX_FUTURE_S = 900;
/** Seconds that a message lives: 30 days. */
export const LIFETIME_S = 2_592_000;
/** Seconds to which authors floor their times. */
export const CREATED_GRAIN_S = 10;
/** Seconds to which a private message's `created` is floored; checked at admission. */
export const PRIVATE_GRAIN_S = 3_600;

/** Leading zero bits of the stamp of a small message. */
export const BASE_STAMP_BITS = 14;
/** Bits that types 1 and 4, which one-time keys sign, need on top. */
export const ONE_TIME_STAMP_BITS = 2;
/** Bits that an author adds on top, so that a node under some load still takes the message. */
export const AUTHOR_STAMP_BITS = 2;
/** Most bits that a node under load may ask for on top, in its hello. */
export const MAX_EXTRA_STAMP_BITS = 4;
/** Bytes of key and body up to which no bits are added; each doubling adds one. */
export const STAMP_FREE_BYTES = 1_024;
/** Leading zero bits of a statement's stamp. */
export const STATEMENT_STAMP_BITS = 18;
/** Statements in a message; over it the message is malformed. */
export const MAX_STATEMENTS = 32;
/** Statements about its author that a node appends to a message that it sends on. */
export const APPENDED_STATEMENTS = 24;
/** Bytes that a statement takes at most: a revocation with its consent. */
export const MAX_STATEMENT_BYTES = 221;
/** Bytes by which a message may grow on its way out: as many statements and the author's revocation. */
export const MAX_APPENDED_BYTES: number = (APPENDED_STATEMENTS + 1) * MAX_STATEMENT_BYTES + 2;

/** Message ids that each side offers in one exchange (K of docs/PROTOCOL.md section 6). */
export const OFFER_IDS = 16;
/** Message ids in one fetch or in one offer of a sync. */
export const SYNC_IDS = 64;
/** Fetches of one side whose messages haven't all come; more is a violation. */
export const SYNC_FETCHES = 4;
/** Offers of a sync whose messages haven't all got their results; more is a violation. */
export const SYNC_OFFERS = 2;
/** Bytes of message bodies each way in one exchange. */
export const EXCHANGE_BODY_BYTES = 262_144;
/** Longest back-off in a busy frame, in seconds. */
export const MAX_BUSY_S = 600;
/** Seconds to which the time in a hello is floored: enough to judge a clock, too little to know one by it. */
export const HELLO_GRAIN_S = 300;
/** Bytes in the payload of one sync frame. */
export const MAX_SYNC_BYTES = 60_000;
/** Least frame limit of a sync, in bytes: below it a message might not get on. The reference has the same. */
export const MIN_SYNC_FRAME_BYTES = 4_096;
/** Own ids that an initiator compares with lists in one sync message; for the rest it asks again. */
export const SYNC_COMPARED_IDS = 65_536;
/** Bytes in a record's plaintext: 65,535 of ciphertext less 16 of tag. */
export const MAX_RECORD_PLAINTEXT = 65_519;
/** Sizes to which a record's plaintext is padded with zeros. */
export const RECORD_SIZES = [256, 1_024, 4_096, 16_384, MAX_RECORD_PLAINTEXT] as const;
/** Bytes in a frame: the largest record less its length field. */
export const MAX_FRAME_BYTES = MAX_RECORD_PLAINTEXT - 2;

/** Bytes in a beacon: 1 + 9 + 1 + 10 + 3 + 10 with the longest port. */
export const MAX_BEACON_BYTES = 34;

/** Characters in a locator. */
export const MAX_LOCATOR_CHARS = 2_048;
/** Characters in a network name, of a-z 0-9 and the hyphen. */
export const MAX_NETWORK_NAME = 32;

/** TCP and UDP port on which nodes listen unless told otherwise. */
export const DEFAULT_PORT = 14_677;
/** Ports below this are never dialled, but 443: nobody is to be talked into knocking at system services. */
export const MIN_PORT = 1_024;
