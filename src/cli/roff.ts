/** Text as roff with man(7) macros: what is written never becomes a request or an escape. */

/** Longest line of the source: longer ones are hard to read, and linters say so. */
const LINE = 74;

/** Running text. Dashes of options stay dashes that can be copied. */
export function roffText(text: string): string {
  return wrap(escapeText(text)).replace(/(?<![\w\\])--?\w[\w-]*/g, (option) => dashes(option))
    .replace(/^(?=[.'])/gm, "\\&");
}

/** Text to be typed just so: every dash is one. */
export function roffLiteral(text: string): string {
  return dashes(escapeText(text)).replace(/^(?=[.'])/gm, "\\&");
}

/** The same in bold, within a line. */
export function roffBold(text: string): string {
  return `\\fB${dashes(escapeText(text))}\\fR`;
}

/** Text in the argument of a macro. */
export function roffArgument(text: string): string {
  return `"${roffLiteral(text)}"`;
}

/** Paragraphs, the first one begun already; lines that begin with two spaces are shown as they are. */
export function roffParagraphs(text: string): string {
  return text.split(/\n{2,}/).flatMap(blocks).join("\n").replace(/^\.PP\n/, "");
}

/** Breaks lines at spaces; roff fills them anew. */
function wrap(text: string): string {
  const lines: string[] = [""];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1) ?? "";
    if (last !== "" && last.length + word.length >= LINE) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines.join("\n");
}

function blocks(paragraph: string): string[] {
  const out: string[] = [];
  let plain: string[] = [];
  let shown: string[] = [];
  const flush = (): void => {
    if (plain.length > 0) out.push(".PP", roffText(plain.join("\n")));
    if (shown.length > 0) out.push(".PP", ".RS 4", ".nf", ...shown.map(roffLiteral), ".fi", ".RE");
    plain = [];
    shown = [];
  };
  for (const line of paragraph.split("\n").filter((line) => line.trim() !== "")) {
    const isShown = line.startsWith("  ");
    if ((isShown ? plain : shown).length > 0) flush();
    (isShown ? shown : plain).push(line.trim());
  }
  flush();
  return out;
}

const NAMED: Readonly<Record<string, string>> = {
  "\\": "\\e",
  "'": "\\(aq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
  '"': "\\(dq",
};

function escapeText(text: string): string {
  return text.replace(/[\\'`^~"]|[^\n\x20-\x7e]/gu, (c) => NAMED[c] ?? unicode(c));
}

function unicode(character: string): string {
  const code = (character.codePointAt(0) ?? 0xfffd).toString(16).toUpperCase();
  return `\\[u${code.padStart(4, "0")}]`;
}

function dashes(escaped: string): string {
  return escaped.replaceAll("-", "\\-");
}
