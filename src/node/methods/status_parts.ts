/** The parts of a status, from what its author typed to what is sent, with every failure said in words. */
import {
  type Attachment,
  BODY_TYPES,
  type Markup,
  MARKUP_TYPES,
  type StatusBody,
} from "../../wire/body.ts";
import { statusBytes } from "../../wire/body_encode.ts";
import type { MessageId } from "../../wire/ids.ts";
import {
  MAX_ALT_POINTS,
  MAX_ATTACHMENT_NAME_POINTS,
  MAX_ATTACHMENTS,
  MAX_BODY_BYTES,
  MAX_MARKUP,
  MAX_MARKUP_VALUE_BYTES,
  MAX_MEDIA_TYPE_BYTES,
  MAX_TEXT_POINTS,
} from "../../wire/limits.ts";
import { readLanguage } from "../../wire/read_markup.ts";
import { authorText, countPoints, isCleanText, utf8Length } from "../../wire/text.ts";
import type { Api, AttachmentInput } from "../api.ts";
import { decodeBase64 } from "../base64.ts";
import { findMarkup, type FoundMarkup } from "../find_markup.ts";
import { UserError } from "../user_error.ts";
import type { OwnerContext } from "./context.ts";
import { findLetter } from "./letter_views.ts";
import { findReference } from "./resolve.ts";
import { petnames } from "./names.ts";

const NOTHING = new Uint8Array(0);

/** The text of a status. Throws a `UserError` when it is unfit to be sent. */
export function statusText(given: string): string {
  const text = checked(given.replace(/\r\n?/g, "\n"), { what: "A post", points: MAX_TEXT_POINTS });
  if (text.trim() === "") throw new UserError("refused", "There is nothing to post.");
  return text;
}

/** A text as it is sent, in NFC. Throws a `UserError` when it is too long or holds controls. */
export function checked(
  given: string,
  most: { readonly what: string } & ({ readonly points: number } | { readonly bytes: number }),
): string {
  const { what } = most;
  const text = authorText(given);
  if (!isCleanText(text)) {
    throw new UserError(
      "refused",
      `${what} holds a control character, which could play tricks on a reader's terminal. ` +
        "Nothing was sent.",
    );
  }
  const [length, limit, unit] = "points" in most
    ? [countPoints(text), most.points, "characters"]
    : [utf8Length(text), most.bytes, "bytes"];
  if (length > limit) {
    throw new UserError(
      "refused",
      `${what} has at most ${limit} ${unit}; this has ${length}, ${length - limit} too many. ` +
        "Nothing was sent.",
    );
  }
  return text;
}

/** What {@linkcode statusMarkup} marks. */
export type MarkedStatus = Pick<
  Api["post"]["params"],
  "text" | "replyTo" | "quote" | "warning" | "language"
>;

/**
 * All markup of a status whose text is as it will be sent, and in sentences what couldn't be marked.
 * Throws a `UserError` for what was asked for and can't be.
 */
export async function statusMarkup(
  context: OwnerContext,
  { text, replyTo, quote, warning, language }: MarkedStatus,
): Promise<FoundMarkup> {
  const about: Markup[] = [];
  const add = (type: number, value: string): void => {
    about.push({ start: 0, end: 0, type, value });
  };
  if (replyTo !== undefined) add(MARKUP_TYPES.replyTo, await findPublic(context, replyTo));
  if (quote !== undefined) add(MARKUP_TYPES.quote, await findPublic(context, quote));
  if (language !== undefined) add(MARKUP_TYPES.language, languageTag(language));
  if (warning !== undefined) {
    const most = { what: "A warning", bytes: MAX_MARKUP_VALUE_BYTES };
    add(MARKUP_TYPES.warning, checked(warning, most));
  }
  const room = MAX_MARKUP - about.length;
  const found = findMarkup(text, { petnames: await petnames(context), room });
  return { markup: [...about, ...found.markup], notes: found.notes };
}

/** A message that a status may name. Throws a `UserError` for a private one: everybody would know whose it is. */
async function findPublic(context: OwnerContext, text: string): Promise<MessageId> {
  const isLetter = await findLetter(context, text) !== undefined;
  const id = isLetter ? undefined : findReference(context, text);
  if (id !== undefined && typeHere(context, id) !== BODY_TYPES.private) return id;
  throw new UserError(
    "refused",
    "That is a private message: a post that names it would tell everybody that it has to do with " +
      "you. Nothing was sent. To answer it: gossamer send --reply-to",
  );
}

function typeHere({ store, own }: OwnerContext, id: MessageId): number | undefined {
  return own.get(id)?.body.kind === "private" ? BODY_TYPES.private : store.index.get(id)?.type;
}

function languageTag(text: string): string {
  const tag = readLanguage(text);
  if (tag !== undefined) return tag;
  throw new UserError("usage", "A language is named by its tag: de, en-GB, zh-Hant (BCP 47).");
}

/** The files of a status. Throws a `UserError` for those that can't be attached. */
export function statusAttachments(
  { live }: OwnerContext,
  inputs: readonly AttachmentInput[],
): readonly Attachment[] {
  if (inputs.length > MAX_ATTACHMENTS) {
    throw new UserError("refused", `A post has at most ${MAX_ATTACHMENTS} attachments.`);
  }
  if (inputs.length > 0 && live?.textOnly === true) {
    throw new UserError(
      "refused",
      "This node runs with --relay text: it passes on nobody's attachments, so everybody could tell " +
        "that one is yours. Nothing was sent.",
    );
  }
  return inputs.map(toAttachment);
}

/** Throws a `UserError` that says what would fit when a status has more bytes than anybody takes. */
export function checkRoom(body: StatusBody): void {
  if (body.attachments.length === 0 || statusBytes(body) <= MAX_BODY_BYTES) return;
  const bare = {
    ...body,
    attachments: body.attachments.map((one) => ({ ...one, bytes: NOTHING })),
  };
  const sizes = body.attachments.map(({ bytes }) => bytes.length);
  // From 256 bytes on a file takes one more for its length.
  const long = sizes.filter((size) => size > 255).length;
  const free = Math.max(0, MAX_BODY_BYTES - statusBytes(bare) - long);
  const all = sizes.length === 1 ? "this file" : "these files together";
  throw new UserError(
    "refused",
    `No room for ${all}: beside this text and your profile there are ${free} bytes ` +
      "free for what is attached. Make it smaller. Nothing was sent.",
  );
}

/** A file as it is sent. Throws a `UserError` for one that can't be. */
export function toAttachment(input: AttachmentInput): Attachment {
  const bytes = decodeBase64(input.base64);
  if (bytes === undefined) throw new UserError("usage", `${input.name}: its bytes are not base64`);
  if (!/^[^\s/]+\/[^\s/]+$/.test(input.mediaType)) {
    throw new UserError("usage", `${input.name}: ${input.mediaType} is not a media type`);
  }
  const name = checked(input.name, {
    what: "An attachment's name",
    points: MAX_ATTACHMENT_NAME_POINTS,
  });
  if (/[/\\]/.test(name) || name.startsWith(".")) {
    throw new UserError("refused", "An attachment's name has no path and no dot in front.");
  }
  const mediaType = checked(input.mediaType, { what: "A media type", bytes: MAX_MEDIA_TYPE_BYTES });
  const alt = checked(input.alt, { what: "An alt text", points: MAX_ALT_POINTS });
  return { mediaType, name, bytes, alt };
}
