/** The portable tree: run by another user, read-only, without a network, and without a home. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { noPortable, PORTABLE_NEEDS, portableTree } from "./portable.ts";
import { programTest, ran, ranWell } from "./programs.ts";

const NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];

/** A namespace whose only network is a loopback, up. */
const ALONE = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"];

programTest("the portable tree runs read-only, as nobody, without a network or a cache", {
  needs: [...PORTABLE_NEEDS, "setpriv", "unshare", "ip"],
  unless: noPortable,
  root: true,
}, async () => {
  const tree = await portableTree();
  const before = await listing(tree);
  const folder = await Deno.makeTempDir({ prefix: "gossamer-portable-data-" });
  try {
    await Deno.chown(folder, 65534, 65534);
    const passphrase = join(folder, "passphrase");
    await Deno.writeTextFile(passphrase, "seven words of somebody else's choosing here\n");
    await Deno.chown(passphrase, 65534, 65534);
    const data = ["--data-dir", join(folder, "data"), "--passphrase-file", passphrase];
    const gossamer = async (...argv: string[]): Promise<string> =>
      await ranWell([...ALONE, ...NOBODY, join(tree, "bin/gossamer"), ...argv], {
        clearEnv: true,
        env: { HOME: "/nonexistent" },
        cwd: folder,
      });
    assert.match(await gossamer("version"), /^\d+\.\d+\.\d+/);
    // Argon2id runs in a worker, which is a file of its own.
    await gossamer("identity", "create", "--no-recovery", ...data);
    await gossamer("post", "From a tree", ...data);
    const [post] = JSON.parse(await gossamer("timeline", "--json", ...data));
    assert.equal(post.text, "From a tree");
    // What is loaded only when needed is there as well.
    await gossamer("simulate", "--nodes", "10", "--runs", "1", "--svg", join(folder, "plot.svg"));
    assert.match(
      await gossamer("locator", "--no-identity", "--address", "192.0.2.1:1", "--qr", ...data),
      /█|▀/,
    );
    assert.deepEqual(await listing(tree), before);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

programTest("the tree has the project's permissions, flags and packages, and no test's", {
  needs: PORTABLE_NEEDS,
  unless: noPortable,
}, async () => {
  const tree = await portableTree();
  const app = join(tree, "lib/gossamer/app");
  const here = JSON.parse(await Deno.readTextFile(join(app, "deno.json")));
  const project = JSON.parse(await Deno.readTextFile("deno.json"));
  assert.deepEqual(here.permissions, { default: project.permissions.default });
  const launcher = await Deno.readTextFile(join(tree, "bin/gossamer"));
  const flags = /--v8-flags=\S+/.exec(project.tasks.node.command)?.[0];
  assert.ok(flags !== undefined && launcher.includes(flags));
  assert.match(launcher, / --cached-only --frozen --no-prompt /);
  const packages = Object.keys(JSON.parse(await Deno.readTextFile(join(app, "deno.lock"))).npm);
  assert.deepEqual(packages.filter((name) => /^(fast-check|nostr)/.test(name)), []);
  const names = [...Deno.readDirSync(app)].map(({ name }) => name).sort();
  assert.deepEqual(names, ["LICENSE", "deno.json", "deno.lock", "main.ts", "src"]);
});

programTest("packages that only .tsx files import are the tree's, others aren't", {
  needs: [],
}, async () => {
  const folder = await Deno.makeTempDir({ prefix: "gossamer-portable-make-" });
  try {
    const app = join(folder, "tree/lib/gossamer/app");
    await Deno.mkdir(join(app, "src"), { recursive: true });
    await Deno.mkdir(join(folder, "tree/bin"));
    await Deno.writeTextFile(join(app, "main.ts"), 'import { a } from "one";\n');
    await Deno.writeTextFile(join(app, "src/page.tsx"), 'import { b } from "two/part";\n');
    const names = ["one", "two", "two/", "three"];
    const imports = Object.fromEntries(names.map((name) => [name, `npm:${name}@1.0.0`]));
    const tasks = { node: { command: "deno run --v8-flags=--x -P main.ts" } };
    const config = { imports, tasks, permissions: { default: {} } };
    await Deno.writeTextFile(join(folder, "deno.json"), JSON.stringify(config));
    await ranWell([
      ...[Deno.execPath(), "run", "--quiet", "--no-config", "--no-lock"],
      ...["--allow-read", "--allow-write", "packaging/portable_app.ts"],
      ...["make", folder, join(folder, "tree")],
    ]);
    const made = JSON.parse(await Deno.readTextFile(join(app, "deno.json")));
    assert.deepEqual(Object.keys(made.imports), ["one", "two", "two/"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

programTest("install-handler of a tree names its launcher, not Deno", {
  needs: [...PORTABLE_NEEDS],
  unless: noPortable,
}, async () => {
  const tree = await portableTree();
  const home = await Deno.makeTempDir({ prefix: "gossamer-portable-home-" });
  try {
    const env = { HOME: home, PATH: "/nonexistent:/usr/bin:/bin" };
    await ranWell([join(tree, "bin/gossamer"), "install-handler"], { clearEnv: true, env });
    const entry = await Deno.readTextFile(`${home}/.local/share/applications/gossamer-g.desktop`);
    assert.ok(entry.includes(`Exec="${tree}/bin/gossamer" "--data-dir"`), entry);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

programTest(
  "the flags with which a g: link starts the program are the node's",
  { needs: [] },
  async () => {
    const { tasks } = JSON.parse(await Deno.readTextFile("deno.json"));
    const flags = /--v8-flags=\S+/.exec(tasks.node.command)?.[0] ?? "none";
    assert.ok((await Deno.readTextFile("src/cli/system_deps.ts")).includes(flags));
    assert.ok(tasks.gossamer.command.includes(flags));
  },
);

programTest(
  "portable.sh overwrites nothing and says what it needs",
  { needs: ["sh"] },
  async () => {
    const folder = await Deno.makeTempDir({ prefix: "gossamer-portable-out-" });
    try {
      const there = await ran(["packaging/portable.sh", folder]);
      assert.deepEqual([there.code, there.stdout], [1, ""]);
      assert.match(there.stderr, /is there already; nothing is overwritten/);
      assert.equal((await ran(["packaging/portable.sh"])).code, 1);
      assert.deepEqual([...Deno.readDirSync(folder)], []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

/** Every file of a folder with size and time of change. */
async function listing(folder: string): Promise<string[]> {
  return (await ranWell(["find", folder, "-printf", "%p %s %T@ %m\n"])).split("\n").sort();
}
