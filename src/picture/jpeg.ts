/**
 * JPEG (ITU-T T.81) with its JFIF, Exif and Adobe segments, as far as browsers show it: baseline,
 * extended and progressive with 8 bits. Nothing is unpacked.
 *
 *     FF D8        start
 *     segments     FF, marker, 2 length (with itself), data; after each SOS the coded rows, in which an
 *                  FF is followed by 00 or a restart marker
 *     FF D9        end
 */
import { ascii, begins, concat, saysAt, viewOf } from "./bytes.ts";
import { isOrientationOnly, orientationOnly, readOrientation } from "./orientation.ts";
import type { About, AboutKind, Walked } from "./types.ts";

const HEAD = [0xff, 0xd8, 0xff];
const [SOI, EOI, SOS, APP0, APP1, APP2, APP13, APP14, COM] = [
  ...[0xd8, 0xd9, 0xda, 0xe0, 0xe1, 0xe2, 0xed, 0xee, 0xfe] as const,
];
/** Baseline, extended and progressive. */
const FRAMES: readonly number[] = [0xc0, 0xc1, 0xc2];
/** Tables of codes, of quantization, and the restart interval. */
const TABLES: readonly number[] = [0xc4, 0xdb, 0xdd];
const EXIF = "Exif\0\0";
/** Bytes of a JFIF segment without preview, and of Adobe's. */
const [JFIF_BYTES, ADOBE_BYTES] = [18, 16];

interface Segment {
  readonly marker: number;
  /** Between length and next marker; of SOS the header alone. */
  readonly data: Uint8Array;
  /** All of it, with the coded rows. */
  readonly whole: Uint8Array;
}

/** What was gathered on the way. */
interface Gathered {
  /** Must come first: JFIF. */
  readonly head: Uint8Array[];
  readonly body: Uint8Array[];
  readonly about: About[];
}

/** Whether bytes begin like one. */
export function isJpeg(bytes: Uint8Array): boolean {
  return begins(bytes, HEAD);
}

/** Reads one; undefined when it isn't built as it should be. */
export function walkJpeg(bytes: Uint8Array): Walked | undefined {
  const segments = isJpeg(bytes) ? readSegments(bytes) : undefined;
  if (segments === undefined) return undefined;
  const size = sizeOf(segments);
  if (size === undefined) return undefined;
  const got: Gathered = { head: [], body: [], about: [] };
  for (const segment of segments) take(segment, got);
  const end = 4 + segments.reduce((sum, { whole }) => sum + whole.length, 0);
  if (end < bytes.length) got.about.push({ kind: "after", bytes: bytes.length - end });
  const bare = concat([
    Uint8Array.of(0xff, SOI),
    ...got.head,
    ...got.body,
    Uint8Array.of(0xff, EOI),
  ]);
  const passes = segments.filter(({ marker }) => marker === SOS).length;
  return { type: "image/jpeg", ...size, passes, bare, still: bare, about: got.about };
}

/** All segments up to the end; undefined for what is damaged, cut off, or of a kind that isn't shown. */
function readSegments(bytes: Uint8Array): readonly Segment[] | undefined {
  const view = viewOf(bytes);
  const segments: Segment[] = [];
  for (let at = 2; at + 2 <= bytes.length;) {
    const marker = bytes[at + 1]!;
    if (bytes[at] !== 0xff) return undefined;
    if (marker === EOI) return segments;
    if (!isKnown(marker) || at + 4 > bytes.length) return undefined;
    const length = view.getUint16(at + 2);
    const dataEnd = at + 2 + length;
    if (length < 2 || dataEnd > bytes.length) return undefined;
    const end = marker === SOS ? endOfRows(bytes, dataEnd) : dataEnd;
    if (end === undefined) return undefined;
    const whole = bytes.subarray(at, end);
    segments.push({ marker, data: bytes.subarray(at + 4, dataEnd), whole });
    at = end;
  }
  return undefined;
}

function isKnown(marker: number): boolean {
  return FRAMES.includes(marker) || TABLES.includes(marker) || marker === SOS || marker === COM ||
    (marker >= APP0 && marker <= 0xef);
}

