/**
 * What the store needs of a database: ordered keys, single reads, ranges, atomic commits. Two
 * adapters fill it, Deno KV on disk and an ordered map in memory; one contract suite runs for both.
 *
 * Values are bytes of one branded type: `public.kv` is a `Kv<Public<Uint8Array>>` and `private.kv` a
 * `Kv<Sealed>`, so that the type checker refuses an unsealed byte in the one and a private one in the
 * other.
 */
import { utf8ToBytes } from "@noble/hashes/utils.js";

/** A part of a key. Parts of one place sort bytes before text before numbers, as in Deno KV. */
export type KvPart = Uint8Array | string | number;

/** A key: at least one part. Numbers are whole, from 0 to 2^53-1. */
export type KvKey = readonly KvPart[];

/** A key and its value. */
export interface KvRow<V extends Uint8Array> {
  /** Where it stands. */
  readonly key: KvKey;
  /** What stands there. */
  readonly value: V;
}

/** A change of one key. Deleting what isn't there is no error. */
export type KvMutation<V extends Uint8Array> =
  | { readonly kind: "set"; readonly key: KvKey; readonly value: V }
  | { readonly kind: "delete"; readonly key: KvKey };

/** Which rows to list: those whose key goes on after `prefix`. */
export interface KvRange {
  /** First parts of the keys. */
  readonly prefix: KvKey;
  /** First key that counts; begins with `prefix`. */
  readonly start?: KvKey;
  /** First key that no longer counts; begins with `prefix`. */
  readonly end?: KvKey;
  /** From the last to the first. */
  readonly reverse?: boolean;
  /** Most rows. */
  readonly limit?: number;
}

/**
 * The port. Everything throws a `StoreError` when the disk or the file fails, and a `RangeError` for
 * a key or commit over {@linkcode KV_LIMITS}, which is a bug of the caller.
 */
export interface Kv<V extends Uint8Array> {
  /** The value of a key, or `undefined`. */
  get(key: KvKey): Promise<V | undefined>;
  /** Rows in the order of their keys. What is committed while it runs may or may not show up. */
  list(range: KvRange): AsyncIterable<KvRow<V>>;
  /** Makes all the changes, durably, or none; later ones of the same key win. */
  commit(mutations: readonly KvMutation<V>[]): Promise<void>;
  /** Lets go of the database. */
  close(): void;
}

/** Deno KV's limits, in encoded bytes. The adapters refuse what goes over them, by name. */
export const KV_LIMITS = {
  /** Bytes of a key. */
  keyBytes: 2_048,
  /** Bytes of a value. */
  valueBytes: 65_536,
  /** Mutations of a commit. */
  commitMutations: 1_000,
  /** Bytes of all keys and values of a commit; Deno KV counts the keys of sets twice. */
  commitBytes: 819_200,
  /** Bytes of all keys of a commit; undocumented, found by trying. */
  commitKeyBytes: 81_920,
} as const;

/** A tag before and a zero byte after text and bytes; zero bytes within are escaped with a second one. */
const OVERHEAD = 2;
const NUMBER_BYTES = 9;

/** Encoded size of a key, in bytes. Throws a `RangeError` for an empty key or a number out of range. */
export function keySize(key: KvKey): number {
  if (key.length === 0) throw new RangeError("A key needs at least one part");
  let size = 0;
  for (const part of key) {
    if (typeof part === "number") {
      if (!Number.isSafeInteger(part) || part < 0) throw new RangeError(`Not a key part: ${part}`);
      size += NUMBER_BYTES;
      continue;
    }
    size += OVERHEAD + (typeof part === "string" ? textSize(part) : bytesSize(part));
  }
  return size;
}

/** Bytes of text in a key. Nearly all of it is short ASCII, for which a loop beats an encoder. */
function textSize(text: string): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0 || code > 0x7f) return bytesSize(utf8ToBytes(text));
  }
  return text.length;
}

function bytesSize(bytes: Uint8Array): number {
  let size = bytes.length;
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === 0) size++;
  return size;
}

