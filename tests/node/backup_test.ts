import assert from "node:assert/strict";
import { backup, type BackupMade, type BackupRequest } from "../../src/node/backup.ts";
import { obliterateEverything } from "../../src/node/obliterate.ts";
import {
  checkRestore,
  restore,
  type Restored,
  type RestoreRequest,
} from "../../src/node/restore.ts";
import { UserError } from "../../src/node/user_error.ts";
import { BackupFile, sealBackup } from "../../src/keystore/backup_file.ts";
import { Secret } from "../../src/keystore/secret.ts";
import { SCHEMA } from "../../src/store/migrate.ts";
import { openStores } from "../../src/store/mod.ts";
import { revocationKey, statementKey } from "../../src/store/keys.ts";
import type { KvKey } from "../../src/store/kv_port.ts";
import { encodeFact, encodeStatementRow } from "../../src/store/public_rows.ts";
import { statementRows } from "../../src/store/statements.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import { peekFacts } from "../../src/store/peek.ts";
import { type BackupItem, BackupReader, encodeBackupItem } from "../../src/wire/backup.ts";
import { withMount } from "../store/small_disk.ts";
import { keyOf, LABELS, statementOf, withFolder } from "../store/support.ts";
import {
  BACKUP_WORDS,
  bytesOf,
  contentsOf,
  FOLDER_WORDS,
  inside,
  makeFolder,
  QUICK,
  signed,
} from "./backup_helpers.ts";

const CHILD = new URL("./restore_child.ts", import.meta.url).href;

function make(dataDir: string, part: Partial<BackupRequest> = {}): Promise<BackupMade> {
  return backup({
    ...{ dataDir, network: "main", file: `${dataDir}.backup`, force: false, seal: QUICK },
    passphrase: bytesOf(FOLDER_WORDS),
    backupPassphrase: bytesOf(BACKUP_WORDS),
    ...part,
  });
}

function put(
  file: string,
  dataDir: string,
  part: Partial<RestoreRequest> = {},
): Promise<Restored> {
  return restore({
    ...{ dataDir, network: "main", file, dryRun: false, seal: QUICK },
    backupPassphrase: bytesOf(BACKUP_WORDS),
    ...part,
  });
}

const fails = (says: RegExp) => (error: unknown): boolean => {
  assert.ok(error instanceof UserError, String(error));
  assert.match(error.message, says);
  return true;
};

async function names(dir: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** The items of a backup. */
async function itemsOf(path: string): Promise<BackupItem[]> {
  using passphrase = Secret.take(bytesOf(BACKUP_WORDS));
  using file = await BackupFile.open(path, { ...QUICK, labels: LABELS, passphrase });
  const reader = new BackupReader();
  const items: BackupItem[] = [];
  for await (const chunk of file.chunks()) items.push(...reader.push(chunk));
  reader.finish();
  return items;
}

/** A backup of items that somebody else thought up. */
async function forge(path: string, items: readonly BackupItem[]): Promise<void> {
  using passphrase = Secret.take(bytesOf(BACKUP_WORDS));
  async function* contents(): AsyncGenerator<Uint8Array> {
    for (const item of items) yield await Promise.resolve(encodeBackupItem(item));
  }
  const parts = await Array.fromAsync(
    sealBackup(contents(), { ...QUICK, labels: LABELS, passphrase }),
  );
  await Deno.writeFile(path, new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer()));
}

