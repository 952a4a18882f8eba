import assert from "node:assert/strict";
import fc from "fast-check";
import { authorText, countPoints, isCleanText, utf8Length } from "../../src/wire/text.ts";

Deno.test("countPoints and utf8Length agree with the platform on any text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.equal(countPoints(text), [...text].length);
    assert.equal(utf8Length(text), new TextEncoder().encode(text).length);
  }));
});

Deno.test("countPoints counts what Unicode calls code points, not what looks like one", () => {
  const cases: [string, number][] = [["", 0], ["é", 1], ["e\u0301", 2], ["😀", 1], ["👨‍👩‍👧", 5]];
  for (const [text, points] of cases) assert.equal(countPoints(text), points, text);
});

Deno.test("isCleanText refuses C0 and C1 controls but LF, and lone surrogates, and nothing else", () => {
  for (let unit = 0; unit < 0x1_0000; unit++) {
    const control = (unit < 0x20 && unit !== 0x0a) || (unit >= 0x80 && unit <= 0x9f);
    const surrogate = unit >= 0xd800 && unit <= 0xdfff;
    const clean = isCleanText(`a${String.fromCharCode(unit)}b`);
    assert.equal(clean, !control && !surrogate, unit.toString(16));
  }
  assert.equal(isCleanText("😀\n"), true);
});

Deno.test("authorText is NFC", () => {
  assert.equal(authorText("e\u0301"), "\u00e9");
});
