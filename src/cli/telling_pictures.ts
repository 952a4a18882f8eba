/** What pictures tell besides what they show: said before they are sent, or taken out. */
import type { AttachmentInput } from "../node/api.ts";
import { UserError } from "../node/user_error.ts";
import type { AboutKind } from "../picture/mod.ts";
import { safeLine } from "../text/safe_text.ts";
import type { Context } from "./context.ts";

/** What is worth a question: the rest says little of who made it. */
const TELLING: readonly AboutKind[] = ["exif", "xmp", "words", "after"];

/**
 * Says at a terminal which pictures tell of who made them, and asks whether they may. Scripts are never
 * held up. Rejects with a `UserError` for a no.
 */
export async function askTelling(
  { deps, out }: Context,
  { attachments, nothing }: {
    readonly attachments: readonly AttachmentInput[];
    /** Such as "Nothing was posted." */
    readonly nothing: string;
  },
): Promise<void> {
  if (!out.hints || attachments.length === 0) return;
  // Loaded where it is needed: other commands start without it.
  const { aboutWords, barePicture } = await import("../picture/mod.ts");
  const told = attachments.flatMap(({ name, base64 }) => {
    const picture = barePicture(Uint8Array.fromBase64(base64));
    if (picture === undefined || picture === "unreadable") return [];
    const about = picture.about.filter(({ kind }) => TELLING.includes(kind));
    return about.length === 0 ? [] : [`${safeLine(name)} tells ${aboutWords(about)}.`];
  });
  if (told.length === 0) return;
  await out.hint([...told, "With --strip that is taken out first."].join("\n"));
  // With its output read by a program, somebody's script was merely started at a terminal.
  if (!deps.stdinIsTerminal || !deps.stdout.isTerminal || out.json) return;
  if (!await deps.confirm("Send it with that?")) throw new UserError("failed", nothing);
}

/**
 * A picture's bytes without what it tells; those of other files as they are. Rejects with a `UserError`
 * for a picture that isn't built as it should be.
 */
export async function stripped(
  bytes: Uint8Array,
  { name, nothing }: { readonly name: string; readonly nothing: string },
): Promise<Uint8Array> {
  const { barePicture } = await import("../picture/mod.ts");
  const picture = barePicture(bytes);
  if (picture !== "unreadable") return picture?.bytes ?? bytes;
  throw new UserError(
    "failed",
    `${
      safeLine(name)
    } isn't built as a picture should be, so what it tells can't be taken out. ${nothing}`,
  );
}