Deno.test("everything private comes back, and what may be sent only once doesn't", async () => {
  await withFolder(async (root) => {
    const [dir, other] = [`${root}/a`, `${root}/b`];
    await makeFolder(dir);
    const before = await contentsOf(dir);
    const made = await make(dir);
    assert.equal(made.passphrase, null);
    assert.deepEqual(made.contents, {
      ...{ identities: 2, follows: 3, blocks: 3_000, archived: 400, letters: 2, requests: 1 },
      ...{ statements: 2, profiles: 10, pending: 2 },
    });
    const { size, mode } = await Deno.stat(made.file);
    assert.equal(size, made.bytes);
    if (Deno.build.os !== "windows") assert.equal((mode ?? 0) & 0o777, 0o600);
    assert.deepEqual(await names(root), ["a", "a.backup"]);

    const seen = await put(made.file, other, { dryRun: true });
    assert.deepEqual([seen.restored, seen.contents], [false, made.contents]);
    assert.deepEqual(await names(other), []);
    const done = await put(made.file, other);
    assert.deepEqual([done.restored, done.madeAt], [true, made.madeAt]);
    assert.deepEqual(await contentsOf(other), before);
    assert.ok(!(await names(other)).includes("restoring"));
    await inside(other, async (stores, own) => {
      assert.equal((await own.outbox.entries()).reveal().length, 0);
      assert.equal((await own.takeBacks.entries()).reveal().length, 0);
      assert.equal(stores.public.index.size, 0);
    });
    // The first is as it was, what is on its way included.
    assert.deepEqual(await contentsOf(dir), before);
    await inside(dir, async (_, own) => {
      assert.equal((await own.outbox.entries()).reveal().length, 1);
    });
  });
});

Deno.test("a backup is a moment of a folder that somebody is writing to", async () => {
  await withFolder(async (root) => {
    const dir = `${root}/a`;
    await makeFolder(dir);
    const before = await contentsOf(dir);
    const stores = await openStores({ dir, network: LABELS.network });
    try {
      await make(dir);
    } finally {
      await stores.close();
    }
    await put(`${dir}.backup`, `${root}/b`);
    assert.deepEqual(await contentsOf(`${root}/b`), before);
  });
});

