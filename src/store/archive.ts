/**
 * The sealed archive: posts that the owner wants beyond their lifetime here, their own and those of
 * whom they follow (docs/PROTOCOL.md section 7). Kept in `public.kv` they would name who is followed.
 *
 * ```
 * segment n    record "archive" n, always sealed to 65,536 bytes
 *   per message: bytes of its envelope, u32be; the envelope
 *   zeros
 * ```
 * Messages go to the end of the last segment, which each pass writes anew whether or not there was
 * anything to add: its time tells that the node was unlocked, and not whether somebody had spoken.
 * What is where is known in memory only, for as long as the node is unlocked.
 */
import { readArchived } from "../wire/admit.ts";
import type { IdentityKey, MessageId } from "../wire/ids.ts";
import type { Labels } from "../wire/labels.ts";
import type { AdmittedMessage } from "../wire/message.ts";
import type { UnixSeconds } from "../wire/time.ts";
import { damaged, MAX_WHOLE_BYTES } from "./record_codec.ts";
import type { SealedRecords, ValueName } from "./sealed.ts";
import { comesBefore, type Position } from "./timeline.ts";
import { Turns } from "./turns.ts";

/** The kind of its records. */
export const ARCHIVE = "archive";
/** Segments at most: 64 MiB, some 200,000 posts. */
export const MAX_SEGMENTS = 1_024;
const LENGTH_BYTES = 4;

/** What an archive is opened with. */
export interface ArchiveOptions {
  /** Labels of the network. */
  readonly labels: Labels;
  /** Segments at most; {@linkcode MAX_SEGMENTS} unless given. */
  readonly maxSegments?: number;
}

/** Which archived messages to list. */
export interface ArchiveQuery {
  /** Only by these. */
  readonly authors: ReadonlySet<IdentityKey>;
  /** Only those before this one in the order of (created, id). */
  readonly before: Position | undefined;
  /** Most of them: the newest. */
  readonly limit: number;
}

/** Where a message is, and what it is listed by. */
interface Entry extends Position {
  readonly key: IdentityKey;
  readonly segment: number;
  /** Where its bytes begin in the segment. */
  readonly at: number;
  readonly size: number;
}

/** The name of a segment's record. */
export function segmentName(segment: number): ValueName {
  return { kind: ARCHIVE, name: String(segment) };
}

/** The names of the segments that there are. */
export async function* segmentNames(records: SealedRecords): AsyncGenerator<ValueName> {
  for (let segment = 0;; segment++) {
    const value = await records.get(segmentName(segment));
    if (value === undefined) return;
    value.fill(0);
    yield segmentName(segment);
  }
}

/** A segment's bytes without what a key wrote. Throws a `StoreError` for what is no segment. */
export function withoutAuthor(
  bytes: Uint8Array,
  { labels, key }: { readonly labels: Labels; readonly key: IdentityKey },
): Uint8Array {
  const whole = new Uint8Array(MAX_WHOLE_BYTES);
  let used = 0;
  for (const envelope of envelopesIn(bytes)) {
    if (readEnvelope(labels, envelope.bytes).key === key) continue;
    used = write(whole, { at: used, envelope: envelope.bytes });
  }
  return whole;
}

/** What stands in a segment, one after the other, and where. */
function* envelopesIn(bytes: Uint8Array): Generator<{ at: number; bytes: Uint8Array }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + LENGTH_BYTES <= bytes.length;) {
    const size = view.getUint32(at);
    if (size === 0) return;
    const from = at + LENGTH_BYTES;
    at = from + size;
    if (at > bytes.length) throw damaged();
    yield { at: from, bytes: bytes.subarray(from, at) };
  }
}

/** Writes an envelope into a segment; answers where the next one goes. */
function write(
  segment: Uint8Array,
  { at, envelope }: { readonly at: number; readonly envelope: Uint8Array },
): number {
  new DataView(segment.buffer, segment.byteOffset).setUint32(at, envelope.length);
  segment.set(envelope, at + LENGTH_BYTES);
  return at + LENGTH_BYTES + envelope.length;
}

