/** `passphrase`: another one for the data folder. */
import type { PassphraseChanged } from "../node/mod.ts";
import { UserError } from "../node/user_error.ts";
import { safeLine } from "../text/safe_text.ts";
import type { Context, Register } from "./context.ts";
import { needIdentity, noPassphrase, withPassphrase } from "./passphrase.ts";
import { withProgress } from "./progress.ts";
import { withSession } from "./session.ts";

interface Flags {
  readonly newPassphraseFile?: string;
}

/** Adds `passphrase`. */
export const registerPassphrase: Register = (program, context) => {
  program.command("passphrase")
    .description("change the passphrase of this data folder; asks for the one it has")
    .option("--new-passphrase-file <file>", "where to read the new one, in place of asking for it")
    .addHelpText(
      "after",
      "\nA running node goes on, locked or unlocked. A copy of the old keys file, a backup among them,\n" +
        "still opens with the old passphrase.\n\nExample:\n  gossamer passphrase",
    )
    .action((flags) => change(context(), flags));
};

async function change(context: Context, { newPassphraseFile: file }: Flags): Promise<void> {
  const { deps, out, dataDir, network } = context;
  await needIdentity(context);
  const other = file === undefined ? {} : { file };
  const done = await withSession(
    context,
    ({ backend }) =>
      withPassphrase(
        context,
        { question: "Passphrase of this data folder: " },
        (passphrase) =>
          withPassphrase(
            context,
            { question: "The new one: ", twice: true, other },
            async (next) => {
              const changed = await withProgress(
                context,
                "Sealing the keys anew",
                () => deps.passphraseChange({ dataDir, network, passphrase, next, backend }),
              );
              return { ...changed, notes: [...changed.notes, ...await keepInStore(context, next)] };
            },
          ),
      ),
  );
  if (done === undefined) throw noPassphrase();
  for (const note of done.notes) await out.complain(note);
  const { caveats } = done;
  await out.result({ changed: true, caveats }, render);
  await out.hint(
    "Files and credentials with the old one are yours to change; so is what the system's key store has, " +
      "with: gossamer unlock --remember",
  );
}

/** Where the old one came from the system's key store, the new one goes there. */
async function keepInStore(context: Context, next: Uint8Array): Promise<readonly string[]> {
  if (!context.passphraseStore) return [];
  try {
    const { passphraseStore } = await import("./passphrase_store.ts");
    await (await passphraseStore(context)).put(next);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [
      `The passphrase is changed, but the system's key store still has the old one: ${error.message} ` +
      "Try: gossamer unlock --remember",
    ];
  }
}

function render({ caveats }: Pick<PassphraseChanged, "caveats">): string {
  return [
    "Changed.",
    "What no program can promise:",
    ...caveats.map((one) => `  ${safeLine(one)}`),
  ].join("\n");
}
