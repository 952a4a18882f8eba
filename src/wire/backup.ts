/**
 * What a backup holds, before it is sealed (docs/PROTOCOL.md section 11, backups): items one after the
 * other, in this order, then zeros to the end of the last chunk.
 *
 * ```
 * item      kind: u8, length: u32be, that many bytes
 * 1 head    canonical [version, network, schema, made at, [counts]]           first, once
 * 2 keys    the keys file as it was, 8,192 bytes                              second, once
 * 3 record  name: 32 bytes; value: a sealed record of private.kv
 * 4 row     length of the key: u16be; the key's parts, canonical; value       a row of public.kv
 * 0 end     how many records: u32be; how many rows: u32be                     last, once
 * ```
 * Pure.
 */
import { concatBytes } from "@noble/hashes/utils.js";
import { WireError } from "./errors.ts";
import { binField, fields, listField, strField, timeField, uintField } from "./fields.ts";
import { decode, encode, type Value } from "./msgpack.ts";
import type { UnixSeconds } from "./time.ts";

/** The version of backups that this program writes, and the newest that it reads. */
export const BACKUP_VERSION = 1;
/** Bytes of a `keys` file. */
const KEYS_BYTES = 8_192;
/** Bytes of a record's name. */
const NAME_BYTES = 32;
/** Bytes of the largest value that a database holds. */
const MAX_VALUE_BYTES = 65_536;
/** Bytes of the largest key: of a database, and as much again for its encoding here. */
const MAX_KEY_BYTES = 4_096;
const MAX_HEAD_BYTES = 1_024;
const MAX_KEY_PARTS = 8;
const ITEM_HEAD_BYTES = 5;
const KIND = { end: 0, head: 1, keys: 2, record: 3, row: 4 } as const;

/** How many of what a backup holds. */
export interface BackupCounts {
  /** Identities. */
  readonly identities: number;
  /** Followed identities. */
  readonly follows: number;
  /** Blocked identities. */
  readonly blocks: number;
  /** Archived posts. */
  readonly archived: number;
  /** Private messages, received and sent. */
  readonly letters: number;
  /** Private messages of strangers. */
  readonly requests: number;
  /** Statements. */
  readonly statements: number;
  /** Profiles. */
  readonly profiles: number;
  /** Own messages that were pending and were left out. */
  readonly pending: number;
}

/** What a backup says of itself. */
export interface BackupHead {
  /** Name of the network. */
  readonly network: string;
  /** Schema of the databases. */
  readonly schema: number;
  /** When it was made. */
  readonly madeAt: UnixSeconds;
  /** What is in it. */
  readonly counts: BackupCounts;
}

/** A part of a key of `public.kv`. */
export type BackupKeyPart = Uint8Array | string | number;

/** One thing in a backup. */
export type BackupItem =
  | { readonly kind: "head"; readonly head: BackupHead }
  | { readonly kind: "keys"; readonly bytes: Uint8Array }
  | { readonly kind: "record"; readonly name: Uint8Array; readonly value: Uint8Array }
  | { readonly kind: "row"; readonly key: readonly BackupKeyPart[]; readonly value: Uint8Array }
  | { readonly kind: "end"; readonly records: number; readonly rows: number };

/** Names of the counts, in their order. */
const COUNTS = [
  "identities",
  "follows",
  "blocks",
  "archived",
  "letters",
  "requests",
  "statements",
  "profiles",
  "pending",
] as const satisfies readonly (keyof BackupCounts)[];

/** Encodes an item. Throws a `RangeError` for one that no backup may hold. */
export function encodeBackupItem(item: BackupItem): Uint8Array {
  const body = concatBytes(...parts(item));
  const limit = limits(KIND[item.kind]);
  if (limit === undefined || body.length < limit[0] || body.length > limit[1]) {
    throw new RangeError(`Not the size of a backup's ${item.kind}: ${body.length}`);
  }
  const head = new Uint8Array(ITEM_HEAD_BYTES);
  head[0] = KIND[item.kind];
  new DataView(head.buffer).setUint32(1, body.length);
  return concatBytes(head, body);
}

function parts(item: BackupItem): Uint8Array[] {
  switch (item.kind) {
    case "head": {
      const { network, schema, madeAt, counts } = item.head;
      const numbers = COUNTS.map((name) => counts[name]);
      return [encode([BACKUP_VERSION, network, schema, madeAt, numbers])];
    }
    case "keys":
      return [item.bytes];
    case "record":
      if (item.name.length !== NAME_BYTES) throw new RangeError("A record's name has 32 bytes");
      return [item.name, item.value];
    case "row": {
      const key = encode(item.key);
      return [Uint8Array.of(key.length >> 8, key.length & 0xff), key, item.value];
    }
    case "end": {
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setUint32(0, item.records);
      new DataView(bytes.buffer).setUint32(4, item.rows);
      return [bytes];
    }
    default:
      return item satisfies never;
  }
}

