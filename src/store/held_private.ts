/**
 * Private messages beyond their time in `public.kv` (docs/PROTOCOL.md section 5): a locked node can't
 * know which are its owner's. Every node keeps all of them a while longer, locked or not, with identities
 * or without, tried or not, so that what is here tells nothing of anybody. They are offered to nobody,
 * and in no set that is reconciled.
 *
 * ```
 * "h" created id   the envelope       over the limit the oldest go
 * "meta" "held"    their bytes
 * ```
 */
import type { IdentityKey } from "../wire/ids.ts";
import { readStored } from "../wire/admit.ts";
import type { Labels } from "../wire/labels.ts";
import type { AdmittedMessage } from "../wire/message.ts";
import { messageDiskBytes } from "./disk_use.ts";
import {
  afterKey,
  heldBytesKey,
  heldKey,
  heldPrivate,
  type MessagePlace,
  readMetaKey,
} from "./keys.ts";
import { intoCommits, type Kv, type KvMutation, type KvRow } from "./kv_port.ts";
import { NATIVE_HASH } from "./native_hash.ts";
import { decodeFact, encodeFact, type PublicBytes } from "./public_rows.ts";
import { Turns } from "./turns.ts";

/** Bytes on disk of held messages at most: 64 MiB. */
export const MAX_HELD_BYTES = 67_108_864;
/** Rows looked at in one go. */
const ROWS_AT_ONCE = 64;

/** The held private messages. */
export class HeldPrivate {
  readonly #kv: Kv<PublicBytes>;
  readonly #labels: Labels;
  readonly #turns = new Turns();
  #bytes: number;
  #maxBytes = MAX_HELD_BYTES;

  private constructor(kv: Kv<PublicBytes>, { labels, bytes }: { labels: Labels; bytes: number }) {
    this.#kv = kv;
    this.#labels = labels;
    this.#bytes = bytes;
  }

  /** Over `public.kv`. Throws for a row that this program never wrote. */
  static async open(kv: Kv<PublicBytes>, labels: Labels): Promise<HeldPrivate> {
    const fact = await kv.get(heldBytesKey);
    return new HeldPrivate(kv, {
      labels,
      bytes: fact === undefined ? 0 : Number(decodeFact(fact)),
    });
  }

  /** Bytes that they take on disk, about. */
  get diskBytes(): number {
    return this.#bytes;
  }

  /** Bytes that they may take on disk, at most {@linkcode MAX_HELD_BYTES}; from the next one on. */
  limit(bytes: number): void {
    this.#maxBytes = Math.min(MAX_HELD_BYTES, bytes);
  }

  /** Holds messages that are about to leave the store; their envelopes are read from there. */
  take(
    messages: readonly { readonly place: MessagePlace; readonly bytes: PublicBytes }[],
  ): Promise<void> {
    return this.#turns.run(async () => {
      const novel: KvRow<PublicBytes>[] = [];
      for (const { place, bytes } of messages) {
        const key = heldKey(place);
        if (await this.#kv.get(key) === undefined) novel.push({ key, value: bytes });
      }
      let bytes = this.#bytes;
      const groups = novel.map((row) => {
        bytes += messageDiskBytes(row.value.length);
        return { mutations: [{ kind: "set", ...row }, bytesRow(bytes)], bytes } as const;
      });
      for (const group of intoCommits<PublicBytes, typeof groups[number]>(groups)) {
        const rows = group.map(({ mutations: [row] }) => row);
        await this.#commit(rows, (group.at(-1)?.bytes ?? bytes) - this.#bytes);
      }
      await this.#shrink();
    });
  }

  /** A held message. `undefined` when it isn't, or its row is damaged. */
  async get(place: MessagePlace): Promise<AdmittedMessage | undefined> {
    const bytes = await this.#kv.get(heldKey(place));
    return bytes && this.#read(bytes);
  }

  /** Some places after another, or from the first on; none after the last. */
  async placesAfter(place: MessagePlace | undefined): Promise<readonly MessagePlace[]> {
    const start = place === undefined ? {} : { start: afterKey(heldKey(place)) };
    const found: MessagePlace[] = [];
    for await (
      const { key } of this.#kv.list({ prefix: heldPrivate, ...start, limit: ROWS_AT_ONCE })
    ) {
      found.push(readMetaKey(key));
    }
    return found;
  }

  /** Lets go of a message that its author, who has this key, took back. */
  retract(place: MessagePlace, key: IdentityKey): Promise<void> {
    return this.#turns.run(async () => {
      const bytes = await this.#kv.get(heldKey(place));
      if (bytes === undefined || this.#read(bytes)?.key !== key) return;
      await this.#commit(
        [{ kind: "delete", key: heldKey(place) }],
        -messageDiskBytes(bytes.length),
      );
    });
  }

  /** Ends when every change so far is on disk, or failed. */
  idle(): Promise<void> {
    return this.#turns.idle();
  }

  /** Removes the oldest over the limit. */
  async #shrink(): Promise<void> {
    while (this.#bytes > this.#maxBytes) {
      let size = 0;
      const keys: KvRow<PublicBytes>["key"][] = [];
      for await (
        const { key, value } of this.#kv.list({ prefix: heldPrivate, limit: ROWS_AT_ONCE })
      ) {
        if (this.#bytes - size <= this.#maxBytes) break;
        size += messageDiskBytes(value.length);
        keys.push(key);
      }
      if (keys.length === 0) return await this.#commit([], -this.#bytes);
      await this.#commit(keys.map((key) => ({ kind: "delete", key })), -size);
    }
  }

  /** Rows and their bytes together: a kill in between would leave the cap wrong for good. */
  async #commit(rows: readonly KvMutation<PublicBytes>[], change: number): Promise<void> {
    const bytes = Math.max(0, this.#bytes + change);
    await this.#kv.commit([...rows, bytesRow(bytes)]);
    this.#bytes = bytes;
  }

  #read(bytes: PublicBytes): AdmittedMessage | undefined {
    try {
      return readStored(this.#labels, bytes, { hash: NATIVE_HASH });
    } catch {
      return undefined;
    }
  }
}

function bytesRow(bytes: number): KvMutation<PublicBytes> {
  return { kind: "set", key: heldBytesKey, value: encodeFact(bytes) };
}
