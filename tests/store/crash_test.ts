/** What is left after a kill, on a full disk, and on one that can't be written. */
import assert from "node:assert/strict";
import { openStores } from "../../src/store/mod.ts";
import type { PublicStore } from "../../src/store/public.ts";
import { MAIN_NETWORK } from "../../src/wire/labels.ts";
import { LIFETIME_S } from "../../src/wire/limits.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { run, withMount } from "./small_disk.ts";
import { fresh, NOW, numbered, storeErrorOf, withFolder } from "./support.ts";

const CHILD = new URL("./crash_child.ts", import.meta.url).pathname;
const BATCH = 50;

function spawn(dir: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-prompt", CHILD, dir, `${BATCH}`],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** Every message that was acknowledged is whole; of the batch under way there may be a part. */
async function checkWhole(store: PublicStore, acknowledged: number): Promise<void> {
  const size = store.index.size;
  assert(size >= acknowledged && size <= acknowledged + BATCH, `${size} of ${acknowledged}`);
  for (let n = 0; n < acknowledged; n++) assert(store.index.has(numbered(n).id), `message ${n}`);
  let bytes = 0;
  for (const meta of store.index.newestFirst()) {
    bytes += meta.size;
    assert.equal((await store.getMessage(meta.id))?.bytes.length, meta.size);
  }
  assert.equal(bytes, store.index.totalBytes);
}

Deno.test("kill -9 at any moment loses nothing that was acknowledged", async () => {
  await withFolder(async (dir) => {
    for (const batches of [1, 7]) {
      const child = spawn(dir);
      let acknowledged = 0;
      for await (const line of lines(child.stdout)) {
        acknowledged = Number(line);
        if (acknowledged === batches * BATCH) child.kill("SIGKILL");
      }
      assert.equal((await child.status).signal, "SIGKILL");
      assert(acknowledged >= batches * BATCH);
      // The kernel let go of the lock with the process.
      const stores = await openStores({ dir, network: MAIN_NETWORK });
      await checkWhole(stores.public, Math.max(acknowledged, batches * BATCH));
      const again = Array.from({ length: acknowledged }, (_, n) => numbered(n));
      const outcomes = await stores.public.putMessages(fresh(again));
      assert.deepEqual(outcomes, Array(acknowledged).fill("known"));
      // Past their lifetime, so that they may come again.
      await stores.public.dropping.drop(
        [...stores.public.index.newestFirst()].map(({ id }) => id),
        unixSeconds(NOW + 10 * LIFETIME_S),
      );
      await stores.close();
    }
  });
});

Deno.test("a full disk: said plainly, nothing that was acknowledged is lost, reading goes on", async (t) => {
  await withMount(t, { size: "2m" }, async (dir) => {
    const child = spawn(dir);
    let acknowledged = 0;
    let end = "";
    for await (const line of lines(child.stdout)) {
      if (/^\d+$/.test(line)) acknowledged = Number(line);
      else end = line;
    }
    assert.equal((await child.status).code, 0);
    assert(/^full The disk is full: .*unharmed/.test(end) && end.includes("public.kv"), end);
    assert(acknowledged > 100);
    // Opening needs a few pages itself.
    await run("mount", "-o", "remount,size=6m", dir);
    const stores = await openStores({ dir, network: MAIN_NETWORK });
    await checkWhole(stores.public, acknowledged);
    const next = fresh([numbered(acknowledged + 99)]);
    assert.deepEqual(await stores.public.putMessages(next), ["stored"]);
    await stores.close();
  });
});

Deno.test("a full disk at the start, and one that is read-only, are said plainly", async (t) => {
  await withMount(t, { size: "16k" }, async (dir) => {
    await assert.rejects(
      openStores({ dir, network: MAIN_NETWORK }),
      storeErrorOf("unreadable", dir, "disk is full or failing"),
    );
  });
  await withMount(t, { size: "2m" }, async (dir) => {
    await (await openStores({ dir, network: MAIN_NETWORK })).close();
    await run("mount", "-o", "remount,ro", dir);
    await assert.rejects(
      openStores({ dir, network: MAIN_NETWORK }),
      storeErrorOf("unreadable", dir, "read-only"),
    );
  });
});

async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
}
