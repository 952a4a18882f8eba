/** `post`: signs a status and sends it on its way. */
import { UserError } from "../node/user_error.ts";
import type { Context, Register } from "./context.ts";
import { readAttachments, readText } from "./message_input.ts";
import { collect } from "./option_values.ts";
import { shortMessage } from "./render_parts.ts";
import { type Session, withSession } from "./session.ts";
import { askTelling } from "./telling_pictures.ts";

const WORDING = { what: "a post", nothing: "Nothing was posted." };

const FIRST_POST =
  "This is the first that this identity says in public. From now on everybody can " +
  "read it, with\nwhen you wrote it (to 10 s), the identity's public key and its profile. Others keep " +
  "copies, so it is\nthere for ever: nothing calls it back. Nodes that get it from yours first may " +
  "guess that you wrote\nit. See: gossamer privacy";

const NO_NODE =
  "No node is running: it waits, sealed, until one runs and has the keys (gossamer node --unlock).";

const GOES_OUT =
  "It goes out with your node's next exchange, within half a minute as a rule, and is (pending) in\n" +
  "your timeline until others have it.";
const NOBODY_MET =
  "Your node has met no other yet, so it waits, sealed and (pending), until it does: gossamer join";
const LOCKED_AGAIN =
  "\nThe node is locked again now: what has not left in two minutes waits for the next unlock.";

interface Flags {
  readonly as?: string;
  readonly replyTo?: string;
  readonly quote?: string;
  readonly attach?: string[];
  readonly alt?: string[];
  readonly strip?: true;
  readonly warn?: string;
  readonly lang?: string;
}

/** Adds `post`. */
export const registerPost: Register = (program, context) => {
  program.command("post")
    .description("say something to everybody, in at most 140 characters; needs a key")
    .argument("<text>", 'in quotes; "-" reads it from standard input')
    .option("--as <id>", "which of your identities speaks; needed if there are several")
    .option("--reply-to <msg>", "the message that this answers")
    .option("--quote <msg>", "a message to show with it")
    .option(
      "--attach <file>",
      "attach a small file; can be given up to four times",
      collect,
    )
    .option(
      "--alt <text>",
      "what a file shows, for those who can't see it; the first for the first file, and so on",
      collect,
    )
    .option("--strip", "take out of pictures what they tell besides what they show")
    .option("--warn <text>", "a warning to show above it")
    .option("--lang <tag>", "the language it is written in: de, en-GB")
    .addHelpText(
      "after",
      "\nPosts are public and can't be recalled. Attached files go out with " +
        "their names and all that is\nin them: photos often say where they were taken. --strip takes that out of PNG, JPEG, GIF and\nWebP.\n\nExamples:\n" +
        "  gossamer post 'Hello, world.'\n  gossamer post 'My cat' --attach cat.jpg --alt 'A cat on a wall'\n  gossamer post -- '-5 degrees here'\n" +
        "  fortune -s | gossamer post - --reply-to 3f9a01c2d4",
    )
    .action((text, flags) => post(context(), text, flags));
};

async function post(context: Context, given: string, flags: Flags): Promise<void> {
  const { out } = context;
  const text = await readText(context, { given, ...WORDING, what: "a status" });
  const attachments = await readAttachments(context, { ...flags, ...WORDING });
  await askTelling(context, { attachments, ...WORDING });
  const { posted, outlook } = await withSession(context, async (session) => {
    await warn(context, session, flags.as);
    const posted = await session.call("post", {
      text,
      ...(flags.as === undefined ? {} : { as: flags.as }),
      ...(flags.replyTo === undefined ? {} : { replyTo: flags.replyTo }),
      ...(flags.quote === undefined ? {} : { quote: flags.quote }),
      ...(flags.warn === undefined ? {} : { warning: flags.warn }),
      ...(flags.lang === undefined ? {} : { language: flags.lang }),
      attachments,
    });
    const asks = !posted.waiting && out.hints;
    return { posted, outlook: asks ? await onItsWay(session) : "" };
  });
  await out.result(posted, ({ id }) => `Posted ${shortMessage(id)}.`);
  for (const note of posted.notes) await out.note(note);
  if (posted.waiting) await out.note(NO_NODE);
  if (outlook !== "") await out.hint(outlook);
}

/**
 * Says to a person what posting means. Before the first public word of an identity it says more and
 * asks, since from then on there is something of it that can't be taken back. Scripts are never
 * held up.
 */
async function warn({ out, deps }: Context, session: Session, as?: string): Promise<void> {
  if (!out.hints) return;
  if (!await isFirst(session, as)) {
    return await out.hint("Posts are public and can't be recalled.");
  }
  await out.hint(FIRST_POST);
  // With its output read by a program, somebody's script was merely started at a terminal.
  const asks = deps.stdinIsTerminal && deps.stdout.isTerminal && !out.json;
  if (asks && !await deps.confirm("Post it?")) {
    throw new UserError("failed", "Nothing was posted.");
  }
}

/** Whether nothing that the speaking identity wrote in public is known here. */
async function isFirst(session: Session, as?: string): Promise<boolean> {
  // Unlocks, if it must, as posting would a moment later.
  await session.call("identities", {});
  const { identities } = await session.call("privacy", {});
  const speaking = as === undefined
    ? identities
    : identities.filter(({ id, name }) => id === as || name === as);
  return speaking.length === 1 && speaking[0]?.messages === 0;
}

/** What becomes of a post now, in words; none when the node doesn't say. */
async function onItsWay({ backend, locksAgain }: Session): Promise<string> {
  // It is posted, whatever becomes of this question.
  const known = await backend.call("peers", {}).catch(() => undefined);
  if (known === undefined) return "";
  const hasMet = known.some(({ lastSeen }) => lastSeen !== null);
  return (hasMet ? GOES_OUT : NOBODY_MET) + (locksAgain ? LOCKED_AGAIN : "");
}
