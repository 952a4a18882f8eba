/** The port over Deno KV: one SQLite file with its WAL, about one sync to disk per commit. */
import { storeError } from "./errors.ts";
import {
  checkCommit,
  checkKey,
  checkRange,
  compareKeys,
  type Kv,
  type KvKey,
  type KvMutation,
  type KvRange,
  type KvRow,
} from "./kv_port.ts";
import { checkSchema } from "./schema_check.ts";

/** Rows that Deno KV reads at a time; its default of 100 makes a long list 30 % slower. */
const BATCH_ROWS = 500;

/**
 * Opens a database file, or makes it. The caller vouches that only values of type `V` were ever
 * written there. Throws a `StoreError` when it can't be opened or is no database.
 */
export async function openDenoKv<V extends Uint8Array>(path: string): Promise<Kv<V>> {
  try {
    checkSchema(path);
    return new DenoKv<V>(await Deno.openKv(path), path);
  } catch (error) {
    throw storeError(error, path);
  }
}

class DenoKv<V extends Uint8Array> implements Kv<V> {
  readonly #kv: Deno.Kv;
  readonly #path: string;

  constructor(kv: Deno.Kv, path: string) {
    this.#kv = kv;
    this.#path = path;
  }

  async get(key: KvKey): Promise<V | undefined> {
    checkKey(key);
    try {
      return (await this.#kv.get<V>(key)).value ?? undefined;
    } catch (error) {
      throw storeError(error, this.#path);
    }
  }

  async *list(range: KvRange): AsyncGenerator<KvRow<V>> {
    checkRange(range);
    const { start, end } = range;
    // Deno KV throws for ends in the wrong order; an empty range is no mistake.
    if (start !== undefined && end !== undefined && compareKeys(start, end) >= 0) return;
    const options: Deno.KvListOptions = { batchSize: BATCH_ROWS, reverse: range.reverse ?? false };
    if (range.limit !== undefined) {
      if (range.limit === 0) return;
      options.limit = range.limit;
    }
    try {
      for await (const { key, value } of this.#kv.list<V>(selector(range), options)) {
        yield { key: key.map(ownPart), value };
      }
    } catch (error) {
      throw storeError(error, this.#path);
    }
  }

  async commit(mutations: readonly KvMutation<V>[]): Promise<void> {
    if (mutations.length === 0) return;
    checkCommit(mutations);
    const atomic = this.#kv.atomic();
    for (const mutation of mutations) {
      if (mutation.kind === "set") atomic.set(mutation.key, mutation.value);
      else atomic.delete(mutation.key);
    }
    let ok: boolean;
    try {
      ok = (await atomic.commit()).ok;
    } catch (error) {
      throw storeError(error, this.#path);
    }
    // Only a failed check makes it false, and there are none; but an unread result hides data loss.
    if (!ok) throw new Error("Deno KV refused a commit without checks");
  }

  close(): void {
    this.#kv.close();
  }
}

/** Deno KV takes a prefix with one end or two ends without a prefix, not all three. */
function selector(range: KvRange): Deno.KvListSelector {
  const { prefix, start, end } = range;
  if (start !== undefined && end !== undefined) return { start, end };
  if (start !== undefined) return { prefix, start };
  if (end !== undefined) return { prefix, end };
  return { prefix };
}

function ownPart(part: Deno.KvKeyPart): Uint8Array | string | number {
  if (typeof part === "string" || typeof part === "number" || part instanceof Uint8Array) {
    return part;
  }
  throw new Error("A key that this program never writes");
}
