/**
 * Sealed records over the key-value port: private values of any length under names that nobody can
 * read without the store key. What each record looks like is in `record_codec.ts`.
 *
 * ```
 * put   parts of the other generation, dummies too → part 0, which names the generation → old parts go
 * ```
 * Part 0 is one value, so a process killed at any point leaves the old value or the new one; parts
 * that it left behind are written over or swept away by the next `put` of that record.
 */
import type { Kv, KvMutation } from "./kv_port.ts";
import { intoCommits } from "./kv_port.ts";
import { everything, recordKey } from "./keys.ts";
import { StoreError } from "./errors.ts";
import {
  damaged,
  type Head,
  MAX_PARTS,
  MAX_WHOLE_BYTES,
  PART_BYTES,
  type RecordCodec,
  type Sealed,
  WRITE_ID_BYTES,
} from "./record_codec.ts";
import { Turns } from "./turns.ts";

/** Which value: a kind, such as "list" or "setting", and a name within it. Neither has zero bytes. */
export interface ValueName {
  /** What sort of value. */
  readonly kind: string;
  /** Which of the sort. */
  readonly name: string;
}

/** Its presence tells the right store key from a wrong one, under which every name is another. */
const CHECK: ValueName = { kind: "check", name: "" };

/** Sealed values by name. */
export class SealedRecords {
  readonly #kv: Kv<Sealed>;
  readonly #codec: RecordCodec;
  readonly #turns = new Turns();

  private constructor(kv: Kv<Sealed>, codec: RecordCodec) {
    this.#kv = kv;
    this.#codec = codec;
  }

  /**
   * Takes the records of a database under the keys that they were sealed with; an empty database
   * takes any. Throws a `StoreError`: "wrong-key", or "damaged".
   */
  static async open(kv: Kv<Sealed>, codec: RecordCodec): Promise<SealedRecords> {
    const records = new SealedRecords(kv, codec);
    if (await records.get(CHECK) !== undefined) return records;
    for await (const _row of kv.list({ prefix: everything, limit: 1 })) {
      throw new StoreError(
        "wrong-key",
        "private.kv doesn't open with this store key, or is damaged. Nothing was changed",
      );
    }
    await records.put(CHECK, new Uint8Array(0));
    return records;
  }

  /** A value, or `undefined`. Throws a `StoreError` "damaged" when any of its records isn't what was sealed. */
  get(name: ValueName): Promise<Uint8Array | undefined> {
    return this.#turns.run(async () => {
      const head = await this.#head(name);
      if (head === undefined || head.form === "whole") return head?.value;
      const value = new Uint8Array(head.length);
      const { generation, writeId } = head;
      for (let part = 1; (part - 1) * PART_BYTES < head.length; part++) {
        const blinded = this.#codec.blind({ ...name, part, generation });
        const sealed = await this.#kv.get(recordKey(blinded));
        if (sealed === undefined) throw damaged();
        const bytes = this.#codec.openPart(blinded, sealed, writeId);
        const at = (part - 1) * PART_BYTES;
        value.set(bytes.subarray(0, head.length - at), at);
        bytes.fill(0);
      }
      return value;
    });
  }

  /**
   * Sets a value, durably. Throws a `RangeError` over 67 MB, and a `StoreError` when the disk is full
   * or fails: the old value stands then.
   */
  put(name: ValueName, value: Uint8Array): Promise<void> {
    if (value.length > MAX_PARTS * PART_BYTES) throw new RangeError("Too large to be sealed");
    return this.#turns.run(async () => {
      const old = await this.#head(name);
      const isWhole = value.length <= MAX_WHOLE_BYTES;
      const head: Head = isWhole ? { form: "whole", value } : {
        form: "parts",
        length: value.length,
        generation: old?.form === "parts" ? 1 - old.generation : 0,
        writeId: crypto.getRandomValues(new Uint8Array(WRITE_ID_BYTES)),
      };
      const parts = head.form === "parts" ? await this.#putParts(name, value, head) : 0;
      const blinded = this.#codec.blind({ ...name, part: 0, generation: 0 });
      await this.#kv.commit([
        { kind: "set", key: recordKey(blinded), value: this.#codec.sealHead(blinded, head) },
      ]);
      try {
        for (const generation of [0, 1]) {
          const isCurrent = head.form === "parts" && generation === head.generation;
          await this.#sweep(name, { generation, from: isCurrent ? parts + 1 : 1 });
        }
      } catch (error) {
        // The value is on disk: what is left of the old one waits for the next sweep.
        if (!(error instanceof StoreError)) throw error;
      }
    });
  }

  /** Removes a value; that there is none is no error. Throws a `StoreError` when the disk fails. */
  delete(name: ValueName): Promise<void> {
    return this.#turns.run(async () => {
      const blinded = this.#codec.blind({ ...name, part: 0, generation: 0 });
      await this.#kv.commit([{ kind: "delete", key: recordKey(blinded) }]);
      for (const generation of [0, 1]) await this.#sweep(name, { generation, from: 1 });
    });
  }

  /** Ends when every change so far is on disk, or failed. */
  idle(): Promise<void> {
    return this.#turns.idle();
  }

  async #head(name: ValueName): Promise<Head | undefined> {
    const blinded = this.#codec.blind({ ...name, part: 0, generation: 0 });
    const sealed = await this.#kv.get(recordKey(blinded));
    return sealed && this.#codec.openHead(blinded, sealed);
  }

  /** Writes the parts of a value and the dummies; answers how many. */
  async #putParts(
    name: ValueName,
    value: Uint8Array,
    { generation, writeId }: Extract<Head, { form: "parts" }>,
  ): Promise<number> {
    const count = nextPowerOfTwo(Math.ceil(value.length / PART_BYTES));
    const codec = this.#codec;
    function* groups(): Generator<{ mutations: KvMutation<Sealed>[] }> {
      for (let part = 1; part <= count; part++) {
        const blinded = codec.blind({ ...name, part, generation });
        const bytes = value.subarray((part - 1) * PART_BYTES, part * PART_BYTES);
        const sealed = codec.sealPart(blinded, bytes, writeId);
        yield { mutations: [{ kind: "set", key: recordKey(blinded), value: sealed }] };
      }
    }
    for (const commit of intoCommits<Sealed, { mutations: KvMutation<Sealed>[] }>(groups())) {
      await this.#kv.commit(commit.flatMap(({ mutations }) => mutations));
    }
    return count;
  }

  /**
   * Deletes parts of a generation from one on. They are written upwards and deleted downwards, so
   * that even after a kill they stand without a gap and the first missing one ends the search.
   */
  async #sweep(
    name: ValueName,
    { generation, from }: { generation: number; from: number },
  ): Promise<void> {
    const found: KvMutation<Sealed>[] = [];
    for (let part = from; part <= MAX_PARTS; part++) {
      const key = recordKey(this.#codec.blind({ ...name, part, generation }));
      if (await this.#kv.get(key) === undefined) break;
      found.unshift({ kind: "delete", key });
    }
    for (const commit of intoCommits(found.map((mutation) => ({ mutations: [mutation] })))) {
      await this.#kv.commit(commit.flatMap(({ mutations }) => mutations));
    }
  }
}

function nextPowerOfTwo(count: number): number {
  let power = 1;
  while (power < count) power *= 2;
  return power;
}
