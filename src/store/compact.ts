/**
 * Makes public.kv anew without its deleted pages (docs/PROTOCOL.md section 11): row by row into a
 * fresh file, which then takes the old one's place. SQLite's own `VACUUM` would do the same, but it
 * attaches a database, which Deno forbids a program that doesn't have every permission.
 */
import { adopt, type Adoption } from "./adopt.ts";
import { copyRows } from "./copy_rows.ts";
import { storeError } from "./errors.ts";
import { canaryKey } from "./keys.ts";
import { openDenoKv } from "./kv_deno.ts";
import { canaryRow, type PublicBytes } from "./public_rows.ts";

/**
 * Rewrites public.kv so that nothing deleted is left. The canary is written and deleted first, for a
 * search to tell whether that worked. The caller holds the folder's lock. Throws a `StoreError`, a
 * full disk's for one; the database is then as before.
 */
export async function compact(
  dir: string,
  { canary, ...adoption }: Adoption & { readonly canary: Uint8Array },
): Promise<void> {
  const path = `${dir}/public.kv.new`;
  await discardCompaction(dir);
  try {
    await adoption.retire(`${dir}/public.kv-wal`);
    (await Deno.open(path, { createNew: true, write: true, mode: 0o600 })).close();
    const old = await openDenoKv<PublicBytes>(`${dir}/public.kv`);
    try {
      await old.commit([{ kind: "set", key: canaryKey, value: canaryRow(canary) }]);
      await old.commit([{ kind: "delete", key: canaryKey }]);
      const fresh = await openDenoKv<PublicBytes>(path);
      try {
        await copyRows(old, fresh);
      } finally {
        fresh.close();
      }
    } finally {
      old.close();
    }
    await adopt(dir, { ...adoption, name: "public.kv" });
  } catch (error) {
    await discardCompaction(dir);
    throw storeError(error, path);
  }
}

/** Removes what a compaction left that was cut off. Only under the folder's lock. */
export async function discardCompaction(dir: string): Promise<void> {
  for (const end of ["", "-wal", "-shm"]) await removeIfThere(`${dir}/public.kv.new${end}`);
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw storeError(error, path);
  }
}
