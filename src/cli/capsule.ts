/** `capsule write` and `capsule read`: messages on a stick, where there is no network. */
import type { Context, Register } from "./context.ts";
import { pastTime } from "./option_values.ts";
import { safeLine } from "./safe_text.ts";
import { withSession } from "./session.ts";

interface WriteFlags {
  readonly since?: number;
}

const TELLS =
  "Whoever finds it learns that somebody had Gossamer and these messages, and from the newest one " +
  "about when it\nwas written; nothing in it says who wrote, read or carried it. A stick keeps what " +
  "is deleted: overwrite it,\nor destroy it.";

/** Adds `capsule`. */
export const registerCapsule: Register = (program, context) => {
  const capsule = program.command("capsule")
    .description("messages in a file, to carry where there is no network");
  capsule.command("write")
    .description("write the messages stored here into a file; nothing is ever overwritten")
    .argument("<file>", "where the capsule goes")
    .option(
      "--since <date>",
      "only those created then or later: 2026-11-30, or seconds since 1970",
      pastTime,
    )
    .addHelpText(
      "after",
      "\nPosts of yours that no other node has yet (marked pending) are not in it.\n\n" +
        `${TELLS}\n\nExample:\n  gossamer capsule write /media/stick/november.capsule --since 2026-11-01`,
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
  { file, since = 0 }: WriteFlags & { readonly file: string },
): Promise<void> {
  const { deps, out, network } = context;
  const made = await withSession(
    context,
    ({ backend }) => deps.capsuleWrite({ file, network, backend, since }),
  );
  if (made.damaged > 0) {
    await out.complain(
      `${count(made.damaged, "message")} stored here could not be read and ${
        made.damaged === 1 ? "is" : "are"
      } not in it.`,
    );
  }
  await out.note(TELLS);
  await out.result(
    { file, messages: made.messages, novel: 0, damaged: made.damaged, bytes: made.bytes },
    () => `${count(made.messages, "message")}, ${made.bytes} bytes, in ${safeLine(file)}`,
  );
}

async function read(context: Context, file: string): Promise<void> {
  const { deps, out, network } = context;
  const found = await withSession(
    context,
    ({ backend }) => deps.capsuleRead({ file, network, backend }),
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
