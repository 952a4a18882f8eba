/**
 * Which attachments may be shown in a page, decided by their bytes alone: what their author says they
 * are is never believed.
 */
import type { PictureType } from "./types.ts";
import { walkPicture } from "./walk.ts";

/** Most columns and most rows. */
export const MAX_SIDE = 16_384;
/** Most pixels: unpacked they take four bytes each, whatever the file has, and a page has many. */
export const MAX_PIXELS = 16_777_216;
/** Most pixels over all passes of a decoder: a progressive JPEG is gone over for each of its scans. */
const MAX_DRAWN = 268_435_456;

/** A picture that may be shown. */
export interface SafePicture {
  /** What it is, by its bytes. */
  readonly type: PictureType;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** What is to be shown: only what draws, and the first picture of a moving one. */
  readonly bytes: Uint8Array;
}

/**
 * What is shown of an attachment, or undefined when nothing may be: it is no PNG, JPEG, GIF or WebP from
 * the first byte to the last, something comes after its end, or it unpacks to too much.
 */
export function safePicture(bytes: Uint8Array): SafePicture | undefined {
  const walked = walkPicture(bytes);
  if (walked?.still === undefined) return undefined;
  const { type, width, height, passes, still, about } = walked;
  // Whatever follows may be a file of another kind, for whoever looks from the end.
  if (about.some(({ kind }) => kind === "after")) return undefined;
  if (width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS) return undefined;
  return width * height * passes > MAX_DRAWN ? undefined : { type, width, height, bytes: still };
}
