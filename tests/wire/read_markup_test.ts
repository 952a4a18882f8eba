import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { type Markup, MARKUP_TYPES } from "../../src/wire/body.ts";
import { formatIdentity, identityKey } from "../../src/wire/ids.ts";
import { cleanMarkup, readLanguage, saysWhere } from "../../src/wire/read_markup.ts";

const KEY = identityKey(new Uint8Array(32).fill(7));
const ID = formatIdentity(KEY);
const { link, mention, tag, replyTo, quote, locator, language, warning } = MARKUP_TYPES;

function span(start: number, end: number, type: number, value: string): Markup {
  return { start, end, type, value };
}

Deno.test("markup that makes sense comes through, in the order of the text and in code points", () => {
  const text = "😀 #cat @ada a.example g:?a=1.2.3.4:5000";
  const clean = cleanMarkup({
    text,
    markup: [
      span(12, 21, link, "https://a.example"),
      span(2, 6, tag, "cat"),
      span(7, 11, mention, ID),
      span(22, 39, locator, "g:?a=1.2.3.4:5000"),
      span(0, 0, replyTo, "AA".repeat(32)),
      span(0, 0, quote, "bb".repeat(32)),
      span(0, 0, language, "DE-ch"),
      span(0, 0, warning, "cats"),
    ],
  });
  deepEqual(clean, {
    links: [{ start: 12, end: 21, text: "a.example", url: "https://a.example", plain: true }],
    mentions: [{ start: 7, end: 11, text: "@ada", key: KEY }],
    tags: [{ start: 2, end: 6, text: "#cat", tag: "cat" }],
    locators: [{
      ...{ start: 22, end: 39, text: "g:?a=1.2.3.4:5000" },
      ...{ locator: "g:?a=1.2.3.4:5000", plain: true },
    }],
    replyTo: "aa".repeat(32),
    quote: "bb".repeat(32),
    language: "de-CH",
    warning: "cats",
  });
});

Deno.test("hostile markup is ignored, and leaves what is beside it", () => {
  const nothing = {
    ...{ links: [], mentions: [], tags: [], locators: [] },
    ...{ replyTo: undefined, quote: undefined, language: undefined, warning: undefined },
  };
  const huge = Number.MAX_SAFE_INTEGER;
  const cases: [string, Markup][] = [
    ["out of range", span(0, 11, link, "https://a.example")],
    ["huge", span(huge - 1, huge, link, "https://a.example")],
    ["start after end", span(5, 2, link, "https://a.example")],
    ["empty", span(3, 3, link, "https://a.example")],
    ["script", span(0, 5, link, "javascript:alert(1)")],
    ["file", span(0, 5, link, "file:///etc/passwd")],
    ["link with a space", span(0, 5, link, "https://a.example/ b")],
    ["link with a bidi override", span(0, 5, link, "https://a.example/\u202Eb")],
    ["no identity", span(0, 5, mention, `${ID.slice(0, -1)}${ID.endsWith("q") ? "p" : "q"}`)],
    ["a tag of several words", span(0, 5, tag, "two words")],
    ["no locator", span(0, 5, locator, "g:?x=1")],
    ["a locator with a space", span(0, 5, locator, "g:?a=a.example &n=main")],
    ["no id", span(0, 0, replyTo, "aabb")],
    ["no id to quote", span(0, 0, quote, "\u001b".repeat(64))],
    ["no language", span(0, 0, language, "not a language")],
    ["a long language", span(0, 0, language, `en-x-${"a".repeat(500)}`)],
    ["no warning", span(0, 0, warning, "")],
    ["an unknown type", span(0, 5, 99, "x")],
    ["a huge type", span(0, 5, huge, "x")],
  ];
  for (const [what, entry] of cases) {
    deepEqual(cleanMarkup({ text: "0123456789", markup: [entry] }), nothing, what);
    const beside = span(0, 10, link, "https://b.example");
    equal(cleanMarkup({ text: "0123456789", markup: [entry, beside] }).links.length, 1, what);
  }
});

Deno.test("of spans that overlap the first counts", () => {
  const { links, mentions } = cleanMarkup({
    text: "0123456789",
    markup: [
      span(2, 5, link, "https://a.example"),
      span(0, 3, mention, ID),
      span(4, 6, link, "https://b.example"),
      span(2, 5, link, "https://c.example"),
      span(5, 6, mention, ID),
    ],
  });
  deepEqual(links.map(({ url }) => url), ["https://a.example"]);
  deepEqual(mentions.map(({ start }) => start), [5]);
});

Deno.test("a link whose text says something else than where it leads isn't plain", () => {
  const cases: [string, string, boolean][] = [
    ["https://bank.example", "https://bank.example/", true],
    ["bank.example", "https://bank.example", true],
    ["http://bank.example", "http://bank.example", true],
    ["https://bank.example", "https://evil.example", false],
    ["https://bank.example", "http://bank.example", false],
    ["https://bank.example", "https://bank.example.evil.example", false],
    ["click here", "https://evil.example", false],
    ["BANK.example", "https://bank.example", false],
  ];
  for (const [text, url, expected] of cases) {
    equal(saysWhere(text, url), expected, `${text} ${url}`);
  }
});

Deno.test("languages are those of BCP 47", () => {
  equal(readLanguage("zh-hant"), "zh-Hant");
  for (const text of ["", "x", "deutsch!", "de de", "\u0000"]) equal(readLanguage(text), undefined);
});

Deno.test("property: whatever the markup, nothing is thrown, and spans lie in the text, apart", () => {
  const number = fc.oneof(fc.nat(12), fc.maxSafeNat());
  const value = fc.oneof(
    fc.constantFrom(ID, "https://a.example", "tag", "aa".repeat(32), "g:?a=1.2.3.4:5000", "de"),
    fc.string({ unit: "binary" }),
  );
  const entry = fc.record({ start: number, end: number, type: fc.oneof(fc.nat(9), number), value });
  fc.assert(fc.property(
    fc.string({ unit: "grapheme", maxLength: 12 }),
    fc.array(entry, { maxLength: 32 }),
    (text, markup) => {
      const { links, mentions, tags, locators } = cleanMarkup({ text, markup });
      const spans = [...links, ...mentions, ...tags, ...locators];
      const points = Array.from(text);
      const covered = spans.reduce((sum, { start, end }) => sum + end - start, 0);
      ok(covered <= points.length);
      for (const { start, end, text: part } of spans) {
        ok(start < end && end <= points.length);
        equal(points.slice(start, end).join(""), part);
      }
    },
  ));
});
