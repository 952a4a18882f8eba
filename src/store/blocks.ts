/**
 * Whom the owner blocks (docs/PROTOCOL.md section 7). Only what the owner said: who is blocked
 * besides, by contagion, is computed from it each time, so that it undoes itself.
 *
 * ```
 * value = canonical [[identity: bin32, since]…]      in the order of blocking
 * ```
 */
import { binField, fields, listField, timeField } from "../wire/fields.ts";
import { ID_BYTES, idBytes, type IdentityKey, identityKey } from "../wire/ids.ts";
import { decode, encode } from "../wire/msgpack.ts";
import { Private } from "../wire/privacy.ts";
import type { UnixSeconds } from "../wire/time.ts";
import { damaged } from "./record_codec.ts";
import type { SealedRecords, ValueName } from "./sealed.ts";
import { Turns } from "./turns.ts";

/** The record's name. */
export const BLOCKS: ValueName = { kind: "list", name: "blocks" };
/** Identities blocked by hand at most, files of them included: 4 MB, which each change writes anew. */
export const MAX_BLOCKS = 100_000;

/** Someone whom the owner blocks. */
export interface Block {
  /** The identity. */
  readonly key: IdentityKey;
  /** Since when. */
  readonly blockedAt: UnixSeconds;
}

/** The sealed list. Its methods throw a `StoreError` when the disk fails or the store is locked. */
export class Blocks {
  readonly #records: SealedRecords;
  readonly #turns = new Turns();

  /** Over open records. */
  constructor(records: SealedRecords) {
    this.#records = records;
  }

  /** All of them, in the order of blocking. */
  async all(): Promise<Private<readonly Block[]>> {
    const bytes = await this.#records.get(BLOCKS);
    return new Private(bytes === undefined ? [] : decodeList(bytes));
  }

  /**
   * Blocks identities, all or none, durably; who is blocked already stays so since then. Answers
   * `false`, with nothing changed, when there is no room for all.
   */
  add(entries: Private<readonly Block[]>): Promise<boolean> {
    const added = entries.reveal();
    return this.#turns.run(async () => {
      const all = new Map((await this.all()).reveal().map((block) => [block.key, block]));
      const before = all.size;
      for (const block of added) if (!all.has(block.key)) all.set(block.key, block);
      if (all.size > MAX_BLOCKS) return false;
      if (all.size > before) await this.#records.put(BLOCKS, encodeList([...all.values()]));
      return true;
    });
  }

  /** Unblocks an identity. Answers whether it was blocked. */
  remove(entry: Private<IdentityKey>): Promise<boolean> {
    const gone = entry.reveal();
    return this.#turns.run(async () => {
      const all = (await this.all()).reveal();
      const kept = all.filter(({ key }) => key !== gone);
      if (kept.length === all.length) return false;
      await this.#records.put(BLOCKS, encodeList(kept));
      return true;
    });
  }
}

function encodeList(blocks: readonly Block[]): Uint8Array {
  return encode(blocks.map(({ key, blockedAt }) => [idBytes(key), blockedAt]));
}

function decodeList(bytes: Uint8Array): Block[] {
  try {
    return listField(decode(bytes, { maxBytes: bytes.length }), MAX_BLOCKS).map((item) => {
      const [key, blockedAt] = fields(item, 2);
      return { key: identityKey(binField(key, ID_BYTES)), blockedAt: timeField(blockedAt) };
    });
  } catch {
    throw damaged();
  }
}
