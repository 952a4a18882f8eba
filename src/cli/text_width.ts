/** Columns that text takes on a terminal, and wrapping by them. Pure; takes text made safe before. */
import { eastAsianWidth } from "get-east-asian-width";

const EMOJI =
  /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3)/u;
/** What sits on or in another character, and what isn't seen; vowels and finals of Hangul in pieces. */
const NO_COLUMN = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}\u1160-\u11FF\uD7B0-\uD7FF]$/u;
const ASCII = /^[\x20-\x7E]*$/;

/** Columns of one line. East Asian wide characters and emoji count two. */
export function displayWidth(line: string): number {
  if (ASCII.test(line)) return line.length;
  let width = 0;
  for (const cluster of clusters(line)) width += clusterWidth(cluster);
  return width;
}

/**
 * Breaks text into lines of at most `width` columns: at its own line feeds, else at spaces, else
 * between characters, never inside one. A `width` of Infinity only splits at line feeds.
 */
export function wrap(text: string, width: number): string[] {
  return text.split("\n").flatMap((line) => wrapLine(line, width));
}

/** The beginning of a line that fits `width` columns, with `…` in the last one if it was longer. */
export function truncate(line: string, width: number): string {
  if (displayWidth(line) <= width) return line;
  let out = "";
  let used = 1;
  for (const cluster of clusters(line)) {
    used += clusterWidth(cluster);
    if (used > width) break;
    out += cluster;
  }
  return `${out}…`;
}

/** Fills a line with spaces up to `width` columns. */
export function padEnd(line: string, width: number): string {
  return line + " ".repeat(Math.max(0, width - displayWidth(line)));
}

function wrapLine(line: string, width: number): string[] {
  if (displayWidth(line) <= width) return [line];
  const lines: string[] = [];
  let current: string[] = [];
  let used = 0;
  for (const cluster of clusters(line)) {
    const columns = clusterWidth(cluster);
    if (used + columns > width && current.length > 0) {
      if (cluster === " ") {
        lines.push(current.join("").trimEnd());
        current = [];
        used = 0;
        continue;
      }
      const space = current.lastIndexOf(" ");
      const cut = space > 0 ? space + 1 : current.length;
      lines.push(current.slice(0, cut).join("").trimEnd());
      current = current.slice(cut);
      used = current.reduce((sum, item) => sum + clusterWidth(item), 0);
    }
    current.push(cluster);
    used += columns;
  }
  lines.push(current.join(""));
  return lines;
}

function* clusters(line: string): Iterable<string> {
  const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
  for (const { segment } of segmenter.segment(line)) yield segment;
}

/** A cluster can hold several letters, as in Devanagari, and terminals give each its columns. */
function clusterWidth(cluster: string): number {
  if (EMOJI.test(cluster)) return 2;
  let width = 0;
  for (const point of cluster) {
    if (!NO_COLUMN.test(point)) width += eastAsianWidth(point.codePointAt(0) ?? 0);
  }
  return width;
}
