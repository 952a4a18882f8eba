/** Restores, and is killed at a step: for `backup_test.ts`. Arguments: backup, data folder, step, how often. */
import { restore } from "../../src/node/restore.ts";
import { BACKUP_WORDS, bytesOf, QUICK } from "./backup_helpers.ts";

const [file = "", dataDir = "", at = "", often = "1"] = Deno.args;
let left = Number(often);
await restore({
  ...{ dataDir, network: "main", file, dryRun: false, seal: QUICK },
  backupPassphrase: bytesOf(BACKUP_WORDS),
  step: (name) => {
    if (name === at && --left === 0) Deno.kill(Deno.pid, "SIGKILL");
  },
});
