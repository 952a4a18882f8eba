/** Starts a site of its own for a browser of a test. */
import { join } from "node:path";
import type { Host } from "../../e2e/harness/netns.ts";
import { ROOT, type Running, startProgram } from "../../e2e/harness/process.ts";

/** A site that is served. */
export interface StartedSite extends AsyncDisposable {
  /** Where it is: `http://127.0.0.1:PORT`. */
  readonly origin: string;
}

/** Runs a program of this folder on a host, with its permissions. Disposing ends it. */
export async function startSite(
  file: string,
  { host: { namespace }, allow }: {
    readonly host: Pick<Host, "namespace">;
    readonly allow: readonly string[];
  },
): Promise<StartedSite> {
  const run = [Deno.execPath(), "run", "--quiet", "--no-prompt", ...allow];
  const program: Running = await startProgram(
    [...run, join(ROOT, "tests/web/harness", file)],
    { namespace },
  );
  try {
    const origin = await program.stdout.find((line) => line || undefined, { what: "the site" });
    return { origin, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
  } catch (error) {
    await program[Symbol.asyncDispose]();
    throw error;
  }
}
