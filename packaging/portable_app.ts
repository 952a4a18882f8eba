/**
 * Makes what a portable tree needs beside the sources: a deno.json without what only tests use, and the
 * launcher, both from the project's deno.json, so that permissions and flags stay the same.
 *
 * `deno run --allow-read --allow-write packaging/portable_app.ts make PROJECT TREE` writes them;
 * `… check PROJECT TREE` compares the packages of the tree's lock file with the project's.
 */
import { join } from "node:path";

interface Config {
  readonly imports: Readonly<Record<string, string>>;
  readonly permissions: Readonly<Record<string, unknown>>;
  readonly tasks: { readonly node: { readonly command: string } };
}

interface Lock {
  readonly npm: Readonly<Record<string, { readonly integrity: string }>>;
}

const [what, project = "", tree = ""] = Deno.args;
const app = join(tree, "lib/gossamer/app");
if (what === "make") await make();
else if (what === "check") await check();
else throw new TypeError("make or check");

async function make(): Promise<void> {
  const config = await json<Config & Record<string, unknown>>(join(project, "deno.json"));
  const used = await specifiers(app);
  const imports = Object.entries(config.imports).filter(([name]) =>
    used.some((specifier) =>
      specifier === name || specifier.startsWith(name.endsWith("/") ? name : `${name}/`)
    )
  );
  const reduced = {
    nodeModulesDir: config["nodeModulesDir"],
    unstable: config["unstable"],
    imports: Object.fromEntries(imports),
    permissions: { default: config.permissions["default"] },
    compilerOptions: config["compilerOptions"],
    lock: config["lock"],
  };
  await Deno.writeTextFile(join(app, "deno.json"), `${JSON.stringify(reduced, null, 2)}\n`);
  const flags = /(?:^| )(--v8-flags=[\w=,-]+) /.exec(config.tasks.node.command)?.[1];
  if (flags === undefined) throw new Error("the task node has no V8 flags");
  await Deno.writeTextFile(join(tree, "bin/gossamer"), launcher(flags), { mode: 0o755 });
}

function launcher(flags: string): string {
  return `#!/bin/sh
# Starts Gossamer from the files beside it, and from nothing else: --cached-only keeps it off the network,
# and nothing is written here.
self=$(readlink -f -- "$0") || exit 1
lib=\${self%/*/*}/lib/gossamer
# Deno looks the few programs that it may start up in it, and doesn't start without one.
PATH=\${PATH:-/usr/local/bin:/usr/bin:/bin}
DENO_DIR=$lib/cache
DENO_NO_UPDATE_CHECK=1
# At a terminal it would complain of each cache that can't be opened.
DENO_LOG=error,deno::cache=off
export PATH DENO_DIR DENO_NO_UPDATE_CHECK DENO_LOG
unset DENO_V8_FLAGS
exec "$lib/deno" run ${flags} --quiet --cached-only --frozen --no-prompt \\
  --config="$lib/app/deno.json" -P "$lib/app/main.ts" "$@"
`;
}

/** Each package of the tree must be one of the project's, with its very checksum. */
async function check(): Promise<void> {
  const known = (await json<Lock>(join(project, "deno.lock"))).npm;
  const here = Object.entries((await json<Lock>(join(app, "deno.lock"))).npm);
  const wrong = here.filter(([name, { integrity }]) => known[name]?.integrity !== integrity);
  if (here.length === 0 || wrong.length > 0) {
    throw new Error(`not as in the project's deno.lock: ${wrong.map(([name]) => name).join(", ")}`);
  }
}

/** Packages that sources import, as far as they are named in plain. */
async function specifiers(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) found.push(...await specifiers(path));
    else if (/\.tsx?$/.test(name)) {
      const text = await Deno.readTextFile(path);
      for (const [, one] of text.matchAll(/(?:from|import)\s*\(?\s*"([@a-z][^"]*)"/g)) {
        if (one !== undefined) found.push(one);
      }
    }
  }
  return found;
}

async function json<T>(path: string): Promise<T> {
  const value: T = JSON.parse(await Deno.readTextFile(path));
  return value;
}