function readEnvelope(labels: Labels, bytes: Uint8Array): AdmittedMessage {
  try {
    return readArchived(labels, bytes.slice());
  } catch {
    throw damaged();
  }
}

/** The archive, open for as long as its records are. Its methods throw a `StoreError`, "locked" for one. */
export class Archive {
  readonly #records: SealedRecords;
  readonly #labels: Labels;
  readonly #maxSegments: number;
  readonly #turns = new Turns();
  readonly #entries = new Map<MessageId, Entry>();
  /** In the order of (created, id), made when asked for. */
  #sorted: readonly Entry[] | undefined;
  /** Number of the last segment, and how much of it is used. */
  #last = 0;
  #used = 0;
  #full = false;

  private constructor(records: SealedRecords, { labels, maxSegments }: ArchiveOptions) {
    this.#records = records;
    this.#labels = labels;
    this.#maxSegments = maxSegments ?? MAX_SEGMENTS;
  }

  /** Reads what is archived. Throws a `StoreError`, "damaged" for what wasn't sealed there. */
  static async open(records: SealedRecords, options: ArchiveOptions): Promise<Archive> {
    const archive = new Archive(records, options);
    for (let segment = 0;; segment++) {
      const bytes = await records.get(segmentName(segment));
      if (bytes === undefined) break;
      archive.#last = segment;
      archive.#used = archive.#list(bytes, segment);
      bytes.fill(0);
    }
    return archive;
  }

  /** Messages archived. */
  get size(): number {
    return this.#entries.size;
  }

  /** Whether something found no room. */
  get full(): boolean {
    return this.#full;
  }

  /** Whether a message is archived. */
  has(id: MessageId): boolean {
    return this.#entries.has(id);
  }

  /** Where an archived message stands in the order of messages. */
  positionOf(id: MessageId): Position | undefined {
    return this.#entries.get(id);
  }

  /** Every archived message, with its author. */
  all(): readonly { readonly id: MessageId; readonly key: IdentityKey }[] {
    return [...this.#entries.values()];
  }

  /** Archived messages, in no set order; unknown ones are skipped. */
  read(ids: Iterable<MessageId>): Promise<AdmittedMessage[]> {
    return this.#turns.run(async () => {
      const messages: AdmittedMessage[] = [];
      for (const [segment, entries] of this.#bySegment(ids)) {
        const bytes = await this.#records.get(segmentName(segment));
        if (bytes === undefined) throw damaged();
        for (const { at, size } of entries) {
          messages.push(readEnvelope(this.#labels, bytes.subarray(at, at + size)));
        }
        bytes.fill(0);
      }
      return messages;
    });
  }

  /** The newest archived messages that fit, the oldest of them first. */
  list({ authors, before, limit }: ArchiveQuery): Position[] {
    this.#sorted ??= [...this.#entries.values()].sort((a, b) => comesBefore(a, b) ? -1 : 1);
    const found: Position[] = [];
    for (let at = this.#sorted.length - 1; at >= 0 && found.length < limit; at--) {
      const entry = this.#sorted[at];
      if (entry === undefined || !authors.has(entry.key)) continue;
      if (before !== undefined && !comesBefore(entry, before)) continue;
      found.push(entry);
    }
    return found.reverse();
  }

  /** Ids that begin with these hex digits, at most two. */
  idsByPrefix(prefix: string): MessageId[] {
    const found: MessageId[] = [];
    for (const id of this.#entries.keys()) {
      if (id.startsWith(prefix) && found.push(id) === 2) break;
    }
    return found;
  }

  /**
   * Archives messages, those already archived aside, and writes the last segment in any case. What
   * finds no room is left out; `full` says so.
   */
  add(messages: readonly AdmittedMessage[]): Promise<void> {
    return this.#turns.run(async () => {
      const novel = messages.filter(({ id }) => !this.#entries.has(id));
      const first = this.#last;
      for (const [i, part] of this.#split(novel).entries()) {
        const segment = first + i;
        if (segment >= this.#maxSegments) {
          this.#full = true;
          return;
        }
        await this.#append(segment, part);
      }
    });
  }

