/**
 * Makes executables of the program, one a system, and what goes with them: checksums, licences and a bill of
 * materials. See docs/decisions/ on what is embedded and why.
 *
 *   deno task compile [--target TARGET]… [--out FOLDER]
 */
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { VERSION } from "../src/node/version.ts";
import { currentCommit } from "./compile/commit.ts";
import { type Contents, contents, type Graph, type Lock, refused } from "./compile/embedded.ts";
import { licensesPage } from "./compile/licenses.ts";
import { whyNot } from "./compile/outcome.ts";
import { deno, tried } from "./compile/programs.ts";
import { sbom } from "./compile/sbom.ts";
import { licensesOf, type Sources, type Stage, stage } from "./compile/stage.ts";
import { fileName, readArguments, type Target, type Wanted } from "./compile/targets.ts";

/** What is loaded by itself, and so is an entry beside main.ts. Argon2id runs in a worker. */
export const WORKERS: readonly string[] = ["src/keystore/kdf_worker.ts"];

/** Checksums of all that was made, as `sha256sum --check` reads them. */
export const SUMS = "SHA256SUMS";

/** What the program is made of, as Deno sees it. Throws when something is in it that mustn't be. */
export async function examine(root: string): Promise<{ contents: Contents; from: Sources }> {
  const graph = async (entry: string): Promise<Graph> =>
    JSON.parse(await deno(["info", "--json", "--frozen", entry], { cwd: root }));
  const lock: Lock = JSON.parse(await Deno.readTextFile(join(root, "deno.lock")));
  const modules: Graph["modules"][number][] = [];
  for (const entry of ["main.ts", ...WORKERS]) modules.push(...(await graph(entry)).modules);
  const unique = new Map(modules.map((module) => [module.specifier, module]));
  const url = `${pathToFileURL(root).href}/`;
  const found = contents({ modules: [...unique.values()] }, { lock, root: url });
  const wrong = refused(found);
  if (wrong.length > 0) throw new Error(`Not to be embedded:\n  ${wrong.join("\n  ")}`);
  const { npmCache, denoDir } = JSON.parse(await deno(["info", "--json"], { cwd: root }));
  const packages = join(npmCache, "registry.npmjs.org");
  return { contents: found, from: { root, packages, downloads: join(denoDir, "dl") } };
}

/** The arguments of `deno compile` beside target and output: permissions and flags are those of a node. */
export async function compileArguments(root: string): Promise<string[]> {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));
  const flags = /--v8-flags=\S+/.exec(tasks.node.command)?.[0];
  if (flags === undefined) throw new Error("the task node has no V8 flags");
  return [
    ...["compile", flags, "--frozen", "--cached-only", "--no-check", "--no-prompt", "-P"],
    // Only what is reachable; and no cache of compiled code in the system's folder for temporary files,
    // where anybody could put one for it to run.
    ...["--exclude-unused-npm", "--no-code-cache"],
    ...WORKERS.flatMap((path) => ["--include", path]),
  ];
}

/** What is to be made, and with what. */
export interface Order extends Wanted {
  /** The checkout. */
  readonly root: string;
  /** Where base binaries are kept, unless where Deno keeps them. */
  readonly downloads?: string;
  /** More environment for `deno compile`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Told what is going on. */
  readonly say: (line: string) => void;
}

/** Makes it all in the folder `out`. False, with the reason said, when one couldn't be made. */
export async function make({ root, targets, out, say, ...options }: Order): Promise<boolean> {
  await deno(["check", "--frozen", "main.ts", ...WORKERS], { cwd: root });
  const { contents, from } = await examine(root);
  const commit = await currentCommit(root);
  say(listing(contents, commit));
  const folder = await Deno.makeTempDir({ prefix: "gossamer-compile-" });
  try {
    const downloads = options.downloads ?? from.downloads;
    const staged = await stage(contents, { from: { ...from, downloads }, to: folder, commit });
    await Deno.mkdir(out, { recursive: true });
    const made: string[] = [];
    for (const target of targets) {
      say(`Compiling for ${target} …`);
      const failure = await compile(target, { staged, out, root, env: options.env ?? {} });
      if (failure !== undefined) {
        say(failure);
        return false;
      }
      made.push(`${target}/${fileName(target)}`);
    }
    const papers = await describe(contents, { out, commit, packages: from.packages });
    const files = [...made, ...papers].sort();
    await Deno.writeTextFile(join(out, SUMS), await sums(files, out));
    say(`Made in ${out}: ${[...files, SUMS].join(", ")}`);
    return true;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes the licences and the bill of materials; answers the files' names. */
async function describe(contents: Contents, { out, commit, packages }: {
  readonly out: string;
  readonly commit: string | null;
  readonly packages: string;
}): Promise<string[]> {
  const licensed = await licensesOf(contents.packages, packages);
  const listed = contents.packages.map((one, i) => ({
    ...one,
    license: licensed[i]?.license ?? "",
  }));
  const build = { version: VERSION, commit, runtime: Deno.version.deno };
  await Deno.writeTextFile(join(out, "THIRD_PARTY_LICENSES"), licensesPage(licensed));
  await Deno.writeTextFile(join(out, "gossamer.cdx.json"), sbom(listed, build));
  return ["THIRD_PARTY_LICENSES", "gossamer.cdx.json"];
}

/** Answers why it couldn't be, if it couldn't. */
async function compile(
  target: Target,
  { staged, out, root, env }: {
    readonly staged: Stage;
    readonly out: string;
    readonly root: string;
    readonly env: Readonly<Record<string, string>>;
  },
): Promise<string | undefined> {
  // First beside the copy, so that a failure leaves nothing in the folder.
  const output = join(staged.app, "..", "made", fileName(target));
  await Deno.mkdir(dirname(output), { recursive: true });
  const args = [...await compileArguments(root), "--target", target, "-o", output, "main.ts"];
  const own = { DENO_DIR: staged.denoDir, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };
  // Deno would put its variable's flags before these, into the executable.
  const how = { cwd: staged.app, env: { ...env, ...own }, without: ["DENO_V8_FLAGS"] };
  const ran = await tried(Deno.execPath(), args, how);
  if (ran?.code !== 0) return whyNot(ran?.stderr ?? "", target);
  await Deno.mkdir(join(out, target), { recursive: true });
  await Deno.copyFile(output, join(out, target, fileName(target)));
  return undefined;
}

function listing({ files, packages }: Contents, commit: string | null): string {
  const names = packages.map(({ name, version }) => `  ${name} ${version}`);
  const from = commit === null ? "sources of no known commit" : `commit ${commit}`;
  return `Gossamer ${VERSION} from ${from}: ${files.length} modules, ${packages.length} packages\n${
    names.join("\n")
  }`;
}

async function sums(files: readonly string[], folder: string): Promise<string> {
  const lines = await Promise.all(files.map(async (name) => {
    const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(join(folder, name)));
    return `${new Uint8Array(digest).toHex()}  ${name}\n`;
  }));
  return lines.join("");
}

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

if (import.meta.main) {
  try {
    const root = fileURLToPath(new URL("../", import.meta.url)).replace(/[\\/]$/, "");
    const wanted = readArguments(Deno.args, Deno.build.target);
    Deno.exit(await make({ ...wanted, root, say }) ? 0 : 1);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    Deno.exit(error instanceof TypeError ? 2 : 1);
  }
}
