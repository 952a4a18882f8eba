/** What is to be said: a text from the command or from standard input, and files. */
import type { AttachmentInput } from "../node/api.ts";
import { UserError } from "../node/user_error.ts";
import { MAX_ATTACHMENTS, MAX_BODY_BYTES } from "../wire/limits.ts";
import { baseName, mediaType } from "../text/file_names.ts";
import type { Context } from "./context.ts";
import { stripped } from "./telling_pictures.ts";
import { readUserFile } from "./user_files.ts";

/** Bytes of text read from stdin: far more than a message holds, so that the rule's own words are heard. */
const MAX_STDIN_BYTES = 65_536;

/** How what is said is called, for what goes wrong. */
export interface Wording {
  /** Such as "a post". */
  readonly what: string;
  /** Such as "Nothing was posted." */
  readonly nothing: string;
}

/** Files to go with it. */
export interface Files {
  /** Paths. */
  readonly attach?: readonly string[];
  /** What they show, in the order of the paths. */
  readonly alt?: readonly string[];
  /** Takes out of pictures what they tell besides what they show. */
  readonly strip?: true;
}

/** The text given; "-" is read from standard input. Throws a `UserError`. */
export async function readText(
  { deps }: Context,
  { given, what, nothing }: Wording & { readonly given: string },
): Promise<string> {
  if (given !== "-") return given.replaceAll("\r\n", "\n");
  const bytes = await deps.readStdin(MAX_STDIN_BYTES);
  if (bytes.length > MAX_STDIN_BYTES) {
    throw new UserError("refused", `That is far too long for ${what}. ${nothing}`);
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.replaceAll("\r\n", "\n").replace(/\n$/, "");
  } catch {
    throw new UserError("usage", `Standard input is not UTF-8 text. ${nothing}`);
  }
}

/** Bytes of a picture that is read to be made smaller by what is taken out of it. */
const MAX_STRIPPED_BYTES = 16_777_216;

/** The files with their names and kinds. Throws a `UserError` for too many, and for what can't be read. */
export async function readAttachments(
  { deps }: Context,
  { attach: paths = [], alt = [], strip, what, nothing }: Wording & Files,
): Promise<AttachmentInput[]> {
  if (paths.length > MAX_ATTACHMENTS) {
    const start = what.charAt(0).toUpperCase() + what.slice(1);
    throw new UserError("refused", `${start} takes at most ${MAX_ATTACHMENTS} files. ${nothing}`);
  }
  if (alt.length > paths.length) {
    throw new UserError("usage", `There are more --alt than --attach. ${nothing}`);
  }
  const attachments: AttachmentInput[] = [];
  let room = MAX_BODY_BYTES;
  for (const [i, path] of paths.entries()) {
    // Of what is too large the beginning is enough: the node refuses it and says what would fit.
    const name = baseName(path);
    const maxBytes = strip === undefined ? room : MAX_STRIPPED_BYTES;
    const read = await readUserFile(deps, { path, maxBytes, cut: true });
    const bytes = strip === undefined ? read : await stripped(read, { name, nothing });
    room = Math.max(0, room - bytes.length);
    const base64 = bytes.toBase64();
    attachments.push({ name, mediaType: mediaType(name), base64, alt: alt[i] ?? "" });
  }
  return attachments;
}
