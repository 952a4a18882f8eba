/**
 * PNG (ISO/IEC 15948) and APNG, chunk by chunk; nothing is unpacked.
 *
 *     8            signature
 *     chunks       4 length, 4 type, data, 4 CRC of type and data; IHDR first, IEND last
 */
import { ascii, begins, concat, saysAt, viewOf } from "./bytes.ts";
import { crc32 } from "./crc32.ts";
import { isOrientationOnly, orientationOnly, readOrientation } from "./orientation.ts";
import type { About, AboutKind, Walked } from "./types.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Of a chunk besides its data. */
const FRAME_BYTES = 12;
/** Depths that a colour type may have. */
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
/** What draws, besides the critical chunks: opacity, and colours in a few numbers. Most bytes of data. */
const DRAWS: ReadonlyMap<string, number> = new Map([
  ...[["tRNS", 256], ["sRGB", 1], ["gAMA", 4], ["cICP", 4]] as const,
]);
/** What moves, and how many bytes of data it has at least and at most. */
const MOVES: ReadonlyMap<string, readonly [number, number]> = new Map([
  ...[["acTL", [8, 8]], ["fcTL", [26, 26]], ["fdAT", [4, Infinity]]] as const,
]);

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  /** With its frame. */
  readonly whole: Uint8Array;
}

/** Whether bytes begin like one. */
export function isPng(bytes: Uint8Array): boolean {
  return begins(bytes, SIGNATURE);
}

/** Reads one; undefined when it isn't built as it should be. */
export function walkPng(bytes: Uint8Array): Walked | undefined {
  const chunks = isPng(bytes) ? readChunks(bytes) : undefined;
  if (chunks === undefined || !inOrder(chunks)) return undefined;
  const size = sizeOf(chunks[0]);
  if (size === undefined || !fitsColors(chunks)) return undefined;
  const end = SIGNATURE.length + chunks.reduce((sum, { whole }) => sum + whole.length, 0);
  const first = chunks.findIndex(({ type }) => type === "IDAT");
  const moves = isAnimated(chunks, first);
  const still: Uint8Array[] = [Uint8Array.from(SIGNATURE)];
  const bare: Uint8Array[] = [Uint8Array.from(SIGNATURE)];
  const about: About[] = [];
  for (const chunk of chunks) {
    const parts = partOf(chunk, moves);
    if (parts === undefined) return undefined;
    if (parts.kind !== undefined) about.push({ kind: parts.kind, bytes: chunk.whole.length });
    if (parts.still !== undefined) still.push(parts.still);
    if (parts.bare !== undefined) bare.push(parts.bare);
  }
  if (end < bytes.length) about.push({ kind: "after", bytes: bytes.length - end });
  return { type: "image/png", ...size, passes: 1, bare: concat(bare), still: concat(still), about };
}

/** All chunks up to the end; undefined for a damaged one. */
function readChunks(bytes: Uint8Array): readonly Chunk[] | undefined {
  const view = viewOf(bytes);
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE.length; at + FRAME_BYTES <= bytes.length;) {
    const length = view.getUint32(at);
    const end = at + FRAME_BYTES + length;
    if (end > bytes.length) return undefined;
    const named = bytes.subarray(at + 4, end - 4);
    const type = String.fromCharCode(...named.subarray(0, 4));
    if (!/^[A-Za-z]{2}[A-Z][A-Za-z]$/.test(type)) return undefined;
    if (crc32(named) !== view.getUint32(end - 4)) return undefined;
    chunks.push({ type, data: named.subarray(4), whole: bytes.subarray(at, end) });
    if (type === "IEND") return length === 0 ? chunks : undefined;
    at = end;
  }
  return undefined;
}

/** IHDR, at most one PLTE, the IDATs in a row, IEND, and no other critical chunk. */
function inOrder(chunks: readonly Chunk[]): boolean {
  const critical = chunks.map(({ type }) => type).filter((type) => /^[A-Z]/.test(type)).join(" ");
  if (!/^IHDR (?:PLTE )?(?:IDAT )+IEND$/.test(critical)) return false;
  if (chunks[0]?.type !== "IHDR") return false;
  const rows = chunks.flatMap(({ type }, i) => type === "IDAT" ? [i] : []);
  return rows.every((row, i) => i === 0 || row === rows[i - 1]! + 1);
}

function sizeOf(head: Chunk | undefined): { width: number; height: number } | undefined {
  if (head?.data.length !== 13) return undefined;
  const view = viewOf(head.data);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, color, packing, filter, interlace] = head.data.subarray(8);
  const known = DEPTHS[color!]?.includes(depth!) === true && packing === 0 && filter === 0 &&
    interlace! <= 1;
  return known && width > 0 && height > 0 ? { width, height } : undefined;
}

/** Palette and opacity, each where the colour type has one and of a size that it can have. */
function fitsColors(chunks: readonly Chunk[]): boolean {
  const [depth, color] = chunks[0]!.data.subarray(8);
  const palette = chunks.find(({ type }) => type === "PLTE")?.data.length;
  if ((palette ?? 0) % 3 !== 0 || palette === 0 || (palette ?? 0) > 768) return false;
  if (color === 3 && (palette ?? Infinity) > 3 * 2 ** depth!) return false;
  if (palette !== undefined && (color === 0 || color === 4)) return false;
  const opacity = chunks.filter(({ type }) => type === "tRNS");
  if (opacity.length > 1 || (opacity.length === 1 && color! >= 4)) return false;
  const most = color === 3 ? palette! / 3 : color === 2 ? 6 : 2;
  return opacity.every(({ data }) => data.length <= most);
}

/** Whether it says before its first picture that it moves. */
function isAnimated(chunks: readonly Chunk[], first: number): boolean {
  const at = chunks.findIndex(({ type }) => type === "acTL");
  return at >= 0 && at < first;
}

/** What of a chunk goes where; undefined when it is not built as it should be. */
function partOf(
  { type, data, whole }: Chunk,
  moves: boolean,
): { still?: Uint8Array; bare?: Uint8Array; kind?: AboutKind } | undefined {
  const draws = /^[A-Z]/.test(type) || data.length <= (DRAWS.get(type) ?? -1);
  if (draws) return { still: whole, bare: whole };
  const range = moves ? MOVES.get(type) : undefined;
  if (range !== undefined) {
    return data.length >= range[0] && data.length <= range[1] ? { bare: whole } : undefined;
  }
  if (type !== "eXIf") return { kind: kindOf(type, data) };
  if (isOrientationOnly(data)) return { still: whole, bare: whole };
  const orientation = readOrientation(data);
  if (orientation === undefined) return { kind: "exif" };
  const kept = makeChunk("eXIf", orientationOnly(orientation));
  return { still: kept, bare: kept, kind: "exif" };
}

function kindOf(type: string, data: Uint8Array): AboutKind {
  if (type === "iTXt" && saysAt(data, 0, "XML:com.adobe.xmp\0")) return "xmp";
  if (/^(?:tEXt|zTXt|iTXt)$/.test(type)) return "words";
  return /^(?:iCCP|cHRM)$/.test(type) ? "profile" : "other";
}

function makeChunk(type: string, data: Uint8Array): Uint8Array {
  const whole = concat([new Uint8Array(4), ascii(type), data, new Uint8Array(4)]);
  const view = viewOf(whole);
  view.setUint32(0, data.length);
  view.setUint32(whole.length - 4, crc32(whole.subarray(4, -4)));
  return whole;
}
