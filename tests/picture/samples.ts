/** Files of pictures, sound and hostile, put together by hand or by encoders that only tests use. */
import { crc32 as zlibCrc32 } from "node:zlib";
import { encode } from "fast-png";
import jpeg from "jpeg-js";

/** Bytes of characters up to U+00FF. */
export function latin(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Parts as one. */
export function join(
  ...parts: readonly (Uint8Array | readonly number[] | string)[]
): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(
    parts.flatMap((part) => [...(typeof part === "string" ? latin(part) : part)]),
  );
}

/** Pixels of a small picture, four bytes each. */
export function pixels(width: number, height: number): Uint8Array {
  return Uint8Array.from(
    { length: 4 * width * height },
    (_, i) => i % 4 === 3 ? 255 : (i * 37) & 255,
  );
}

/** A PNG of a real encoder. */
export function png(width = 5, height = 3): Uint8Array<ArrayBuffer> {
  return join(encode({ width, height, data: pixels(width, height) }));
}

/** A chunk of a PNG with its CRC by zlib. */
export function chunk(type: string, data: Uint8Array | string = ""): Uint8Array<ArrayBuffer> {
  const named = join(type, data);
  return join(be32(named.length - 4), named, be32(zlibCrc32(named)));
}

/** A PNG with chunks put in before the one of this type. */
export function pngWith(before: string, ...chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = png();
  const at = indexOf(whole, before) - 4;
  return join(whole.subarray(0, at), ...chunks, whole.subarray(at));
}

/** A JPEG of a real encoder: JFIF, no Exif. */
export function photo(width = 16, height = 8): Uint8Array<ArrayBuffer> {
  const { data } = jpeg.encode({ width, height, data: pixels(width, height) }, 60);
  return join(new Uint8Array(data));
}

/** A segment of a JPEG. */
export function segment(marker: number, data: Uint8Array | string): Uint8Array<ArrayBuffer> {
  const bytes = join(data);
  return join([0xff, marker], be16(bytes.length + 2), bytes);
}

/** A JPEG with segments put in after its JFIF segment. */
export function photoWith(...segments: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = photo();
  return join(whole.subarray(0, 20), ...segments, whole.subarray(20));
}

/** An Exif body (TIFF) as a telephone makes it: orientation, maker, and where it was. */
export function tiff(orientation: number, little = true): Uint8Array<ArrayBuffer> {
  const u16 = (value: number): number[] => little ? [value & 255, value >> 8] : be16(value);
  const u32 = (value: number): number[] => little ? be32(value).reverse() : be32(value);
  const maker = "ACME Telephone\0";
  return join(
    ...[little ? "II" : "MM", u16(42), u32(8), u16(3)],
    ...[u16(0x010f), u16(2), u32(maker.length), u32(50)],
    ...[u16(0x0112), u16(3), u32(1), u16(orientation), u16(0)],
    ...[u16(0x8825), u16(4), u32(1), u32(66), u32(0)],
    ...[maker, "\0GPS 52.5200 N 13.4050 E"],
  );
}

/** A GIF's head for two colours. */
export function gifHead(width = 4, height = 4): Uint8Array<ArrayBuffer> {
  return join("GIF89a", le16(width), le16(height), [0x80, 0, 0], [255, 0, 0, 0, 0, 255]);
}

/** A picture in a GIF: all of one colour. */
export function gifPicture(width = 4, height = 4): Uint8Array<ArrayBuffer> {
  return join([0x2c], le16(0), le16(0), le16(width), le16(height), [0, 2, 3, 0x84, 0x8f, 0x05, 0]);
}

/** How a picture stands in a GIF. */
export const GIF_CONTROL = Uint8Array.of(0x21, 0xf9, 4, 0, 10, 0, 0, 0);
/** That a GIF goes on for ever. */
export const GIF_LOOP = join([0x21, 0xff, 11], "NETSCAPE2.0", [3, 1, 0, 0, 0]);

/** A comment in a GIF. */
export function gifComment(text: string): Uint8Array<ArrayBuffer> {
  return join([0x21, 0xfe, text.length], text, [0]);
}

/** A lossy WebP of one pixel. */
export const WEBP = Uint8Array.fromBase64(
  "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA",
);
/** A lossless one. */
export const WEBP_LOSSLESS = Uint8Array.fromBase64(
  "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==",
);
/** One with opacity in a chunk of its own. */
export const WEBP_ALPHA = Uint8Array.fromBase64(
  "UklGRkoAAABXRUJQVlA4WAoAAAAQAAAAAAAAAAAAQUxQSAwAAAARBxAR/Q9ERP8DAABWUDggGAAAABQBAJ0BKgEAAQAAAP4AAA3AAP7mtQAAAA==",
);
/** One that moves, as far as one picture does. */
export const WEBP_MOVING = Uint8Array.fromBase64(
  "UklGRlIAAABXRUJQVlA4WAoAAAASAAAAAAAAAAAAQU5JTQYAAAD/////AABBTk1GJgAAAAAAAAAAAAAAAAAAAGQAAABWUDhMDQAAAC8AAAAQBxAREYiI/gcA",
);

/** A chunk of a WebP. */
export function riffChunk(type: string, data: Uint8Array | string): Uint8Array<ArrayBuffer> {
  const bytes = join(data);
  return join(type, le32(bytes.length), bytes, new Uint8Array(bytes.length % 2));
}

/** A WebP of these chunks. */
export function riff(...chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const rest = join("WEBP", ...chunks);
  return join("RIFF", le32(rest.length), rest);
}

/** The one picture's chunk of {@linkcode WEBP}. */
export const VP8 = WEBP.subarray(12);

/** A VP8X for one pixel. */
export function vp8x(flags: number): Uint8Array<ArrayBuffer> {
  return riffChunk("VP8X", join([flags], new Uint8Array(9)));
}

/** Where characters stand first; -1 for nowhere. */
export function indexOf(bytes: Uint8Array, text: string): number {
  return String.fromCharCode(...bytes).indexOf(text);
}

function be16(value: number): number[] {
  return [value >> 8, value & 255];
}

function be32(value: number): number[] {
  return [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255];
}

function le16(value: number): number[] {
  return be16(value).reverse();
}

function le32(value: number): number[] {
  return be32(value).reverse();
}
