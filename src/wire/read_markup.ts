/**
 * What a reader makes of a status's markup (docs/PROTOCOL.md section 3). Whoever wrote it may have
 * meant harm: what has no sense is ignored, and nothing here throws.
 */
import { type Markup, MARKUP_TYPES, type StatusBody } from "./body.ts";
import { type IdentityKey, type MessageId, parseIdentity, parseMessageId } from "./ids.ts";
import { parseLocator } from "./locator.ts";

/** Characters in a language tag; longer ones are nobody's. */
const MAX_LANGUAGE = 35;
/** What a link may lead to. Anything else might run something on the reader's machine. */
const LINK = /^(?:https?:\/\/|mailto:)[^\s\p{Cc}\p{Cf}]+$/iu;
const PRINTABLE = /^[\x21-\x7E]+$/;
const TAG = /^[\p{L}\p{N}\p{M}_]+$/u;

/** A part of a text, in code points. */
export interface Span {
  /** First code point. */
  readonly start: number;
  /** The code point after the last; at most the text's length. */
  readonly end: number;
  /** What stands there. */
  readonly text: string;
}

/** A link. */
export interface LinkSpan extends Span {
  /** Where it leads: `http:`, `https:` or `mailto:`. */
  readonly url: string;
  /** Whether the text says the same; if not, a reader must be shown `url`. */
  readonly plain: boolean;
}

/** A mention of an identity. */
export interface MentionSpan extends Span {
  /** Who is meant, whatever the text says. */
  readonly key: IdentityKey;
}

/** A tag. */
export interface TagSpan extends Span {
  /** Without the `#`. */
  readonly tag: string;
}

/** A locator. */
export interface LocatorSpan extends Span {
  /** One that can be read. */
  readonly locator: string;
  /** Whether the text says the same; if not, a reader must be shown `locator`. */
  readonly plain: boolean;
}

/** Markup with sense in it: spans in the order of the text, none over another. */
export interface CleanMarkup {
  /** Links. */
  readonly links: readonly LinkSpan[];
  /** Mentions. */
  readonly mentions: readonly MentionSpan[];
  /** Tags. */
  readonly tags: readonly TagSpan[];
  /** Locators. */
  readonly locators: readonly LocatorSpan[];
  /** The message that is answered. */
  readonly replyTo: MessageId | undefined;
  /** The message that is quoted. */
  readonly quote: MessageId | undefined;
  /** Language tag (BCP 47) in its canonical form. */
  readonly language: string | undefined;
  /** Content warning, not empty. */
  readonly warning: string | undefined;
}

/**
 * The markup of a status that makes sense. Of spans that share a code point the first in the list
 * counts, as does the first of each type that stands for the whole text.
 */
export function cleanMarkup({ text, markup }: Pick<StatusBody, "text" | "markup">): CleanMarkup {
  const points = Array.from(text);
  const taken = new Uint8Array(points.length);
  const links: LinkSpan[] = [];
  const mentions: MentionSpan[] = [];
  const tags: TagSpan[] = [];
  const locators: LocatorSpan[] = [];
  for (const entry of markup) {
    const span = spanOf(entry, points);
    if (span === undefined || taken.subarray(span.start, span.end).includes(1)) continue;
    if (!takeSpan({ span, entry }, { links, mentions, tags, locators })) continue;
    taken.fill(1, span.start, span.end);
  }
  return {
    links: inOrder(links),
    mentions: inOrder(mentions),
    tags: inOrder(tags),
    locators: inOrder(locators),
    replyTo: first(markup, { type: MARKUP_TYPES.replyTo, read: parseMessageId }),
    quote: first(markup, { type: MARKUP_TYPES.quote, read: parseMessageId }),
    language: first(markup, { type: MARKUP_TYPES.language, read: readLanguage }),
    warning: first(markup, { type: MARKUP_TYPES.warning, read: (value) => value || undefined }),
  };
}

/** A language tag (BCP 47) in its canonical form; `undefined` for what isn't one. */
export function readLanguage(text: string): string | undefined {
  if (text.length > MAX_LANGUAGE) return undefined;
  try {
    return Intl.getCanonicalLocales(text)[0];
  } catch {
    return undefined;
  }
}

/** Whether a link's text says where the link leads: the same, but for `https://`, `http://` and a last `/`. */
export function saysWhere(text: string, url: string): boolean {
  const bare = (one: string): string =>
    one.replace(/^(?:https?:\/\/|mailto:)/i, "").replace(/\/$/, "");
  // A text with a scheme of its own must have the link's.
  const scheme = /^(?:https?:\/\/|mailto:)/i;
  return bare(text) === bare(url) &&
    (!scheme.test(text) ||
      scheme.exec(text)?.[0].toLowerCase() === scheme.exec(url)?.[0].toLowerCase());
}

interface Spans {
  readonly links: LinkSpan[];
  readonly mentions: MentionSpan[];
  readonly tags: TagSpan[];
  readonly locators: LocatorSpan[];
}

/** Adds a span to those of its kind; answers whether there is sense in it. */
function takeSpan(
  { span, entry: { type, value } }: { readonly span: Span; readonly entry: Markup },
  { links, mentions, tags, locators }: Spans,
): boolean {
  switch (type) {
    case MARKUP_TYPES.link:
      if (!LINK.test(value)) return false;
      links.push({ ...span, url: value, plain: saysWhere(span.text, value) });
      return true;
    case MARKUP_TYPES.mention: {
      const key = parseIdentity(value);
      if (key !== undefined) mentions.push({ ...span, key });
      return key !== undefined;
    }
    case MARKUP_TYPES.tag:
      if (!TAG.test(value)) return false;
      tags.push({ ...span, tag: value });
      return true;
    case MARKUP_TYPES.locator:
      if (!PRINTABLE.test(value) || parseLocator(value).kind === "bad") return false;
      locators.push({ ...span, locator: value, plain: span.text === value });
      return true;
    default:
      return false;
  }
}

function spanOf({ start, end }: Markup, points: readonly string[]): Span | undefined {
  if (start >= end || end > points.length) return undefined;
  return { start, end, text: points.slice(start, end).join("") };
}

function first<T>(
  markup: readonly Markup[],
  { type, read }: { readonly type: number; readonly read: (value: string) => T | undefined },
): T | undefined {
  for (const entry of markup) {
    const found = entry.type === type ? read(entry.value) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function inOrder<S extends Span>(spans: readonly S[]): readonly S[] {
  return spans.toSorted((a, b) => a.start - b.start);
}
