/** `identity create`, `identity list`, `identity show`; archives of them in `archive.ts`. */
import { registerArchive } from "./archive.ts";
import type { Context, Register } from "./context.ts";
import { registerDelete } from "./destroy.ts";
import { keepWords } from "./keep_words.ts";
import { noPassphrase, withPassphrase } from "./passphrase.ts";
import { pickIdentity } from "./pick_identity.ts";
import { renderIdentities } from "./render_people.ts";
import { sheetWish, sheetWords } from "./recovery_option.ts";
import { registerRevoke } from "./revoke.ts";
import { withProgress } from "./progress.ts";
import { safeLine } from "../text/safe_text.ts";
import { withSession } from "./session.ts";

const WHAT_IT_IS =
  "An identity is a pair of keys on this machine: whoever holds the secret one can write in its " +
  "name.\nNobody is told that it is yours; nodes that get your posts from yours first may guess it " +
  "(docs/PRIVACY.md).\nOne passphrase guards all identities of this data folder. It can't be " +
  "recovered: if it's lost, so are they.";

/** Adds `identity`. */
export const registerIdentity: Register = (program, context) => {
  const identity = program.command("identity")
    .description("the identities of this node: create, list, show, export, import, revoke, delete")
    .addHelpText("after", "\nExample:\n  gossamer identity create");
  identity.command("create")
    .description("make an identity; the first one in a data folder sets the passphrase")
    .option("--name <name>", "a name for yourself to tell it by; never sent to anybody")
    .option("--recovery <file>", "write the recovery sheet there, in place of the current folder")
    .option("--no-recovery", "make no recovery sheet; the identity never has an heir then")
    .addHelpText(
      "after",
      "\nThe passphrase can't be recovered: if it's lost, so are the identities.\n\n" +
        "The recovery sheet ends the identity if its key is stolen, and lets you go on under a new\n" +
        "key. It is locked with seven words of its own, shown once: on stderr, or with --json as\n" +
        "recovery.passphrase.\n\nExample:\n  gossamer identity create --name ada",
    )
    .action(({ name, recovery }) => create(context(), { name: name ?? "", recovery }));
  identity.command("list")
    .description("list your identities; needs the keys")
    .addHelpText("after", "\nExample:\n  gossamer identity list --json")
    .action(() => list(context()));
  identity.command("show")
    .description("show one identity; needs the keys")
    .argument("[id]", "g1…, its beginning, or its local name; not needed if there is only one")
    .addHelpText("after", "\nExample:\n  gossamer identity show ada")
    .action((id) => show(context(), id));
  registerArchive(identity, context);
  registerRevoke(identity, context);
  registerDelete(identity, context);
};

async function create(
  context: Context,
  { name, recovery }: { name: string; recovery: string | boolean | undefined },
): Promise<void> {
  const { deps, out, dataDir, network } = context;
  const sheet = sheetWish(recovery);
  await out.note(WHAT_IT_IS);
  const made = await withSession(context, async ({ backend }) => {
    const request = {
      question: "Passphrase (the one of this data folder, or a new one): ",
      twice: true,
    };
    return await withPassphrase(
      context,
      request,
      async (passphrase) => {
        const what = sheet === null ? "Making the keys" : "Making keys and recovery sheet";
        return await withProgress(context, what, () =>
          deps.identityCreate({
            ...{ dataDir, network, name, passphrase, backend },
            recovery: sheet,
          }));
      },
    );
  });
  if (made === undefined) throw noPassphrase();
  const { notes, ...result } = made;
  for (const note of notes) await out.complain(note);
  if (result.recovery !== null) await keepWords(context, sheetWords(result.recovery));
  await out.result(result, ({ id }) => safeLine(id));
  await out.hint(
    "Next: `gossamer profile set --name …` tells others what to call you, and " +
      "`gossamer post` speaks.",
  );
}

async function list(context: Context): Promise<void> {
  const identities = await withSession(context, (session) => session.call("identities", {}));
  await context.out.result(identities, renderIdentities);
  if (identities.length === 0) {
    await context.out.note("No identity yet: `gossamer identity create`.");
  }
}

async function show(context: Context, wanted: string | undefined): Promise<void> {
  const identities = await withSession(context, (session) => session.call("identities", {}));
  await context.out.result(
    pickIdentity(identities, wanted),
    (identity) => renderIdentities([identity]),
  );
}