/** Where the marker after coded rows stands; undefined when there is none. */
function endOfRows(bytes: Uint8Array, from: number): number | undefined {
  for (let at = from; at + 1 < bytes.length; at++) {
    if (bytes[at] !== 0xff) continue;
    const next = bytes[at + 1]!;
    const within = next === 0 || (next >= 0xd0 && next <= 0xd7);
    if (!within) return at;
    at++;
  }
  return undefined;
}

/** Columns and rows, if it has one frame and scans behind it. */
function sizeOf(segments: readonly Segment[]): { width: number; height: number } | undefined {
  const frames = segments.filter(({ marker }) => FRAMES.includes(marker));
  const [frame] = frames;
  if (frame === undefined || frames.length > 1 || frame.data.length < 6) return undefined;
  const scans = segments.filter(({ marker }) => marker === SOS);
  if (scans.length === 0 || segments.indexOf(scans[0]!) < segments.indexOf(frame)) return undefined;
  const view = viewOf(frame.data);
  const [precision, height, width] = [view.getUint8(0), view.getUint16(1), view.getUint16(3)];
  const components = view.getUint8(5);
  if (precision !== 8 || width === 0 || height === 0) return undefined;
  if (![1, 3, 4].includes(components) || frame.data.length !== 6 + 3 * components) return undefined;
  return scans.every((scan) => isScan(scan, components)) ? { width, height } : undefined;
}

function isScan({ data }: Segment, components: number): boolean {
  const count = data[0] ?? 0;
  return count >= 1 && count <= components && data.length === 4 + 2 * count;
}

function take({ marker, data, whole }: Segment, got: Gathered): void {
  const drop = (kind: AboutKind, bytes = whole.length): void => {
    got.about.push({ kind, bytes });
  };
  if (marker === APP0 && got.head.length === 0 && isJfif(data)) {
    got.head.push(withoutPreview(whole));
    if (whole.length > JFIF_BYTES) drop("other", whole.length - JFIF_BYTES);
    return;
  }
  if (marker === APP1 && saysAt(data, 0, EXIF)) return takeExif(data.subarray(EXIF.length), got);
  if (marker === APP14 && saysAt(data, 0, "Adobe") && whole.length >= ADOBE_BYTES) {
    got.body.push(shortened(whole, ADOBE_BYTES));
    if (whole.length > ADOBE_BYTES) drop("other", whole.length - ADOBE_BYTES);
    return;
  }
  if (marker < APP0) got.body.push(whole);
  else drop(kindOf(marker, data));
}

function takeExif(tiff: Uint8Array, { body, about }: Gathered): void {
  const orientation = readOrientation(tiff);
  if (!isOrientationOnly(tiff)) about.push({ kind: "exif", bytes: tiff.length + 4 + EXIF.length });
  if (orientation === undefined) return;
  const data = concat([ascii(EXIF), orientationOnly(orientation)]);
  body.push(Uint8Array.of(0xff, APP1, 0, data.length + 2), data);
}

function isJfif(data: Uint8Array): boolean {
  return saysAt(data, 0, "JFIF\0") && data.length >= JFIF_BYTES - 4;
}

/** A JFIF segment may bring a small copy of the picture along. */
function withoutPreview(whole: Uint8Array): Uint8Array {
  const kept = shortened(whole, JFIF_BYTES);
  kept.fill(0, JFIF_BYTES - 2);
  return kept;
}

/** The beginning of a segment as a segment. */
function shortened(whole: Uint8Array, bytes: number): Uint8Array {
  const kept = whole.slice(0, bytes);
  viewOf(kept).setUint16(2, bytes - 2);
  return kept;
}

function kindOf(marker: number, data: Uint8Array): AboutKind {
  if (marker === APP1) return saysAt(data, 0, "http://ns.adobe.com/x") ? "xmp" : "other";
  if (marker === APP2) return saysAt(data, 0, "ICC_PROFILE\0") ? "profile" : "other";
  return marker === COM || marker === APP13 ? "words" : "other";
}
