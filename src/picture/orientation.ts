/**
 * Which way up a photograph is: the one thing in Exif (TIFF inside) that a picture needs.
 *
 *     "II" or "MM"   byte order
 *     2              42
 *     4              offset of the first directory
 *     directory      2 entries, then of each: 2 tag, 2 type, 4 count, 4 value
 */
import { viewOf } from "./bytes.ts";

const ORIENTATION = 0x0112;
const SHORT = 3;
/** Bytes before the first directory, of an entry, and in {@linkcode orientationOnly}. */
const [HEAD_BYTES, ENTRY_BYTES, ONLY_BYTES] = [8, 12, 26];

/** How to turn it, 2 to 8; undefined when it is upright or isn't said. */
export function readOrientation(tiff: Uint8Array): number | undefined {
  if (tiff.length < HEAD_BYTES + 2) return undefined;
  const view = viewOf(tiff);
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return undefined;
  const little = order === 0x4949;
  if (view.getUint16(2, little) !== 42) return undefined;
  const at = view.getUint32(4, little);
  if (at < HEAD_BYTES || at + 2 > tiff.length) return undefined;
  const entries = view.getUint16(at, little);
  for (let i = 0; i < entries; i++) {
    const entry = at + 2 + i * ENTRY_BYTES;
    if (entry + ENTRY_BYTES > tiff.length) return undefined;
    if (view.getUint16(entry, little) !== ORIENTATION) continue;
    const value = view.getUint16(entry + 8, little);
    const fits = view.getUint16(entry + 2, little) === SHORT &&
      view.getUint32(entry + 4, little) === 1 && value >= 2 && value <= 8;
    return fits ? value : undefined;
  }
  return undefined;
}

/** A TIFF that says this and nothing else. */
export function orientationOnly(orientation: number): Uint8Array {
  const bytes = new Uint8Array(ONLY_BYTES);
  const view = viewOf(bytes);
  view.setUint16(0, 0x4d4d);
  view.setUint16(2, 42);
  view.setUint32(4, HEAD_BYTES);
  view.setUint16(8, 1);
  view.setUint16(10, ORIENTATION);
  view.setUint16(12, SHORT);
  view.setUint32(14, 1);
  view.setUint16(18, orientation);
  return bytes;
}

/** Whether a TIFF is already what {@linkcode orientationOnly} makes of it. */
export function isOrientationOnly(tiff: Uint8Array): boolean {
  const orientation = readOrientation(tiff);
  if (orientation === undefined) return false;
  const only = orientationOnly(orientation);
  return tiff.length === only.length && only.every((byte, i) => tiff[i] === byte);
}
