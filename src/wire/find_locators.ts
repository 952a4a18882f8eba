/**
 * Finds locators in what they travel in (docs/PROTOCOL.md section 9): a mail with its line breaks and
 * quote marks, a sentence, a page's source.
 */
import { formatLocator, type Locator, parseLocator } from "./locator.ts";
import { MAX_LOCATOR_CHARS } from "./limits.ts";

/** A locator that was found. */
export interface FoundLocator {
  /** In its plain form. */
  readonly text: string;
  /** What it says. */
  readonly locator: Locator;
}

/** What was found: each locator once, in its order; and why the first that can't be read can't. */
export interface FoundLocators {
  /** At most {@linkcode MAX_FOUND}. */
  readonly found: readonly FoundLocator[];
  /** A sentence without its full stop; absent when all could be read, or nothing looked like one. */
  readonly reason?: string;
}

/** Most locators that are looked for in one text. */
export const MAX_FOUND = 16;
/** Most pieces, parted by white space, that are put together to one locator. */
const MAX_PIECES = 64;

/** `g:?` after anything but a letter, a digit or what such a word may hold; it may be encoded. */
const START = /(?<![a-z0-9+.-])g(?::|%3a)(?:\?|%3f)/gi;
/** What a locator consists of; anything else ends it. */
const RUN = /^[a-z0-9\-._~:[\]%&=;+?\s]*/i;
/** What a sentence puts behind it. */
const AFTER = /[\].;:?+~_-]+$/;

/** Whether there is anything in a text that begins like a locator. */
export function looksLikeLocator(text: string): boolean {
  return text.search(START) >= 0;
}

/**
 * Looks for locators. White space in one is forgiven, so where it ends may be open: then both the
 * shortest and the longest reading are answered. The rest of the text counts for nothing. Never
 * throws; the work is bounded by the length of the text and {@linkcode MAX_FOUND}.
 */
export function findLocators(text: string): FoundLocators {
  const found = new Map<string, FoundLocator>();
  let reason: string | undefined;
  // Quote marks of mails at the start of lines.
  const bare = text.replace(/^[> \t]+/gm, "");
  const starts = [...bare.matchAll(START)].slice(0, MAX_FOUND).map(({ index }) => index);
  for (const [i, start] of starts.entries()) {
    const whole = bare.slice(start, starts[i + 1]).slice(0, 2 * MAX_LOCATOR_CHARS);
    // An empty line ends it.
    const paragraph = whole.split(/\r?\n[ \t]*\r?\n/, 1)[0] ?? "";
    const pieces = (RUN.exec(paragraph)?.[0] ?? "").split(/\s+/).slice(0, MAX_PIECES);
    const readings = readingsOf(pieces);
    if (readings.length === 0) reason ??= whyNot(pieces);
    for (const reading of readings) {
      if (found.size < MAX_FOUND) found.set(reading.text, reading);
    }
  }
  return { found: [...found.values()], ...(reason === undefined ? {} : { reason }) };
}

/** The shortest and the longest that can be read from the first piece on. */
function readingsOf(pieces: readonly string[]): readonly FoundLocator[] {
  const readings: FoundLocator[] = [];
  let joined = "";
  for (const [i, piece] of pieces.entries()) {
    joined += piece;
    // What goes on with a further parameter can't end here.
    if (joined.endsWith("&") || pieces[i + 1]?.startsWith("&")) continue;
    const reading = read(joined);
    if (reading !== undefined) readings.push(reading);
  }
  const longest = readings.at(-1);
  return readings.slice(0, 1).concat(longest === undefined ? [] : [longest]);
}

function read(text: string): FoundLocator | undefined {
  for (const candidate of [text, text.replace(AFTER, "")]) {
    const result = parseLocator(candidate);
    if (result.kind === "locator") return plain(result.locator);
  }
  return undefined;
}

function plain(locator: Locator): FoundLocator | undefined {
  try {
    return { text: formatLocator(locator), locator };
  } catch {
    // With its ports written out it is too long.
    return undefined;
  }
}

function whyNot(pieces: readonly string[]): string | undefined {
  const result = parseLocator(pieces[0] ?? "");
  return result.kind === "bad" ? result.reason : undefined;
}
