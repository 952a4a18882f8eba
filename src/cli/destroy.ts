/** `identity delete` and `obliterate`: what destroys, after asking, and says what it can't promise. */
import type { Destruction, Pickable } from "../node/mod.ts";
import { IDENTITY_GOES, WITHOUT_ARCHIVE } from "../wire/destruction_words.ts";
import { UserError } from "../node/user_error.ts";
import type { Context, Register } from "./context.ts";
import { findPassphrase, noPassphrase, withPassphrase } from "./passphrase.ts";
import { pickIdentity } from "./pick_identity.ts";
import { withProgress } from "./progress.ts";
import { safeLine } from "../text/safe_text.ts";

interface Flags {
  readonly yes?: true;
}

const QUESTION = { question: "Passphrase of this data folder: " };

const WHAT_GOES = `${IDENTITY_GOES}\n${WITHOUT_ARCHIVE} A running node is stopped.`;

const DESTROYING = "Destroying, and looking whether anything is left";

/** Adds `delete` to `identity`. */
export const registerDelete: Register = (identity, context) => {
  identity.command("delete")
    .description("destroy an identity's keys and what ties it to you; asks for the passphrase")
    .argument("<id>", "g1…, its beginning, or its local name")
    .option("--yes", "do it without asking")
    .addHelpText("after", "\nExample:\n  gossamer identity delete ada")
    .action((id, flags) => deleteIdentity(context(), { id, ...flags }));
};

/** Adds `obliterate`. */
export const registerObliterate: Register = (program, context) => {
  program.command("obliterate")
    .description("destroy private data beyond recovery; asks for the passphrase")
    .option("--identity <id>", "one identity, as identity delete does")
    .option("--everything", "all keys, private data and messages of this data folder")
    .option("--yes", "do it without asking")
    .addHelpText(
      "after",
      "\nA running node is stopped. A run that was cut off is finished by the next one.\n\n" +
        "Example:\n  gossamer obliterate --everything",
    )
    .action(({ identity, everything, yes }) => {
      const flags = yes === true ? { yes } : {};
      if ((identity === undefined) === (everything === undefined)) {
        throw new UserError("usage", "Say what is to go: either --identity ID or --everything.");
      }
      return identity === undefined
        ? everythingGoes(context(), flags)
        : identityGoes(context(), { id: identity, ...flags });
    });
};

async function deleteIdentity(context: Context, options: Flags & { id: string }): Promise<void> {
  const gone = await destroyIdentity(context, options);
  const { found: _found, ...result } = gone;
  await context.out.result(result, render);
}

async function identityGoes(context: Context, options: Flags & { id: string }): Promise<void> {
  const { destroyed, caveats } = await destroyIdentity(context, options);
  await context.out.result({ destroyed, caveats }, render);
}

async function destroyIdentity(
  context: Context,
  { id, yes }: Flags & { id: string },
): Promise<Destruction & Pickable> {
  const { deps, dataDir, network } = context;
  mayAsk(context, yes);
  let calledOff = false;
  const gone = await withPassphrase(context, QUESTION, async (passphrase) => {
    const ask = async (
      identity: { readonly id: string; readonly name: string },
    ): Promise<boolean> => {
      if (yes) return true;
      await context.out.complain(WHAT_GOES);
      const name = identity.name === "" ? "" : ` (${safeLine(identity.name)})`;
      return await deps.confirm(`Destroy ${safeLine(identity.id)}${name} for ever?`);
    };
    const done = await withProgress(context, DESTROYING, ({ aside }) =>
      deps.identityDelete({
        ...{ dataDir, network, passphrase },
        choose: (identities) => pickIdentity(identities, id).id,
        confirm: (identity) => aside(() => ask(identity)),
      }));
    calledOff = done === undefined;
    return done;
  });
  if (gone === undefined) throw calledOff ? untouched() : noPassphrase();
  await report(context, gone);
  return gone;
}

async function everythingGoes(context: Context, { yes }: Flags): Promise<void> {
  const { deps, out, dataDir, network } = context;
  mayAsk(context, yes);
  const find = async (): Promise<Uint8Array> => {
    const passphrase = await findPassphrase(context, QUESTION);
    if (passphrase === undefined) throw noPassphrase();
    return passphrase;
  };
  const question = `Destroy all identities, follows and messages in ${safeLine(dataDir)} for ever?`;
  const gone = await withProgress(context, DESTROYING, ({ aside }) =>
    deps.obliterateEverything({
      ...{ dataDir, network },
      passphrase: () => aside(find),
      confirm: () => yes === true ? Promise.resolve(true) : aside(() => deps.confirm(question)),
    }));
  if (gone === undefined) throw untouched();
  await report(context, gone);
  const { destroyed, caveats } = gone;
  await out.result({ destroyed, caveats }, render);
}

/** Nobody is asked where nobody sits; a script says so with `--yes`. */
function mayAsk({ deps }: Context, yes: true | undefined): void {
  if (yes || (deps.stdinIsTerminal && deps.stderr.isTerminal)) return;
  throw new UserError(
    "usage",
    "This destroys for ever, and there is no terminal to ask at: say --yes. Nothing was changed.",
  );
}

async function report({ out }: Context, { found, stopped }: Destruction): Promise<void> {
  for (const what of found) await out.complain(`WARNING: still found: ${what}. Run this again.`);
  if (found.length === 0) await out.note("Every file was searched: nothing of it was found again.");
  if (stopped) await out.note("The node was stopped for this. Start it again with: gossamer node");
}

function render({ destroyed, caveats }: Pick<Destruction, "destroyed" | "caveats">): string {
  const list = (items: readonly string[]): string[] => items.map((item) => `  ${safeLine(item)}`);
  return ["Destroyed:", ...list(destroyed), "What no program can promise:", ...list(caveats)]
    .join("\n");
}

function untouched(): UserError {
  return new UserError("failed", "Called off. Nothing was changed.");
}
