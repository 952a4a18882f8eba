/** `peers`, `status`, `version`. */
import { UserError } from "../node/user_error.ts";
import { COMMIT, VERSION, versionText } from "../node/version.ts";
import type { Context, Register } from "./context.ts";
import { wholeNumber } from "./option_values.ts";
import { renderPeers, renderStatus } from "./render_health.ts";
import { withSession } from "./session.ts";
import { watchStatus } from "./status_watch.ts";

const DEFAULT_INTERVAL_S = 2;
const MAX_INTERVAL_S = 3_600;

interface Flags {
  readonly watch?: true;
  readonly interval?: number;
}

/** Adds `peers`, `status` and `version`. */
export const registerStatus: Register = (program, context) => {
  program.command("peers")
    .description("list the nodes known here")
    .addHelpText("after", "\nExample:\n  gossamer peers --json")
    .action(() => peers(context()));
  program.command("status")
    .description("show the node's health and counters")
    .option("--watch", "show it again and again until Ctrl-C; needs a running node")
    .option(
      "--interval <seconds>",
      `with --watch, how often (default: ${DEFAULT_INTERVAL_S})`,
      wholeNumber(1, MAX_INTERVAL_S),
    )
    .addHelpText("after", "\nExamples:\n  gossamer status\n  gossamer status --watch")
    .action((flags) => status(context(), flags));
  program.command("version")
    .description("print the version")
    .addHelpText("after", "\nExample:\n  gossamer version")
    .action(() =>
      context().out.result(
        { version: VERSION, commit: COMMIT },
        ({ commit }) => versionText(commit),
      )
    );
};

async function peers(context: Context): Promise<void> {
  const known = await withSession(context, (session) => session.call("peers", {}));
  await context.out.result(known, renderPeers);
  if (known.length === 0) {
    await context.out.note(
      "No other node is known yet: gossamer join, or wait for one on the LAN.",
    );
  }
}

async function status(context: Context, { watch, interval }: Flags): Promise<void> {
  if (watch) return await watchStatus(context, interval ?? DEFAULT_INTERVAL_S);
  if (interval !== undefined) throw new UserError("usage", "--interval goes with --watch.");
  const health = await withSession(context, (session) => session.call("status", {}));
  await context.out.result(health, renderStatus);
}
