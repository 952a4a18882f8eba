/** What `doctor` sees of a real machine by itself. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { lookAround } from "../../src/cli/look_around.ts";

const POSIX = Deno.build.os !== "windows";

async function inFolder(use: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "gossamer-look-" });
  try {
    await use(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("a folder that isn't there, or is a file, is said to be so, and its disk is found", async () => {
  await inFolder(async (dir) => {
    const missing = await lookAround({ dataDir: join(dir, "a", "b") });
    deepEqual(missing.folder, { kind: "missing" });
    ok(missing.disk !== null && missing.disk.size > missing.disk.free && missing.disk.free > 0);
    equal(missing.port, null);
    await Deno.writeTextFile(join(dir, "file"), "");
    deepEqual((await lookAround({ dataDir: join(dir, "file") })).folder, { kind: "no-folder" });
    deepEqual((await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name), ["file"]);
  });
});

Deno.test({
  name: "rights of others are seen, of the files only where they can enter the folder",
  ignore: !POSIX,
  fn: async () => {
    await inFolder(async (dir) => {
      const look = async (): Promise<unknown> => (await lookAround({ dataDir: dir })).folder;
      await Deno.chmod(dir, 0o700);
      deepEqual(await look(), { kind: "there", used: false, open: [] });
      await Deno.writeTextFile(join(dir, "lock"), "", { mode: 0o600 });
      await Deno.writeTextFile(join(dir, "keys"), "", { mode: 0o600 });
      await Deno.chmod(join(dir, "keys"), 0o640);
      deepEqual(await look(), { kind: "there", used: true, open: [] });
      await Deno.chmod(dir, 0o710);
      deepEqual(await look(), { kind: "there", used: true, open: [".", "keys"] });
    });
  },
});

Deno.test("a port is free or taken, and free again after the look", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const look = async (): Promise<unknown> => (await lookAround({ dataDir: "/", port })).port;
  equal(await look(), "taken");
  listener.close();
  deepEqual([await look(), await look()], ["free", "free"]);
});
