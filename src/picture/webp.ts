/**
 * WebP (RFC 9649), chunk by chunk; nothing is unpacked.
 *
 *     12           "RIFF", 4 length of the rest (little-endian), "WEBP"
 *     chunks       4 type, 4 length, data, a zero if the length is odd; "VP8 " or "VP8L" alone, or "VP8X"
 *                  first, then either one picture (before it its "ALPH") or "ANIM" and "ANMF" each with one
 */
import { ascii, concat, saysAt, viewOf } from "./bytes.ts";
import { isOrientationOnly, orientationOnly, readOrientation } from "./orientation.ts";
import type { About, AboutKind, Walked } from "./types.ts";

/** Bytes before the chunks, before a chunk's data, of an ANMF before its chunks, of VP8X and of ANIM. */
const [RIFF_BYTES, CHUNK_BYTES, FRAME_BYTES, VP8X_BYTES, ANIM_BYTES] = [12, 8, 16, 10, 6];
/** Flags in VP8X. */
const [ALPHA, HAS_EXIF, MOVES] = [0x10, 0x08, 0x02];

interface Size {
  readonly width: number;
  readonly height: number;
}

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  readonly whole: Uint8Array;
}

/** Whether bytes begin like one. */
export function isWebp(bytes: Uint8Array): boolean {
  return saysAt(bytes, 0, "RIFF") && saysAt(bytes, 8, "WEBP");
}

/** Reads one; undefined when it isn't built as it should be. */
export function walkWebp(bytes: Uint8Array): Walked | undefined {
  if (!isWebp(bytes)) return undefined;
  const end = CHUNK_BYTES + viewOf(bytes).getUint32(4, true);
  if (end > bytes.length) return undefined;
  const chunks = readChunks(bytes.subarray(RIFF_BYTES, end));
  const walked = chunks?.[0]?.type === "VP8X" ? extended(chunks) : simple(chunks ?? []);
  if (walked === undefined || end === bytes.length) return walked;
  const after: About = { kind: "after", bytes: bytes.length - end };
  return { ...walked, about: [...walked.about, after] };
}

/** All chunks; undefined when one is cut off. */
function readChunks(bytes: Uint8Array): readonly Chunk[] | undefined {
  const view = viewOf(bytes);
  const chunks: Chunk[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + CHUNK_BYTES > bytes.length) return undefined;
    const type = String.fromCharCode(...bytes.subarray(at, at + 4));
    const length = view.getUint32(at + 4, true);
    const dataEnd = at + CHUNK_BYTES + length;
    const end = dataEnd + length % 2;
    if (end > bytes.length || (end > dataEnd && bytes[dataEnd] !== 0)) return undefined;
    const data = bytes.subarray(at + CHUNK_BYTES, dataEnd);
    chunks.push({ type, data, whole: bytes.subarray(at, end) });
    at = end;
  }
  return chunks;
}

/** One picture and nothing else. */
function simple(chunks: readonly Chunk[]): Walked | undefined {
  const [picture, ...others] = chunks;
  const size = picture === undefined ? undefined : pictureSize(picture);
  if (picture === undefined || size === undefined) return undefined;
  const bare = file([picture.whole]);
  const about = others.map(({ type, whole }) => ({ kind: kindOf(type), bytes: whole.length }));
  return { type: "image/webp", ...size, passes: 1, bare, still: bare, about };
}

/** With a VP8X in front. */
function extended([head, ...chunks]: readonly Chunk[]): Walked | undefined {
  if (head?.data.length !== VP8X_BYTES) return undefined;
  const size = { width: 1 + uint24(head.data, 4), height: 1 + uint24(head.data, 7) };
  const flags = head.data[0]!;
  const moves = (flags & MOVES) !== 0;
  const drawn = moves ? motionOf(chunks, size) : pictureOf(chunks, size);
  if (drawn === undefined) return undefined;
  const draws = moves ? /^ANIM$|^ANMF$/ : /^ALPH$|^VP8[ L]$/;
  const { kept, about } = takeRest(chunks.filter(({ type }) => !draws.test(type)));
  // Pictures of a moving one may have had something beside them.
  const lost = total(chunks.filter(({ type }) => draws.test(type)).map(({ whole }) => whole)) -
    total(drawn);
  if (lost > 0) about.push({ kind: "other", bytes: lost });
  const said = (flags & (ALPHA | MOVES)) | (kept.length > 0 ? HAS_EXIF : 0);
  const bare = file([vp8x(said, size), ...drawn, ...kept]);
  return {
    ...{ type: "image/webp", ...size, passes: 1, bare, about },
    still: moves ? undefined : bare,
  };
}

