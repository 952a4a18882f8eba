/** `identity revoke`: ends an identity for everybody, with its key or from its recovery sheet. */
import type { Api } from "../node/api.ts";
import type { Adopted, OpenSheet } from "../node/mod.ts";
import { UserError } from "../node/user_error.ts";
import type { Context, Register } from "./context.ts";
import { keepWords } from "./keep_words.ts";
import { needIdentity, noPassphrase, withPassphrase } from "./passphrase.ts";
import { pickIdentity } from "./pick_identity.ts";
import { sheetWish, sheetWords } from "./recovery_option.ts";
import { withProgress } from "./progress.ts";
import { safeLine } from "../text/safe_text.ts";
import { type Session, withSession } from "./session.ts";

interface Flags {
  readonly recovery?: string;
  readonly sheetPassphraseFile?: string;
  readonly adopt?: boolean;
  readonly newRecovery?: string | boolean;
  readonly name?: string;
  readonly yes?: true;
}

type Revoked = Api["revoke"]["result"] & {
  readonly adopted: boolean;
  readonly recovery: Adopted["recovery"];
};

const WHAT_IT_DOES =
  "A revocation ends an identity for everybody, for good: nothing that its key signs from then on is " +
  "shown, and\nits verifications count no more. Nobody can undo it, you neither. What it said before " +
  "stays.";
const NO_HEIR =
  "Without its recovery sheet (--recovery FILE) nobody goes on as the same person: your followers " +
  "would have to\nfind you anew.";
const NO_NODE =
  "No node is running: the revocation waits, sealed, until one runs and has the keys (gossamer node " +
  "--unlock).";

/** Adds `revoke` to `identity`. */
export const registerRevoke: Register = (identity, context) => {
  identity.command("revoke")
    .description("end an identity whose key was lost or stolen, for everybody and for good")
    .argument("<id>", "g1…, its beginning, or its local name")
    .option("--recovery <file>", "its recovery sheet: needs no key, on any machine")
    .option("--sheet-passphrase-file <file>", "file with the seven words of the sheet")
    .option("--adopt", "go on here as the successor that the sheet holds")
    .option("--no-adopt", "don't, and don't ask")
    .option("--new-recovery <file>", "write the successor's own recovery sheet there")
    .option("--no-new-recovery", "make none; the successor never has an heir then")
    .option("--name <name>", "your own name for the successor; never sent to anybody")
    .option("--yes", "do it without asking")
    .addHelpText(
      "after",
      `\n${WHAT_IT_DOES}\n\nWith the sheet the successor that was chosen when the identity was made ` +
        "is named, and your\nfollowers are told that it is you. Without, whoever stole the key can " +
        "end it, too, but not go on\nas you.\n\nExample:\n" +
        "  gossamer identity revoke g1qyq… --recovery gossamer-recovery-qyq.txt --adopt",
    )
    .action((id, flags) => revoke(context(), { id, ...flags }));
};

async function revoke(context: Context, options: Flags & { id: string }): Promise<void> {
  const { deps, out } = context;
  if (!options.yes && !(deps.stdinIsTerminal && deps.stderr.isTerminal)) {
    throw new UserError(
      "usage",
      "This is for good, and there is no terminal to ask at: say --yes. Nothing was changed.",
    );
  }
  if (options.adopt === true && options.recovery === undefined) {
    throw new UserError("usage", "Only a recovery sheet holds a successor: --recovery FILE.");
  }
  const done = await withSession(
    context,
    (session) =>
      options.recovery === undefined
        ? withKey(context, session, options)
        : withSheet(context, session, { ...options, recovery: options.recovery }),
  );
  const { waiting, ...result } = done;
  await out.result(result, render);
  if (waiting) await out.note(NO_NODE);
}

async function withKey(
  context: Context,
  session: Session,
  options: Flags & { id: string },
): Promise<Revoked> {
  const { deps, dataDir, network } = context;
  await needIdentity(context);
  const question = "Passphrase of this data folder: ";
  let asked = false;
  const statement = await withPassphrase(context, { question }, async (passphrase) => {
    asked = true;
    return await withProgress(context, "Opening the keys", ({ aside }) =>
      deps.identityRevoke({
        ...{ dataDir, network, passphrase },
        choose: (identities) => pickIdentity(identities, options.id).id,
        confirm: (identity) =>
          aside(() => mayEnd(context, { ...options, who: identity, warning: NO_HEIR })),
      }));
  });
  if (statement === undefined) throw asked ? calledOff() : noPassphrase();
  return { ...await session.call("revoke", { statement }), adopted: false, recovery: null };
}

