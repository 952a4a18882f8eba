/**
 * What everything that people read is made of. Pure. A line that holds something from elsewhere begins
 * with a mark of ours: a head with what is known of its author, a text with a bar, and what the program
 * says of it with another bar, so that no text can say that it is answered, quoted or verified.
 */
import { isolate, safeLine } from "../text/safe_text.ts";
import { displayWidth, wrap } from "../text/text_width.ts";

/** How to render. */
export interface Style {
  /** Columns, at least 20; Infinity off a terminal. */
  readonly width: number;
  /** Whether to use bold and dim type. */
  readonly color: boolean;
  /** Shows seconds since 1970 as local time. */
  localTime(seconds: number): string;
}

/** Said of a claimed name that looks like that of somebody whom the owner knows. */
export const BORROWED = "not who you know by that name";

/** Stands before each line of a text. */
const BAR = "│ ";
/** Stands before each line of what the program says, and of what it quotes. */
export const FACT_BAR = "├ ";
/** Stands before further lines of one that is too long: what a stranger put into it begins no line. */
const HANGING = "  ";
/** Fewest columns for a text: the widest character's. */
const MIN_TEXT = 2;

/** Text made safe before: wrapped, each line behind a bar, so that none can pass for a head. */
export function body(text: string, { width }: Style, bar = BAR): string[] {
  const columns = Math.max(MIN_TEXT, width - displayWidth(bar));
  return wrap(text, columns).map((line) => `${bar}${isolate(line)}`.trimEnd());
}

/** What the program says of a message or a profile: one line made safe before, wrapped. */
export function fact(line: string, { width }: Style): string[] {
  const columns = Math.max(MIN_TEXT, width - displayWidth(FACT_BAR));
  const fits = displayWidth(line) <= columns;
  const lines = wrap(line, fits ? columns : Math.max(MIN_TEXT, columns - HANGING.length));
  return lines.map((part, i) => `${FACT_BAR}${i === 0 ? "" : HANGING}${isolate(part)}`.trimEnd());
}

/** A piece of a line, with what it looks like in colour. */
export interface Piece {
  /** As it is counted. */
  readonly text: string;
  /** As it is printed. */
  readonly painted: string;
}

/** Pieces one after the other, on further lines, indented, when there are too many for one. */
export function flow(pieces: readonly Piece[], { width }: Style): string[] {
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const { text, painted } of pieces) {
    const columns = displayWidth(text);
    if (used > 0 && used + 1 + columns > width) {
      lines.push(line);
      [line, used] = ["", 0];
    }
    const lead = used > 0 ? " " : lines.length > 0 ? "  " : "";
    line += lead + painted;
    used += lead.length + columns;
  }
  return [...lines, line];
}

/** A text of 140 line feeds must not push all others off the screen. */
export function squeeze(text: string): string {
  return text.replace(/\n(?:[^\S\n]*\n){2,}/g, "\n\n").replace(/^\n+|\s+$/g, "");
}

/** Lines, each further to the right. */
export function indent(text: string, margin: string): string {
  return text.split("\n").map((line) => `${margin}${line}`).join("\n");
}

/** First digits of a message id: as a rule enough to name it in another command. */
export function shortMessage(id: string): string {
  return safeLine(id).slice(0, 10);
}

/** Bold and dim type, where there is colour. */
export interface Painter {
  /** For what matters. */
  bold(text: string): string;
  /** For what doesn't. */
  dim(text: string): string;
}

/** See {@linkcode Painter}. */
export function painter({ color }: Style): Painter {
  const sgr = (code: number) => (text: string): string =>
    color ? `\x1b[${code}m${text}\x1b[0m` : text;
  return { bold: sgr(1), dim: sgr(2) };
}