/** One picture, of the size of it all, and its opacity; undefined for anything else. */
function pictureOf(chunks: readonly Chunk[], size: Size): readonly Uint8Array[] | undefined {
  const drawn = chunks.filter(({ type }) => /^ALPH$|^VP8[ L]$/.test(type));
  if (!/^(?:(?:ALPH\/)?VP8 |VP8L)$/.test(drawn.map(({ type }) => type).join("/"))) return undefined;
  const is = pictureSize(drawn.at(-1)!);
  if (is?.width !== size.width || is.height !== size.height) return undefined;
  return drawn.map(({ whole }) => whole);
}

/** All pictures of a moving one, each with nothing beside it; undefined when one isn't built as it should be. */
function motionOf(
  chunks: readonly Chunk[],
  { width, height }: Size,
): readonly Uint8Array[] | undefined {
  const order = chunks.map(({ type }) => type).filter((type) =>
    /^(?:ANIM|ANMF|ALPH|VP8.)$/.test(type)
  );
  if (!/^ANIM(?: ANMF)+$/.test(order.join(" "))) return undefined;
  const parts: Uint8Array[] = [];
  for (const { type, data, whole } of chunks) {
    if (type === "ANIM") {
      if (data.length !== ANIM_BYTES) return undefined;
      parts.push(whole);
    }
    if (type !== "ANMF") continue;
    if (data.length < FRAME_BYTES) return undefined;
    const inner = readChunks(data.subarray(FRAME_BYTES));
    const size = { width: 1 + uint24(data, 6), height: 1 + uint24(data, 9) };
    const [left, top] = [2 * uint24(data, 0), 2 * uint24(data, 3)];
    if (left + size.width > width || top + size.height > height) return undefined;
    const drawn = inner === undefined ? undefined : pictureOf(inner, size);
    if (drawn === undefined) return undefined;
    parts.push(makeChunk("ANMF", concat([data.subarray(0, FRAME_BYTES), ...drawn])));
  }
  return parts;
}

/** Columns and rows of a VP8 or VP8L; undefined for what is neither. */
function pictureSize({ type, data }: Chunk): Size | undefined {
  const view = viewOf(data);
  if (type === "VP8 " && data.length >= 10) {
    const isKey = (data[0]! & 1) === 0 && data[3] === 0x9d && data[4] === 0x01 && data[5] === 0x2a;
    const size = {
      width: view.getUint16(6, true) & 0x3fff,
      height: view.getUint16(8, true) & 0x3fff,
    };
    return isKey && size.width > 0 && size.height > 0 ? size : undefined;
  }
  if (type !== "VP8L" || data.length < 5 || data[0] !== 0x2f) return undefined;
  const bits = view.getUint32(1, true);
  if (bits >>> 29 !== 0) return undefined;
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
}

/** What doesn't draw: which way up it is stays, of all other things that they are there. */
function takeRest(chunks: readonly Chunk[]): { kept: Uint8Array[]; about: About[] } {
  const about: About[] = [];
  let kept: Uint8Array[] = [];
  for (const { type, data, whole } of chunks) {
    // Some writers put the head of JPEG's segment in front.
    const tiff = saysAt(data, 0, "Exif\0\0") ? data.subarray(6) : data;
    const orientation = type === "EXIF" ? readOrientation(tiff) : undefined;
    if (orientation !== undefined) kept = [makeChunk("EXIF", orientationOnly(orientation))];
    if (type !== "EXIF" || !isOrientationOnly(data)) {
      about.push({ kind: kindOf(type), bytes: whole.length });
    }
  }
  return { kept, about };
}

function kindOf(type: string): AboutKind {
  if (type === "EXIF") return "exif";
  if (type === "XMP ") return "xmp";
  return type === "ICCP" ? "profile" : "other";
}

function vp8x(flags: number, { width, height }: Size): Uint8Array {
  const data = new Uint8Array(VP8X_BYTES);
  const view = viewOf(data);
  view.setUint8(0, flags);
  // 24 bits each: the second number is written over the first one's highest, empty byte.
  view.setUint32(4, width - 1, true);
  view.setUint16(7, (height - 1) & 0xffff, true);
  view.setUint8(9, (height - 1) >>> 16);
  return makeChunk("VP8X", data);
}

function total(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

function uint24(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
}

function makeChunk(type: string, data: Uint8Array): Uint8Array {
  const length = new Uint8Array(4);
  viewOf(length).setUint32(0, data.length, true);
  return concat([ascii(type), length, data, new Uint8Array(data.length % 2)]);
}

function file(chunks: readonly Uint8Array[]): Uint8Array {
  const rest = concat([ascii("WEBP"), ...chunks]);
  const length = new Uint8Array(4);
  viewOf(length).setUint32(0, rest.length, true);
  return concat([ascii("RIFF"), length, rest]);
}
