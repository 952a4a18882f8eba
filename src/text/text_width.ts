/** Columns that text takes on a terminal, and wrapping by them. Pure; takes text made safe before. */
import { eastAsianWidth } from "get-east-asian-width";

/** Pictures, but for the letters of flags, of which each has one column. */
const PICTURE = /^(?!\p{Regional_Indicator})\p{Emoji_Presentation}$/u;
/** What sits on or in another character, and what isn't seen; vowels and finals of Hangul in pieces. */
const NO_COLUMN = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}\u1160-\u11FF\uD7B0-\uD7FF]$/u;
/** Makes a picture of a narrow character. */
const AS_PICTURE = "\uFE0F";
const ASCII = /^[\x20-\x7E]*$/;

/** Columns of one line at most. East Asian wide characters and emoji count two, joined ones each. */
export function displayWidth(line: string): number {
  if (ASCII.test(line)) return line.length;
  let width = 0;
  for (const cluster of clusters(line)) width += clusterWidth(cluster);
  return width;
}

/**
 * Breaks text into lines of at most `width` columns: at its own line feeds, else at spaces, else
 * between characters, never inside one that fits a line. A `width` of Infinity only splits at line feeds.
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
  for (const cluster of clustersWithin(line, width)) {
    const columns = clusterWidth(cluster);
    let isBreak = false;
    while (used + columns > width && current.length > 0 && !isBreak) {
      isBreak = cluster === " ";
      const space = isBreak ? -1 : current.lastIndexOf(" ");
      const cut = space > 0 ? space + 1 : current.length;
      lines.push(current.slice(0, cut).join("").trimEnd());
      current = current.slice(cut);
      used = current.reduce((sum, item) => sum + clusterWidth(item), 0);
    }
    if (isBreak) continue;
    current.push(cluster);
    used += columns;
  }
  lines.push(current.join(""));
  return lines;
}

/** The same, but for clusters that fit into no line: those come in pieces. */
function* clustersWithin(line: string, width: number): Iterable<string> {
  for (const cluster of clusters(line)) {
    if (clusterWidth(cluster) <= width) yield cluster;
    else yield* cluster;
  }
}

function* clusters(line: string): Iterable<string> {
  const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
  for (const { segment } of segmenter.segment(line)) yield segment;
}

/**
 * Columns of one cluster, as the least able terminal has it: one that can't join emoji or letters shows
 * them side by side. Counted as joined, what follows would get onto a line of its own there, without
 * our bar in front of it.
 */
function clusterWidth(cluster: string): number {
  let width = 0;
  let last = 0;
  for (const point of cluster) {
    if (point === AS_PICTURE && last === 1) width++;
    last = NO_COLUMN.test(point)
      ? 0
      : PICTURE.test(point)
      ? 2
      : eastAsianWidth(point.codePointAt(0) ?? 0);
    width += last;
  }
  return width;
}
