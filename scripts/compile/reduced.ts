/** `deno.json` and `deno.lock` for a copy that holds some of the packages only. */
import type { Lock, Package } from "./embedded.ts";

/** `deno.json`, as far as it is used here. */
export interface Config {
  readonly imports: Readonly<Record<string, string>>;
  readonly [name: string]: unknown;
}

/** What a program needs of `deno.json` when it runs or is compiled; the permissions are the default ones alone. */
export function reducedConfig(config: Config, packages: readonly Package[]): Config {
  const permissions = config["permissions"];
  if (!isRecord(permissions)) throw new TypeError("deno.json has no permissions");
  const imports = Object.entries(config.imports).filter(([, specifier]) =>
    has(packages, specifier)
  );
  return {
    ...pick(config, ["nodeModulesDir", "unstable", "compile", "compilerOptions", "lock"]),
    imports: Object.fromEntries(imports),
    permissions: { default: permissions["default"] },
  };
}

/** The same entries with the same checksums, without the packages that aren't among these. */
export function reducedLock(lock: Lock, packages: readonly Package[]): Lock {
  const kept = new Set(packages.map(({ name, version }) => `${name}@${version}`));
  return {
    version: lock.version,
    specifiers: only(lock.specifiers, (specifier) => has(packages, specifier)),
    npm: only(lock.npm, (key) => kept.has(key.replace(/(?<=.)_.*$/, ""))),
    workspace: {
      dependencies: lock.workspace.dependencies.filter((specifier) => has(packages, specifier)),
    },
  };
}

/** Whether `npm:name@version` or `npm:/name@version/` is of one of them. */
function has(packages: readonly Package[], specifier: string): boolean {
  return packages.some(({ name, version }) =>
    [`npm:${name}@${version}`, `npm:/${name}@${version}/`].includes(specifier)
  );
}

function only<T>(
  entries: Readonly<Record<string, T>>,
  wanted: (key: string) => boolean,
): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).filter(([key]) => wanted(key)));
}

function pick(config: Config, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, config[name]]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
