/** `backup` and `restore`: the owner's things in one sealed file. */
import type { BackupMade, Restored } from "../node/mod.ts";
import { UserError } from "../node/user_error.ts";
import type { Context, Register } from "./context.ts";
import { keepWords } from "./keep_words.ts";
import { needIdentity, noPassphrase, withPassphrase } from "./passphrase.ts";
import { withProgress } from "./progress.ts";
import { safeLine } from "../text/safe_text.ts";
import { withSession } from "./session.ts";

interface BackupFlags {
  readonly force?: true;
  readonly backupPassphraseFile?: string;
}

interface RestoreFlags {
  readonly dryRun?: true;
  readonly backupPassphraseFile?: string;
}

const TREAT =
  "To use what is in it somebody needs the file, these words, and the passphrase of this data folder: the " +
  "keys in\nit are still under that. With file and words alone it can be restored, and its size and date " +
  "be seen. Keep the\nwords apart from the file. The program can't reach it again: obliterate and identity " +
  "delete leave it as it is.";

/** Adds `backup` and `restore`. */
export const registerBackup: Register = (program, context) => {
  program.command("backup")
    .description("write keys, follows, letters and all else that is yours into one sealed file")
    .argument("<file>", "where the backup goes")
    .option("--force", "put it in the place of what has that name")
    .option(
      "--backup-passphrase-file <file>",
      "a passphrase of your own for the backup, refused if it is easily guessed",
    )
    .addHelpText(
      "after",
      "\nWorks beside a running node. Unless you bring one, the backup gets a passphrase of seven " +
        "words, shown once.\nOther people's posts aren't in it (capsule write), nor what you said " +
        "and nobody has yet.\n\nExample:\n  gossamer backup /media/stick/gossamer.backup",
    )
    .action((file, flags) => makeBackup(context(), { file, ...flags }));
  program.command("restore")
    .description("make a data folder out of a backup; into an empty one only")
    .argument("<file>", "the backup")
    .option("--dry-run", "read all of it, say what is in it, and change nothing")
    .option("--backup-passphrase-file <file>", "file with the passphrase of the backup")
    .addHelpText(
      "after",
      "\nThe folder's passphrase is afterwards the one that it had when the backup was made.\n\n" +
        "Example:\n  gossamer restore --dry-run /media/stick/gossamer.backup",
    )
    .action((file, flags) => restoreBackup(context(), { file, ...flags }));
};

async function makeBackup(
  context: Context,
  { file, force, backupPassphraseFile }: BackupFlags & { file: string },
): Promise<void> {
  const { deps, out, dataDir, network } = context;
  const write = async (backupPassphrase?: Uint8Array): Promise<BackupMade | undefined> =>
    await withPassphrase(
      context,
      { question: "Passphrase of this data folder: " },
      (passphrase) =>
        withProgress(context, "Writing the backup", ({ at }) =>
          deps.backup({
            ...{ dataDir, network, passphrase, file, force: force === true },
            ...(backupPassphrase === undefined ? {} : { backupPassphrase }),
            progress: (bytes) => at({ detail: `${Math.ceil(bytes / 2 ** 20)} MiB` }),
          })),
    );
  // The session makes sure that the folder is this network's, and whole.
  const made = await withSession(
    context,
    async () => {
      await needIdentity(context);
      return backupPassphraseFile === undefined
        ? await write()
        : await withPassphrase(context, { other: { file: backupPassphraseFile } }, write);
    },
  );
  if (made === undefined) throw noPassphrase();
  const { passphrase, contents } = made;
  if (passphrase === null) await out.note(TREAT.replace("these words", "its passphrase"));
  else {
    const before = "The passphrase of the backup, shown this once:";
    await keepWords(context, { passphrase, before, after: TREAT });
  }
  if (contents.pending > 0) {
    await out.note(
      `Not in it: ${contents.pending} of your messages or retractions that are still on their way. Sent ` +
        "again from a restored\nfolder they would tell whose they are. Make another backup once " +
        "`gossamer status` counts none as pending.",
    );
  }
  await out.result(made, (result) => safeLine(result.file));
}

async function restoreBackup(
  context: Context,
  { file, dryRun, backupPassphraseFile }: RestoreFlags & { file: string },
): Promise<void> {
  const { deps, out, dataDir, network } = context;
  const other = backupPassphraseFile === undefined ? {} : { file: backupPassphraseFile };
  await deps.checkRestore({ dataDir, network, file, dryRun: dryRun === true });
  const made = await withPassphrase(
    context,
    { question: "Passphrase of the backup: ", other },
    (backupPassphrase) =>
      withProgress(
        context,
        dryRun === true ? "Reading the backup" : "Restoring",
        ({ at }) =>
          deps.restore({
            ...{ dataDir, network, file, backupPassphrase, dryRun: dryRun === true },
            progress: (share) => at({ share }),
          }),
      ),
  );
  if (made === undefined) {
    throw new UserError(
      "locked",
      "Restoring takes the backup's passphrase: --backup-passphrase-file FILE, or a terminal to ask at. " +
        "Nothing was changed.",
    );
  }
  if (made.restored) {
    await out.note(
      "The folder's passphrase is the one that it had when the backup was made. Posts come back as other " +
        "nodes send\nthem. The old folder, if it is still there, and this one can both be used: each then " +
        "has follows and letters\nof its own.",
    );
  }
  await out.result(made, render);
}

function render({ madeAt, contents, restored, dataDir }: Restored): string {
  const when = new Date(madeAt * 1000).toISOString().slice(0, 16).replace("T", " ");
  const { identities, follows, blocks, archived, letters, requests, statements } = contents;
  return [
    restored ? `Restored into ${safeLine(dataDir)}:` : "Whole, and nothing was changed. In it:",
    `  made ${when} UTC`,
    `  identities: ${identities}; followed: ${follows}; blocked: ${blocks}`,
    `  archived posts: ${archived}; private messages: ${letters}, of strangers: ${requests}`,
    `  statements: ${statements}; profiles: ${contents.profiles}`,
  ].join("\n");
}