async function withSheet(
  context: Context,
  session: Session,
  options: Flags & { id: string; recovery: string },
): Promise<Revoked> {
  const { deps, dataDir, network } = context;
  const { recovery: file, sheetPassphraseFile, adopt } = options;
  const isEmpty = !await deps.anyIdentity({ dataDir, network });
  // Nobody will be asked: better said before the sheet is opened, which takes its time.
  if (isEmpty && (adopt === false || (adopt === undefined && options.yes))) throw nowhere();
  const other = sheetPassphraseFile === undefined ? {} : { file: sheetPassphraseFile };
  const opened = await withPassphrase(
    context,
    { question: "The seven words of the recovery sheet: ", other },
    (words) =>
      withProgress(
        context,
        "Opening the recovery sheet",
        () => deps.openSheet({ dataDir, network, file, words }),
      ),
  );
  if (opened === undefined) {
    throw new UserError(
      "locked",
      "A recovery sheet takes its seven words: --sheet-passphrase-file FILE, or a terminal to ask at. " +
        "Nothing was changed.",
    );
  }
  using sheet = opened;
  needSame(sheet, options.id);
  const who = { id: sheet.id, name: "" };
  if (!await mayEnd(context, { ...options, who, warning: "" })) throw calledOff();
  const adopts = adopt ?? (!options.yes && await deps.confirm(
    `Go on here as the successor ${safeLine(sheet.successor)}?`,
  ));
  const adopted = adopts ? await takeOver(context, session, { ...options, sheet }) : undefined;
  if (adopted === undefined && isEmpty) throw nowhere();
  const done = await session.call("revoke", { statement: sheet.statement });
  return { ...done, adopted: adopts, recovery: adopted?.recovery ?? null };
}

async function takeOver(
  context: Context,
  { backend }: Session,
  { sheet, name = "", newRecovery }: Flags & { readonly sheet: OpenSheet },
): Promise<Adopted> {
  const question = "Passphrase (the one of this data folder, or a new one): ";
  const recovery = sheetWish(newRecovery);
  const adopted = await withPassphrase(
    context,
    { question, twice: true },
    (passphrase) =>
      withProgress(
        context,
        "Making keys and recovery sheet",
        () => sheet.adopt({ passphrase, name, recovery, backend }),
      ),
  );
  if (adopted === undefined) throw noPassphrase();
  for (const note of adopted.notes) await context.out.complain(note);
  // At once, since what comes next may fail and the words are shown only now.
  if (adopted.recovery !== null) await keepWords(context, sheetWords(adopted.recovery));
  return adopted;
}

/** Says what it does and asks, unless it was said that it is to be done. */
async function mayEnd({ deps, out }: Context, { yes, who, warning }: Flags & {
  readonly who: { readonly id: string; readonly name: string };
  readonly warning: string;
}): Promise<boolean> {
  if (yes) return true;
  await out.complain([WHAT_IT_DOES, warning].filter((line) => line !== "").join("\n"));
  const name = who.name === "" ? "" : ` (${safeLine(who.name)})`;
  return await deps.confirm(`End ${safeLine(who.id)}${name} for good?`);
}

/** Throws a `UserError` when the sheet is another identity's than the one that was named. */
function needSame({ id }: OpenSheet, wanted: string): void {
  const begins = wanted.length >= 4 && id.startsWith(wanted.toLowerCase());
  if (begins) return;
  throw new UserError(
    "failed",
    `That recovery sheet is of ${safeLine(id)}, not of ${safeLine(wanted)}. Nothing was changed.`,
  );
}

function nowhere(): UserError {
  return new UserError(
    "locked",
    "There is no identity in this data folder, so nowhere to keep the revocation sealed until it was " +
      "sent. Say --adopt to go on as the successor, or create an identity first. Nothing was changed.",
  );
}

function calledOff(): UserError {
  return new UserError("failed", "Called off. Nothing was changed.");
}

function render({ id, successor, adopted }: Omit<Revoked, "waiting" | "recovery">): string {
  const lines = [`Revoked ${safeLine(id)}. Nothing more is said by it.`];
  if (successor !== null) {
    lines.push(
      `Its successor is ${safeLine(successor)}${adopted ? ", now an identity of yours" : ""}.`,
    );
  }
  return lines.join("\n");
}
