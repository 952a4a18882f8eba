/** `unlock` and `lock`: hand the running node its keys, and take them away. */
import { UserError } from "../node/user_error.ts";
import type { Context, Register } from "./context.ts";
import { needIdentity, noPassphrase, withPassphrase } from "./passphrase.ts";
import { withProgress } from "./progress.ts";
import { safeLine } from "../text/safe_text.ts";
import { type Session, withSession } from "./session.ts";

/** Adds `unlock` and `lock`. */
export const registerUnlock: Register = (program, context) => {
  program.command("unlock")
    .description("hand the running node its keys, until `lock` or its end")
    .option("--remember", "put the passphrase into the system's key store, for --passphrase-store")
    .option("--forget", "remove it from there, and unlock nothing")
    .addHelpText(
      "after",
      "\nOther commands unlock only for themselves, if a passphrase is to be had.\n\n" +
        "The system's key store is the Secret Service (with secret-tool) or macOS's Keychain. While " +
        "it is open,\nany program of yours can read the passphrase from it.\n\n" +
        "Example:\n  gossamer unlock --passphrase-file /run/secrets/gossamer",
    )
    .action((flags) =>
      flags.forget ? forget(context(), flags.remember === true) : unlock(context(), flags)
    );
  program.command("lock")
    .description("take the keys away from the running node")
    .addHelpText("after", "\nExample:\n  gossamer lock")
    .action(() => lock(context()));
};

async function unlock(
  context: Context,
  { remember = false }: { remember?: boolean },
): Promise<void> {
  for (const warning of context.deps.machineWarnings) await context.out.note(warning);
  const unlocked = await withSession(context, async (session) => {
    if (remember) return await unlockAndRemember(context, session);
    mustRun(session);
    return await session.unlock();
  });
  if (unlocked === undefined) throw noPassphrase();
  await context.out.result(
    { unlocked },
    (result) => ["Unlocked:", ...result.unlocked.map((id) => `  ${safeLine(id)}`)].join("\n"),
  );
}

/** Keeps the passphrase once it has proved right; without a node there is nothing more to do. */
async function unlockAndRemember(
  context: Context,
  { backend }: Session,
): Promise<readonly string[] | undefined> {
  const { deps, dataDir, network } = context;
  await needIdentity(context);
  const store = await (await import("./passphrase_store.ts")).passphraseStore(context);
  const request = { question: "Passphrase to unlock your keys: " };
  return await withPassphrase(context, request, async (passphrase) => {
    const bundle = await withProgress(
      context,
      "Opening the keys",
      () => deps.unlockBundle({ dataDir, network, passphrase }),
    );
    try {
      await store.put(passphrase);
      await context.out.note("The system's key store has the passphrase: --passphrase-store.");
      return backend.running ? await backend.unlock(bundle) : [];
    } finally {
      bundle.fill(0);
    }
  });
}

async function forget(context: Context, remember: boolean): Promise<void> {
  if (remember) throw new UserError("usage", "--forget can't be had with --remember.");
  const store = await (await import("./passphrase_store.ts")).passphraseStore(context);
  const forgotten = await store.forget();
  await context.out.result(
    { forgotten },
    (result) =>
      result.forgotten
        ? "The system's key store no longer has the passphrase."
        : "The system's key store has no passphrase for this data folder.",
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
