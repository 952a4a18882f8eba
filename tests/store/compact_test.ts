import assert from "node:assert/strict";
import { compact } from "../../src/store/compact.ts";
import { openStores } from "../../src/store/mod.ts";
import { MAIN_NETWORK } from "../../src/wire/labels.ts";
import { fresh, numbered } from "./support.ts";

/** Which rows of a kind were written in which order, by the numbers that the database gives commits. */
async function orderOfStoring(dir: string): Promise<{ created: number; commit: string }[]> {
  const kv = await Deno.openKv(`${dir}/public.kv`);
  try {
    const rows: { created: number; commit: string }[] = [];
    for await (const { key, versionstamp } of kv.list({ prefix: ["t"] })) {
      rows.push({ created: Number(key[1]), commit: versionstamp });
    }
    return rows;
  } finally {
    kv.close();
  }
}

Deno.test("after a compaction nothing tells in which order messages were stored", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const stores = await openStores({ dir, network: MAIN_NETWORK });
    for (const n of [3, 1, 2]) await stores.public.putMessages(fresh([numbered(n)]));
    await stores.close();
    const before = await orderOfStoring(dir);
    const byCommit = before.toSorted((a, b) => a.commit < b.commit ? -1 : 1);
    assert.notDeepEqual(byCommit, before);

    await compact(dir, {
      canary: new Uint8Array(32).fill(7),
      retire: () => Promise.resolve(undefined),
      destroy: (path) => Deno.remove(path),
    });
    const after = await orderOfStoring(dir);
    assert.deepEqual(after.map(({ created }) => created), before.map(({ created }) => created));
    // All in one commit, or in several that follow the rows' own order.
    const commits = after.map(({ commit }) => commit);
    assert.deepEqual(commits, commits.toSorted());
    const again = await openStores({ dir, network: MAIN_NETWORK });
    assert.equal(again.public.index.size, 3);
    await again.close();
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