/** Least and most bytes of a kind of item; `undefined` for a kind that there isn't. */
function limits(kind: number): readonly [number, number] | undefined {
  switch (kind) {
    case KIND.end:
      return [8, 8];
    case KIND.head:
      return [1, MAX_HEAD_BYTES];
    case KIND.keys:
      return [KEYS_BYTES, KEYS_BYTES];
    case KIND.record:
      return [NAME_BYTES, NAME_BYTES + MAX_VALUE_BYTES];
    case KIND.row:
      return [2, 2 + MAX_KEY_BYTES + MAX_VALUE_BYTES];
    default:
      return undefined;
  }
}

/**
 * Reads a backup's contents as they come. Holds no more than one item and what was pushed last.
 * Throws a `WireError` for what no version writes.
 */
export class BackupReader {
  #waiting = new Uint8Array(0);
  #last: BackupItem["kind"] | undefined;
  #records = 0;
  #rows = 0;

  /** Takes further bytes; answers the items that are whole by now. */
  push(bytes: Uint8Array): BackupItem[] {
    this.#waiting = concatBytes(this.#waiting, bytes);
    const items: BackupItem[] = [];
    let at = 0;
    while (this.#last !== "end") {
      const size = sizeAt(this.#waiting, at);
      if (size === undefined || at + size > this.#waiting.length) break;
      items.push(this.#take(this.#waiting.slice(at, at + size)));
      at += size;
    }
    this.#waiting = this.#waiting.slice(at);
    if (this.#last === "end") {
      if (this.#waiting.some((byte) => byte !== 0)) throw bad("something stands after its end");
      this.#waiting = new Uint8Array(0);
    }
    return items;
  }

  /** To be called when nothing comes any more. */
  finish(): void {
    if (this.#last !== "end") throw bad("it has no end");
  }

  #take(bytes: Uint8Array): BackupItem {
    const item = readItem(bytes[0] ?? 0, bytes.subarray(ITEM_HEAD_BYTES));
    if (!mayFollow(item.kind, this.#last)) throw bad(`a ${item.kind} out of order`);
    this.#last = item.kind;
    if (item.kind === "record") this.#records++;
    if (item.kind === "row") this.#rows++;
    if (item.kind === "end" && (item.records !== this.#records || item.rows !== this.#rows)) {
      throw bad("it doesn't hold what it says");
    }
    return item;
  }
}

/** Whole size of the item that begins there; `undefined` before its length is known. */
function sizeAt(bytes: Uint8Array, at: number): number | undefined {
  if (at + ITEM_HEAD_BYTES > bytes.length) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(1);
  const limit = limits(bytes[at] ?? 0);
  // Before anything is kept in memory for it.
  if (limit === undefined || length < limit[0] || length > limit[1]) throw bad("an odd item");
  return ITEM_HEAD_BYTES + length;
}

function mayFollow(kind: BackupItem["kind"], last: BackupItem["kind"] | undefined): boolean {
  switch (kind) {
    case "head":
      return last === undefined;
    case "keys":
      return last === "head";
    case "record":
      return last === "keys" || last === "record";
    case "row":
      return last === "keys" || last === "record" || last === "row";
    case "end":
      return last === "keys" || last === "record" || last === "row";
    default:
      return kind satisfies never;
  }
}

function readItem(kind: number, body: Uint8Array): BackupItem {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  switch (kind) {
    case KIND.head:
      return { kind: "head", head: readHead(body) };
    case KIND.keys:
      return { kind: "keys", bytes: body };
    case KIND.record:
      return { kind: "record", name: body.slice(0, NAME_BYTES), value: body.slice(NAME_BYTES) };
    case KIND.row: {
      const end = 2 + view.getUint16(0);
      if (end > body.length || end > 2 + MAX_KEY_BYTES) throw bad("a row without a key");
      const value = body.slice(end);
      if (value.length > MAX_VALUE_BYTES) throw bad("a row too large");
      const key = listField(decode(body.subarray(2, end)), MAX_KEY_PARTS).map(keyPart);
      if (key.length === 0) throw bad("a row without a key");
      return { kind: "row", key, value };
    }
    default:
      return { kind: "end", records: view.getUint32(0), rows: view.getUint32(4) };
  }
}

function keyPart(part: Value): BackupKeyPart {
  if (typeof part === "string") return part;
  return typeof part === "number" ? uintField(part) : binField(part).slice();
}

function readHead(body: Uint8Array): BackupHead {
  const value = decode(body);
  const version = Array.isArray(value) ? uintField(value[0]) : 0;
  if (version > BACKUP_VERSION) throw new WireError("malformed", NEWER);
  const [, network, schema, madeAt, numbers] = fields(value, 5);
  const counts = fields(numbers ?? null, COUNTS.length).map((count) => uintField(count));
  return {
    network: strField(network),
    schema: uintField(schema),
    madeAt: timeField(madeAt),
    counts: {
      identities: counts[0] ?? 0,
      follows: counts[1] ?? 0,
      blocks: counts[2] ?? 0,
      archived: counts[3] ?? 0,
      letters: counts[4] ?? 0,
      requests: counts[5] ?? 0,
      statements: counts[6] ?? 0,
      profiles: counts[7] ?? 0,
      pending: counts[8] ?? 0,
    },
  };
}

const NEWER = "A newer version of Gossamer has made this backup";

function bad(what: string): WireError {
  return new WireError("malformed", `No backup that this program writes: ${what}`);
}
