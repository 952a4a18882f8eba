/** The systemd units, judged by systemd's own analysis; deb_test.ts has a real systemd run them. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { programTest, ran } from "./programs.ts";

/** The exposure that systemd 252 gives the system unit, of 10, times 10; what is left has its reasons in the unit. */
const EXPOSURE_BOUND = 15;

const UNITS = ["gossamer.service", "gossamer.user.service"] as const;

async function unit(name: string): Promise<ReadonlyMap<string, string>> {
  const text = await Deno.readTextFile(join("packaging/systemd", name));
  return new Map([...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, key, value]) => [key!, value!]));
}

/** With both units, each in a folder of its own, and a program where they say. */
async function inRoot(use: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "gossamer-units-" });
  try {
    const program = join(root, "gossamer");
    await Deno.writeTextFile(program, "#!/bin/sh\n", { mode: 0o755 });
    for (const [folder, name] of [["system", UNITS[0]], ["user", UNITS[1]]] as const) {
      const text = await Deno.readTextFile(join("packaging/systemd", name));
      await Deno.mkdir(join(root, folder));
      // `verify` looks for the program in this very machine.
      const here = text.replaceAll("/usr/bin/gossamer", program);
      await Deno.writeTextFile(join(root, folder, "gossamer.service"), here);
    }
    await use(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

programTest("systemd-analyze verify has nothing to say on the units", {
  needs: ["systemd-analyze"],
}, async () => {
  await inRoot(async (root) => {
    for (const which of ["system", "user"]) {
      const argv = ["systemd-analyze", `--${which}`, "verify", "--man=no"];
      const { code, stdout, stderr } = await ran([...argv, join(root, which, "gossamer.service")], {
        env: { XDG_RUNTIME_DIR: root },
      });
      // What other units of this machine lack is not ours to say.
      const own = stderr.split("\n").filter((line) => line.includes("gossamer"));
      assert.deepEqual([code, stdout, own], [0, "", []]);
    }
  });
});

programTest("the system unit is exposed as little as a node can be", {
  needs: ["systemd-analyze"],
}, async () => {
  await inRoot(async (root) => {
    const judge = async (bound: number): Promise<number> =>
      (await ran([
        ...["systemd-analyze", "security", "--no-pager", "--offline=true"],
        ...[`--threshold=${bound}`, join(root, "system/gossamer.service")],
      ])).code;
    assert.equal(await judge(EXPOSURE_BOUND), 0);
    // The bound means something.
    assert.notEqual(await judge(1), 0);
  });
});

Deno.test("the units keep secrets off the disk, and try no failure again that stays", async () => {
  for (const name of UNITS) {
    const settings = await unit(name);
    assert.equal(settings.get("LimitCORE"), "0", name);
    assert.equal(settings.get("MemorySwapMax"), "0", name);
    assert.equal(settings.get("NoNewPrivileges"), "yes", name);
    assert.equal(settings.get("Restart"), "on-failure", name);
    // usage, locked, refused: docs/CLI.md.
    assert.equal(settings.get("RestartPreventExitStatus"), "2 3 5", name);
    // The program sends no notification, so nobody may wait for one.
    assert.equal(settings.get("Type"), "exec", name);
    assert.equal(settings.has("WatchdogSec"), false, name);
    assert.match(settings.get("ExecStart") ?? "", /^\/usr\/bin\/gossamer node /, name);
  }
});

Deno.test("the credential of the unit is the one that the program looks for", async () => {
  const name = (await unit("gossamer.service")).get("LoadCredential");
  const source = await Deno.readTextFile("src/cli/passphrase.ts");
  assert.ok(name !== undefined && source.includes(`"${name}"`), name);
});
