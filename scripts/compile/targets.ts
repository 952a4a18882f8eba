/** The systems that there are executables for. */

/** Deno's names of them. 64 bits only: Deno has no others. */
export const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
] as const;

/** One of them. */
export type Target = typeof TARGETS[number];

/** What is to be made. */
export interface Wanted {
  /** Systems, in the order named. */
  readonly targets: readonly Target[];
  /** Folder for all that is made. */
  readonly out: string;
}

/** Reads the task's arguments; without targets this machine's own. Throws a `TypeError` with what is wrong. */
export function readArguments(argv: readonly string[], own: string): Wanted {
  const targets: Target[] = [];
  let out = "dist";
  for (let i = 0; i < argv.length; i += 2) {
    const [option, value] = [argv[i], argv[i + 1]];
    if (option !== "--target" && option !== "--out") {
      throw new TypeError(`unknown option ${option}`);
    }
    if (value === undefined || value === "") throw new TypeError(`${option} needs a value`);
    if (option === "--out") out = value;
    else targets.push(target(value));
  }
  return { targets: targets.length > 0 ? [...new Set(targets)] : [target(own)], out };
}

/** What the executable for a system is called, in a folder of the target's name. */
export function fileName(target: Target): string {
  return target.includes("windows") ? "gossamer.exe" : "gossamer";
}

function target(name: string): Target {
  const found = TARGETS.find((known) => known === name);
  if (found === undefined) {
    throw new TypeError(`no target ${name}; there are:\n  ${TARGETS.join("\n  ")}`);
  }
  return found;
}
