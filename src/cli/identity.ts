/** `identity create`, `identity list`, `identity show`. */
import type { IdentityView } from "../node/api.ts";
import { UserError } from "../node/user_error.ts";
import type { Context, Register } from "./context.ts";
import { noPassphrase, withPassphrase } from "./passphrase.ts";
import { renderIdentities } from "./render.ts";
import { safeLine } from "./safe_text.ts";
import { withSession } from "./session.ts";

const WHAT_IT_IS =
  "An identity is a pair of keys on this machine: whoever holds the secret one can write in its " +
  "name.\nNobody is told that it is yours, but in this version a node that gets your posts from you, " +
  "or whoever\nreads this disk, may guess it (docs/PRIVACY.md). One passphrase guards all identities " +
  "of this data\nfolder. It can't be recovered: if it's lost, so are they.";

/** Adds `identity`. */
export const registerIdentity: Register = (program, context) => {
  const identity = program.command("identity")
    .description("the identities of this node: create, list, show")
    .addHelpText("after", "\nExample:\n  gossamer identity create");
  identity.command("create")
    .description("make an identity; the first one in a data folder sets the passphrase")
    .option("--name <name>", "a name for yourself to tell it by; never sent to anybody")
    .addHelpText(
      "after",
      "\nThe passphrase can't be recovered: if it's lost, so are the " +
        "identities.\n\nExample:\n  gossamer identity create --name ada",
    )
    .action(({ name }) => create(context(), name ?? ""));
  identity.command("list")
    .description("list your identities; needs the keys")
    .addHelpText("after", "\nExample:\n  gossamer identity list --json")
    .action(() => list(context()));
  identity.command("show")
    .description("show one identity; needs the keys")
    .argument("[id]", "g1…, its beginning, or its local name; not needed if there is only one")
    .addHelpText("after", "\nExample:\n  gossamer identity show ada")
    .action((id) => show(context(), id));
};

async function create(context: Context, name: string): Promise<void> {
  const { deps, out, dataDir, network } = context;
  await out.note(WHAT_IT_IS);
  const made = await withSession(context, async ({ backend }) => {
    const request = {
      question: "Passphrase (the one of this data folder, or a new one): ",
      twice: true,
    };
    return await withPassphrase(
      context,
      request,
      (passphrase) => deps.identityCreate({ dataDir, network, name, passphrase, backend }),
    );
  });
  if (made === undefined) throw noPassphrase();
  await out.result(made, ({ id }) => safeLine(id));
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
  await context.out.result(pick(identities, wanted), (identity) => renderIdentities([identity]));
}

function pick(identities: readonly IdentityView[], wanted: string | undefined): IdentityView {
  const fitting = wanted === undefined ? identities : matching(identities, wanted);
  const [only, ...more] = fitting;
  if (only === undefined) {
    throw identities.length === 0
      ? new UserError("locked", "There is no identity here yet. Make one: gossamer identity create")
      : new UserError(
        "failed",
        `None of your identities is "${wanted}". See: gossamer identity list`,
      );
  }
  if (more.length === 0) return only;
  throw new UserError("usage", "That fits more than one identity. See: gossamer identity list");
}

function matching(identities: readonly IdentityView[], wanted: string): readonly IdentityView[] {
  const named = identities.filter(({ name }) => name === wanted);
  if (named.length > 0) return named;
  const prefix = wanted.toLowerCase();
  // "g1" is how all of them begin, and names none.
  return prefix.length < 4 ? [] : identities.filter(({ id }) => id.startsWith(prefix));
}
