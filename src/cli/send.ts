/** `send`: a private message, sealed and sent on its way. */
import { UserError } from "../node/user_error.ts";
import type { Context, Register } from "./context.ts";
import { readAttachments, readText } from "./message_input.ts";
import { collect } from "./option_values.ts";
import { shortMessage } from "./render_parts.ts";
import { safeLine } from "../text/safe_text.ts";
import { type Session, withSession } from "./session.ts";
import { askTelling } from "./telling_pictures.ts";

const WORDING = { what: "a private message", nothing: "Nothing was sent." };

const WHAT_IT_ISNT =
  "Everybody carries private messages, and only the recipient can read them: nobody else sees who " +
  "wrote,\nto whom, or what, but for the hour and the size (of four). Whoever gets hold of the " +
  "recipient's key\nlater can read all that was kept of them (there is no forward secrecy yet), and " +
  "whoever has yours can\nread what you get. The recipient is certain that it is from you and can't " +
  "prove it to others.";
const NO_NODE =
  "No node is running: it waits, sealed, until one runs and has the keys (gossamer node --unlock).";
const GOES_OUT = "It goes out as a post does, with your node's next exchange.";

interface Flags {
  readonly as?: string;
  readonly replyTo?: string;
  readonly attach?: string[];
  readonly alt?: string[];
  readonly strip?: true;
  readonly yes?: true;
}

/** Adds `send`. */
export const registerSend: Register = (program, context) => {
  program.command("send")
    .description("say something to one person alone, in at most 2,000 characters; needs a key")
    .argument("<id>", "whom: g1…")
    .argument("<text>", 'in quotes; "-" reads it from standard input')
    .option("--as <id>", "which of your identities speaks; needed if there are several")
    .option("--reply-to <msg>", "the message that this answers")
    .option("--attach <file>", "attach a small file; can be given up to four times", collect)
    .option("--alt <text>", "what the file shows; for each --attach, in their order", collect)
    .option("--strip", "take out of pictures what they tell besides what they show")
    .option("--yes", "send it also to an identity that was revoked, without asking")
    .addHelpText(
      "after",
      `\n${WHAT_IT_ISNT}\n\nExamples:\n  gossamer send g1… 'Meet at eight?'\n` +
        "  gossamer send g1… - --attach map.png < letter.txt",
    )
    .action((id, text, flags) => send(context(), { id, text, flags }));
};

async function send(
  context: Context,
  { id, text: given, flags }: { readonly id: string; readonly text: string; readonly flags: Flags },
): Promise<void> {
  const { out } = context;
  const text = await readText(context, { given, ...WORDING });
  const attachments = await readAttachments(context, { ...flags, ...WORDING });
  await askTelling(context, { attachments, ...WORDING });
  const { waiting, ...sent } = await withSession(context, async (session) => {
    await warn(context, session, { id, flags });
    return await session.call("send", {
      to: id,
      text,
      ...(flags.as === undefined ? {} : { as: flags.as }),
      ...(flags.replyTo === undefined ? {} : { replyTo: flags.replyTo }),
      attachments,
    });
  });
  await out.result(sent, (done) => `Sent ${shortMessage(done.id)}.`);
  if (waiting) await out.note(NO_NODE);
  else await out.hint(GOES_OUT);
}

/** Says once what a private message isn't, and asks before one goes to an identity that was revoked. */
async function warn(
  { out, deps }: Context,
  session: Session,
  { id, flags }: { readonly id: string; readonly flags: Flags },
): Promise<void> {
  const { name, revoked, first } = await session.call("recipient", { to: id });
  if (first) await out.hint(WHAT_IT_ISNT);
  if (!revoked || flags.yes === true) return;
  const who = name === "" ? "That identity" : safeLine(name);
  const why = `${who} was revoked: its key may be lost, or in somebody else's hands.`;
  if (!deps.stdinIsTerminal || out.json) {
    throw new UserError("refused", `${why} Nothing was sent; --yes sends it all the same.`);
  }
  await out.complain(why);
  if (!await deps.confirm("Send it all the same?")) {
    throw new UserError("failed", "Nothing was sent.");
  }
}
