import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { safeText } from "../../src/text/safe_text.ts";
import { displayWidth, padEnd, truncate, wrap } from "../../src/text/text_width.ts";

Deno.test("displayWidth counts columns", () => {
  const cases: [string, number][] = [
    ["", 0],
    ["abc", 3],
    ["é", 1],
    ["e\u0301", 1],
    ["日本", 4],
    ["한국", 4],
    ["Ａ", 2],
    ["😀", 2],
    ["👩‍👩‍👧", 6],
    ["👍🏽", 4],
    ["❤️", 2],
    ["❤", 1],
    ["🇨🇭", 2],
    ["…", 1],
    ["क्षि", 3],
    ["각".normalize("NFD"), 2],
    ["1️⃣", 2],
    ["\u2068a\u2069", 1],
    ["〈", 2],
  ];
  for (const [text, width] of cases) equal(displayWidth(text), width, text);
});

Deno.test("wrap breaks at spaces, else between characters, and keeps line feeds", () => {
  const cases: [string, number, string[]][] = [
    ["", 5, [""]],
    ["abc", 5, ["abc"]],
    ["ab cd ef", 5, ["ab cd", "ef"]],
    ["ab cde", 5, ["ab", "cde"]],
    ["abcdefgh", 5, ["abcde", "fgh"]],
    ["a abcdefgh", 5, ["a", "abcde", "fgh"]],
    ["a\n\nb", 5, ["a", "", "b"]],
    ["日本語です", 5, ["日本", "語で", "す"]],
    ["ab cd", Infinity, ["ab cd"]],
    ["👩‍👩‍👧👩‍👩‍👧", 7, ["👩‍👩‍👧", "👩‍👩‍👧"]],
  ];
  for (const [text, width, lines] of cases) deepEqual(wrap(text, width), lines, text);
});

Deno.test("truncate and padEnd keep to columns", () => {
  equal(truncate("日本語", 6), "日本語");
  equal(truncate("日本語", 5), "日本…");
  equal(truncate("日本語", 4), "日…");
  equal(truncate("abcdef", 4), "abc…");
  equal(padEnd("日", 4), "日  ");
  equal(padEnd("abcdef", 4), "abcdef");
});

Deno.test("property: wrapped lines fit, and nothing but spaces is lost", () => {
  const unit = fc.constantFrom("a", "b", " ", "\n", "日", "é", "😀");
  fc.assert(fc.property(fc.string({ unit }), fc.integer({ min: 2, max: 12 }), (text, width) => {
    const lines = wrap(safeText(text), width);
    ok(lines.every((line) => displayWidth(line) <= width), JSON.stringify(lines));
    equal(lines.join("").replace(/\s/g, ""), text.replace(/\s/g, ""));
  }));
});
