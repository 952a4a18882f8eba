/** What a release consists of: all of it or nothing, under the names that are loaded. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileName, TARGETS } from "../../scripts/compile/targets.ts";
import { VERSION } from "../../src/node/version.ts";
import { programTest, ran, ranWell } from "./programs.ts";

const URL = "https://example.org/a/b/releases/download";
const NEEDS = ["sh", "sha256sum", "cmp"];

async function withMade(use: (made: string, out: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "gossamer-gather-test-" });
  try {
    const made = join(folder, "made");
    for (const target of TARGETS) {
      await Deno.mkdir(join(made, target, target), { recursive: true });
      await Deno.writeTextFile(join(made, target, target, fileName(target)), target);
      for (const file of ["THIRD_PARTY_LICENSES", "gossamer.cdx.json", "SHA256SUMS"]) {
        await Deno.writeTextFile(join(made, target, file), file);
      }
    }
    for (const architecture of ["amd64", "arm64"]) {
      await Deno.mkdir(join(made, `deb-${architecture}`));
      const deb = join(made, `deb-${architecture}`, `gossamer_${architecture}.deb`);
      await Deno.writeTextFile(deb, architecture);
    }
    await Deno.mkdir(join(made, "notes"));
    await use(made, join(folder, "out"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

programTest("a release has each system's file, packages, papers and checksums", {
  needs: NEEDS,
}, async () => {
  await withMade(async (made, out) => {
    await ranWell(["packaging/gather.sh", made, out, URL]);
    const files = [...Deno.readDirSync(out)].map(({ name }) => name).sort();
    const programs = TARGETS.map((target) => `gossamer-${target}`)
      .map((name) => name.includes("windows") ? `${name}.exe` : name);
    const others = ["gossamer_amd64.deb", "gossamer_arm64.deb", "gossamer.cdx.json", "SHA256SUMS"];
    const more = ["THIRD_PARTY_LICENSES", "gossamer.user.service", "install.sh"];
    assert.deepEqual(files, [...programs, ...others, ...more].sort());
    for (const name of programs) {
      assert.equal(((await Deno.stat(join(out, name))).mode ?? 0) & 0o777, 0o755, name);
    }
    const check = await ranWell(["sha256sum", "--check", "--strict", "SHA256SUMS"], { cwd: out });
    assert.equal(check.trim().split("\n").length, files.length - 1);
    const installer = await Deno.readTextFile(join(out, "install.sh"));
    assert.ok(installer.includes(`\ndefault_base=${URL}\n`));
    const { code, stderr } = await ran(["sh", join(out, "install.sh"), "--version", "../x"]);
    assert.deepEqual([code, /is no version/.test(stderr)], [1, true]);
    assert.equal((await ran(["packaging/gather.sh", made, out, URL])).code, 1);
    for (const url of ["http://example.org/a", "https://example.org/a|b", ""]) {
      const refused = await ran(["packaging/gather.sh", made, `${out}-2`, url]);
      assert.deepEqual([refused.code, /https|plain/.test(refused.stderr)], [1, true], url);
    }
  });
});

programTest("a release that lacks a system, or whose papers differ, isn't made", {
  needs: NEEDS,
}, async () => {
  for (
    const [path, text, why] of [
      ["aarch64-apple-darwin/aarch64-apple-darwin/gossamer", "", /there is no .*apple/],
      ["deb-arm64/gossamer_arm64.deb", "", /there is no .*arm64\.deb/],
      ["x86_64-pc-windows-msvc/gossamer.cdx.json", "other", /windows.*differs/],
    ] as const
  ) {
    await withMade(async (made, out) => {
      await Deno.writeTextFile(join(made, path), text);
      const { code, stderr } = await ran(["packaging/gather.sh", made, out, URL]);
      assert.equal(code, 1, path);
      assert.match(stderr, why);
      await assert.rejects(Deno.stat(out), Deno.errors.NotFound);
    });
  }
});

programTest("the installer of a release loads that release", { needs: [] }, async () => {
  const script = await Deno.readTextFile("packaging/install.sh");
  assert.ok(script.includes(`\ndefault_version=${VERSION}\n`), VERSION);
});

programTest("while a release is put together nothing stands beside its own folder", {
  needs: NEEDS,
}, async () => {
  await withMade(async (made, out) => {
    const [temporary, seen] = [join(made, "..", "tmp"), join(made, "..", "seen")];
    const programs = join(made, "..", "bin");
    await Deno.mkdir(temporary);
    await Deno.mkdir(programs);
    const real = (await ranWell(["sh", "-c", "command -v sha256sum"])).trim();
    const look = `#!/bin/sh\nls -A "$TMPDIR" > "$SEEN"\nexec ${real} "$@"\n`;
    await Deno.writeTextFile(join(programs, "sha256sum"), look, { mode: 0o755 });
    const path = `${programs}:${Deno.env.get("PATH") ?? ""}`;
    const env = { TMPDIR: temporary, SEEN: seen, PATH: path };
    await ranWell(["packaging/gather.sh", made, out, URL], { env });
    assert.match(await Deno.readTextFile(seen), /^gossamer-gather-[^.\n]+\n$/);
  });
});
