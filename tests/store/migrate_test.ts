/** Folders of other schemas: brought up whole or not at all, and left alone when they are newer. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { StoreError } from "../../src/store/errors.ts";
import { everything } from "../../src/store/keys.ts";
import { openDenoKv } from "../../src/store/kv_deno.ts";
import { openMemoryKv } from "../../src/store/kv_memory.ts";
import {
  checkFacts,
  factsOf,
  migrate,
  rewritePublic,
  SCHEMA,
  SCHEMAS,
} from "../../src/store/migrate.ts";
import { openStores } from "../../src/store/mod.ts";
import { peekFacts, readMark, writeMark } from "../../src/store/peek.ts";
import type { PublicBytes } from "../../src/store/public_rows.ts";
import { parseAddress } from "../../src/wire/address.ts";
import { MAIN_NETWORK } from "../../src/wire/labels.ts";
import { LATER, noteKey, THEN } from "./migrate_support.ts";
import { withMount } from "./small_disk.ts";
import { fresh, NOW, numbered, statementOf, storeErrorOf, withFolder } from "./support.ts";

const CHILD = new URL("./migrate_child.ts", import.meta.url).href;
const MESSAGES = 300;
const UP = { schema: THEN.current, network: MAIN_NETWORK, schemas: LATER };
const EXPECTED = { expected: MAIN_NETWORK, current: LATER.current };

/** A folder with rows of all kinds. */
async function makeFolder(dir: string): Promise<void> {
  const stores = await openStores({ dir, network: MAIN_NETWORK });
  await stores.public.putMessages(
    fresh(Array.from({ length: MESSAGES }, (_, n) => numbered(n))),
  );
  await stores.public.statements.put([statementOf({})]);
  const address = parseAddress("203.0.113.7:14677");
  assert.ok(address !== undefined);
  await stores.public.addresses.put([
    { address, freshness: 3, lastSeen: NOW, locator: false },
  ]);
  await stores.close();
}

async function rowsOf(dir: string): Promise<Map<string, string>> {
  const kv = await openDenoKv<PublicBytes>(`${dir}/public.kv`);
  try {
    const rows = new Map<string, string>();
    for await (const { key, value } of kv.list({ prefix: everything })) {
      rows.set(JSON.stringify(key), value.join());
    }
    return rows;
  } finally {
    kv.close();
  }
}

/** What `LATER` makes of rows. */
async function changed(dir: string): Promise<Set<string>> {
  const rows = new Set<string>();
  const kv = await openDenoKv<PublicBytes>(`${dir}/public.kv`);
  try {
    for await (const { key } of kv.list({ prefix: everything })) {
      if (key[0] === "a") continue;
      rows.add(JSON.stringify(key));
      if (key[0] === "m") rows.add(JSON.stringify(noteKey(key)));
    }
    return rows;
  } finally {
    kv.close();
  }
}

/** Every file with its bytes and its time. */
async function snapshot(dir: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const { name, isFile } of Deno.readDir(dir)) {
    if (!isFile) continue;
    const { mtime } = await Deno.stat(`${dir}/${name}`);
    files.set(name, `${mtime?.getTime()} ${(await Deno.readFile(`${dir}/${name}`)).join()}`);
  }
  return files;
}

async function refusedUntouched(dir: string, ...says: string[]): Promise<void> {
  const before = await snapshot(dir);
  await assert.rejects(openStores({ dir, network: MAIN_NETWORK }), storeErrorOf("newer", ...says));
  assert.deepEqual(await snapshot(dir), before);
}

Deno.test("rows are changed by every step on the way, in a file that takes the old one's place", async () => {
  await withFolder(async (dir) => {
    await makeFolder(dir);
    const expected = await changed(dir);
    const steps: string[] = [];
    await rewritePublic(dir, { ...UP, step: (name) => void steps.push(name) });
    assert.deepEqual([...new Set(steps)], ["begun", "batch", "copied", "adopted"]);
    const rows = await rowsOf(dir);
    assert.deepEqual(new Set(rows.keys()), expected);
    assert.equal(checkFacts(peekFacts(`${dir}/public.kv`), EXPECTED), LATER.current);
    await refusedUntouched(dir, `schema ${LATER.current}`, "Update Gossamer to 9.8.7 or later");
    // What is there already isn't done again.
    await rewritePublic(dir, { ...UP, schema: LATER.current, step: () => assert.fail() });
  });
});

Deno.test("killed at any step, the old folder opens or the new one does, and it can be done again", async () => {
  for (
    const [step, often] of [["begun", 1], ["batch", 1], ["batch", 2], ["copied", 1], ["adopted", 1]]
  ) {
    await withFolder(async (dir) => {
      await makeFolder(dir);
      const [before, expected] = [await rowsOf(dir), await changed(dir)];
      const { success, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--no-prompt", "-P=test", CHILD, dir, `${step}`, `${often}`],
      }).output();
      assert.equal(success, false, new TextDecoder().decode(stderr));
      const schema = checkFacts(peekFacts(`${dir}/public.kv`), EXPECTED);
      assert.equal(schema, step === "adopted" ? LATER.current : SCHEMA, `${step}`);
      if (schema === SCHEMA) {
        assert.deepEqual(await rowsOf(dir), before, `${step}`);
        const stores = await openStores({ dir, network: MAIN_NETWORK });
        assert.equal(stores.public.index.size, MESSAGES);
        await stores.close();
        await rewritePublic(dir, UP);
      }
      assert.deepEqual(new Set((await rowsOf(dir)).keys()), expected, `${step}`);
      const names = [...Deno.readDirSync(dir)].map(({ name }) => name);
      assert.ok(!names.some((name) => name.includes(".new")), names.join());
    });
  }
});

