/** `deno task compile`: what gets in, what comes out, and what is said where it can't be made. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileArguments, examine, make, SUMS, WORKERS } from "../../scripts/compile.ts";
import { ALLOWED } from "../../scripts/compile/embedded.ts";
import { tried } from "../../scripts/compile/programs.ts";
import { stage } from "../../scripts/compile/stage.ts";
import { fileName, readArguments, TARGETS } from "../../scripts/compile/targets.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url)).replace(/[\\/]$/, "");
const OWN = TARGETS.find((target) => target === Deno.build.target);

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "gossamer-compile-test-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the program holds exactly the packages that it may, and no file but its own", async () => {
  const { contents } = await examine(ROOT);
  const names = [...new Set(contents.packages.map(({ name }) => name))];
  assert.deepEqual(names.sort(), [...ALLOWED].sort());
  for (const worker of WORKERS) assert.ok(contents.files.includes(worker), worker);
  const others = contents.files.filter((path) =>
    path !== "main.ts" && !/^src\/.+\.(tsx?|js|css|svg)$/.test(path)
  );
  assert.deepEqual(others, []);
});

Deno.test("whatever is loaded beside imports is known to the build", async () => {
  const { contents } = await examine(ROOT);
  const found: string[] = [];
  for (const path of contents.files) {
    const text = await Deno.readTextFile(join(ROOT, path));
    for (
      const [use] of text.matchAll(
        /new Worker\([^;]*|import\.meta\.(?!main)\w+|(?<![#\w])import\((?!")/g,
      )
    ) {
      found.push(`${path}: ${use}`);
    }
  }
  // A file that is read at run time, or one more worker, has to be embedded as well: WORKERS.
  assert.deepEqual(found, [
    'src/keystore/kdf.ts: new Worker(new URL("./kdf_worker.ts", import.meta.url), { type: "module" })',
  ]);
});

Deno.test("an executable gets the permissions and flags of a node, and asks for none", async () => {
  const { tasks, compile } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  const args = await compileArguments(ROOT);
  assert.deepEqual(compile, { permissions: "default" });
  const flags = args.find((arg) => arg.startsWith("--v8-flags="));
  assert.ok(flags !== undefined && tasks.node.command.includes(` ${flags} `));
  for (const flag of ["-P", "--no-prompt", "--frozen", "--cached-only", "--no-code-cache"]) {
    assert.ok(args.includes(flag), flag);
  }
});

Deno.test("the copy that is compiled has all that runs, knows its commit, and holds nothing else", async () => {
  await withFolder(async (folder) => {
    const { contents, from } = await examine(ROOT);
    const to = join(folder, "stage");
    await Deno.mkdir(to);
    const downloads = join(folder, "downloads");
    const commit = "0123456789abcdef0123456789abcdef01234567";
    const { app, denoDir } = await stage(contents, { from: { ...from, downloads }, to, commit });
    const run = async (...argv: string[]): Promise<string> => {
      const flags = ["--quiet", "--cached-only", "--frozen", "--no-prompt", "-P"];
      const env = { DENO_DIR: denoDir, DENO_NO_UPDATE_CHECK: "1" };
      const args = ["run", ...flags, "main.ts", ...argv];
      const ran = await tried(Deno.execPath(), args, { cwd: app, env });
      assert.equal(ran?.code, 0, ran?.stderr);
      return ran.stdout;
    };
    assert.equal(JSON.parse(await run("version", "--json")).commit, commit);
    // Packages of which parts were left out, and those that only some commands load.
    const plot = join(folder, "plot.svg");
    await run("simulate", "--nodes", "10", "--runs", "1", "--svg", plot);
    assert.match(await Deno.readTextFile(plot), /^<svg /);
    const words = join(folder, "words");
    await Deno.writeTextFile(words, "nine words that nobody would think of at once\n");
    const data = ["--data-dir", join(folder, "data"), "--passphrase-file", words];
    await run("identity", "create", "--recovery", join(folder, "sheet"), ...data);
    await run("post", "Look at https://example.org", ...data);
    assert.equal(JSON.parse(await run("timeline", "--json", ...data)).length, 1);
    const here = await Deno.readTextFile(join(app, "deno.lock"));
    assert.doesNotMatch(here, /fast-check|nostr|pure-rand/);
    const top = [...Deno.readDirSync(app)].map(({ name }) => name).sort();
    assert.deepEqual(top, ["deno.json", "deno.lock", "main.ts", "src"]);
  });
});

/** With a folder of its own for base binaries: nothing that is kept hides a failure. */
async function makeIn(folder: string, env: Record<string, string>): Promise<[boolean, string]> {
  const said: string[] = [];
  const made = await make({
    ...{ root: ROOT, targets: readArguments([], Deno.build.target).targets, env },
    ...{ out: join(folder, "out"), downloads: join(folder, "downloads") },
    say: (line) => void said.push(line),
  });
  return [made, said.join("\n")];
}

Deno.test({
  name: "where the base binary can't be had nothing is made, and why is said",
  ignore: OWN === undefined || Deno.build.os === "windows",
  fn: async (): Promise<void> => {
    await withFolder(async (folder) => {
      // A proxy at which nobody listens: the download fails before it begins, on any machine.
      const proxy = "http://127.0.0.1:9";
      const env = { HTTPS_PROXY: proxy, https_proxy: proxy, NO_PROXY: "", DENORT_BIN: "" };
      const [made, said] = await makeIn(folder, env);
      assert.equal(made, false, said);
      assert.match(said, /^Nothing was made for \S+: Deno's base binary \(denort\), which/m);
      assert.deepEqual([...Deno.readDirSync(join(folder, "out"))], []);
    });
  },
});

Deno.test({
  // denort comes from dl.deno.land only. Deno itself in its place makes a file that can't be run, but
  // everything is put into it as into a real one; release.yml runs real ones.
  name: "what is made holds what was listed, and comes with checksums, licences and a bill",
  ignore: OWN === undefined || Deno.build.os !== "linux",
  fn: async (): Promise<void> => {
    await withFolder(async (folder) => {
      const [made, said] = await makeIn(folder, { DENORT_BIN: Deno.execPath() });
      assert.equal(made, true, said);
      assert.match(
        said,
        /^Gossamer \S+ from (commit [0-9a-f]{40}|sources).*: \d+ modules, \d+ pack/m,
      );
      const out = join(folder, "out");
      const program = join(OWN ?? "", fileName(OWN ?? TARGETS[0]));
      const check = await tried("sha256sum", ["--check", "--strict", SUMS], { cwd: out });
      assert.equal(check?.code, 0, check?.stderr);
      assert.equal(check.stdout.trim().split("\n").length, 3);
      const { contents } = await examine(ROOT);
      const bill = JSON.parse(await Deno.readTextFile(join(out, "gossamer.cdx.json")));
      assert.equal(bill.components.length, contents.packages.length + 1);
      const licences = await Deno.readTextFile(join(out, "THIRD_PARTY_LICENSES"));
      for (const { name, version } of contents.packages) {
        assert.ok(licences.includes(`\n${name} ${version} (`), name);
      }
      for (const [word, there] of [["bittorrent-dht", true], ["nostr-tools", false]] as const) {
        const found = await tried("grep", ["-a", "-q", "-F", word, program], { cwd: out });
        assert.equal(found?.code, there ? 0 : 1, word);
      }
    });
  },
});
