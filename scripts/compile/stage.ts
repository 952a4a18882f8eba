/**
 * A copy of the program and its packages, and of nothing else, to compile from: what isn't in it can't get into
 * an executable, and the checkout stays as it is. It runs as well: `deno run -P main.ts` there, with its
 * `DENO_DIR`, and loads what an executable would.
 */
import { dirname, join } from "node:path";
import type { Contents, Lock, Package } from "./embedded.ts";
import { LICENSE_FILE, type Licensed } from "./licenses.ts";
import { type Config, reducedConfig, reducedLock } from "./reduced.ts";

/** Where from. */
export interface Sources {
  /** The checkout. */
  readonly root: string;
  /** Deno's folder of packages, `…/npm/registry.npmjs.org`. */
  readonly packages: string;
  /** Deno's folder of downloads, in which base binaries are kept. Needn't be there. */
  readonly downloads: string;
}

/** Where to. */
export interface Stage {
  /** The copy of the program. */
  readonly app: string;
  /** `DENO_DIR` for it. */
  readonly denoDir: string;
}

/** What packages ship for others than the runtime. */
const NOT_RUN = /\.(map|d\.[cm]?ts|d\.ts\.map|flow|tsbuildinfo)$/;

/** The same, by folder: bundles, types and translations beside the modules that are loaded. */
const UNUSED: Readonly<Record<string, readonly string[]>> = {
  echarts: ["dist", "i18n", "theme", "types", "ssr", "build"],
  zrender: ["dist", "build", "src"],
};

/** Fills the folder `to`, which must be there and empty. */
export async function stage(
  { files, packages }: Contents,
  { from, to, commit }: {
    readonly from: Sources;
    readonly to: string;
    readonly commit: string | null;
  },
): Promise<Stage> {
  const made: Stage = { app: join(to, "app"), denoDir: join(to, "deno") };
  for (const path of files) await copy(join(from.root, path), join(made.app, path));
  const config: Config = JSON.parse(await Deno.readTextFile(join(from.root, "deno.json")));
  const lock: Lock = JSON.parse(await Deno.readTextFile(join(from.root, "deno.lock")));
  await write(join(made.app, "deno.json"), reducedConfig(config, packages));
  await write(join(made.app, "deno.lock"), reducedLock(lock, packages));
  const line = `export const COMMIT: string | null = ${JSON.stringify(commit)};\n`;
  await Deno.writeTextFile(join(made.app, "src/node/build_commit.ts"), line);
  for (const { name, version } of packages) {
    const below = join(name, version);
    const target = join(made.denoDir, "npm/registry.npmjs.org", below);
    await copyTree(join(from.packages, below), { to: target, without: UNUSED[name] ?? [] });
  }
  // Kept beside the checkout's: a base binary is loaded once, and not for every run.
  await Deno.mkdir(from.downloads, { recursive: true });
  const type = Deno.build.os === "windows" ? "junction" : "dir";
  await Deno.symlink(from.downloads, join(made.denoDir, "dl"), { type });
  return made;
}

/** What the packages' own files say of their licences. */
export async function licensesOf(
  packages: readonly Package[],
  folder: string,
): Promise<Licensed[]> {
  return await Promise.all(packages.map(async ({ name, version }) => {
    const at = join(folder, name, version);
    const { license } = JSON.parse(await Deno.readTextFile(join(at, "package.json")));
    const names = [...Deno.readDirSync(at)].filter((entry) => entry.isFile)
      .map((entry) => entry.name).filter((file) => LICENSE_FILE.test(file)).sort();
    const texts = await Promise.all(names.map((file) => Deno.readTextFile(join(at, file))));
    return { name, version, license: typeof license === "string" ? license : "", texts };
  }));
}

async function write(path: string, value: object): Promise<void> {
  await Deno.writeTextFile(path, `${JSON.stringify(value, null, 2)}\n`);
}

async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(dirname(to), { recursive: true });
  await Deno.copyFile(from, to);
}

async function copyTree(
  from: string,
  { to, without }: { readonly to: string; readonly without: readonly string[] },
): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (without.includes(name)) continue;
    const [source, target] = [join(from, name), join(to, name)];
    if (isDirectory) await copyTree(source, { to: target, without: [] });
    else if (!NOT_RUN.test(name)) await Deno.copyFile(source, target);
  }
}
