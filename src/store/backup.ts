/**
 * What of a data folder's databases goes into a backup (docs/PROTOCOL.md section 11): everything in
 * `private.kv` as it is sealed there, but for what may be sent only once; of `public.kv` what takes long to
 * come together again, of everybody alike, so that a restored file tells no more than the first did.
 *
 * Left out are the outbox and the retractions that wait: a restored node would send them again, long
 * after others had them, and whoever got them from it would know who wrote them.
 */
import type { BackupCounts } from "../wire/backup.ts";
import type { Labels } from "../wire/labels.ts";
import { StoreError } from "./errors.ts";
import { everything, kindOf, recordNameIn } from "./keys.ts";
import type { Kv, KvKey, KvRow } from "./kv_port.ts";
import { openSnapshot } from "./kv_snapshot.ts";
import { checkFacts, factsOf, SCHEMA } from "./migrate.ts";
import { OUTBOX } from "./outbox.ts";
import { PrivateStore, recordNames, recoverStoreKey } from "./private.ts";
import type { PublicBytes } from "./public_rows.ts";
import { MAX_PARTS, RecordCodec, type Sealed } from "./record_codec.ts";
import type { StoreOpeners } from "./rekey.ts";
import { SealedRecords, type ValueName } from "./sealed.ts";
import { TAKE_BACKS } from "./take_backs.ts";

/** What may be sent only once. */
const SENT_ONCE: readonly ValueName[] = [OUTBOX.name, TAKE_BACKS.name];
/** The rows of `public.kv` that are kept, by the first part of their keys: messages aren't. */
const KEPT_ROWS: readonly string[] = ["meta", "p", "e", "s", "i", "v", "a"];
/** Of the rows "meta" those that have to do with messages. */
const OF_MESSAGES: readonly string[] = ["horizon", "held"];

/** What the backup counts, but for what is in the `keys` file. */
export type StoredCounts = Omit<BackupCounts, "identities">;

/** Both databases at one moment. */
export interface BackupSource {
  /** Schema of the databases. */
  readonly schema: number;
  /** What is in them. */
  readonly counts: StoredCounts;
  /** The records of `private.kv`, sealed, by their blinded names. */
  records(): AsyncIterable<{ readonly name: Uint8Array; readonly value: Uint8Array }>;
  /** The rows of `public.kv`. */
  rows(): AsyncIterable<{ readonly key: KvKey; readonly value: Uint8Array }>;
  /** Lets go of the databases. */
  [Symbol.dispose](): void;
}

/** Where and for whom. */
export interface BackupOptions {
  /** The data folder. */
  readonly dir: string;
  /** Labels of the network. */
  readonly labels: Labels;
  /** Who opens the private store; the caller wipes it. */
  readonly openers: StoreOpeners;
}

/**
 * Takes a snapshot of both databases, beside whatever process has them, and reads every sealed record
 * once. Throws a `StoreError`, "damaged" when one doesn't open.
 */
export async function openBackup(options: BackupOptions): Promise<BackupSource> {
  const { dir, labels, openers } = options;
  const sealed = openSnapshot<Sealed>(`${dir}/private.kv`);
  try {
    const open = openSnapshot<PublicBytes>(`${dir}/public.kv`);
    const close = (): void => {
      open.close();
      sealed.close();
    };
    try {
      const facts = { expected: labels.network, current: SCHEMA };
      const schema = checkFacts(await factsOf(open), facts);
      if (schema === undefined) throw new StoreError("damaged", "public.kv has no beginning");
      const { counts, leftOut } = await lookAt(sealed, { labels, openers });
      return {
        schema,
        counts: { ...counts, ...await countRows(open) },
        records: () => recordsOf(sealed, leftOut),
        rows: () => rowsOf(open),
        [Symbol.dispose]: close,
      };
    } catch (error) {
      open.close();
      throw error;
    }
  } catch (error) {
    sealed.close();
    throw error;
  }
}

type PrivateCounts = Omit<StoredCounts, "statements" | "profiles">;
const NOTHING: PrivateCounts = {
  follows: 0,
  blocks: 0,
  archived: 0,
  letters: 0,
  requests: 0,
  pending: 0,
};

/** Reads all records; answers what is in them, and under which names those stand that are left out. */
async function lookAt(
  kv: Kv<Sealed>,
  { labels, openers }: Omit<BackupOptions, "dir">,
): Promise<{ counts: PrivateCounts; leftOut: ReadonlySet<string> }> {
  if (await isEmpty(kv)) return { counts: NOTHING, leftOut: new Set() };
  const found = await recoverStoreKey(kv, { labels, slotKeys: openers.slotKeys });
  const codec = new RecordCodec(found ?? openers.storeKey, labels);
  found?.fill(0);
  try {
    const records = await SealedRecords.open(kv, codec);
    for await (const name of recordNames(records)) (await records.get(name))?.fill(0);
    const counts = await countPrivate(new PrivateStore(records, labels));
    return { counts, leftOut: new Set(SENT_ONCE.flatMap((name) => placesOf(codec, name))) };
  } finally {
    codec.wipe();
  }
}

async function countPrivate(store: PrivateStore): Promise<PrivateCounts> {
  return {
    follows: (await store.follows()).reveal().length,
    blocks: (await store.blocks.all()).reveal().length,
    archived: (await store.archive()).size,
    letters: (await store.letters("letters")).size,
    requests: (await store.letters("requests")).size,
    pending: (await store.outbox.entries()).reveal().length +
      (await store.takeBacks.entries()).reveal().length,
  };
}

/** Every name under which a part of a record can stand. */
function placesOf(codec: RecordCodec, name: ValueName): string[] {
  const parts = Array.from({ length: MAX_PARTS }, (_, part) => part + 1);
  return [
    codec.blind({ ...name, part: 0, generation: 0 }),
    ...parts.flatMap((part) =>
      [0, 1].map((generation) => codec.blind({ ...name, part, generation }))
    ),
  ].map(String);
}

async function* recordsOf(
  kv: Kv<Sealed>,
  leftOut: ReadonlySet<string>,
): AsyncGenerator<{ name: Uint8Array; value: Uint8Array }> {
  for await (const { key, value } of kv.list({ prefix: everything })) {
    const name = recordNameIn(key);
    if (name === undefined) throw new StoreError("damaged", "private.kv holds a foreign row");
    if (!leftOut.has(String(name))) yield { name, value };
  }
}

async function* rowsOf(kv: Kv<PublicBytes>): AsyncGenerator<KvRow<PublicBytes>> {
  for await (const row of kv.list({ prefix: everything })) if (isKept(row.key)) yield row;
}

/** Whether a row of `public.kv` with that key is one that a backup has. */
export function isKept(key: KvKey): boolean {
  const [first, second] = key;
  return KEPT_ROWS.includes(kindOf(key)) &&
    !(first === "meta" && OF_MESSAGES.includes(String(second)));
}

async function countRows(
  kv: Kv<PublicBytes>,
): Promise<Pick<StoredCounts, "statements" | "profiles">> {
  const counts = { s: 0, p: 0 };
  for await (const { key } of rowsOf(kv)) {
    const kind = kindOf(key);
    if (kind === "s" || kind === "p") counts[kind]++;
  }
  return { statements: counts.s, profiles: counts.p };
}

async function isEmpty(kv: Kv<Sealed>): Promise<boolean> {
  for await (const _row of kv.list({ prefix: everything, limit: 1 })) return false;
  return true;
}
