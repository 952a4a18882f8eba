/** `verify` and `unverify`: what you state of others in public. */
import type { StatedView } from "../node/api.ts";
import { UserError } from "../node/user_error.ts";
import type { Context, Register } from "./context.ts";
import { safeLine } from "../text/safe_text.ts";
import { withSession } from "./session.ts";

const FOR_EVER =
  "A verification says in public, for ever: this identity of yours is sure who that one is. Everybody " +
  "can\nsee whom each identity verifies; whom you know in life can tell who you are. It can be " +
  "withdrawn, but\nnot unsaid. Verify only whom you have made sure of: compare the whole g1… in " +
  "person, or by a voice\nyou know. Nobody is asked for consent, and nobody is told.";
const NO_NODE =
  "No node is running: it waits, sealed, until one runs and has the keys (gossamer node --unlock).";
const GOES_OUT = "It goes out as a post does; in your own views it counts from now on.";

interface Flags {
  readonly as?: string;
  readonly yes?: true;
}

/** Adds `verify` and `unverify`. */
export const registerVerify: Register = (program, context) => {
  program.command("verify")
    .description("say in public, for ever, that you are sure who somebody is; needs a key")
    .argument("<id>", "g1…, or your name for somebody whom you follow")
    .option("--as <id>", "which of your identities says so; needed if there are several")
    .option("--yes", "do it without asking")
    .addHelpText("after", `\n${FOR_EVER}\n\nExample:\n  gossamer verify g1qyq…`)
    .action((id, flags) => verify(context(), { id, ...flags }));
  program.command("unverify")
    .description("take a verification back, in public; needs a key")
    .argument("<id>", "g1…, or your name for somebody whom you follow")
    .option("--as <id>", "which of your identities takes it back")
    .addHelpText(
      "after",
      "\nEverybody counts it no more once the withdrawal has come to them; that it was said stays " +
        "known.\n\nExample:\n  gossamer unverify g1qyq…",
    )
    .action((id, flags) => unverify(context(), { id, ...flags }));
};

async function verify(context: Context, { id, as, yes }: Flags & { id: string }): Promise<void> {
  const { deps, out } = context;
  if (!yes) {
    if (!deps.stdinIsTerminal || !deps.stderr.isTerminal) {
      throw new UserError(
        "usage",
        `${FOR_EVER}\nThere is no terminal to ask at: say --yes. Nothing was sent.`,
      );
    }
    await out.complain(FOR_EVER);
    if (!await deps.confirm(`Verify ${safeLine(id)} in public?`)) {
      throw new UserError("failed", "Called off. Nothing was sent.");
    }
  }
  const params = { id, ...(as === undefined ? {} : { as }) };
  const done = await withSession(context, (session) => session.call("verify", params));
  await tell(context, done, "Verified");
}

async function unverify(context: Context, { id, as }: Flags & { id: string }): Promise<void> {
  const params = { id, ...(as === undefined ? {} : { as }) };
  const done = await withSession(context, (session) => session.call("unverify", params));
  await tell(context, done, "No longer verified:");
}

async function tell({ out }: Context, view: StatedView, what: string): Promise<void> {
  const { waiting, ...done } = view;
  await out.result(done, ({ id, name }) => {
    const who = name === "" ? safeLine(id) : `${safeLine(name)} (${safeLine(id)})`;
    return `${what} ${who}`;
  });
  if (waiting) await out.note(NO_NODE);
  else await out.hint(GOES_OUT);
}
