/**
 * PNG, JPEG, GIF and WebP read as files, nothing unpacked: which may be shown in a page, and what they
 * are without what they say about their author. Pure.
 */
export { aboutWords, type BarePicture, barePicture } from "./bare_picture.ts";
export { MAX_PIXELS, MAX_SIDE, type SafePicture, safePicture } from "./safe_picture.ts";
export type { About, AboutKind, PictureType } from "./types.ts";
