/** `peers`, `status`, `version`. */
import { VERSION } from "../node/version.ts";
import type { Context, Register } from "./context.ts";
import { renderPeers, renderStatus } from "./render_health.ts";
import { withSession } from "./session.ts";

/** Adds `peers`, `status` and `version`. */
export const registerStatus: Register = (program, context) => {
  program.command("peers")
    .description("list the nodes known here")
    .addHelpText("after", "\nExample:\n  gossamer peers --json")
    .action(() => peers(context()));
  program.command("status")
    .description("show the node's health and counters")
    .addHelpText("after", "\nExample:\n  gossamer status")
    .action(() => status(context()));
  program.command("version")
    .description("print the version")
    .addHelpText("after", "\nExample:\n  gossamer version")
    .action(() => context().out.result({ version: VERSION }, ({ version }) => version));
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

async function status(context: Context): Promise<void> {
  const health = await withSession(context, (session) => session.call("status", {}));
  await context.out.result(health, renderStatus);
}
