/** `show`: one message, its thread, its attachments as files. */
import type { AttachmentView, MessageView } from "../node/api.ts";
import { UserError } from "../node/user_error.ts";
import { numbered, safeFileName } from "../text/file_names.ts";
import type { Context, Register } from "./context.ts";
import { renderMessage, renderThread } from "./render.ts";
import { type Session, withSession } from "./session.ts";
import { fileError } from "./user_files.ts";

/** Names tried for one attachment before giving up. */
const MAX_TRIES = 100;

interface Flags {
  readonly thread?: true;
  readonly saveAttachments?: string;
  readonly hidden?: true;
}

/** Adds `show`. */
export const registerShow: Register = (program, context) => {
  program.command("show")
    .description("show a message, with --thread what it answers and what answers it")
    .argument("<msg>", "message id, or enough of its beginning")
    .option("--thread", "the whole thread, as far as it is here")
    .option("--hidden", "also what is hidden because its author is blocked")
    .option("--save-attachments <dir>", "save the message's attachments there; never overwrites")
    .addHelpText("after", "\nExample:\n  gossamer show 3f9a01c2d4 --thread")
    .action((msg, flags) => show(context(), msg, flags));
};

async function show(context: Context, msg: string, flags: Flags): Promise<void> {
  const { out } = context;
  const dir = flags.saveAttachments;
  const hidden = flags.hidden === true;
  await withSession(context, async (session) => {
    if (flags.thread && dir === undefined) {
      return await out.result(await session.call("thread", { id: msg, hidden }), renderThread);
    }
    const message = await session.call("show", { id: msg, hidden });
    const saved = dir === undefined
      ? undefined
      : await saveAll(context, session, { message, dir, hidden });
    if (flags.thread) {
      await out.result(await session.call("thread", { id: message.id, hidden }), renderThread);
    } else {
      await out.result(
        saved === undefined ? message : { ...message, saved },
        (shown, style) =>
          shown.kind === "status"
            ? renderMessage(shown, style)
            : `${renderMessage(shown, style)}\n` +
              `├ (not a status: ${shown.kind})`,
      );
    }
    for (const path of saved ?? []) await out.note(`Saved ${path}`);
  });
}

async function saveAll(
  context: Context,
  session: Session,
  { message, dir, hidden }: { message: MessageView; dir: string; hidden: boolean },
): Promise<string[]> {
  const { deps } = context;
  const saved: string[] = [];
  try {
    if (message.attachments.length > 0) await deps.makeFolder(dir);
    for (const index of message.attachments.keys()) {
      const file = await session.call("attachment", { id: message.id, index, hidden });
      saved.push(await save(context, { dir, file, index }));
    }
  } catch (error) {
    throw fileError(error, `save attachments in ${dir}`);
  }
  return saved;
}

interface Save {
  readonly dir: string;
  readonly file: AttachmentView & { readonly base64: string };
  readonly index: number;
}

async function save({ deps }: Context, { dir, file, index }: Save): Promise<string> {
  const name = safeFileName(file.name, `attachment-${index + 1}`);
  const bytes = Uint8Array.fromBase64(file.base64);
  const separator = deps.os === "windows" ? "\\" : "/";
  const folder = /[/\\]$/.test(dir) ? dir : `${dir}${separator}`;
  for (let n = 1; n <= MAX_TRIES; n++) {
    const path = `${folder}${numbered(name, n)}`;
    if (await deps.writeNewFile(path, bytes)) return path;
  }
  throw new UserError("failed", `${dir} has too many files named ${name} already.`);
}
