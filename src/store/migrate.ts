/**
 * Schemas of the data folder. The number, the network's name and the first version that can read it
 * stand in `public.kv` for the whole folder; `private.kv` has the number too, in its header, so that it
 * isn't taken for an older one where `public.kv` was moved away (docs/PROTOCOL.md section 11).
 *
 * ```
 * newer, or another network   refused, before anything is written
 * older, no rows to change    the number is raised, in one commit
 * older, rows to change       public.kv.new: every row, changed, with the new number
 *                             → takes the place of public.kv, by a rename
 * ```
 * Cut off anywhere, there is the old file or the new one, whole, and the next start goes on.
 */
import type { NetworkName } from "../wire/labels.ts";
import { adopt } from "./adopt.ts";
import { discardCompaction } from "./compact.ts";
import { copyRows } from "./copy_rows.ts";
import { StoreError, storeError } from "./errors.ts";
import { sizeOf } from "./file_size.ts";
import { everything, kindOf, needsKey, networkKey, schemaKey } from "./keys.ts";
import { openDenoKv } from "./kv_deno.ts";
import type { Kv, KvMutation, KvRow } from "./kv_port.ts";
import { decodeFact, encodeFact, type PublicBytes } from "./public_rows.ts";

/** How a folder of one schema becomes one of the next. */
export interface SchemaStep {
  /** What becomes of a row of `public.kv`; rows stay as they are when left out. The folder's own facts aren't asked about. */
  readonly change?: (row: KvRow<PublicBytes>) => Iterable<KvRow<PublicBytes>>;
}

/** The schemas that a program knows. */
export interface Schemas {
  /** The one that it reads and writes. */
  readonly current: number;
  /** The first version of the program that reads it. */
  readonly needs: string;
  /** From the schema at its place in the list, counted from 1, to the next. */
  readonly steps: readonly SchemaStep[];
}

/** The schema that this version reads and writes. Raise it with a step in {@linkcode SCHEMAS}. */
export const SCHEMA = 2;

/** All of this version's. */
export const SCHEMAS: Schemas = {
  current: SCHEMA,
  needs: "0.1.0",
  steps: [
    // 2: rows of messages may say whom these mention. Of what is stored already it isn't looked up: that
    // is gone in a month.
    {},
  ],
};

/** What a folder says of itself. */
export interface FolderFacts {
  /** Value of the row with its schema. */
  readonly schema: Uint8Array | undefined;
  /** Value of the row with its network. */
  readonly network: Uint8Array | undefined;
  /** Value of the row with the version that can read it. */
  readonly needs: Uint8Array | undefined;
}

/**
 * Checks a folder's facts. Answers its schema, or `undefined` for one that says nothing of itself.
 * Throws a `StoreError`: "newer", "other-network" or "damaged".
 */
export function checkFacts(
  { schema, network, needs }: FolderFacts,
  { expected, current }: { readonly expected: NetworkName; readonly current: number },
): number | undefined {
  if (schema === undefined || network === undefined) return undefined;
  const number = fact(schema);
  const begun = fact(network);
  if (typeof number !== "number" || number < 1 || typeof begun !== "string") {
    throw new StoreError("damaged", "public.kv doesn't say which schema it has");
  }
  if (number > current) throw newer({ schema: number, current, needs: needs && fact(needs) });
  if (begun !== expected) {
    throw new StoreError(
      "other-network",
      `The data folder belongs to the network "${begun}", not "${expected}". Nothing was changed. ` +
        `Use --network ${begun}, or another folder`,
    );
  }
  return number;
}

/** What is said of a folder that a newer version wrote. */
export function newer(
  { schema, current, needs }: { schema: number; current: number; needs?: unknown },
): StoreError {
  const version = typeof needs === "string" && /^[0-9][0-9a-z.-]{0,20}$/.test(needs)
    ? `Update Gossamer to ${needs} or later`
    : "Update Gossamer";
  return new StoreError(
    "newer",
    `The data folder was written by a newer version of Gossamer (schema ${schema}, this version ` +
      `knows ${current}). Nothing was changed. ${version}, or use another folder`,
  );
}

/**
 * Makes an empty database one of this network, or checks that it is and raises its number where no
 * rows have to change. Throws a `StoreError`: "newer", "other-network", or "damaged" when it holds rows
 * and no schema.
 */
