/** Files by their names: which media type one suggests, and safe names for what others sent. Pure. */
import { safeLine } from "./safe_text.ts";

/** Bytes in the longest file name that we make; file systems allow 255. */
const MAX_NAME_BYTES = 200;

/** Devices of Windows, with any extension, and files that change how a folder is shown or what it starts. */
const TAKEN =
  /^(?:(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$|clock\$)\s*(?:\..*)?|desktop\.ini|autorun\.inf|thumbs\.db)$/iu;

const TYPES: Readonly<Record<string, string>> = {
  aac: "audio/aac",
  avif: "image/avif",
  csv: "text/csv",
  flac: "audio/flac",
  gif: "image/gif",
  html: "text/html",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  json: "application/json",
  jxl: "image/jxl",
  m4a: "audio/mp4",
  md: "text/markdown",
  mp3: "audio/mpeg",
  mp4: "video/mp4",
  ogg: "audio/ogg",
  opus: "audio/ogg",
  pdf: "application/pdf",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain",
  wav: "audio/wav",
  webm: "video/webm",
  webp: "image/webp",
  zip: "application/zip",
};

/** The last part of a path. */
export function baseName(path: string): string {
  return path.replace(/[/\\]+$/, "").split(/[/\\]/).at(-1) ?? "";
}

/** The media type that a file name suggests (RFC 6838), as far as the few here go. */
export function mediaType(name: string): string {
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  return Object.hasOwn(TYPES, extension) ? TYPES[extension] ?? "" : "application/octet-stream";
}

/**
 * A name under which an attachment can be saved in a folder: one path component on every system, no
 * control or invisible character, not hidden, no device of Windows's, no option to a command.
 * `fallback` is for names of which nothing is left.
 */
export function safeFileName(name: string, fallback: string): string {
  const plain = safeLine(name)
    .replaceAll("\uFFFD", "_")
    .replace(/[/\\<>:"|?*]/g, "_")
    .replace(/^[\s.~-]+|[\s.]+$/g, "");
  const free = TAKEN.test(plain) ? `_${plain}` : plain;
  const { stem, extension } = splitName(free);
  const short = cutBytes(stem, MAX_NAME_BYTES - byteLength(extension)).trimEnd();
  return short === "" ? fallback : short + extension;
}

/** The n-th name to try: `photo.jpg`, `photo (2).jpg`, … */
export function numbered(name: string, n: number): string {
  if (n === 1) return name;
  const { stem, extension } = splitName(name);
  return `${stem} (${n})${extension}`;
}

function splitName(name: string): { stem: string; extension: string } {
  const extension = /(?<=.)\.[A-Za-z0-9]{1,10}$/.exec(name)?.[0] ?? "";
  return { stem: name.slice(0, name.length - extension.length), extension };
}

function cutBytes(text: string, maxBytes: number): string {
  let out = "";
  let used = 0;
  for (const point of text) {
    used += byteLength(point);
    if (used > maxBytes) break;
    out += point;
  }
  return out;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
