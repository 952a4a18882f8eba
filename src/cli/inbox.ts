/** `inbox`: private messages that came, conversations, and with `--watch` those that come. */
import type { Api, LetterView } from "../node/api.ts";
import { orAborted } from "../node/or_aborted.ts";
import { UserError } from "../node/user_error.ts";
import type { Context, Register } from "./context.ts";
import { wholeNumber } from "./option_values.ts";
import { renderLetter, renderLetters } from "./render_private.ts";
import { type Session, withSession } from "./session.ts";

const MAX_LIMIT = 1_000;
const DEFAULT_LIMIT = 20;

const NOT_ALL =
  "Your node is still trying which of the messages here are for you; look again in a while.";
const FULL =
  "Older private messages had to go: 56 MiB of them are kept, and 8 MiB of strangers', the newest.";

interface Flags {
  readonly watch?: true;
  readonly with?: string;
  readonly as?: string;
  readonly requests?: true;
  readonly hidden?: true;
  readonly limit: number;
  readonly before?: string;
}

/** Adds `inbox`. */
export const registerInbox: Register = (program, context) => {
  program.command("inbox")
    .description("private messages to you, newest last; needs the keys")
    .option("--watch", "go on with new ones until Ctrl-C; needs a running node")
    .option("--with <id>", "what you and this identity said to one another")
    .option("--as <id>", "only those of this identity of yours")
    .option("--requests", "those of strangers, whom you neither follow nor ever wrote to")
    .option("--hidden", "those of identities that are blocked")
    .option("--limit <n>", "how many, 1 to 1000", wholeNumber(1, MAX_LIMIT), DEFAULT_LIMIT)
    .option("--before <msg>", "those before this message")
    .addHelpText(
      "after",
      "\nFiles that came with a message: gossamer show MSG --save-attachments DIR\n\n" +
        "Examples:\n  gossamer inbox\n  gossamer inbox --with g1… --limit 100\n" +
        "  gossamer inbox --requests",
    )
    .action((flags) => inbox(context(), flags));
};

async function inbox(context: Context, flags: Flags): Promise<void> {
  if (flags.watch && flags.before !== undefined) {
    throw new UserError("usage", "--watch goes on from now, so it can't be had with --before.");
  }
  const params = {
    limit: flags.limit,
    ...(flags.before === undefined ? {} : { before: flags.before }),
    requests: flags.requests === true,
    ...(flags.with === undefined ? {} : { with: flags.with }),
    ...(flags.as === undefined ? {} : { as: flags.as }),
    ...(flags.hidden === undefined ? {} : { hidden: true }),
  };
  await withSession(context, async (session) => {
    if (flags.watch) return await watch(context, session, params);
    const page = await session.call("inbox", params);
    await context.out.result(page.messages, renderLetters);
    await remarks(context, { page, params });
  });
}

async function remarks(
  { out }: Context,
  { page, params }: {
    readonly page: Api["inbox"]["result"];
    readonly params: Api["inbox"]["params"];
  },
): Promise<void> {
  const { messages, requests, caughtUp, full } = page;
  if (messages.length === 0) {
    await out.note(
      params.before === undefined ? "No private messages here yet." : "None before that one.",
    );
  }
  if (!params.requests && !params.hidden && params.with === undefined && requests > 0) {
    await out.note(
      `${requests === 1 ? "One more" : `${requests} more`} from people you neither follow nor ` +
        "wrote to: gossamer inbox --requests",
    );
  }
  if (!caughtUp) await out.note(NOT_ALL);
  if (full) await out.note(FULL);
}

/** Prints the page, then each message as it comes: each once. */
async function watch(
  context: Context,
  session: Session,
  params: Api["inbox"]["params"],
): Promise<void> {
  if (!session.backend.running) {
    throw new UserError(
      "noNode",
      "No node is running, so nothing new can come. Start one with `gossamer node`, or leave " +
        "--watch out.",
    );
  }
  const { out, deps } = context;
  const interrupt = deps.interrupt();
  const shown = new Set<string>();
  const wide = { ...params, limit: MAX_LIMIT };
  const print = async (messages: readonly LetterView[]): Promise<void> => {
    for (const message of messages) {
      if (shown.has(message.id)) continue;
      shown.add(message.id);
      await out.result(message, renderLetter);
    }
  };
  try {
    const { messages } = await session.call("inbox", wide);
    // What is older stays away; what comes late isn't, whatever hour its author gives.
    for (const { id } of messages.slice(0, -params.limit)) shown.add(id);
    await print(messages.slice(-params.limit));
    const oldest = messages.length < MAX_LIMIT ? 0 : messages[0]?.created ?? 0;
    while (!interrupt.signal.aborted) {
      const next = session.backend.call("inbox", { ...wide, news: true });
      const came = await orAborted(next, interrupt.signal);
      if (came === undefined) return;
      await print(came.messages.filter(({ created }) => created >= oldest));
    }
  } finally {
    interrupt.dispose();
  }
}