  /** Destroys what its author took back. */
  remove(ids: Iterable<MessageId>): Promise<void> {
    return this.#turns.run(async () => {
      for (const [segment, gone] of this.#bySegment(ids)) {
        await this.#rewrite(segment, new Set(gone.map(({ id }) => id)));
      }
    });
  }

  #bySegment(ids: Iterable<MessageId>): Map<number, Entry[]> {
    const segments = new Map<number, Entry[]>();
    for (const id of new Set(ids)) {
      const entry = this.#entries.get(id);
      if (entry === undefined) continue;
      const others = segments.get(entry.segment);
      if (others === undefined) segments.set(entry.segment, [entry]);
      else others.push(entry);
    }
    return segments;
  }

  /** Cuts messages into what still fits into the last segment and what goes into each new one. */
  #split(messages: readonly AdmittedMessage[]): AdmittedMessage[][] {
    const parts: AdmittedMessage[][] = [[]];
    let used = this.#used;
    for (const message of messages) {
      const size = LENGTH_BYTES + message.bytes.length;
      if (used + size > MAX_WHOLE_BYTES) {
        parts.push([]);
        used = 0;
      }
      used += size;
      parts.at(-1)?.push(message);
    }
    return parts;
  }

  async #append(segment: number, messages: readonly AdmittedMessage[]): Promise<void> {
    const old = segment === this.#last ? await this.#records.get(segmentName(segment)) : undefined;
    const whole = old ?? new Uint8Array(MAX_WHOLE_BYTES);
    const entries: Entry[] = [];
    let at = old === undefined ? 0 : this.#used;
    for (const message of messages) {
      const { bytes } = message;
      entries.push(entryOf(message, { segment, at: at + LENGTH_BYTES, size: bytes.length }));
      at = write(whole, { at, envelope: bytes });
    }
    await this.#records.put(segmentName(segment), whole);
    whole.fill(0);
    for (const entry of entries) this.#entries.set(entry.id, entry);
    this.#last = segment;
    this.#used = at;
    this.#sorted = undefined;
  }

  /** Writes a segment without some of its messages. */
  async #rewrite(segment: number, gone: ReadonlySet<MessageId>): Promise<void> {
    const old = await this.#records.get(segmentName(segment));
    if (old === undefined) throw damaged();
    const whole = new Uint8Array(MAX_WHOLE_BYTES);
    let used = 0;
    for (const entry of this.#entries.values()) {
      if (entry.segment !== segment || gone.has(entry.id)) continue;
      used = write(whole, { at: used, envelope: old.subarray(entry.at, entry.at + entry.size) });
    }
    await this.#records.put(segmentName(segment), whole);
    for (const id of gone) this.#entries.delete(id);
    for (const [id, { segment: of }] of this.#entries) if (of === segment) this.#entries.delete(id);
    this.#list(whole, segment);
    if (segment === this.#last) this.#used = used;
    old.fill(0);
    whole.fill(0);
    this.#sorted = undefined;
  }

  /** Lists what a segment holds; answers how much of it is used. */
  #list(bytes: Uint8Array, segment: number): number {
    let used = 0;
    for (const { at, bytes: envelope } of envelopesIn(bytes)) {
      const message = readEnvelope(this.#labels, envelope);
      this.#entries.set(message.id, entryOf(message, { segment, at, size: envelope.length }));
      used = at + envelope.length;
    }
    return used;
  }
}

function entryOf(
  { id, key, body }: AdmittedMessage,
  where: Pick<Entry, "segment" | "at" | "size">,
): Entry {
  return { id, key, created: body.created as UnixSeconds, ...where };
}
