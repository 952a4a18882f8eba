/** Data folders as a whole: what is made, who may use it, and what is refused with which words. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { schemaKey } from "../../src/store/keys.ts";
import { openDenoKv } from "../../src/store/kv_deno.ts";
import { takeLock } from "../../src/store/lock.ts";
import { SCHEMA } from "../../src/store/migrate.ts";
import { openStores, type Stores } from "../../src/store/mod.ts";
import { encodeFact, nothing, type PublicBytes } from "../../src/store/public_rows.ts";
import { MAIN_NETWORK, type NetworkName, parseNetworkName } from "../../src/wire/labels.ts";
import { Private } from "../../src/wire/privacy.ts";
import { fresh, keyOf, NOW, numbered, storeErrorOf, withFolder } from "./support.ts";

const STORE_KEY = new Uint8Array(32).fill(7);

function open(dir: string, network: NetworkName = MAIN_NETWORK): Promise<Stores> {
  return openStores({ dir, network });
}

async function filesIn(dir: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const { name } of Deno.readDir(dir)) {
    files.set(name, (await Deno.readFile(`${dir}/${name}`)).join());
  }
  return files;
}

Deno.test("openStores: makes the folder and both files for the owner alone, and keeps what is put", async () => {
  await withFolder(async (parent) => {
    const dir = `${parent}/a/b`;
    const stores = await open(dir);
    const names = [...(await filesIn(dir)).keys()].sort();
    assert.deepEqual(names, [
      "lock",
      "private.kv",
      "private.kv-shm",
      "private.kv-wal",
      "public.kv",
      "public.kv-shm",
      "public.kv-wal",
    ]);
    if (Deno.build.os !== "windows") {
      assert.equal((await Deno.stat(dir)).mode ?? 0, 0o040700);
      for (const name of names) {
        assert.equal((await Deno.stat(`${dir}/${name}`)).mode ?? 0, 0o100600, name);
      }
    }
    await stores.public.putMessages(fresh([numbered(1)]));
    const follow = { key: keyOf(1), petname: "", heir: undefined, followedAt: NOW };
    await (await stores.private.unlock(STORE_KEY)).addFollow(new Private(follow));
    await stores.close();

    const again = await open(dir);
    assert.deepEqual(await again.public.getMessage(numbered(1).id), numbered(1));
    assert.equal(again.private.store, undefined);
    const store = await again.private.unlock(STORE_KEY);
    assert.deepEqual((await store.follows()).reveal(), [follow]);
    await again.close();
  });
});

Deno.test({
  name: "openStores: a folder and files that others could read are closed to them",
  ignore: Deno.build.os === "windows",
  async fn(): Promise<void> {
    await withFolder(async (dir) => {
      await (await open(dir)).close();
      await Deno.chmod(dir, 0o755);
      await Deno.chmod(`${dir}/private.kv`, 0o644);
      await (await open(dir)).close();
      assert.equal((await Deno.stat(dir)).mode, 0o040700);
      assert.equal((await Deno.stat(`${dir}/private.kv`)).mode, 0o100600);
    });
  },
});

Deno.test("openStores: one at a time, and again once the first has closed", async () => {
  await withFolder(async (dir) => {
    const first = await open(dir);
    await assert.rejects(open(dir), storeErrorOf("taken", dir));
    assert.equal(await takeLock(dir), undefined);
    await first.public.putMessages(fresh([numbered(1)]));
    await first.close();
    const lock = await takeLock(dir);
    assert(lock);
    lock.release();
    const second = await open(dir);
    assert.equal(second.public.index.size, 1);
    await second.close();
  });
});

Deno.test("openStores: what is being written when it closes is written", async () => {
  await withFolder(async (dir) => {
    const stores = await open(dir);
    const writing = stores.public.putMessages(fresh([numbered(1), numbered(2)]));
    await stores.close();
    assert.deepEqual(await writing, ["stored", "stored"]);
    const again = await open(dir);
    assert.equal(again.public.index.size, 2);
    await again.close();
  });
});

Deno.test("openStores: a folder of another network is refused, and not changed", async () => {
  await withFolder(async (dir) => {
    const other = parseNetworkName("other-net");
    assert(other);
    await (await open(dir)).close();
    const before = await filesIn(dir);
    await assert.rejects(open(dir, other), storeErrorOf("other-network", '"main"', '"other-net"'));
    assert.deepEqual(await filesIn(dir), before);
    await (await open(dir)).close();
  });
});

Deno.test("openStores: a newer schema is refused, with what to do, and not changed", async () => {
  await withFolder(async (dir) => {
    const stores = await open(dir);
    await stores.public.putMessages(fresh([numbered(1)]));
    await stores.close();
    const kv = await openDenoKv<PublicBytes>(`${dir}/public.kv`);
    await kv.commit([{ kind: "set", key: schemaKey, value: encodeFact(SCHEMA + 1) }]);
    kv.close();
    const before = await filesIn(dir);
    await assert.rejects(
      open(dir),
      storeErrorOf("newer", `schema ${SCHEMA + 1}`, "Nothing was changed", "Update Gossamer"),
    );
    assert.deepEqual(await filesIn(dir), before);
  });
});

Deno.test("openStores: triggers and views, which could keep what is destroyed, are refused", async () => {
  const planted = [
    "create table kept (k, v); create trigger t after delete on kv begin " +
    "insert into kept values (old.k, old.v); end",
    "create view v as with recursive n(i) as (select 1 union all select i + 1 from n) select i from n",
    "create virtual table f using fts5(x)",
  ];
  for (const name of ["public.kv", "private.kv"]) {
    for (const sql of planted) {
      await withFolder(async (dir) => {
        await (await open(dir)).close();
        {
          using database = new DatabaseSync(`${dir}/${name}`);
          database.exec(sql);
        }
        await assert.rejects(open(dir), storeErrorOf("damaged", name));
      });
    }
  }
});

Deno.test("openStores: a file that is no database, or half of one, is named and left alone", async () => {
  await withFolder(async (dir) => {
    const stores = await open(dir);
    await stores.public.putMessages(fresh(Array.from({ length: 200 }, (_, n) => numbered(n))));
    await (await stores.private.unlock(STORE_KEY)).putSetting("a", new Private(Uint8Array.of(1)));
    await stores.close();
    const whole = new Map(
      await Promise.all(
        ["public.kv", "private.kv"].map(async (name) =>
          [name, await Deno.readFile(`${dir}/${name}`)] as const
        ),
      ),
    );
    for (const [name, bytes] of whole) {
      const spoilt = [
        new TextEncoder().encode("This is no database, whatever its name says. ".repeat(99)),
        bytes.slice(0, bytes.length / 2),
        bytes.slice(0, 100),
      ];
      const unharmed = name === "public.kv" ? "private.kv and keys are unharmed" : "public.kv and";
      for (const content of spoilt) {
        await Deno.writeFile(`${dir}/${name}`, content);
        await assert.rejects(open(dir), storeErrorOf("damaged", name, unharmed));
        assert.deepEqual(await Deno.readFile(`${dir}/${name}`), content);
      }
      await Deno.writeFile(`${dir}/${name}`, bytes);
    }
    const again = await open(dir);
    assert.equal(again.public.index.size, 200);
    await again.close();
  });
});

Deno.test("openStores: a database that says nothing of itself is not taken for ours", async () => {
  await withFolder(async (dir) => {
    await Deno.mkdir(`${dir}/d`);
    const kv = await openDenoKv<PublicBytes>(`${dir}/d/public.kv`);
    await kv.commit([{ kind: "set", key: ["somebody", "else"], value: nothing() }]);
    kv.close();
    await assert.rejects(open(`${dir}/d`), storeErrorOf("damaged", "no database of Gossamer's"));
  });
});

Deno.test("openStores: a path that is a file, or leads through one, is refused", async () => {
  await withFolder(async (dir) => {
    await Deno.writeTextFile(`${dir}/file`, "mine");
    await assert.rejects(open(`${dir}/file`), storeErrorOf("unreadable", `${dir}/file`, "a file"));
    await assert.rejects(open(`${dir}/file/x`), storeErrorOf("unreadable", `${dir}/file/x`));
    assert.equal(await Deno.readTextFile(`${dir}/file`), "mine");
    await Deno.mkdir(`${dir}/d/private.kv`, { recursive: true });
    await assert.rejects(open(`${dir}/d`), storeErrorOf("unreadable", "private.kv"));
    // What was opened before that was closed again.
    await Deno.remove(`${dir}/d/private.kv`);
    await (await open(`${dir}/d`)).close();
  });
});
