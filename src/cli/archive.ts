/** `identity export` and `identity import`: one identity in an encrypted file. */
import { UserError } from "../node/user_error.ts";
import type { Context, Register } from "./context.ts";
import { keepWords } from "./keep_words.ts";
import { needIdentity, noPassphrase, withPassphrase } from "./passphrase.ts";
import { pickIdentity } from "./pick_identity.ts";
import { withProgress } from "./progress.ts";
import { safeLine } from "../text/safe_text.ts";
import { withSession } from "./session.ts";

interface Flags {
  readonly archivePassphraseFile?: string;
}

const TREAT =
  "Whoever has the archive and its passphrase is this identity, for good. Keep the two apart, carry the " +
  "file on\na medium that you can destroy, send it by no mail or cloud, and import it soon: that " +
  "destroys it.";

/** Adds `export` and `import` to `identity`. */
export const registerArchive: Register = (identity, context) => {
  identity.command("export")
    .description("write one identity into an encrypted archive, to take it to another machine")
    .argument("<id>", "g1…, its beginning, or its local name")
    .argument("<file>", "where the archive goes; nothing is ever overwritten")
    .option(
      "--archive-passphrase-file <file>",
      "a passphrase of your own for the archive, refused if it is easily guessed",
    )
    .addHelpText(
      "after",
      "\nUnless you bring one, the archive gets a passphrase of seven words, shown once: on stderr, " +
        "or with\n--json as passphrase. The folder's own passphrase is asked for first.\n\n" +
        "Example:\n  gossamer identity export ada /media/stick/ada.archive",
    )
    .action((id, file, flags) => exportIdentity(context(), { id, file, ...flags }));
  identity.command("import")
    .description("take an identity in from an archive, then destroy the archive")
    .argument("<file>", "the archive")
    .option("--keep", "leave the archive where it is")
    .option("--archive-passphrase-file <file>", "file with the passphrase of the archive")
    .addHelpText(
      "after",
      "\nIn a data folder without identities this sets the folder's passphrase. The archive is " +
        "destroyed only\nonce the identity is on the disk.\n\n" +
        "Example:\n  gossamer identity import /media/stick/ada.archive",
    )
    .action((file, flags) => importIdentity(context(), { file, keep: false, ...flags }));
};

async function exportIdentity(
  context: Context,
  { id, file, archivePassphraseFile }: Flags & { id: string; file: string },
): Promise<void> {
  const { deps, out, dataDir, network } = context;
  const write = async (archivePassphrase?: Uint8Array): Promise<ExportOutcome> =>
    await withPassphrase(
      context,
      { question: "Passphrase of this data folder: " },
      (passphrase) =>
        withProgress(context, "Making the archive", () =>
          deps.identityExport({
            ...{ dataDir, network, passphrase, file },
            choose: (identities) => pickIdentity(identities, id).id,
            ...(archivePassphrase === undefined ? {} : { archivePassphrase }),
          })),
    );
  // The session makes sure that the folder is this network's.
  const made = await withSession(
    context,
    async () => {
      await needIdentity(context);
      return archivePassphraseFile === undefined
        ? await write()
        : await withPassphrase(context, { other: { file: archivePassphraseFile } }, write);
    },
  );
  if (made === undefined) throw noPassphrase();
  const { passphrase } = made;
  if (passphrase === null) await out.note(TREAT);
  else {
    await keepWords(context, {
      passphrase,
      before: "The passphrase of the archive, shown this once:",
      after: TREAT,
    });
  }
  await out.result(made, (result) => safeLine(result.file));
}

type ExportOutcome = Awaited<ReturnType<Context["deps"]["identityExport"]>> | undefined;

async function importIdentity(
  context: Context,
  { file, keep, archivePassphraseFile }: Flags & { file: string; keep: boolean },
): Promise<void> {
  const { deps, out, dataDir, network } = context;
  const other = archivePassphraseFile === undefined ? {} : { file: archivePassphraseFile };
  const made = await withSession(context, ({ backend }) =>
    withPassphrase(
      context,
      { question: "Passphrase of the archive: ", other },
      (archivePassphrase) => {
        const request = {
          question: "Passphrase (the one of this data folder, or a new one): ",
          twice: true,
        };
        return withPassphrase(context, request, (passphrase) =>
          withProgress(context, "Taking in the archive", () =>
            deps.identityImport({
              ...{ dataDir, network, passphrase, archivePassphrase, file, keep, backend },
            })));
      },
    ));
  if (made === undefined) {
    throw new UserError(
      "locked",
      "Importing takes two passphrases: the archive's (--archive-passphrase-file FILE) and the data " +
        "folder's (--passphrase-file FILE), or a terminal to ask for them. Nothing was changed.",
    );
  }
  const { notes, ...result } = made;
  for (const note of notes) await out.complain(note);
  await out.note(
    result.destroyed
      ? `The identity is here, and the archive ${file} is destroyed: overwritten and removed. On flash ` +
        "memory and\nfile systems that keep old copies its bytes may survive; its passphrase guards those."
      : "The identity is here. The archive still is where it was: whoever has it and its passphrase is " +
        "this identity.",
  );
  await out.result(result, ({ id }) => safeLine(id));
}
