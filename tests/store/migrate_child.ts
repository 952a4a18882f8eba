/** Brings a folder up by the schemas of `migrate_support.ts`, and is killed at a step. Arguments: folder, step, how often. */
import { rewritePublic } from "../../src/store/migrate.ts";
import { MAIN_NETWORK } from "../../src/wire/labels.ts";
import { LATER, THEN } from "./migrate_support.ts";

const [dir = "", at = "", often = "1"] = Deno.args;
let left = Number(often);
await rewritePublic(dir, {
  ...{ schema: THEN.current, network: MAIN_NETWORK, schemas: LATER },
  step: (name) => {
    if (name === at && --left === 0) Deno.kill(Deno.pid, "SIGKILL");
  },
});
