/** Pictures without what they say about who made them, where and with what. */
import type { About, AboutKind, PictureType } from "./types.ts";
import { looksLikePicture, walkPicture } from "./walk.ts";

/** A picture that is sent. */
export interface BarePicture {
  /** What it is, by its bytes. */
  readonly type: PictureType;
  /** The file without it; pixels and motion as they were. */
  readonly bytes: Uint8Array;
  /** What was taken out; none when there was nothing. */
  readonly about: readonly About[];
}

/**
 * What is left of a file when everything that doesn't draw is taken out of it. `"unreadable"` when it
 * begins like a PNG, JPEG, GIF or WebP and isn't built like one; undefined when it is none of these.
 */
export function barePicture(bytes: Uint8Array): BarePicture | "unreadable" | undefined {
  const walked = walkPicture(bytes);
  if (walked === undefined) return looksLikePicture(bytes) ? "unreadable" : undefined;
  const { type, about, bare } = walked;
  return { type, bytes: about.length === 0 ? bytes : bare, about };
}

const WORDS: Readonly<Record<AboutKind, string>> = {
  exif: "where, when and with what it was taken (Exif)",
  xmp: "how it was made and edited (XMP)",
  words: "captions and comments",
  profile: "the colours of the camera or screen that it is from",
  after: "what came after the picture's end",
  other: "what programs had left in it",
};

/** What was taken out, in words without an end: "captions and comments, and …". */
export function aboutWords(about: readonly About[]): string {
  const said = [...new Set(about.map(({ kind }) => WORDS[kind]))];
  const last = said.pop() ?? "";
  return said.length === 0 ? last : `${said.join("; ")}; and ${last}`;
}