Deno.test("nothing is overwritten unasked; --force puts a whole one in its place", async () => {
  await withFolder(async (root) => {
    const dir = `${root}/a`;
    await makeFolder(dir);
    const file = `${root}/mine`;
    await Deno.writeTextFile(file, "something else");
    await assert.rejects(make(dir, { file }), fails(/is there already/));
    assert.equal(await Deno.readTextFile(file), "something else");
    await assert.rejects(
      make(dir, { file, force: true, passphrase: bytesOf("wrong") }),
      fails(/Wrong passphrase/),
    );
    assert.equal(await Deno.readTextFile(file), "something else");
    const made = await make(dir, { file, force: true });
    assert.equal((await Deno.stat(file)).size, made.bytes);
    await assert.rejects(
      make(dir, { file: `${root}/weak`, backupPassphrase: bytesOf("ada1990") }),
      fails(/too easily guessed/),
    );
    await assert.rejects(make(dir, { file: `${root}/no/such/folder` }), fails(/Can't write/));
    assert.deepEqual(await names(root), ["a", "mine"]);
  });
});

Deno.test("a restore goes into an empty folder only, and changes nothing else", async () => {
  await withFolder(async (root) => {
    const dir = `${root}/a`;
    await makeFolder(dir);
    const { file } = await make(dir);
    const before = await contentsOf(dir);
    await assert.rejects(put(file, dir), fails(/already \(public\.kv\)/));
    assert.deepEqual(await contentsOf(dir), before);
    for (
      const [part, says] of [
        [{ backupPassphrase: bytesOf("wrong") }, /Wrong passphrase for the backup/],
        [{ network: "closed" }, /of another network/],
      ] as const
    ) {
      await assert.rejects(put(file, `${root}/b`, part), fails(says));
    }
    const bytes = await Deno.readFile(file);
    for (
      const [change, says] of [
        [(b: Uint8Array) => b.subarray(0, b.length - 65_552), /size of a backup is wrong/],
        [(b: Uint8Array) => b.fill(1, b.length - 5), /damaged in its part/],
        [(b: Uint8Array) => b.fill(9, 8, 9), /newer version/],
        [(b: Uint8Array) => b.fill(0, 0, 4), /isn't a backup/],
      ] as const
    ) {
      await Deno.writeFile(`${root}/bad`, change(bytes.slice()));
      await assert.rejects(put(`${root}/bad`, `${root}/b`), fails(says));
    }
    assert.deepEqual(await names(`${root}/b`), []);
  });
});

Deno.test("without the passphrase it is seen whether there is a backup, and room for it", async () => {
  await withFolder(async (root) => {
    const dir = `${root}/a`;
    await makeFolder(dir);
    const { file } = await make(dir);
    const check = (from: string, dataDir: string, dryRun = false): Promise<void> =>
      checkRestore({ file: from, dataDir, network: "main", dryRun, seal: QUICK });
    await check(file, `${root}/b`);
    await check(file, dir, true);
    await assert.rejects(check(file, dir), fails(/already \(public\.kv\)/));
    await assert.rejects(check(`${root}/none`, `${root}/b`), fails(/^Can't read .*none/));
    await assert.rejects(check(root, `${root}/b`), fails(/^Can't read/));
    await Deno.writeFile(`${root}/bad`, new Uint8Array(1_048_896));
    await assert.rejects(
      check(`${root}/bad`, `${root}/b`),
      fails(/isn't a backup: it doesn't begin as one\. Nothing was changed\.$/),
    );
    assert.deepEqual(await names(`${root}/b`), []);
  });
});

Deno.test("a hostile backup changes nothing: newer, odd rows and records, none of ours", async () => {
  await withFolder(async (root) => {
    const dir = `${root}/a`;
    await makeFolder(dir);
    const { file } = await make(dir);
    const items = await itemsOf(file);
    const [head, keys] = items;
    assert.ok(head?.kind === "head" && keys?.kind === "keys");
    const newer: BackupItem = { kind: "head", head: { ...head.head, schema: 99 } };
    const without = (kind: string): BackupItem[] => items.filter((item) => item.kind !== kind);
    const row = (
      key: readonly (string | number | Uint8Array)[],
      value = new Uint8Array(1),
    ): BackupItem => ({
      ...{ kind: "row", key, value },
    });
    const end: BackupItem = { kind: "end", records: 0, rows: 1 };
    const cases: [BackupItem[], RegExp][] = [
      [[newer, ...items.slice(1)], /newer version of Gossamer \(schema 99/],
      [
        without("row").with(-1, { kind: "end", records: items.length, rows: 0 }),
        /doesn't hold what/,
      ],
      [
        [head, keys, row(["m", 1, new Uint8Array(32)]), end],
        /doesn't hold what it says|no backup has/,
      ],
    ];
    for (const [forged, says] of cases) {
      await forge(`${root}/bad`, forged);
      await assert.rejects(put(`${root}/bad`, `${root}/b`), fails(says));
    }
    const empty = { ...head.head, counts: { ...head.head.counts, statements: 0, profiles: 0 } };
    const meta = items.filter((item) => item.kind === "row" && item.key[0] === "meta");
    const begin: BackupItem[] = [{ kind: "head", head: empty }, keys];
    const record: BackupItem = {
      kind: "record",
      name: new Uint8Array(32),
      value: new Uint8Array(99),
    };
    const late: [BackupItem[], RegExp][] = [
      [[...begin, row(["m", 1, new Uint8Array(32)]), end], /no backup has/],
      [[...begin, row(["../../keys"]), end], /no backup has/],
      [[...begin, row(["meta", "horizon"]), end], /no backup has/],
      [[...begin, record, { kind: "end", records: 1, rows: 0 }], /damaged/],
      [[...begin, { kind: "end", records: 0, rows: 0 }], /no beginning/],
      [[...begin, row(["meta", "schema"]), end], /no beginning/],
      [
        [
          ...begin,
          row(["meta", "schema"], Uint8Array.of(3)),
          row(["meta", "network"], Uint8Array.of(0xa4, 0x6d, 0x61, 0x69, 0x6e)),
          { kind: "end", records: 0, rows: 2 },
        ],
        /newer version/,
      ],
      [
        [
          { kind: "head", head: empty },
          { kind: "keys", bytes: new Uint8Array(8_192) },
          ...meta,
          { kind: "end", records: 0, rows: meta.length },
        ],
        /keys file/,
      ],
    ];
    for (const [i, [forged, says]] of late.entries()) {
      await forge(`${root}/bad`, forged);
      const into = `${root}/late${i}`;
      await assert.rejects(put(`${root}/bad`, into), fails(says), `case ${i}`);
      assert.deepEqual(await names(into), ["lock"]);
    }
  });
});

Deno.test("of a planted backup no statement is believed that nobody signed", async () => {
  await withFolder(async (root) => {
    const dir = `${root}/a`;
    await makeFolder(dir);
    const { file } = await make(dir);
    const items = await itemsOf(file);
    const victim = keyOf(9);
    const planted: BackupItem[] = [];
    const plant = (row: { readonly key: KvKey; readonly value: Uint8Array }): void => {
      planted.push({ kind: "row", key: row.key, value: row.value });
    };
    const forged = statementOf({ type: 2, issuer: victim, subject: victim });
    statementRows({ order: 3, statement: forged }).forEach(plant);
    // A revocation that only the index names, and a true statement in somebody else's place.
    plant({ key: revocationKey({ ...forged, issued: unixSeconds(5) }), value: new Uint8Array(0) });
    const [good] = signed();
    assert.ok(good !== undefined);
    const row = encodeStatementRow({ order: 4, statement: good });
    plant({ key: statementKey(forged), value: row });
    plant({ key: statementKey(good), value: encodeStatementRow({ order: 1, statement: good }) });
    const changed = items.flatMap((item): BackupItem[] => {
      if (item.kind === "head") {
        const counts = { ...item.head.counts, statements: item.head.counts.statements + 3 };
        return [{ ...item, head: { ...item.head, counts } }];
      }
      if (item.kind === "row" && item.key.join() === "meta,statements") {
        return [{ ...item, value: encodeFact(0) }];
      }
      return item.kind === "end"
        ? [...planted, { ...item, rows: item.rows + planted.length }]
        : [item];
    });
    await forge(`${root}/planted`, changed);
    await put(`${root}/planted`, `${root}/b`);
    assert.deepEqual(await contentsOf(`${root}/b`), await contentsOf(dir));
    await inside(`${root}/b`, async ({ public: { statements } }) => {
      assert.deepEqual([...await statements.revokedOf([victim])], []);
      assert.deepEqual(await statements.about(victim), []);
      assert.deepEqual((await statements.rowsAbout(good.subject)).map(({ order }) => order), [1]);
    });
  });
});

Deno.test("a backup of an older schema is restored, and brought up like a folder", async () => {
  await withFolder(async (root) => {
    const dir = `${root}/a`;
    await makeFolder(dir);
    const { file } = await make(dir);
    const older = (await itemsOf(file)).map((item): BackupItem => {
      if (item.kind === "head") return { ...item, head: { ...item.head, schema: 1 } };
      const isSchema = item.kind === "row" && item.key.join() === "meta,schema";
      return isSchema ? { ...item, value: Uint8Array.of(1) } : item;
    });
    await forge(`${root}/older`, older);
    await put(`${root}/older`, `${root}/b`);
    const { schema } = peekFacts(`${root}/b/public.kv`);
    assert.deepEqual(schema, Uint8Array.of(SCHEMA));
    assert.deepEqual(await contentsOf(`${root}/b`), await contentsOf(dir));
  });
});

Deno.test("killed at any step, a restore left nothing or can be finished", async () => {
  await withFolder(async (root) => {
    const dir = `${root}/a`;
    await makeFolder(dir);
    const { file } = await make(dir);
    const before = await contentsOf(dir);
    const steps = [["begun"], ["chunk", "3"], ["written"], ["tried"], ["complete"], ["finished"]];
    for (const [step = "", often = "1"] of steps) {
      const into = `${root}/${step}`;
      const { signal, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--no-prompt", "-P=test", CHILD, file, into, step, often],
      }).output();
      assert.equal(signal, "SIGKILL", `${step}: ${new TextDecoder().decode(stderr)}`);
      if (step === "complete" || step === "finished") {
        assert.deepEqual(await contentsOf(into), before, step);
        await assert.rejects(put(file, into), fails(/already/));
        continue;
      }
      await assert.rejects(
        openStores({ dir: into, network: LABELS.network }),
        /A restore into .* was cut off/,
      );
      assert.ok(!(await names(into)).includes("keys"));
      await put(file, into);
      assert.deepEqual(await contentsOf(into), before, step);
    }
  });
});

Deno.test("a restore that was complete is put in place by the next one, which says so", async () => {
  await withFolder(async (root) => {
    const dir = `${root}/a`;
    await makeFolder(dir);
    const { file } = await make(dir);
    const into = `${root}/b`;
    await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", "-P=test", CHILD, file, into, "complete"],
    }).output();
    // Half of it was put in place.
    await Deno.rename(`${into}/restoring/private.kv`, `${into}/private.kv`);
    await assert.rejects(put(file, into), fails(/is finished now/));
    assert.deepEqual(await contentsOf(into), await contentsOf(dir));
  });
});

Deno.test("a disk that fills leaves neither half a backup nor half a folder, and is said", async (t) => {
  await withFolder(async (root) => {
    const dir = `${root}/a`;
    await makeFolder(dir);
    const { file } = await make(dir);
    await withMount(t, { size: "700k" }, async (small) => {
      const onto = `${small}/b`;
      await assert.rejects(make(dir, { file: onto }), fails(/Can't write .*No space left/));
      assert.deepEqual(await names(small), []);
      await assert.rejects(put(file, `${small}/d`), fails(/disk is full/));
      assert.deepEqual(await names(`${small}/d`), ["lock"]);
    });
  });
});

Deno.test("a link that has a restore's name is left alone, and so is what lies behind it", async () => {
  await withFolder(async (root) => {
    await makeFolder(`${root}/a`);
    const { file } = await make(`${root}/a`);
    for (const others of [["keys"], ["keys", "complete"], []]) {
      const victim = `${root}/victim${others.length}`;
      const into = `${root}/into${others.length}`;
      await Deno.mkdir(victim);
      for (const name of others) await Deno.writeTextFile(`${victim}/${name}`, "somebody's");
      await Deno.mkdir(into);
      await Deno.symlink(victim, `${into}/restoring`);
      await assert.rejects(put(file, into), fails(/restoring is no folder that Gossamer made/));
      await assert.rejects(openStores({ dir: into, network: LABELS.network }), /no folder/);
      assert.deepEqual(await names(victim), others.toSorted());
      assert.ok((await names(into)).includes("restoring"));
    }
  });
});

Deno.test("obliterate destroys what a restore left that was cut off", async () => {
  await withFolder(async (root) => {
    const dir = `${root}/a`;
    await makeFolder(dir);
    const { file } = await make(dir);
    for (const step of ["written", "complete"]) {
      const into = `${root}/${step}`;
      await new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--no-prompt", "-P=test", CHILD, file, into, step],
      }).output();
      assert.ok((await names(`${into}/restoring`)).includes("keys"));
      const gone = await obliterateEverything({
        ...{ dataDir: into, network: "main" },
        passphrase: () => Promise.resolve(bytesOf(FOLDER_WORDS)),
        confirm: () => Promise.resolve(true),
      });
      assert.ok(gone?.destroyed.includes("restoring/keys"));
      assert.deepEqual(await names(into), []);
    }
  });
});

Deno.test("obliterate removes a link that has a restore's name, and nothing behind it", async () => {
  await withFolder(async (root) => {
    const dir = `${root}/a`;
    const victim = `${root}/victim`;
    await makeFolder(dir);
    await Deno.mkdir(victim);
    await Deno.writeTextFile(`${victim}/keys`, "somebody's");
    await Deno.symlink(victim, `${dir}/restoring`);
    const gone = await obliterateEverything({
      ...{ dataDir: dir, network: "main" },
      passphrase: () => Promise.resolve(bytesOf(FOLDER_WORDS)),
      confirm: () => Promise.resolve(true),
    });
    assert.ok(gone?.destroyed.includes("keys"));
    assert.deepEqual(await names(dir), []);
    assert.equal(await Deno.readTextFile(`${victim}/keys`), "somebody's");
  });
});