Deno.test("a disk that fills meanwhile is said, and the old file stays", async () => {
  await withFolder(async (dir) => {
    await makeFolder(dir);
    const before = await rowsOf(dir);
    let batches = 0;
    const full = (name: string): void => {
      if (name === "batch" && ++batches === 2) throw new StoreError("full", "The disk is full");
    };
    await assert.rejects(
      rewritePublic(dir, { ...UP, step: full }),
      storeErrorOf("full", "as much room again", "It is as it was"),
    );
    assert.deepEqual(await rowsOf(dir), before);
    assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name).sort(), [
      ...["lock", "private.kv", "public.kv"],
    ]);
  });
});

Deno.test("the same on a disk that really fills", async (t) => {
  await withMount(t, { size: "500k" }, async (dir) => {
    await makeFolder(dir);
    const before = await rowsOf(dir);
    await assert.rejects(rewritePublic(dir, UP), storeErrorOf("full", "It is as it was"));
    assert.deepEqual(await rowsOf(dir), before);
  });
});

Deno.test("steps that change no rows raise the number in one commit, and only after the others", async () => {
  const plain = { ...SCHEMAS, current: SCHEMA + 1, steps: [...SCHEMAS.steps, {}], needs: "0.9.0" };
  const kv = openMemoryKv<PublicBytes>();
  await migrate(kv, MAIN_NETWORK);
  await migrate(kv, MAIN_NETWORK, plain);
  const { current } = plain;
  assert.equal(checkFacts(await factsOf(kv), { expected: MAIN_NETWORK, current }), current);
  await assert.rejects(
    migrate(kv, MAIN_NETWORK),
    storeErrorOf("newer", `schema ${current}`, "Update Gossamer to 0.9.0 or later"),
  );
  const other = openMemoryKv<PublicBytes>();
  await migrate(other, MAIN_NETWORK);
  await assert.rejects(migrate(other, MAIN_NETWORK, LATER), /Rows have to be changed first/);
});

Deno.test("a newer schema is refused to the byte and the time, after a clean end and after a kill", async () => {
  await withFolder(async (dir) => {
    await makeFolder(dir);
    const kv = await openDenoKv<PublicBytes>(`${dir}/public.kv`);
    const newer = { ...LATER, steps: SCHEMAS.steps };
    await migrate(kv, MAIN_NETWORK, { ...newer, needs: "none; run this" });
    // As a kill leaves it: with a log that nobody has put into the file.
    await Deno.mkdir(`${dir}/killed`);
    for (const name of ["public.kv", "public.kv-wal", "private.kv", "lock"]) {
      await Deno.copyFile(`${dir}/${name}`, `${dir}/killed/${name}`);
    }
    kv.close();
    assert.ok((await Deno.stat(`${dir}/killed/public.kv-wal`)).size > 0);
    await refusedUntouched(dir, `schema ${LATER.current}`, "Update Gossamer, or use");
    await refusedUntouched(`${dir}/killed`, `schema ${LATER.current}`);
  });
});

Deno.test("a newer private.kv is refused untouched beside an older public.kv, or none", async () => {
  await withFolder(async (dir) => {
    await makeFolder(dir);
    assert.equal(readMark(`${dir}/private.kv`), SCHEMA);
    writeMark(`${dir}/private.kv`, SCHEMA + 1);
    await refusedUntouched(dir, `schema ${SCHEMA + 1}`);
    await Deno.remove(`${dir}/public.kv`);
    await refusedUntouched(dir, `schema ${SCHEMA + 1}`);
    // As versions left it that wrote no mark.
    writeMark(`${dir}/private.kv`, 0);
    await (await openStores({ dir, network: MAIN_NETWORK })).close();
    assert.equal(readMark(`${dir}/private.kv`), SCHEMA);
  });
});

Deno.test("somebody else's SQLite file is refused untouched", async () => {
  for (const name of ["public.kv", "private.kv"]) {
    await withFolder(async (dir) => {
      await makeFolder(dir);
      await Deno.remove(`${dir}/${name}`);
      using foreign = new DatabaseSync(`${dir}/${name}`);
      foreign.exec("create table notes (text); insert into notes values ('mine')");
      foreign.close();
      const before = await Deno.readFile(`${dir}/${name}`);
      const { mtime } = await Deno.stat(`${dir}/${name}`);
      await assert.rejects(
        openStores({ dir, network: MAIN_NETWORK }),
        storeErrorOf("damaged", name),
      );
      assert.deepEqual(await Deno.readFile(`${dir}/${name}`), before);
      assert.deepEqual((await Deno.stat(`${dir}/${name}`)).mtime, mtime);
      const names = [...Deno.readDirSync(dir)].map((entry) => entry.name);
      assert.deepEqual(names.filter((one) => one.startsWith(`${name}-`)), []);
    });
  }
});
