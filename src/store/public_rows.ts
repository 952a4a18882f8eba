/**
 * Values of `public.kv`, and the one place of the store that declares bytes public: nothing gets into
 * that file but what passes here or came in as `Public` (docs/PRIVACY.md).
 *
 * ```
 * what is known of a message    bytes
 *  0  key                       32
 * 32  type of the body           1
 * 33  freshness                  1
 * 34  flags                      1   bit 0: retracted; 1: a ref follows; 2: mentions follow; 3: late
 * 35  bytes of the envelope      4   big-endian; 0 when retracted
 * 39  stored at, seconds         8   big-endian
 * 47  ref                       32   what a status replies to, what a retraction retracts
 *     mentions                   8   big-endian: bits of those whom a status calls upon
 *
 * remembered ids of a day, each
 *  0  seconds into the day       4   big-endian
 *  4  id                        32
 *
 * a node's address              canonical [freshness, last seen or 0, locator: bool]
 * ```
 */
import { type NodeAddress, parseAddress } from "../wire/address.ts";
import { readStoredStatement } from "../wire/admit.ts";
import type { Profile } from "../wire/body.ts";
import { decodeBody } from "../wire/body_decode.ts";
import { encodeBody } from "../wire/body_encode.ts";
import { binField, boolField, fields, uintField } from "../wire/fields.ts";
import { idBytes, identityKey, messageId } from "../wire/ids.ts";
import { decode, encode, type Value } from "../wire/msgpack.ts";
import { asPublic, type Public } from "../wire/privacy.ts";
import { type AdmittedStatement, encodeStatement } from "../wire/statement.ts";
import { type UnixSeconds, unixSeconds } from "../wire/time.ts";
import { readAddressKey, readMetaKey, readRememberedDay } from "./keys.ts";
import type { KvRow } from "./kv_port.ts";
import type { MessageMeta } from "./message_index.ts";
import type { DroppedId } from "./remembered_ids.ts";

/** Bytes of a public row. */
export type PublicBytes = Public<Uint8Array>;

const REF_AT = 47;
const REF_BYTES = 32;
const MENTION_BYTES = 8;
/** First byte of a MessagePack array of two. */
const ROW_OF_TWO = 0x92;
const RETRACTED = 1;
const HAS_REF = 2;
const HAS_MENTIONS = 4;
const LATE = 8;

/** Packs what is known of a message, but for what its key says. */
export function encodeMeta(meta: MessageMeta): PublicBytes {
  const flags = (meta.retracted ? RETRACTED : 0) | (meta.ref === undefined ? 0 : HAS_REF) |
    (meta.mentions === undefined ? 0 : HAS_MENTIONS) | (meta.late ? LATE : 0);
  const bytes = new Uint8Array(metaBytes(flags));
  const view = new DataView(bytes.buffer);
  bytes.set(idBytes(meta.key), 0);
  bytes[32] = meta.type;
  bytes[33] = meta.freshness;
  bytes[34] = flags;
  view.setUint32(35, meta.size);
  view.setBigUint64(39, BigInt(meta.storedAt));
  if (meta.ref !== undefined) bytes.set(idBytes(meta.ref), REF_AT);
  if (meta.mentions !== undefined) {
    const [low, high] = meta.mentions;
    view.setUint32(bytes.length - 8, high);
    view.setUint32(bytes.length - 4, low);
  }
  return asPublic(bytes);
}

/** Random bytes that stand for nothing, to be searched for. */
export function canaryRow(random: Uint8Array): PublicBytes {
  return asPublic(random.slice());
}

/** Reads what {@linkcode encodeMeta} packed. Throws an `Error` for anything else. */
export function decodeMeta({ key, value }: KvRow<Uint8Array>): MessageMeta {
  const flags = value[34] ?? 0;
  if (flags > (RETRACTED | HAS_REF | HAS_MENTIONS | LATE) || value.length !== metaBytes(flags)) {
    throw new Error("A message's row is corrupt");
  }
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return {
    ...readMetaKey(key),
    key: identityKey(value.subarray(0, 32)),
    type: view.getUint8(32),
    freshness: view.getUint8(33),
    retracted: (flags & RETRACTED) !== 0,
    ...(flags & LATE && { late: true }),
    size: view.getUint32(35),
    storedAt: unixSeconds(Number(view.getBigUint64(39))),
    ref: flags & HAS_REF ? messageId(value.subarray(REF_AT, REF_AT + REF_BYTES)) : undefined,
    ...(flags & HAS_MENTIONS && {
      mentions: [view.getUint32(value.length - 4), view.getUint32(value.length - 8)],
    }),
  };
}

function metaBytes(flags: number): number {
  return REF_AT + (flags & HAS_REF ? REF_BYTES : 0) + (flags & HAS_MENTIONS ? MENTION_BYTES : 0);
}

