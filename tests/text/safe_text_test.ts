import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { safeLine, safeText } from "../../src/text/safe_text.ts";

Deno.test("safeText keeps what people write", () => {
  for (
    const text of [
      "",
      "Hello, world!",
      "two\nlines",
      "Grüße, façade, naïve, e\u0301",
      "日本語 한국어 العربية עברית ไทย हिन्दी",
      "שָׁלוֹם בְּרֵאשִׁית",
      "می\u200Cخواهم",
      "👩‍👩‍👧 ❤️ 👍🏽 🏳️‍🌈 1️⃣ 🇨🇭",
      "v\u0323\u0302 ạ̈",
    ]
  ) equal(safeText(text), text);
});

Deno.test("safeText takes the sting out of what isn't text", () => {
  const cases: [string, string, string][] = [
    ["escape sequence", "\x1b[2Jgone\x1b]0;title\x07", "\uFFFD[2Jgone\uFFFD]0;title\uFFFD"],
    ["C1 control", "a\x9b31mb\x85", "a\uFFFD31mb\uFFFD"],
    ["carriage return", "true\rfalse", "true\uFFFDfalse"],
    ["line ends", "a\r\nb\u2028c\u2029d", "a\nb\nc\nd"],
    ["tab", "a\tb", "a b"],
    ["backspace and delete", "a\bb\x7f", "a\uFFFDb\uFFFD"],
    ["bidi override", "a\u202Etxt.exe\u202C", "atxt.exe"],
    ["bidi isolates and marks", "\u2066a\u2069\u200E\u200F\u061C", "a"],
    ["zero width", "a\u200Bb\u2060c\uFEFFd\u00ADe", "abcde"],
    ["joiners out of place", "a\u200Db\u200C\u200D👩\u200D", "ab👩"],
    ["fillers", "\u3164\u115F\uFFA0\u034F", ""],
    ["tags", "a\u{E0041}\u{E0042}", "a"],
    ["variation selectors", "a\uFE0F\u{E0100}❤️\uFE0F", "a❤️"],
    ["lone surrogates", "a\uD800b", "a\uFFFDb"],
    ["private use and noncharacters", "\uE000\u{10FFFF}", "\uFFFD\uFFFD"],
    ["marks on nothing", "\u0301a\n\u0302b", "a\nb"],
    ["marks in a flood", `z${"\u0335".repeat(100)}a`, `z${"\u0335".repeat(4)}a`],
  ];
  for (const [what, text, expected] of cases) equal(safeText(text), expected, what);
});

Deno.test("safeText keeps four marks on a character and not five", () => {
  const marks = (n: number): string => `a${"\u0301".repeat(n)}`;
  equal(safeText(marks(4)), marks(4));
  equal(safeText(marks(5)), marks(4));
});

Deno.test("safeLine has no line break", () => {
  equal(safeLine("a\nb\u2028c\r\nd"), "a b c d");
});

Deno.test("property: nothing harmful is left, and doing it twice changes nothing more", () => {
  const nasty = fc.constantFrom(
    ...["\x1b", "\x9b", "\r", "\n", "\t", "\u200B", "\u200C", "\u200D", "\u202E", "\u2066"],
    ...["\u0301", "\u064B", "\uFE0F", "👩", "ا", "1", "\u{1F3FD}", "\u{E0061}", "\uD83D", "a"],
  );
  const anything = fc.array(fc.oneof(nasty, fc.string({ unit: "binary" })), { maxLength: 30 });
  fc.assert(
    fc.property(anything, (parts) => {
      const text = parts.join("");
      const safe = safeText(text);
      ok(!/[\p{Cc}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u.test(safe.replaceAll("\n", "")));
      ok(!/[\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF]/.test(safe));
      ok(!/(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])\u200D/u.test(safe));
      ok(!/\u200D(?!\p{Extended_Pictographic})/u.test(safe));
      ok(!/(?:(?!\uFE0F)\p{M}){5}/u.test(safe));
      ok(!/(?:^|\n)\p{M}/u.test(safe));
      equal(safeText(safe), safe);
    }),
    { numRuns: 300 },
  );
});
