/** `timeline`: what the followed have said, and with `--watch` what they are saying. */
import type { MessageView } from "../node/api.ts";
import { orAborted } from "../node/or_aborted.ts";
import { UserError } from "../node/user_error.ts";
import type { Context, Register } from "./context.ts";
import { wholeNumber } from "./option_values.ts";
import { renderMessage, renderTimeline } from "./render.ts";
import { type Session, withSession } from "./session.ts";
import { noteUnfiltered } from "./unfiltered.ts";

const MAX_LIMIT = 1_000;
const DEFAULT_LIMIT = 20;
/** As many of strangers the node counts. */
const MAX_REQUESTS = 100;

interface Flags {
  readonly watch?: true;
  readonly limit: number;
  readonly before?: string;
  readonly all?: true;
  readonly mentions?: true;
  readonly requests?: true;
}

interface Page {
  readonly limit: number;
  readonly before?: string;
  readonly all: boolean;
}

/** Adds `timeline`. */
export const registerTimeline: Register = (program, context) => {
  program.command("timeline")
    .description("statuses of those you follow and your own, newest last; needs the keys")
    .option("--watch", "go on with new ones until Ctrl-C; needs a running node")
    .option("--limit <n>", "how many, 1 to 1000", wholeNumber(1, MAX_LIMIT), DEFAULT_LIMIT)
    .option("--before <msg>", "those before this message")
    .option("--all", "of everybody whose messages passed here")
    .option(
      "--mentions",
      "what mentions you or answers you, by those you follow or who are verified",
    )
    .option("--requests", "with --mentions: by everybody else")
    .addHelpText(
      "after",
      "\nIn front of a name ✓ marks your own identities. Behind it (pending) means that no other node " +
        "has it yet,\nas far as yours knows: it goes out with the next exchange.\n\n" +
        "Examples:\n  gossamer timeline\n  gossamer timeline --mentions --requests\n  gossamer timeline --all --watch --json",
    )
    .action((flags) => timeline(context(), flags));
};

async function timeline(context: Context, flags: Flags): Promise<void> {
  const { limit, before } = flags;
  const all = flags.all === true;
  const page = { limit, all, ...(before === undefined ? {} : { before }) };
  if (flags.watch && before !== undefined) {
    throw new UserError("usage", "--watch goes on from now, so it can't be had with --before.");
  }
  if (flags.mentions || flags.requests) return await mentions(context, flags);
  await withSession(context, async (session) => {
    if (flags.watch) return await watch(context, session, page);
    const messages = await session.call("timeline", page);
    await context.out.result(messages, renderTimeline);
    if (all) await noteUnfiltered(context, session);
    if (messages.length === 0) {
      await context.out.note(
        all
          ? "Nothing here yet."
          : "Nothing here yet from you or those you follow (`gossamer follow`); --all shows what passed " +
            "here anyway.",
      );
    }
  });
}

async function mentions(context: Context, flags: Flags): Promise<void> {
  const { limit, before, requests = false } = flags;
  if (!flags.mentions || flags.watch || flags.all) {
    throw new UserError(
      "usage",
      "--mentions can't be had with --all or --watch, nor --requests without --mentions.",
    );
  }
  const page = { limit, requests, ...(before === undefined ? {} : { before }) };
  const found = await withSession(context, (session) => session.call("mentions", page));
  await context.out.result(found.messages, renderTimeline);
  if (found.messages.length === 0) {
    await context.out.note(requests ? "No strangers speak to you." : "Nobody speaks to you here.");
  }
  if (!requests && found.requests > 0) {
    const count = found.requests === MAX_REQUESTS ? `${MAX_REQUESTS} or more` : found.requests;
    await context.out.note(`From people you don't know: ${count}. To see them, add --requests.`);
  }
}

async function watch(context: Context, session: Session, page: Page): Promise<void> {
  if (!session.backend.running) {
    throw new UserError(
      "noNode",
      "No node is running, so nothing new can come. Start one with `gossamer node`, or leave " +
        "--watch out.",
    );
  }
  const { out } = context;
  const interrupt = context.deps.interrupt();
  const stop = new AbortController();
  const signal = AbortSignal.any([interrupt.signal, stop.signal]);
  const print = (message: MessageView): Promise<void> => out.result(message, renderMessage);
  try {
    // The first call unlocks, if need be. Then listen before reading the page again: a message that
    // comes in between would be missed otherwise. What both bring is printed once.
    await session.call("timeline", { ...page, limit: 1 });
    if (page.all) await noteUnfiltered(context, session);
    const news = session.watch({ all: page.all, signal })[Symbol.asyncIterator]();
    let next = news.next();
    const shown = new Set<string>();
    try {
      for (const message of await session.call("timeline", page)) {
        shown.add(message.id);
        await print(message);
      }
    } catch (error) {
      next.catch(() => {});
      throw error;
    }
    while (!signal.aborted) {
      const came = await orAborted(next, signal);
      if (came === undefined || came.done) break;
      if (!shown.delete(came.value.id)) await print(came.value);
      next = news.next();
    }
    if (!signal.aborted) {
      throw new UserError("noNode", "The node stopped, so nothing new will come.");
    }
  } finally {
    stop.abort();
    interrupt.dispose();
  }
}
