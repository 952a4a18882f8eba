/** Programs of the system that tests of packaging use, and what is skipped without them. */
import { delimiter, join } from "node:path";

/** Whether a program is in `PATH`. */
export function installed(program: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(delimiter).some((folder) => {
    try {
      return Deno.statSync(join(folder, program)).isFile;
    } catch {
      return false;
    }
  });
}

/** What a program left. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run a program. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Without the variables of this process. */
  readonly clearEnv?: boolean;
}

/** Runs a program to its end, without standard input. */
export async function ran(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const [program, ...args] = argv;
  if (program === undefined) throw new TypeError("no program");
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    stdin: "null",
    ...options,
    env: { ...options.env },
  }).output();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** The same; throws unless it succeeds, with what it said. Answers its standard output. */
export async function ranWell(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await ran(argv, options);
  if (code === 0) return stdout;
  throw new Error(`${argv.join(" ")} ended with ${code}:\n${stdout}\n${stderr}`);
}

/** What a test can't do without. */
export interface ProgramNeeds {
  readonly needs: readonly string[];
  readonly root?: boolean;
  /** Another reason why it can't be run here. */
  readonly unless?: string | undefined;
}

/** A test that needs programs; where they are missing it is ignored, and its name says why. */
export function programTest(
  name: string,
  { needs, root, unless }: ProgramNeeds,
  run: () => Promise<void>,
): void {
  const missing = needs.filter((program) => !installed(program));
  const why = Deno.build.os === "windows"
    ? "not on Windows"
    : missing.length > 0
    ? `${missing.join(", ")} not installed`
    : root === true && Deno.uid() !== 0
    ? "needs root"
    : unless;
  Deno.test({
    name: why === undefined ? name : `${name} (skipped: ${why})`,
    ignore: why !== undefined,
    fn: run,
  });
}
