import assert from "node:assert/strict";
import { DestroyError, destroyFile, isRemains, mediumCaveats } from "../../src/keystore/destroy.ts";

async function withDir(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function names(dir: string): string[] {
  return [...Deno.readDirSync(dir)].map(({ name }) => name);
}

Deno.test("destroyFile: nothing of the file is left, and the bytes went before the name did", async () => {
  await withDir(async (dir) => {
    const path = `${dir}/secret`;
    const content = new Uint8Array(200_001).fill(0x41);
    await Deno.writeFile(path, content);
    // Another handle sees what becomes of the bytes themselves.
    using witness = await Deno.open(path);
    const seen: string[] = [];
    const result = await destroyFile(path, {
      step: (name) => {
        seen.push(name);
        if (name !== "overwritten" && name !== "renamed") return;
        witness.seekSync(0, Deno.SeekMode.Start);
        const now = new Uint8Array(content.length);
        for (let at = 0; at < now.length;) at += witness.readSync(now.subarray(at)) ?? now.length;
        // One in 256 bytes may be the same by chance.
        assert.ok(now.filter((byte) => byte === 0x41).length < 2_000);
      },
    });
    assert.deepEqual(seen, ["overwritten", "renamed", "tool", "truncated"]);
    assert.equal(result.destroyed, path);
    assert.deepEqual(result.how.slice(0, 2), ["overwritten with random bytes", "renamed"]);
    assert.deepEqual(result.how.slice(-2), ["cut to nothing", "unlinked"]);
    assert.deepEqual(names(dir), []);
  });
});

Deno.test("destroyFile: cut off anywhere, doing it again finishes it", async () => {
  for (const at of ["overwritten", "renamed", "tool", "truncated"]) {
    await withDir(async (dir) => {
      await Deno.writeTextFile(`${dir}/secret`, "a canary");
      const cut = destroyFile(`${dir}/secret`, {
        step: (name) => {
          if (name === at) throw new Error("cut off");
        },
      });
      await assert.rejects(cut, /cut off/);
      const [left] = names(dir);
      assert.ok(left === "secret" ? at === "overwritten" : left !== undefined && isRemains(left));
      assert.ok(!(await Deno.readTextFile(`${dir}/${left}`)).includes("canary"));
      await destroyFile(`${dir}/${left}`);
      assert.deepEqual(names(dir), []);
    });
  }
});

Deno.test("destroyFile: a file that isn't there or is empty is no error", async () => {
  await withDir(async (dir) => {
    const path = `${dir}/none`;
    assert.deepEqual(await destroyFile(path), { destroyed: path, how: [], caveats: [] });
    await Deno.writeTextFile(path, "");
    assert.equal((await destroyFile(path)).how.at(-1), "unlinked");
    assert.deepEqual(names(dir), []);
  });
});

Deno.test("destroyFile: links, second names and folders are refused and left as they are", async () => {
  await withDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/mine`, "kept");
    await Deno.symlink(`${dir}/mine`, `${dir}/link`);
    await Deno.symlink(`${dir}/nowhere`, `${dir}/dangling`);
    await Deno.mkdir(`${dir}/folder`);
    for (const name of ["link", "dangling", "folder"]) {
      await assert.rejects(destroyFile(`${dir}/${name}`), DestroyError);
    }
    await Deno.link(`${dir}/mine`, `${dir}/twin`);
    await assert.rejects(destroyFile(`${dir}/twin`), DestroyError);
    assert.equal(await Deno.readTextFile(`${dir}/mine`), "kept");
    assert.deepEqual(names(dir).sort(), ["dangling", "folder", "link", "mine", "twin"]);
  });
});

Deno.test("mediumCaveats: always says what lies out of a program's reach", () => {
  for (const dir of [Deno.cwd(), "/nowhere at all"]) {
    const caveats = mediumCaveats(dir);
    assert.equal(caveats.length, 4);
    assert.ok(caveats.some((text) => text.includes("Backups")));
  }
});
