/**
 * A form with files as browsers send it (multipart/form-data, RFC 7578), split where it stands: no part of
 * it becomes a string but the names of its fields.
 */

/** What browsers say of such a form. */
const TYPE = /^multipart\/form-data\s*;\s*boundary="?([\w'()+,./:=?-]{1,70})"?\s*$/i;
/** Most parts in a form of ours. */
const MAX_PARTS = 16;
/** Most bytes in a part's own headers. */
const MAX_HEAD_BYTES = 1_024;

const LINE_END = ascii("\r\n");
const HEAD_END = ascii("\r\n\r\n");
const LAST = ascii("--");

/** What stands between the parts of a form of this media type; `undefined` for any other. */
export function boundaryOf(mediaType: string): string | undefined {
  return TYPE.exec(mediaType)?.[1];
}

/** How many parts a body has at most, counted without taking it apart. */
export function countParts(body: Uint8Array, boundary: string): number {
  const delimiter = ascii(`--${boundary}`);
  let count = 0;
  for (let at = find(body, delimiter, 0); at >= 0; at = find(body, delimiter, at + 1)) count++;
  return count;
}

/** The first part of each name, as views of the body; `undefined` for what no browser sends. */
export function partsOf(
  body: Uint8Array,
  boundary: string,
): ReadonlyMap<string, Uint8Array> | undefined {
  const parts = new Map<string, Uint8Array>();
  const delimiter = ascii(`\r\n--${boundary}`);
  // The first delimiter begins the body, without the line end that ends a part before.
  if (!startsWith(body, delimiter.subarray(2))) return undefined;
  let at = delimiter.length - 2;
  for (let count = 0; count <= MAX_PARTS; count++) {
    if (startsWith(body.subarray(at), LAST)) return parts;
    if (!startsWith(body.subarray(at), LINE_END)) return undefined;
    const headEnd = find(body, HEAD_END, at);
    if (headEnd < 0 || headEnd - at > MAX_HEAD_BYTES) return undefined;
    const head = new TextDecoder().decode(body.subarray(at, headEnd));
    const [, name] = /^content-disposition:\s*form-data;.*?\bname="([^"\r\n]*)"/im.exec(head) ?? [];
    const start = headEnd + HEAD_END.length;
    const end = find(body, delimiter, start);
    if (name === undefined || end < 0) return undefined;
    if (!parts.has(name)) parts.set(name, body.subarray(start, end));
    at = end + delimiter.length;
  }
  return undefined;
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function startsWith(bytes: Uint8Array, wanted: Uint8Array): boolean {
  return bytes.length >= wanted.length && wanted.every((byte, i) => bytes[i] === byte);
}

/** Where something stands from a place on; -1 if it doesn't. */
function find(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const first = wanted[0] ?? 0;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (startsWith(bytes.subarray(at, at + wanted.length), wanted)) return at;
  }
  return -1;
}
