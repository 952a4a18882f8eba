/** What those are called who are blocked, without a walk through all blocks. */
import type { BlockView } from "../node/api.ts";
import type { Site } from "./site.ts";

/** Verifiers that are named of one who is blocked by contagion. */
export const MAX_VERIFIERS = 5;

/** Identities that are looked up at once: as many as a page can name. */
const MAX_LOOKED_UP = 500;

/** Somebody by name. */
export type Named = Pick<BlockView, "id" | "name" | "suspicious">;

/**
 * Names of those because of whom others are blocked, as far as they are shown; those that look like
 * somebody else's are left out.
 */
export async function blockerNames(
  site: Pick<Site, "owner">,
  blocks: readonly Pick<BlockView, "because">[],
): Promise<ReadonlyMap<string, string>> {
  const ids = blocks.flatMap(({ because }) =>
    because === "user" ? [] : because.slice(0, MAX_VERIFIERS)
  );
  const known = await lookUp(site, ids);
  return new Map(known.map(({ id, name, suspicious }) => [id, suspicious ? "" : name]));
}

/** Those of some identities that are blocked by hand. */
export async function blockedNow(
  site: Pick<Site, "owner">,
  ids: readonly string[],
): Promise<readonly Named[]> {
  if (ids.length === 0) return [];
  const named = ids.slice(0, MAX_LOOKED_UP);
  const { blocked, already } = await site.owner.call("block", { ids: named, check: true });
  return already === blocked.length ? blocked : [];
}

/** What a block would meet tells names, of blocked ones too; nothing is changed by asking. */
async function lookUp(
  { owner }: Pick<Site, "owner">,
  ids: readonly string[],
): Promise<readonly Named[]> {
  const some = [...new Set(ids)].slice(0, MAX_LOOKED_UP);
  if (some.length === 0) return [];
  return (await owner.call("block", { ids: some, check: true })).blocked;
}