export async function migrate(
  kv: Kv<PublicBytes>,
  network: NetworkName,
  schemas: Schemas = SCHEMAS,
): Promise<void> {
  const schema = checkFacts(await factsOf(kv), { expected: network, current: schemas.current });
  if (schema === schemas.current) return;
  if (schema === undefined) {
    for await (const _row of kv.list({ prefix: everything, limit: 1 })) {
      throw new StoreError(
        "damaged",
        "public.kv is no database of Gossamer's, or lost its beginning",
      );
    }
  } else if (pending(schemas, schema).some(({ change }) => change !== undefined)) {
    throw new Error("Rows have to be changed first");
  }
  await kv.commit(factRows(network, schemas));
}

/**
 * Brings `public.kv` up where that changes rows; else does nothing. The caller holds the folder's lock,
 * has looked at its facts, and has nothing open. Throws a `StoreError`, a full disk's for one; the
 * database is then as before. `step` is called with the name of each step: for tests, which end the process there.
 */
export async function rewritePublic(
  dir: string,
  { schema, network, schemas = SCHEMAS, step = (): void => {} }: {
    readonly schema: number;
    readonly network: NetworkName;
    readonly schemas?: Schemas | undefined;
    readonly step?: ((name: string) => void) | undefined;
  },
): Promise<void> {
  const changes = pending(schemas, schema).flatMap(({ change }) => change ?? []);
  if (changes.length === 0) return;
  const path = `${dir}/public.kv.new`;
  await discardCompaction(dir);
  step("begun");
  try {
    (await Deno.open(path, { createNew: true, write: true, mode: 0o600 })).close();
    const old = await openDenoKv<PublicBytes>(`${dir}/public.kv`);
    try {
      const fresh = await openDenoKv<PublicBytes>(path);
      try {
        const batch = (): void => step("batch");
        await copyRows(old, fresh, { change: (row) => through(changes, row), batch });
        await fresh.commit(factRows(network, schemas));
      } finally {
        fresh.close();
      }
    } finally {
      old.close();
    }
    if ((sizeOf(`${dir}/public.kv-wal`) ?? 0) > 0) {
      // A log beside another file than its own would be played into that one.
      throw new StoreError("unreadable", `Another process has public.kv open (${dir})`);
    }
    step("copied");
    // Nothing is destroyed: what is public may stay where the disk had it.
    const keep = (): Promise<undefined> => Promise.resolve(undefined);
    await adopt(dir, { name: "public.kv", retire: keep, destroy: keep });
    step("adopted");
  } catch (error) {
    await discardCompaction(dir);
    throw explained(storeError(error, path), schemas.current);
  }
}

function pending({ steps, current }: Schemas, schema: number): readonly SchemaStep[] {
  return steps.slice(schema - 1, current - 1);
}

/** A row after all changes, one after the other. */
function through(
  changes: readonly NonNullable<SchemaStep["change"]>[],
  row: KvRow<PublicBytes>,
): readonly KvRow<PublicBytes>[] {
  if (kindOf(row.key) === "meta") return [row];
  return changes.reduce<readonly KvRow<PublicBytes>[]>(
    (rows, change) => rows.flatMap((one) => [...change(one)]),
    [row],
  );
}

function factRows(network: NetworkName, schemas: Schemas): readonly KvMutation<PublicBytes>[] {
  return [
    { kind: "set", key: schemaKey, value: encodeFact(schemas.current) },
    { kind: "set", key: networkKey, value: encodeFact(network) },
    { kind: "set", key: needsKey, value: encodeFact(schemas.needs) },
  ];
}

/** What an open `public.kv` says of its folder. */
export async function factsOf(kv: Kv<PublicBytes>): Promise<FolderFacts> {
  return {
    schema: await kv.get(schemaKey),
    network: await kv.get(networkKey),
    needs: await kv.get(needsKey),
  };
}

/** The value of a fact; `undefined` for bytes that are none. */
function fact(bytes: Uint8Array): unknown {
  try {
    return decodeFact(bytes);
  } catch {
    return undefined;
  }
}

function explained(error: unknown, schema: number): unknown {
  if (!(error instanceof StoreError) || error.code !== "full") return error;
  return new StoreError(
    "full",
    `Bringing public.kv to schema ${schema} takes as much room again as it has, and the disk is full. It ` +
      "is as it was",
    error.cause,
  );
}
