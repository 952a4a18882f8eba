/**
 * The program on a 64-bit ARM, such as a Raspberry Pi's, by an emulator: Deno for that processor, all that it brings
 * (V8, SQLite for Deno KV) and Argon2id. Slow, and so one way through only. Locked memory is not tried here.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { asPerson } from "../../scripts/smoke.ts";
import { decodeKeyFileHeader } from "../../src/keystore/key_file.ts";
import { KDF_FLOOR } from "../../src/keystore/mod.ts";
import { programTest } from "../packaging/programs.ts";
import { Machine, text } from "./harness/node.ts";
import type { Program } from "./harness/process.ts";

const EMULATOR = "qemu-aarch64-static";

/** Debian's C library for it (libc6-arm64-cross, libgcc-s1-arm64-cross). */
const LIBRARIES = "/usr/aarch64-linux-gnu";

/** `.ci/run` puts it there, out of npm's package @deno/linux-arm64-glibc. */
const DENO = "/var/cache/gossamer-ci/deno-arm64-2.9.5/deno";

/** A command takes 20 to 60 s where two cores are busy; this is what none may take. */
const DEADLINE_MS = 240_000;

const missing = [`${LIBRARIES}/lib/libc.so.6`, `${LIBRARIES}/lib/libgcc_s.so.1`, DENO]
  .filter((path) => !exists(path));

const name =
  "a node on an emulated arm64: an identity by Argon2id, a post, its timeline, the store";
if (missing.length > 0) {
  Deno.test({
    name: `${name} (skipped: no ${missing.join(", ")})`,
    ignore: true,
    fn: (): void => {},
  });
} else {
  programTest(name, { needs: [EMULATOR] }, async () => {
    await using machine = await Machine.make(undefined, await emulated());
    const made = await machine.object(
      ["identity", "create", "--name", "Pi", "--no-recovery"],
      { unlock: true },
    );
    assert.match(text(made, "id"), /^g1/);
    await assertFloor(machine);
    const node = await machine.start(["--unlock"], { unlock: true });
    const post = await machine.object(["post", "From a small machine"]);
    const [line, ...more] = await machine.list(["timeline"]);
    assert.deepEqual([line?.["id"], line?.["text"], more], [
      post["id"],
      "From a small machine",
      [],
    ]);
    const { warnings, running } = await machine.object(["status"]);
    assert.ok(running === true && Array.isArray(warnings));
    // Here that C library lies elsewhere than on a real one, where the permissions name it: the program says what
    // it can't do without, and goes on.
    if (!exists("/lib/aarch64-linux-gnu/libc.so.6")) {
      assert.match(warnings.join("\n"), /Keys in memory are not kept out of swap/);
    }
    const finished = await node.stop();
    assert.equal(finished.code, 0, finished.stderr);
    // Closed well, its databases are read on this machine: the files don't depend on the processor.
    await using here = await Machine.make();
    const at = ["--data-dir", machine.dataDir, "--passphrase-file", machine.passphraseFile];
    const read = await here.list(["timeline", ...at]);
    assert.deepEqual(read.map(({ id }) => id), [post["id"]]);
  });
}

/** On a machine this slow a key is derived with no more than the least, and no less. */
async function assertFloor(machine: Machine): Promise<void> {
  const header = decodeKeyFileHeader(await Deno.readFile(join(machine.dataDir, "keys")));
  assert.deepEqual(header.params, KDF_FLOOR);
}

async function emulated(): Promise<Program> {
  const info = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] });
  const { denoDir } = JSON.parse(new TextDecoder().decode((await info.output()).stdout));
  const flags = ["--quiet", "--frozen", "--cached-only", "--no-prompt", "-P"];
  return asPerson([EMULATOR, "-L", LIBRARIES, DENO, "run", ...flags, "main.ts"], {
    env: { DENO_DIR: denoDir, DENO_NO_UPDATE_CHECK: "1" },
    deadlineMs: DEADLINE_MS,
  });
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
