/**
 * Files that a form brings, made ready to be sent: pictures lose what they tell of who made them, and
 * what can't be looked into goes only if its owner says so.
 */
import type { AttachmentInput } from "../node/api.ts";
import { UserError } from "../node/user_error.ts";
import { aboutWords, barePicture, type PictureType } from "../picture/mod.ts";
import { renderBytes } from "../text/byte_size.ts";
import { mediaType, safeFileName } from "../text/file_names.ts";
import { safeLine } from "../text/safe_text.ts";
import { MAX_ATTACHMENT_NAME_POINTS, MAX_ATTACHMENTS, MAX_BODY_BYTES } from "../wire/limits.ts";
import type { FormValues } from "./form.tsx";

/** Bytes that text, profile, names and descriptions take at most, roughly; the node counts exactly. */
const OTHER_BYTES = 3_000;

/** Bytes of files that have room in one message, roughly. */
export const FILES_ROOM = MAX_BODY_BYTES - OTHER_BYTES;

/**
 * Most bytes of a form with files. More than ever goes out: whoever chooses a photograph straight from
 * a camera is told what would fit, with all that was written still there.
 */
export const MAX_UPLOAD_BYTES = 16_777_216;

/** Media types of plain text, which tells nothing but what it says. */
const PLAIN: readonly string[] = [
  ...["text/plain", "text/markdown", "text/csv", "application/json"],
];

/** A place for a file in a form, as it was filled in. */
export interface FileSlot {
  /** What the file shows, for those who can't see it. */
  readonly alt: string;
  /** Name of a file that was chosen and has to be chosen again; "" for none. */
  readonly lost: string;
}

/** What is sent, and in sentences what was changed about it. */
export interface Uploads {
  /** Files. */
  readonly attachments: readonly AttachmentInput[];
  /** What was taken out of which. */
  readonly notes: readonly string[];
}

/** What was filled in, for the same form once more: a browser doesn't give a file back. */
export function fileSlots(values: FormValues): readonly FileSlot[] {
  return places().map((n) => ({
    alt: values.text(`alt${n}`),
    lost: values.files(`file${n}`)[0]?.name ??
      (dropped(values, n) ? "" : values.text(`lost${n}`)),
  }));
}

/** Places without anything. */
export function emptySlots(): readonly FileSlot[] {
  return places().map(() => ({ alt: "", lost: "" }));
}

/** What to say besides what was wrong with a form that goes back: "" when it had no files. */
export function chooseAgain(slots: readonly FileSlot[]): string {
  const lost = slots.filter(({ lost }) => lost !== "").length;
  if (lost === 0) return "";
  return lost === 1 ? " Choose the file again." : " Choose the files again.";
}

/** The files of a form. Throws a `UserError` that ends with `nothing`, such as "Nothing was sent." */
export async function readUploads(
  values: FormValues,
  { nothing = "", everybody = true }: {
    readonly nothing?: string;
    /** Whether everybody gets them, not one person. */
    readonly everybody?: boolean;
  } = {},
): Promise<Uploads> {
  try {
    return await read(values, everybody);
  } catch (error) {
    if (!(error instanceof UserError) || nothing === "") throw error;
    throw new UserError(error.code, `${error.message} ${nothing}`);
  }
}

async function read(values: FormValues, everybody: boolean): Promise<Uploads> {
  const asTheyAre = values.text("as-they-are") !== "";
  const attachments: AttachmentInput[] = [];
  const notes: string[] = [];
  const unknown: string[] = [];
  const sizes: number[] = [];
  for (const n of places()) {
    const file = chosen(values, n);
    if (file === undefined) continue;
    const bytes = new Uint8Array(await file.arrayBuffer());
    const ready = asTheyAre ? unchanged(file.name, bytes, n) : prepared(file.name, bytes, n);
    if (ready === undefined) {
      unknown.push(safeLine(file.name));
      continue;
    }
    const { name, mediaType, note } = ready;
    if (note !== "") notes.push(note);
    const alt = values.text(`alt${n}`);
    attachments.push({ name, mediaType, base64: ready.bytes.toBase64(), alt });
    sizes.push(ready.bytes.length);
  }
  if (unknown.length > 0) throw mayTell(unknown, everybody);
  checkRoom(sizes);
  return { attachments, notes };
}

