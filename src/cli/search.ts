/** `search`: statuses that hold some words, of everybody's whose messages passed here. */
import type { MessageView } from "../node/api.ts";
import type { Context, Register } from "./context.ts";
import { wholeNumber } from "./option_values.ts";
import { renderTimeline } from "./render.ts";
import { withSession } from "./session.ts";
import { noteUnfiltered } from "./unfiltered.ts";

const MAX_LIMIT = 1_000;
const DEFAULT_LIMIT = 20;

/** Adds `search`. */
export const registerSearch: Register = (program, context) => {
  program.command("search")
    .description("statuses of everybody that hold all these words, newest last; told to nobody")
    .argument("<words...>", "parts of words, in any case")
    .option("--limit <n>", "how many, 1 to 1000", wholeNumber(1, MAX_LIMIT), DEFAULT_LIMIT)
    .addHelpText(
      "after",
      "\nLooks at texts, tags, names of authors and of attached files. Your own that are pending and your\n" +
        "archive are searched while the keys are open.\n\nExample:\n  gossamer search bicycle repair",
    )
    .action((words, { limit }) => search(context(), words, limit));
};

async function search(context: Context, words: readonly string[], limit: number): Promise<void> {
  const interrupt = context.deps.interrupt();
  try {
    const found: MessageView[] = [];
    await withSession(context, async (session) => {
      let before: string | null | undefined;
      while (before !== null && found.length < limit && !interrupt.signal.aborted) {
        const page = await session.call("search-page", {
          words,
          limit: limit - found.length,
          ...(before === undefined ? {} : { before }),
        });
        found.push(...page.found);
        before = page.next;
      }
      await noteUnfiltered(context, session);
    });
    await context.out.result(found.reverse(), renderTimeline);
    if (interrupt.signal.aborted) {
      await context.out.note("Called off: older ones weren't looked at.");
    } else if (found.length === 0) await context.out.note("Nothing here holds all of these words.");
  } finally {
    interrupt.dispose();
  }
}
