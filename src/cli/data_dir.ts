/** Where a node keeps its data unless told otherwise (docs/CLI: `--data-dir`). */
import { UserError } from "../node/user_error.ts";
import { DATA_FILES } from "../wire/data_files.ts";
import { parseNetworkName } from "../wire/labels.ts";
import { MAX_NETWORK_NAME } from "../wire/limits.ts";

const DEFAULT_NETWORK = "main";
/** Whether it names a file or folder of main's data folder, where other networks' folders lie. */
function isTaken(network: string): boolean {
  return DATA_FILES.some(({ name }) =>
    name.endsWith("…") ? network.startsWith(name.slice(0, -1)) : network === name
  );
}

/** What the choice depends on. */
export interface DataDirInput {
  /** `--data-dir`, if given. */
  readonly given: string | undefined;
  /** Name of the network, checked. */
  readonly network: string;
  /** The operating system, as `Deno.build.os` names it. */
  readonly os: string;
  /** An environment variable. */
  env(name: string): string | undefined;
}

/**
 * The data folder: `--data-dir`, else `GOSSAMER_DATA_DIR`, else the platform's. Throws a `UserError`
 * of code `usage` when there is none to be found.
 */
export function dataDir({ given, network, os, env }: DataDirInput): string {
  if (given === "") throw new UserError("usage", "--data-dir needs the path of a folder.");
  const chosen = given ?? env("GOSSAMER_DATA_DIR");
  if (chosen) return chosen;
  const base = platformFolder(os, env);
  if (network === DEFAULT_NETWORK) return base;
  if (isTaken(network)) {
    throw new UserError(
      "usage",
      `A network named "${network}" needs --data-dir: in the default folder that name is a file's.`,
    );
  }
  return `${base}${os === "windows" ? "\\" : "/"}${network}`;
}

/** Checks a network's name. Throws a `UserError` of code `usage`. */
export function checkNetwork(name: string): string {
  if (parseNetworkName(name) !== undefined) return name;
  throw new UserError(
    "usage",
    `A network's name has 1 to ${MAX_NETWORK_NAME} of the characters a-z, 0-9 and "-".`,
  );
}

function platformFolder(os: string, env: DataDirInput["env"]): string {
  if (os === "windows") {
    const appData = env("APPDATA");
    if (appData) return `${appData}\\gossamer`;
    throw nowhere("APPDATA");
  }
  if (os !== "darwin") {
    // The XDG specification has relative paths ignored.
    const xdg = env("XDG_DATA_HOME");
    if (xdg?.startsWith("/")) return `${xdg}/gossamer`;
  }
  const home = env("HOME");
  if (!home) throw nowhere("HOME");
  return os === "darwin"
    ? `${home}/Library/Application Support/gossamer`
    : `${home}/.local/share/gossamer`;
}

function nowhere(variable: string): UserError {
  return new UserError(
    "usage",
    `Can't tell where your data belongs, as ${variable} isn't set. Say it with --data-dir DIR.`,
  );
}
