/**
 * Which private messages were tried with which identities (docs/PROTOCOL.md section 5), so that each is
 * tried once although the node was stopped or killed in between.
 *
 * ```
 * record "tried" head    canonical [identity: bin32…]: those for whom the marks hold
 * record "tried" 0 … 7   first 6 bytes of the id of each message that was tried, by the last bits of byte 6
 * ```
 * What is lost by a kill is tried again, which changes nothing. That a message was tried says nothing of
 * whether it was for the owner.
 */
import { binField, listField } from "../wire/fields.ts";
import { ID_BYTES, idBytes, type IdentityKey, identityKey, type MessageId } from "../wire/ids.ts";
import { decode, encode } from "../wire/msgpack.ts";
import type { Private } from "../wire/privacy.ts";
import { damaged } from "./record_codec.ts";
import type { SealedRecords, ValueName } from "./sealed.ts";

const KIND = "tried";
const BUCKETS = 8;
const MARK_BYTES = 6;
/** Marks of messages that went, besides as many as there are of those here: some megabytes of memory. */
const SPARE_MARKS = 65_536;
/** Identities in one data folder, as the `keys` file has it. */
const MAX_IDENTITIES = 16;

/** The record of the identities. */
export const TRIED_HEAD: ValueName = { kind: KIND, name: "head" };
/** All of its records. */
export const TRIED: readonly ValueName[] = [
  TRIED_HEAD,
  ...Array.from({ length: BUCKETS }, (_, i) => ({ kind: KIND, name: String(i) })),
];

/** Marks of tried messages. Its methods throw a `StoreError`. */
export class Tried {
  readonly #records: SealedRecords;
  #identities: readonly IdentityKey[];
  /** What was marked when this was opened; `undefined` once what is still here was looked through. */
  #old: readonly ReadonlySet<number>[] | undefined;
  #live: readonly Set<number>[] = noMarks();
  /** Marks after everything was last looked through. */
  #kept = 0;
  readonly #changed = new Set<number>();

  private constructor(
    records: SealedRecords,
    read: { identities: readonly IdentityKey[]; marks: readonly ReadonlySet<number>[] },
  ) {
    this.#records = records;
    this.#identities = read.identities;
    this.#old = read.marks;
  }

  /** Reads what was tried. Throws a `StoreError`, "damaged" for what wasn't sealed there. */
  static async open(records: SealedRecords): Promise<Tried> {
    const marks: Set<number>[] = [];
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      marks.push(readMarks(await records.get({ kind: KIND, name: String(bucket) })));
    }
    const head = await records.get(TRIED_HEAD);
    return new Tried(records, { identities: head === undefined ? [] : readHead(head), marks });
  }

  /** The identities with which everything marked was tried. */
  get identities(): readonly IdentityKey[] {
    return this.#identities;
  }

  /** From now on the marks hold for these. */
  cover(identities: readonly IdentityKey[]): void {
    this.#identities = [...identities];
  }

  /** Whether a message was tried; if so it stays marked beyond {@linkcode Tried.forgetOthers}. */
  has(id: MessageId): boolean {
    const { bucket, mark } = markOf(id);
    if (this.#live[bucket]?.has(mark)) return true;
    if (!this.#old?.[bucket]?.has(mark)) return false;
    this.#live[bucket]?.add(mark);
    return true;
  }

  /** Marks a message. */
  mark(tried: Private<MessageId>): void {
    const id = tried.reveal();
    const { bucket, mark } = markOf(id);
    this.#live[bucket]?.add(mark);
    this.#changed.add(bucket);
  }

  /** Whether the marks of what went may by now be more than those of what is here: time to look anew. */
  get stale(): boolean {
    return this.#size > 2 * this.#kept + SPARE_MARKS;
  }

  /** All that is here will be asked for once more: what isn't until {@linkcode Tried.forgetOthers} goes. */
  lookAnew(): void {
    this.#old = this.#live.map((live, bucket) => live.union(this.#old?.[bucket] ?? new Set()));
    this.#live = noMarks();
  }

  /** Everything that is here was asked for: marks of what went are of no use any more. */
  forgetOthers(): void {
    if (this.#old !== undefined) this.#kept = this.#size;
    this.#old?.forEach((old, bucket) => {
      if (old.size > (this.#live[bucket]?.size ?? 0)) this.#changed.add(bucket);
    });
    this.#old = undefined;
  }

  get #size(): number {
    return this.#live.reduce((sum, { size }) => sum + size, 0);
  }

  /** Writes what changed; the head in any case. Marks added meanwhile go with the next call. */
  async save(): Promise<void> {
    const buckets = [...this.#changed];
    this.#changed.clear();
    try {
      await this.#records.put(TRIED_HEAD, encode(this.#identities.map(idBytes)));
      for (const bucket of buckets) {
        const marks = new Set([...this.#old?.[bucket] ?? [], ...this.#live[bucket] ?? []]);
        await this.#records.put({ kind: KIND, name: String(bucket) }, packMarks(marks));
      }
    } catch (error) {
      for (const bucket of buckets) this.#changed.add(bucket);
      throw error;
    }
  }
}

function noMarks(): readonly Set<number>[] {
  return Array.from({ length: BUCKETS }, () => new Set());
}

/** The head without an identity that is destroyed. */
export function withoutIdentity(head: Uint8Array, key: IdentityKey): Uint8Array {
  return encode(readHead(head).filter((identity) => identity !== key).map(idBytes));
}

function readHead(bytes: Uint8Array): IdentityKey[] {
  try {
    return listField(decode(bytes), MAX_IDENTITIES)
      .map((item) => identityKey(binField(item, ID_BYTES)));
  } catch {
    throw damaged();
  }
}

function markOf(id: MessageId): { readonly bucket: number; readonly mark: number } {
  const digits = 2 * MARK_BYTES;
  return {
    bucket: parseInt(id.slice(digits, digits + 2), 16) % BUCKETS,
    mark: parseInt(id.slice(0, digits), 16),
  };
}

function packMarks(marks: ReadonlySet<number>): Uint8Array {
  const bytes = new Uint8Array(marks.size * MARK_BYTES);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const mark of marks) {
    view.setUint16(at, Math.floor(mark / 2 ** 32));
    view.setUint32(at + 2, mark % 2 ** 32);
    at += MARK_BYTES;
  }
  return bytes;
}

function readMarks(bytes: Uint8Array | undefined): Set<number> {
  const marks = new Set<number>();
  if (bytes === undefined) return marks;
  if (bytes.length % MARK_BYTES !== 0) throw damaged();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; at += MARK_BYTES) {
    marks.add(view.getUint16(at) * 2 ** 32 + view.getUint32(at + 2));
  }
  return marks;
}
