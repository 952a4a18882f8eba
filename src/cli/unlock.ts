/** `unlock` and `lock`: hand the running node its keys, and take them away. */
import { UserError } from "../node/user_error.ts";
import type { Context, Register } from "./context.ts";
import { noPassphrase } from "./passphrase.ts";
import { safeLine } from "./safe_text.ts";
import { type Session, withSession } from "./session.ts";

/** Adds `unlock` and `lock`. */
export const registerUnlock: Register = (program, context) => {
  program.command("unlock")
    .description("hand the running node its keys, until `lock` or its end")
    .addHelpText(
      "after",
      "\nOther commands unlock only for themselves, if a passphrase is to be " +
        "had.\n\nExample:\n  gossamer unlock --passphrase-file /run/secrets/gossamer",
    )
    .action(() => unlock(context()));
  program.command("lock")
    .description("take the keys away from the running node")
    .addHelpText("after", "\nExample:\n  gossamer lock")
    .action(() => lock(context()));
};

async function unlock(context: Context): Promise<void> {
  for (const warning of context.deps.machineWarnings) await context.out.note(warning);
  const unlocked = await withSession(context, async (session) => {
    mustRun(session);
    return await session.unlock();
  });
  if (unlocked === undefined) throw noPassphrase();
  await context.out.result(
    { unlocked },
    (result) => ["Unlocked:", ...result.unlocked.map((id) => `  ${safeLine(id)}`)].join("\n"),
  );
}

async function lock(context: Context): Promise<void> {
  const result = await withSession(context, async (session) => {
    mustRun(session);
    return await session.backend.call("lock", {});
  });
  await context.out.result(result, () => "Locked.");
}

function mustRun({ backend }: Session): void {
  if (backend.running) return;
  throw new UserError(
    "noNode",
    "No node is running on this data folder, so there is nothing to lock or unlock. Start one " +
      "with: gossamer node",
  );
}