/** Seconds in a day: remembered ids stand in rows by the day on which the message was made. */
export const DAY_S = 86_400;
const REMEMBERED_BYTES = 36;

/** Packs ids of messages that were made on the same day. */
export function encodeRemembered(dropped: readonly DroppedId[]): PublicBytes {
  const bytes = new Uint8Array(dropped.length * REMEMBERED_BYTES);
  const view = new DataView(bytes.buffer);
  dropped.forEach(({ id, created }, i) => {
    view.setUint32(i * REMEMBERED_BYTES, created % DAY_S);
    bytes.set(idBytes(id), i * REMEMBERED_BYTES + 4);
  });
  return asPublic(bytes);
}

/** Reads what {@linkcode encodeRemembered} packed. Throws an `Error` for anything else. */
export function decodeRemembered({ key, value }: KvRow<Uint8Array>): DroppedId[] {
  if (value.length % REMEMBERED_BYTES !== 0) throw new Error("Remembered ids are corrupt");
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const midnight = readRememberedDay(key) * DAY_S;
  return Array.from({ length: value.length / REMEMBERED_BYTES }, (_, i) => ({
    id: messageId(value.subarray(i * REMEMBERED_BYTES + 4, (i + 1) * REMEMBERED_BYTES)),
    created: unixSeconds(midnight + view.getUint32(i * REMEMBERED_BYTES)),
  }));
}

/** A profile as the body of a message of type 2: the format that the protocol has for it. */
export function encodeProfile(profile: Profile): PublicBytes {
  return asPublic(encodeBody({ kind: "profile", created: profile.updated, profile }));
}

/** Reads what {@linkcode encodeProfile} wrote. Throws an `Error` for anything else. */
export function decodeProfile(bytes: PublicBytes): Profile {
  const body = decodeBody(bytes);
  if (body.kind !== "profile") throw new Error("A profile's row is corrupt");
  return body.profile;
}

/** What is kept of a node's address. */
export interface StoredAddress {
  /** The address itself. */
  readonly address: NodeAddress;
  /** 0 means that it was only heard of. */
  readonly freshness: number;
  /** When an exchange with it was last completed, if one ever was. */
  readonly lastSeen: UnixSeconds | undefined;
  /** Whether a locator that the owner opened named it; such an address is kept for ever. */
  readonly locator: boolean;
}

/** Packs what is kept of an address, but for what its key says. */
export function encodeAddress(row: StoredAddress): PublicBytes {
  return asPublic(encode([row.freshness, row.lastSeen ?? 0, row.locator]));
}

/** Reads what {@linkcode encodeAddress} packed. Throws an `Error` for anything else. */
export function decodeAddress({ key, value }: KvRow<Uint8Array>): StoredAddress {
  const address = parseAddress(readAddressKey(key));
  const [freshness, lastSeen, locator] = fields(decode(value), 3);
  if (address === undefined) throw new Error("An address's row is corrupt");
  const seen = unixSeconds(uintField(lastSeen));
  return {
    address,
    freshness: uintField(freshness),
    lastSeen: seen === 0 ? undefined : seen,
    locator: boolField(locator),
  };
}

/** An heir as profiles say it: 32 bytes. */
export function encodeHeir(heir: Uint8Array): PublicBytes {
  return asPublic(heir.slice());
}

/** A statement with the number under which it was stored: those with a lower one came before. */
export interface StatementRow {
  /** Counted from 1 over all statements; 0 for what a version stored that didn't count. */
  readonly order: number;
  /** The statement. */
  readonly statement: AdmittedStatement;
}

/** `[order, statement: bin]` */
export function encodeStatementRow({ order, statement }: StatementRow): PublicBytes {
  return asPublic(encode([order, encodeStatement(statement)]));
}

/** Reads what {@linkcode encodeStatementRow} wrote. Throws an `Error` for anything else. */
export function decodeStatementRow(bytes: PublicBytes): StatementRow {
  // A bare statement, an array of seven, stands where an earlier version wrote it.
  if (bytes[0] !== ROW_OF_TWO) return { order: 0, statement: readStoredStatement(bytes) };
  const [order, statement] = fields(decode(bytes), 2);
  return {
    order: uintField(order),
    statement: readStoredStatement(asPublic(binField(statement))),
  };
}

/** A fact about the database itself: its schema's number, its network's name. */
export function encodeFact(fact: number | string): PublicBytes {
  return asPublic(encode(fact));
}

/** Reads what {@linkcode encodeFact} wrote. Throws a `WireError` for anything else. */
export function decodeFact(bytes: Uint8Array): Value {
  return decode(bytes);
}

/** No bytes, for rows that say all in their keys. */
export function nothing(): PublicBytes {
  return asPublic(new Uint8Array(0));
}

/** A row as a backup of this folder's `public.kv` gives it back: what stood there was public. */
export function restoredRow(bytes: Uint8Array): PublicBytes {
  return asPublic(bytes);
}
