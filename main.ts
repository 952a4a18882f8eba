/**
 * Gossamer's command line program: begin reading here. Arguments go to `src/cli`, which talks to a
 * running node or to the store through `src/node`; its answer is the exit code. Before anything else
 * the process protects its memory.
 */
import { run, systemDeps } from "./src/cli/mod.ts";
import { protectProcess } from "./src/keystore/protect.ts";

if (import.meta.main) {
  const protection = protectProcess();
  Deno.exit(await run(Deno.args, systemDeps(protection)));
}
