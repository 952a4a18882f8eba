/**
 * Finds what a status's author marked by writing it: links, locators, mentions and tags
 * (docs/PROTOCOL.md section 3). Readers get it told, so that all of them see the same.
 */
import { linkifyit } from "linkify-it";
import { type Markup, MARKUP_TYPES } from "../wire/body.ts";
import { formatIdentity, type IdentityKey, parseIdentity } from "../wire/ids.ts";
import { MAX_MARKUP_VALUE_BYTES } from "../wire/limits.ts";
import { parseLocator } from "../wire/locator.ts";
import { countPoints, utf8Length } from "../wire/text.ts";

/** What was found, and what could not be marked, as sentences. */
export interface FoundMarkup {
  /** In the order of the text; as many as there was room for. */
  readonly markup: readonly Markup[];
  /** Why something that looks like markup is sent as plain text. */
  readonly notes: readonly string[];
}

/** What is looked for. */
export interface FindOptions {
  /** Whom the author can mean by `@name`. */
  readonly petnames: ReadonlyMap<IdentityKey, string>;
  /** Most entries. */
  readonly room: number;
}

/** In UTF-16 units of the text. */
interface Found {
  readonly from: number;
  readonly to: number;
  readonly type: number;
  readonly value: string;
}

const MENTION = /(?<![\p{L}\p{N}\p{M}_@])@g1[02-9ac-hj-np-z]{58}(?![\p{L}\p{N}\p{M}_])/giu;
const AT = /(?<![\p{L}\p{N}\p{M}_@./])@(?=[^\s@])/gu;
/** At least one letter: `#1` is a number. */
const TAG = /(?<![\p{L}\p{N}\p{M}_&#/])#(?=[\p{N}\p{M}_]*\p{L})([\p{L}\p{N}\p{M}_]+)/gu;
const LOCATOR_TAIL = /^\?[^\s<>"'`]+/;
/** Ends a sentence rather than a locator. */
const AFTER = /[.,;:!?)\]}]+$/;

const linkifier = linkifyit({ fuzzyLink: true, fuzzyEmail: false })
  .add("ftp:", null)
  .add("//", null)
  .add("mailto:", null)
  .add("g:", {
    validate: (text, at) => LOCATOR_TAIL.exec(text.slice(at))?.[0].replace(AFTER, "").length ?? 0,
    normalize: () => {},
  });

/** Looks through a text in NFC, as it is sent. */
export function findMarkup(text: string, { petnames, room }: FindOptions): FoundMarkup {
  const notes: string[] = [];
  const all = [
    ...findLinks(text),
    ...findIdentities(text),
    ...findPetnames(text, { petnames, notes }),
    ...findTags(text),
  ];
  const kept: Found[] = [];
  for (const one of all) {
    if (kept.some(({ from, to }) => one.from < to && from < one.to)) continue;
    if (utf8Length(one.value) > MAX_MARKUP_VALUE_BYTES) {
      notes.push(
        `${text.slice(one.from, one.to)} is too long to be marked; it is sent as plain text.`,
      );
      continue;
    }
    kept.push(one);
  }
  kept.sort((a, b) => a.from - b.from);
  const left = kept.slice(room).map(({ from, to }) => text.slice(from, to));
  if (left.length > 0) {
    notes.push(`There is too much to mark; these are sent as plain text: ${left.join(" ")}`);
  }
  return { markup: kept.slice(0, room).map((found) => inPoints(text, found)), notes };
}

function* findLinks(text: string): Iterable<Found> {
  for (const { index, lastIndex, schema, raw, url } of linkifier.match(text) ?? []) {
    const place = { from: index, to: lastIndex };
    if (schema === "g:") {
      if (parseLocator(raw).kind === "bad") continue;
      yield { ...place, type: MARKUP_TYPES.locator, value: raw };
    } else {
      // What was written without a scheme is to be asked for in secret.
      const value = schema === "" ? url.replace(/^http:/, "https:") : url;
      yield { ...place, type: MARKUP_TYPES.link, value };
    }
  }
}

function* findIdentities(text: string): Iterable<Found> {
  for (const { 0: raw, index } of text.matchAll(MENTION)) {
    const key = parseIdentity(raw.slice(1));
    if (key === undefined) continue;
    const value = formatIdentity(key);
    yield { from: index, to: index + raw.length, type: MARKUP_TYPES.mention, value };
  }
}

/** `@name`: the longest petname that stands there whole, in any case, if one person alone has it. */
function* findPetnames(
  text: string,
  { petnames, notes }: { petnames: FindOptions["petnames"]; notes: string[] },
): Iterable<Found> {
  const known = byName(petnames);
  if (known.size === 0) return;
  const lengths = [...new Set(Array.from(known.keys(), countPoints))].sort((a, b) => b - a);
  for (const { index } of text.matchAll(AT)) {
    const after = Array.from(text.slice(index + 1));
    for (const length of lengths) {
      const name = after.slice(0, length).join("");
      const keys = known.get(folded(name));
      if (keys === undefined || isWord(after[length]) && isWord(after[length - 1])) continue;
      const [key, ...others] = keys;
      if (key === undefined) break;
      if (others.length > 0) {
        notes.push(`You call several people ${name}, so @${name} is sent as plain text.`);
        break;
      }
      const value = formatIdentity(key);
      yield { from: index, to: index + 1 + name.length, type: MARKUP_TYPES.mention, value };
      break;
    }
  }
}

function* findTags(text: string): Iterable<Found> {
  for (const { 0: raw, 1: value = "", index } of text.matchAll(TAG)) {
    yield { from: index, to: index + raw.length, type: MARKUP_TYPES.tag, value };
  }
}

function byName(petnames: FindOptions["petnames"]): ReadonlyMap<string, readonly IdentityKey[]> {
  const known = new Map<string, IdentityKey[]>();
  for (const [key, petname] of petnames) {
    const name = folded(petname);
    if (name !== "") known.set(name, [...known.get(name) ?? [], key]);
  }
  return known;
}

function folded(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

function isWord(point: string | undefined): boolean {
  return point !== undefined && /[\p{L}\p{N}\p{M}_]/u.test(point);
}

function inPoints(text: string, { from, to, type, value }: Found): Markup {
  const start = countPoints(text.slice(0, from));
  return { start, end: start + countPoints(text.slice(from, to)), type, value };
}