/** Checks a key for reading or writing. Throws a `RangeError` that names the limit. */
export function checkKey(key: KvKey): void {
  const size = keySize(key);
  if (size > KV_LIMITS.keyBytes) throw over("keyBytes", size);
}

/** Checks a commit against every limit. Throws a `RangeError` that names the limit. */
export function checkCommit(mutations: readonly KvMutation<Uint8Array>[]): void {
  if (mutations.length > KV_LIMITS.commitMutations) {
    throw over("commitMutations", mutations.length);
  }
  let keys = 0;
  let total = 0;
  for (const mutation of mutations) {
    const size = sizeOf(mutation);
    if (size.key > KV_LIMITS.keyBytes) throw over("keyBytes", size.key);
    if (size.value > KV_LIMITS.valueBytes) throw over("valueBytes", size.value);
    keys += size.key;
    total += size.total;
  }
  if (keys > KV_LIMITS.commitKeyBytes) throw over("commitKeyBytes", keys);
  if (total > KV_LIMITS.commitBytes) throw over("commitBytes", total);
}

/** Checks that both ends of a range lie under its prefix. Throws a `RangeError`. */
export function checkRange(range: KvRange): void {
  for (const edge of [range.start, range.end]) {
    if (edge === undefined) continue;
    checkKey(edge);
    const inside = edge.length > range.prefix.length &&
      compareKeys(edge.slice(0, range.prefix.length), range.prefix) === 0;
    if (!inside) throw new RangeError("A range's ends begin with its prefix");
  }
}

/** Changes that belong together: they are in one commit or in none. */
export interface KvGroup<V extends Uint8Array> {
  /** The changes. */
  readonly mutations: readonly KvMutation<V>[];
}

/** Cuts a series of groups, in its order, into commits that keep the limits. */
export function* intoCommits<V extends Uint8Array, G extends KvGroup<V>>(
  groups: Iterable<G & KvGroup<V>>,
): Generator<G[]> {
  let batch: G[] = [];
  let mutations = 0;
  let keys = 0;
  let total = 0;
  for (const group of groups) {
    let groupKeys = 0;
    let groupTotal = 0;
    for (const mutation of group.mutations) {
      const size = sizeOf(mutation);
      groupKeys += size.key;
      groupTotal += size.total;
    }
    const fits = mutations + group.mutations.length <= KV_LIMITS.commitMutations &&
      keys + groupKeys <= KV_LIMITS.commitKeyBytes &&
      total + groupTotal <= KV_LIMITS.commitBytes;
    if (!fits && batch.length > 0) {
      yield batch;
      batch = [];
      mutations = keys = total = 0;
    }
    batch.push(group);
    mutations += group.mutations.length;
    keys += groupKeys;
    total += groupTotal;
  }
  if (batch.length > 0) yield batch;
}

/** Orders two keys as the database does: by their parts, a key before what goes on after it. */
export function compareKeys(a: KvKey, b: KvKey): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const order = compareParts(a[i], b[i]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareParts(a: KvPart | undefined, b: KvPart | undefined): number {
  const byKind = kindOrder(a) - kindOrder(b);
  if (byKind !== 0) return byKind;
  if (typeof a === "number" && typeof b === "number") return a - b;
  return compareBytes(partBytes(a), partBytes(b));
}

/** Orders two runs of bytes; of two of which one begins the other, the shorter comes first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const order = (a[i] ?? 0) - (b[i] ?? 0);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function kindOrder(part: KvPart | undefined): number {
  return part instanceof Uint8Array ? 0 : typeof part === "string" ? 1 : 2;
}

function partBytes(part: KvPart | undefined): Uint8Array {
  return part instanceof Uint8Array ? part : utf8ToBytes(String(part));
}

function sizeOf(
  mutation: KvMutation<Uint8Array>,
): { readonly key: number; readonly value: number; readonly total: number } {
  const key = keySize(mutation.key);
  if (mutation.kind === "delete") return { key, value: 0, total: key };
  const value = mutation.value.length;
  return { key, value, total: 2 * key + value };
}

function over(limit: keyof typeof KV_LIMITS, actual: number): RangeError {
  return new RangeError(`Over the database's limit ${limit}: ${actual} > ${KV_LIMITS[limit]}`);
}
