/**
 * The whole key space of both databases, and the only place where a database key is built (pure).
 *
 * ```
 * public.kv                                      value
 * "meta" "schema"                                number of the schema, as a number in MessagePack
 * "meta" "network"                               name of the network, as text in MessagePack
 * "meta" "needs"                                 first version that reads this schema, as text in MessagePack
 * "meta" "horizon"                               what is older is refused, as a number in MessagePack
 * "meta" "statements"                            how many there are, as a number in MessagePack
 * "meta" "held"                                  bytes of private messages beyond their time, as a number
 * "meta" "order"                                 number of the one stored last, as a number in MessagePack
 * "meta" "clock"                                 a time that the clock can't be before, seconds, to the day
 * "m" created id                                 envelope of a message as admitted
 * "t" created id                                 what is known of it: public_rows.ts
 * "p" identity                                   its newest profile, as the body of type 2
 * "e" identity                                   first heir seen of it, if another one was seen, too
 * "s" subject issuer type issued                 statement with its number: public_rows.ts
 * "i" issuer subject type issued                 empty: finds the statement by its issuer
 * "v" issuer subject type issued                 empty: finds a revocation by its issuer
 * "a" address                                    freshness, last seen, locator or not: public_rows.ts
 * "d" day id                                     ids dropped and remembered: public_rows.ts
 * "h" created id                                 envelope of a private message beyond its time: held_private.ts
 * "canary"                                       random bytes, written and deleted by compact.ts
 *
 * private.kv
 * "r" blinded name (32 bytes)                    sealed record: sealed.ts
 * ```
 * Messages are keyed by time first: the newest come last, so that a commit writes to the end of the
 * tree. With random keys Deno KV wrote 18,000 rows a second, with these 100,000.
 */
import { idBytes, type IdentityKey, identityKey, type MessageId, messageId } from "../wire/ids.ts";
import type { NodeAddress } from "../wire/address.ts";
import type { Statement } from "../wire/statement.ts";
import { type UnixSeconds, unixSeconds } from "../wire/time.ts";
import type { KvKey, KvPart } from "./kv_port.ts";

/** What places a message in the order of messages. */
export interface MessagePlace {
  /** When the message was created. */
  readonly created: UnixSeconds;
  /** Its id, which orders those of one second. */
  readonly id: MessageId;
}

/** Every row of a database. */
export const everything: KvKey = [];
/** The number of the schema. */
export const schemaKey: KvKey = ["meta", "schema"];
/** The name of the network. */
export const networkKey: KvKey = ["meta", "network"];
/** The first version of the program that can read the schema. */
export const needsKey: KvKey = ["meta", "needs"];
/** The time before which everything is refused. */
export const horizonKey: KvKey = ["meta", "horizon"];
/** How many statements are stored. */
export const statementCountKey: KvKey = ["meta", "statements"];
/** The number of the statement stored last. */
export const statementOrderKey: KvKey = ["meta", "order"];
/** All statements, by subject. */
export const allStatements: KvKey = ["s"];
/** Bytes of held private messages. */
export const heldBytesKey: KvKey = ["meta", "held"];
/** All held private messages, the oldest first. */
export const heldPrivate: KvKey = ["h"];
/** All remembered ids, those of the oldest messages first. */
export const rememberedIds: KvKey = ["d"];
/** The time that the clock can't be before. */
export const clockFloorKey: KvKey = ["meta", "clock"];
/** All messages, the oldest first. */
export const messages: KvKey = ["m"];
/** All that is known of messages, the oldest first. */
export const messageMetas: KvKey = ["t"];
/** A row that is written and deleted at once, to see whether what is deleted goes. */
export const canaryKey: KvKey = ["canary"];
/** All addresses of nodes. */
export const addresses: KvKey = ["a"];

/** A message's envelope. */
export function messageKey({ created, id }: MessagePlace): KvKey {
  return ["m", created, idBytes(id)];
}

/** The first key behind all messages created until the end of a second. */
export function afterSecond(created: UnixSeconds): KvKey {
  return ["m", created + 1];
}

/** The first key behind another. */
export function afterKey(key: KvKey): KvKey {
  return [...key, new Uint8Array(0)];
}

/** What is known of a message. */
export function metaKey({ created, id }: MessagePlace): KvKey {
  return ["t", created, idBytes(id)];
}

