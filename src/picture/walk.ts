/** Reads the file of a picture, whichever of the four formats it is. */
import { isGif, walkGif } from "./gif.ts";
import { isJpeg, walkJpeg } from "./jpeg.ts";
import { isPng, walkPng } from "./png.ts";
import type { Walked } from "./types.ts";
import { isWebp, walkWebp } from "./webp.ts";

/** Undefined when it is none of them, or not built as it should be. */
export function walkPicture(bytes: Uint8Array): Walked | undefined {
  return walkPng(bytes) ?? walkJpeg(bytes) ?? walkGif(bytes) ?? walkWebp(bytes);
}

/** Whether bytes begin like one of them. */
export function looksLikePicture(bytes: Uint8Array): boolean {
  return isPng(bytes) || isJpeg(bytes) || isGif(bytes) || isWebp(bytes);
}
