/** `capsule write` and `capsule read`: messages on a stick, where there is no network. */
import type { Context, Register } from "./context.ts";
import { pastTime } from "./option_values.ts";
import { withProgress } from "./progress.ts";
import { safeLine } from "../text/safe_text.ts";
import { withSession } from "./session.ts";

interface WriteFlags {
  readonly since?: number;
  readonly withPending?: boolean;
}

const FINDER =
  "Whoever finds it learns that somebody had Gossamer and these messages, and from the newest one " +
  "about when it\nwas written; ";
const STICK = "A stick keeps what is deleted: overwrite it,\nor destroy it.";
const TELLS = `${FINDER}nothing in it says who wrote, read or carried it. ${STICK}`;
const PENDING_TELLS =
  "What you said and no other node has yet (marked pending) is not in it. --with-pending puts it in: " +
  "then whoever\ngets it and compares with what others have can conclude that the node that wrote the " +
  "capsule, yours, wrote\nthat. So give it only to people who may know who you are. It stays pending " +
  "until another node brings it back.";

/** Adds `capsule`. */
export const registerCapsule: Register = (program, context) => {
  const capsule = program.command("capsule")
    .description("messages in a file, to carry where there is no network")
    .addHelpText("after", "\nExample:\n  gossamer capsule write /media/stick/capsule");
  capsule.command("write")
    .description("write the messages stored here into a file; nothing is ever overwritten")
    .argument("<file>", "where the capsule goes")
    .option(
      "--since <date>",
      "only those created then or later: 2026-11-30, or seconds since 1970",
      pastTime,
    )
    .option(
      "--with-pending",
      "also what you said and no other node has yet; needs the keys, and shows who you are",
    )
    .addHelpText(
      "after",
      `\n${TELLS}\n\n${PENDING_TELLS}\n\nExamples:\n` +
        "  gossamer capsule write /media/stick/november.capsule --since 2026-11-01\n" +
        "  gossamer capsule write /media/stick/for-bob.capsule --with-pending",
    )
    .action((file, flags) => write(context(), { file, ...flags }));
  capsule.command("read")
    .description("take in the messages of a capsule")
    .argument("<file>", "the capsule; it stays as it is")
    .addHelpText(
      "after",
      "\nEach message is checked like any other. This node talks of none of them by itself; nodes that " +
        "compare what\nthey have get them.\n\nExample:\n  gossamer capsule read /media/stick/november.capsule",
    )
    .action((file) => read(context(), file));
};

async function write(
  context: Context,
  { file, since = 0, withPending = false }: WriteFlags & { readonly file: string },
): Promise<void> {
  const { deps, out, network } = context;
  const made = await withSession(context, async (session) => {
    // Unlocks, if it must, before there is a file.
    if (withPending) await session.call("identities", {});
    const { backend } = session;
    return await withProgress(context, "Writing the capsule", ({ at }) =>
      deps.capsuleWrite({
        ...{ file, network, backend, since, withPending },
        progress: ({ messages }) => at({ detail: count(messages, "message") }),
      }));
  });
  if (made.damaged > 0) {
    await out.complain(
      `${count(made.damaged, "message")} stored here could not be read and ${
        made.damaged === 1 ? "is" : "are"
      } not in it.`,
    );
  }
  const pending = withPending ? made.pending : 0;
  await out.note(whatItTells({ pending, leftOut: made.pending - pending }));
  const { messages, damaged, bytes } = made;
  await out.result({ file, messages, pending, novel: 0, damaged, bytes }, () => {
    const own = pending === 0 ? "" : ` (${pending} of them pending)`;
    return `${count(messages, "message")}${own}, ${bytes} bytes, in ${safeLine(file)}`;
  });
}

/** What a finder learns, and what is not in it that its writer may think is. */
function whatItTells(
  { pending, leftOut }: { readonly pending: number; readonly leftOut: number },
): string {
  if (pending > 0) {
    return `${count(pending, "message")} of yours in it ${
      pending === 1 ? "is" : "are"
    } pending: as ` +
      "far as your node knows, no other has them. Whoever\ngets this capsule and compares with what " +
      "others have can conclude that the node that wrote it, yours,\nwrote them. Give it only to those " +
      "who may know that. They stay pending until another node brings them back.\n" +
      `${FINDER.trimEnd().replace(/;$/, ".")} ${STICK}`;
  }
  if (leftOut === 0) return TELLS;
  return `${count(leftOut, "message")} of yours ${
    leftOut === 1 ? "is" : "are"
  } not in it, as no other ` +
    "node has them yet (pending). --with-pending puts them in,\nand so shows whoever compares that your " +
    `node wrote them.\n${TELLS}`;
}

async function read(context: Context, file: string): Promise<void> {
  const { deps, out, network } = context;
  const found = await withSession(
    context,
    ({ backend }) =>
      withProgress(context, "Taking in the capsule", ({ at }) =>
        deps.capsuleRead({
          ...{ file, network, backend },
          progress: ({ messages, share }) =>
            at({ detail: count(messages, "message"), ...(share === undefined ? {} : { share }) }),
        })),
  );
  const left = [
    ...(found.outside === 0 ? [] : [`${found.outside} too old, or ahead of this clock`]),
    ...(found.unkept === 0 ? [] : [`${found.unkept} with attachments (--relay text)`]),
    ...(found.refused === 0 ? [] : [`${found.refused} refused: damaged or forged`]),
  ];
  if (left.length > 0) await out.complain(`Not taken in: ${left.join("; ")}.`);
  if (!found.complete) {
    await out.complain(
      "The capsule is damaged or was cut off: " +
        (found.damaged === 0
          ? "its end is missing. "
          : `bytes in ${count(found.damaged, "place")} made no sense. `) +
        "What was whole is here.",
    );
  }
  await out.result(
    found,
    ({ messages, novel }) => `${count(messages, "message")} in the capsule, ${novel} new here`,
  );
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}