/** A private message beyond its time. */
export function heldKey({ created, id }: MessagePlace): KvKey {
  return ["h", created, idBytes(id)];
}

/** Reads a key made by {@linkcode metaKey}, {@linkcode messageKey} or {@linkcode heldKey}. Throws a `RangeError` for any other. */
export function readMetaKey(key: KvKey): MessagePlace {
  const [, created, id] = key;
  if (typeof created !== "number" || !(id instanceof Uint8Array)) {
    throw new RangeError("Not the key of a message");
  }
  return { created: unixSeconds(created), id: messageId(id) };
}

/** Remembered ids of messages of one day since 1970; the first of them tells rows of a day apart. */
export function rememberedKey(day: number, first: MessageId): KvKey {
  return [...rememberedDay(day), idBytes(first)];
}

/** Remembered ids of messages of a day since 1970. */
function rememberedDay(day: number): KvKey {
  return ["d", day];
}

/** The day in a key made by {@linkcode rememberedKey}. Throws a `RangeError` for any other. */
export function readRememberedDay(key: KvKey): number {
  const [, day] = key;
  if (typeof day !== "number") throw new RangeError("Not the key of remembered ids");
  return day;
}

/** The newest profile of an identity. */
export function profileKey(key: IdentityKey): KvKey {
  return ["p", idBytes(key)];
}

/** The heir that an identity was first seen with, when it was seen with another one, too. */
export function heirKey(key: IdentityKey): KvKey {
  return ["e", idBytes(key)];
}

/** Statements about an identity. */
export function statementsAbout(subject: IdentityKey): KvKey {
  return ["s", idBytes(subject)];
}

/** Statements by an identity: only their keys. */
export function statementsBy(issuer: IdentityKey): KvKey {
  return ["i", idBytes(issuer)];
}

/** A statement, found by its subject. */
export function statementKey({ subject, issuer, type, issued }: StatementPlace): KvKey {
  return [...statementsAbout(subject), idBytes(issuer), type, issued];
}

/** The same statement, found by its issuer. */
export function issuedKey({ subject, issuer, type, issued }: StatementPlace): KvKey {
  return [...statementsBy(issuer), idBytes(subject), type, issued];
}

/** What tells one statement from another. */
export type StatementPlace = Pick<Statement, "subject" | "issuer" | "type" | "issued">;

/** Revocations by an identity: only their keys. */
export function revocationsBy(issuer: IdentityKey): KvKey {
  return ["v", idBytes(issuer)];
}

/** A revocation, found by its issuer without looking through all that it issued. */
export function revocationKey({ subject, issuer, type, issued }: StatementPlace): KvKey {
  return [...revocationsBy(issuer), idBytes(subject), type, issued];
}

/** The statement behind a key made by {@linkcode issuedKey} or {@linkcode revocationKey}. Throws a `RangeError` for any other key. */
export function statementBehind(issued: KvKey): KvKey {
  const [, issuer, subject, type, time] = issued;
  if (
    !(issuer instanceof Uint8Array) || !(subject instanceof Uint8Array) ||
    typeof type !== "number" || typeof time !== "number"
  ) throw new RangeError("Not the key of a statement");
  return [...statementsAbout(identityKey(subject)), issuer, type, time];
}

/** The type of the statement behind a key made by {@linkcode issuedKey}. */
export function typeIn(issued: KvKey): KvPart | undefined {
  return issued[3];
}

/** A node's address. */
export function addressKey(address: NodeAddress): KvKey {
  return ["a", address];
}

/** The address in a key made by {@linkcode addressKey}, unchecked. Throws a `RangeError` for any other. */
export function readAddressKey(key: KvKey): string {
  const [, address] = key;
  if (typeof address !== "string") throw new RangeError("Not the key of an address");
  return address;
}

/** A sealed record. */
export function recordKey(blindedName: Uint8Array): KvKey {
  return ["r", blindedName];
}

/** The name in a key made by {@linkcode recordKey}; `undefined` for any other key. */
export function recordNameIn(key: KvKey): Uint8Array | undefined {
  const [first, name] = key;
  return key.length === 2 && first === "r" && name instanceof Uint8Array ? name : undefined;
}

/** The first part of a key: what kind of row it is. */
export function kindOf([first]: KvKey): string {
  return typeof first === "string" ? first : "";
}
