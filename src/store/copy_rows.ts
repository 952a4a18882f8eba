/** All rows of one database into another, a batch at a time. */
import { everything } from "./keys.ts";
import { intoCommits, type Kv, type KvGroup, type KvRow } from "./kv_port.ts";

/** Rows that are in memory at a time; the largest of them have 64 KiB. */
const BATCH_ROWS = 256;

/** How rows are copied. */
export interface CopyOptions<V extends Uint8Array> {
  /** What becomes of a row; it stays as it is when left out. */
  readonly change?: (row: KvRow<V>) => Iterable<KvRow<V>>;
  /** Called after each batch is on disk. */
  readonly batch?: () => void;
}

/** Copies every row. Throws a `StoreError`. */
export async function copyRows<V extends Uint8Array>(
  from: Kv<V>,
  to: Kv<V>,
  { change = (row) => [row], batch = (): void => {} }: CopyOptions<V> = {},
): Promise<void> {
  let rows: KvGroup<V>[] = [];
  const write = async (): Promise<void> => {
    for (const commit of intoCommits<V, KvGroup<V>>(rows)) {
      await to.commit(commit.flatMap(({ mutations }) => mutations));
    }
    rows = [];
    batch();
  };
  for await (const row of from.list({ prefix: everything })) {
    const mutations = [...change(row)].map(({ key, value }) => ({
      kind: "set" as const,
      key,
      value,
    }));
    if (mutations.length > 0) rows.push({ mutations });
    if (rows.length >= BATCH_ROWS) await write();
  }
  await write();
}
