/**
 * Gossamer's command line program: begin reading here. Arguments go to `src/cli`, which talks to a
 * running node or to the store through `src/node`; its answer is the exit code.
 */
import { run, systemDeps } from "./src/cli/mod.ts";

if (import.meta.main) Deno.exit(await run(Deno.args, systemDeps()));