interface Ready {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** What was taken out; "" for nothing. */
  readonly note: string;
}

/** The file in a place, if there is one. Throws a `UserError` where one seems to have been forgotten. */
function chosen(values: FormValues, n: number): File | undefined {
  const file = values.files(`file${n}`)[0];
  if (file !== undefined || dropped(values, n)) return file;
  const lost = values.text(`lost${n}`);
  if (lost !== "") {
    throw new UserError(
      "refused",
      `Choose ${safeLine(lost)} again, or say that it stays away.`,
    );
  }
  if (values.text(`alt${n}`).trim() === "") return undefined;
  throw new UserError("refused", `File ${n} has a description, and no file is chosen.`);
}

/** Without what it tells; undefined when that can't be known. */
function prepared(name: string, bytes: Uint8Array, n: number): Ready | undefined {
  const picture = barePicture(bytes);
  if (picture === "unreadable") return undefined;
  if (picture === undefined) {
    return isPlainText(name, bytes) ? unchanged(name, bytes, n) : undefined;
  }
  // Cameras and programs write time and maker into names, too.
  const plain = `picture-${n}.${EXTENSIONS[picture.type]}`;
  const taken = bytes.length - picture.bytes.length;
  const note = picture.about.length === 0
    ? ""
    : `${safeLine(name)} goes out as ${plain}, without ${aboutWords(picture.about)}` +
      `${taken > 0 ? `: ${renderBytes(taken)} less` : ""}.`;
  return { name: plain, mediaType: picture.type, bytes: picture.bytes, note };
}

const EXTENSIONS: Readonly<Record<PictureType, string>> = {
  "image/gif": "gif",
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/webp": "webp",
};

function unchanged(name: string, bytes: Uint8Array, n: number): Ready {
  return { name: sendable(name, n), mediaType: mediaType(name), bytes, note: "" };
}

/** A name that may be sent, of the length that a message has room for; its ending is kept. */
function sendable(name: string, n: number): string {
  const safe = safeFileName(name, `file-${n}`);
  const points = [...safe.normalize("NFC")];
  if (points.length <= MAX_ATTACHMENT_NAME_POINTS) return points.join("");
  const ending = [...(/\.[A-Za-z0-9]{1,10}$/.exec(safe)?.[0] ?? "")];
  return [...points.slice(0, MAX_ATTACHMENT_NAME_POINTS - ending.length), ...ending].join("");
}

function isPlainText(name: string, bytes: Uint8Array): boolean {
  if (!PLAIN.includes(mediaType(name))) return false;
  try {
    return !new TextDecoder("utf-8", { fatal: true }).decode(bytes).includes("\0");
  } catch {
    return false;
  }
}

function mayTell(names: readonly string[], everybody: boolean): UserError {
  const [which, them] = [names.join(", "), names.length === 1 ? "it" : "them"];
  return new UserError(
    "refused",
    `${which}: this page can't take out of ${them} what tells of you. Pictures, films and documents ` +
      "often say who made them, where, when and with what. If all of that may be known to " +
      `${everybody ? "everybody" : "whoever gets it"}, choose “Send files as they are”.`,
  );
}

function checkRoom(sizes: readonly number[]): void {
  const all = sizes.reduce((sum, size) => sum + size, 0);
  if (all <= MAX_BODY_BYTES) return;
  throw new UserError(
    "refused",
    `${sizes.length === 1 ? "This file has" : "These files have"} ${
      renderBytes(all)
    }, and all files ` +
      `of a message together have about ${
        renderBytes(FILES_ROOM)
      } of room. Make a picture smaller ` +
      `first, 800 pixels wide or less.`,
  );
}

function dropped(values: FormValues, n: number): boolean {
  return values.text(`drop${n}`) !== "";
}

function places(): readonly number[] {
  return Array.from({ length: MAX_ATTACHMENTS }, (_, i) => i + 1);
}
