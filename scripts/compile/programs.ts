/** Runs other programs to their end. */

/** What one left. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and with what one is run. */
export interface How {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Variables of this process that it doesn't get. */
  readonly without?: readonly string[];
}

/** Runs a program; `undefined` where it isn't there. */
export async function tried(
  program: string,
  args: readonly string[],
  { cwd, env = {}, without = [] }: How,
): Promise<Ran | undefined> {
  try {
    const inherited = Deno.env.toObject();
    for (const name of without) delete inherited[name];
    const options = { args: [...args], cwd, clearEnv: true, env: { ...inherited, ...env } };
    const command = new Deno.Command(program, { ...options, stdin: "null" });
    const { code, stdout, stderr } = await command.output();
    const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The same for this very Deno, which must succeed; answers what it printed. */
export async function deno(args: readonly string[], how: How): Promise<string> {
  const ran = await tried(Deno.execPath(), args, how);
  if (ran?.code === 0) return ran.stdout;
  throw new Error(`deno ${args.join(" ")} failed:\n${ran?.stderr}`);
}
