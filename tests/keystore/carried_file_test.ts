/** Files that leave the data folder: whole or not at all, and nobody's file is lost for them. */
import assert from "node:assert/strict";
import { readCarried, writeCarried } from "../../src/keystore/mod.ts";

const BYTES = Uint8Array.from({ length: 1_000 }, (_, n) => n % 251);

async function inFolder(
  work: (path: string, names: () => string[]) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "gossamer-" });
  try {
    const names = (): string[] => Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
    await work(`${folder}/file`, names);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function* pieces(): AsyncGenerator<Uint8Array> {
  yield BYTES.subarray(0, 300);
  yield new Uint8Array(0);
  yield await Promise.resolve(BYTES.subarray(300));
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(BYTES);
  throw new Error("no more");
}

Deno.test("a carried file is written whole, from one piece or many, for its owner alone", async () => {
  await inFolder(async (path, names) => {
    for (const bytes of [BYTES, pieces()]) {
      assert(await writeCarried(path, bytes));
      assert.deepEqual(await Deno.readFile(path), BYTES);
      if (Deno.build.os !== "windows") assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
      assert.deepEqual(names(), ["file"]);
      await Deno.remove(path);
    }
  });
});

Deno.test("what has the name already stays as it is, unless it is to be replaced", async () => {
  await inFolder(async (path, names) => {
    await Deno.writeTextFile(path, "a letter");
    assert.equal(await writeCarried(path, BYTES), false);
    assert.equal(await Deno.readTextFile(path), "a letter");
    await assert.rejects(writeCarried(path, broken(), { replace: true }), /no more/);
    assert.equal(await Deno.readTextFile(path), "a letter");
    assert(await writeCarried(path, BYTES, { replace: true }));
    assert.deepEqual(await Deno.readFile(path), BYTES);
    assert.deepEqual(names(), ["file"]);
  });
});

Deno.test("a carried file that fails, or that is refused once it is whole, leaves nothing", async () => {
  await inFolder(async (path, names) => {
    await assert.rejects(writeCarried(path, broken()), /no more/);
    assert.deepEqual(names(), []);
    const check = async (whole: string): Promise<void> => {
      assert.deepEqual(await Deno.readFile(whole), BYTES);
      throw new Error("refused");
    };
    await assert.rejects(writeCarried(path, BYTES, { check }), /refused/);
    assert.deepEqual(names(), []);
  });
});

Deno.test("somebody's own file beside it is in nobody's way, and stays", async () => {
  await inFolder(async (path, names) => {
    await Deno.writeTextFile(`${path}.new`, "mine");
    await assert.rejects(writeCarried(path, BYTES), Deno.errors.AlreadyExists);
    assert.deepEqual(names(), ["file.new"]);
    assert.equal(await Deno.readTextFile(`${path}.new`), "mine");
  });
});

Deno.test("what a write left that was cut off is replaced, and nothing else of that name", {
  ignore: Deno.build.os === "windows",
}, async () => {
  const magic = "gsmrtest";
  for (const left of ["", magic, `${magic} and half of it`]) {
    await inFolder(async (path, names) => {
      await Deno.writeTextFile(`${path}.new`, left);
      assert(await writeCarried(path, BYTES, { replace: true, magic }));
      assert.deepEqual(await Deno.readFile(path), BYTES);
      assert.deepEqual(names(), ["file"]);
    });
  }
  for (const left of ["gsmrtes", "gsmrother", `my ${magic}`]) {
    await inFolder(async (path) => {
      await Deno.writeTextFile(`${path}.new`, left);
      await assert.rejects(writeCarried(path, BYTES, { magic }), Deno.errors.AlreadyExists);
      assert.equal(await Deno.readTextFile(`${path}.new`), left);
    });
  }
});

Deno.test("neither a link nor what another process is writing counts as left", {
  ignore: Deno.build.os === "windows",
}, async () => {
  const options = { replace: true, magic: "gsmrtest" };
  await inFolder(async (path) => {
    await Deno.writeTextFile(`${path}-other`, "gsmrtest");
    await Deno.symlink(`${path}-other`, `${path}.new`);
    await assert.rejects(writeCarried(path, BYTES, options), Deno.errors.AlreadyExists);
    assert.equal(await Deno.readTextFile(`${path}-other`), "gsmrtest");
  });
  await inFolder(async (path, names) => {
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode("gsmrtest");
      await assert.rejects(writeCarried(path, BYTES, options), Deno.errors.AlreadyExists);
    }
    assert(await writeCarried(path, slow(), options));
    assert.equal(await Deno.readTextFile(path), "gsmrtest");
    assert.deepEqual(names(), ["file"]);
  });
});

Deno.test("of a file at most one byte more than the most is read", async () => {
  await inFolder(async (path) => {
    await Deno.writeFile(path, BYTES);
    for (const most of [0, 998, 999, 1_000, 5_000]) {
      assert.deepEqual(await readCarried(path, most), BYTES.subarray(0, most + 1));
    }
  });
});
