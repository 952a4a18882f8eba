/**
 * Makes strings from elsewhere safe to print. A status, a name or a file name is written by
 * strangers: raw, it could move the cursor, recolour or retitle the terminal, reverse what stands
 * beside it, hide letters, or bury the screen under combining marks. Pure.
 */

/** Combining marks kept on one base character: enough for Hebrew, Thai, Vietnamese and Tibetan. */
const MAX_MARKS = 4;

const REPLACEMENT = "\uFFFD";
const ZWNJ = "\u200C";
const ZWJ = "\u200D";

const CONTROL = /^[\p{Cc}\p{Co}\p{Noncharacter_Code_Point}]$/u;
/** Bidi controls, zero-width characters, fillers, tags and other format characters. */
const INVISIBLE = /^[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}]$/u;
const MARK = /^\p{M}$/u;
const VARIATION = /^[\uFE0E\uFE0F]$/u;
const EMOJI = /^\p{Emoji}$/u;
const PICTURE = /^\p{Extended_Pictographic}$/u;
const JOINABLE = /^[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F]$/u;
const ARABIC = /^\p{Script_Extensions=Arabic}$/u;
const ARABIC_LETTER = /^(?=\p{L})\p{Script_Extensions=Arabic}$/u;

/**
 * A text of several lines. Line feeds stay; tabs become spaces; other controls (so the head of any
 * escape sequence), private-use characters and lone surrogates become U+FFFD; bidi controls and
 * invisible characters vanish, but for the joiners inside emoji and between Arabic letters; a
 * character keeps at most four combining marks. Doing it twice changes nothing more.
 */
export function safeText(text: string): string {
  const points = Array.from(text.toWellFormed());
  let out = "";
  let last = "";
  let marks = 0;
  for (const [i, point] of points.entries()) {
    const kept = keep(point, { last, next: points[i + 1] ?? "", marks });
    if (kept === "") continue;
    marks = MARK.test(kept) && !VARIATION.test(kept) ? marks + 1 : joins(kept) ? marks : 0;
    out += kept;
    last = kept;
  }
  return out;
}

/** The same for what must stay on one line: a name, a file name. Line feeds become spaces. */
export function safeLine(text: string): string {
  return safeText(text).replaceAll("\n", " ");
}

/** First-strong isolate and pop directional isolate. */
const [FSI, PDI] = ["\u2068", "\u2069"];
/** Letters and numbers that are written from right to left. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFF\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/**
 * A safe text that can't pull what stands beside it into its own direction: with a name written from
 * right to left a terminal would else show what follows it on the line in front of it.
 */
export function isolate(safe: string): string {
  return RIGHT_TO_LEFT.test(safe) ? `${FSI}${safe}${PDI}` : safe;
}

interface Around {
  /** What was kept before it, "" at the start. */
  readonly last: string;
  /** What comes after it, as it came. */
  readonly next: string;
  /** Marks already on the base character. */
  readonly marks: number;
}

function keep(point: string, { last, next, marks }: Around): string {
  if (point === "\n" || point === "\u2028" || point === "\u2029") return "\n";
  if (point === "\r" && next === "\n") return "";
  if (point === "\t") return " ";
  if (CONTROL.test(point)) return REPLACEMENT;
  if (point === ZWJ) return JOINABLE.test(last) && PICTURE.test(next) ? point : "";
  if (point === ZWNJ) return ARABIC.test(last) && ARABIC_LETTER.test(next) ? point : "";
  if (VARIATION.test(point)) return EMOJI.test(last) ? point : "";
  if (INVISIBLE.test(point)) return "";
  if (MARK.test(point)) return hasBase(last) && marks < MAX_MARKS ? point : "";
  return point;
}

/** Whether a mark may follow: at the start of a line it would sit on what we print before it. */
function hasBase(last: string): boolean {
  return last !== "" && last !== "\n";
}

function joins(kept: string): boolean {
  return kept === ZWJ || kept === ZWNJ || VARIATION.test(kept);
}
