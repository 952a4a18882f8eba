/** What the browser says while a post is written: the same functions that the node counts with. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { UserError } from "../../src/node/user_error.ts";
import { statusText } from "../../src/node/methods/status_parts.ts";
import { leftSaid, leftWords, pointsLeft } from "../../src/web/count_words.ts";
import { filesWords } from "../../src/web/files_words.ts";

Deno.test("characters are counted as the node does: after NFC, an emoji as one", () => {
  const cases: [string, number][] = [
    ["", 140],
    ["abc", 137],
    ["e\u0301", 139],
    ["😀", 139],
    ["👩‍👩‍👧", 135],
    ["a\r\nb", 137],
    ["x".repeat(141), -1],
  ];
  for (const [text, left] of cases) assert.equal(pointsLeft(text, 140), left, text);
});

Deno.test("property: what the browser says fits, the node takes, and nothing else", () => {
  const letter = fc.constantFrom(
    "a",
    "e\u0301",
    "😀",
    "\r\n",
    "\n",
    "ß",
    "한",
    "\u1112\u1161\u11ab",
  );
  fc.assert(fc.property(fc.array(letter, { minLength: 120, maxLength: 170 }), (letters) => {
    const text = `x${letters.join("")}`;
    const takes = (): string => statusText(text);
    if (pointsLeft(text, 140) >= 0) takes();
    else assert.throws(takes, UserError);
  }));
});

Deno.test("a screen reader hears of the length only near its end", () => {
  assert.deepEqual([140, 21, 20, 1, 0, -1, -2].map(leftSaid), [
    ...["", "", "20 characters left", "1 character left", "0 characters left"],
    ...["1 character too many", "2 characters too many"],
  ]);
  assert.deepEqual([3, 0, -3].map(leftWords), ["3 left", "0 left", "3 too many"]);
});

Deno.test("files are said to fit, perhaps to fit, or to be too much even for the form", () => {
  const limits = { room: 50_000, most: 1_016_384 };
  assert.deepEqual(filesWords([], limits), { words: "", tooMuch: false });
  assert.deepEqual(filesWords([50_000], limits), {
    words: "This file has 50 kB: that fits.",
    tooMuch: false,
  });
  const perhaps = filesWords([50_000, 1], limits);
  assert.match(perhaps.words, /^These 2 files have 50 kB, and about 50 kB fit\. It fits only if/);
  assert.equal(perhaps.tooMuch, false);
  assert.equal(filesWords([1_000_000], limits).tooMuch, false);
  const over = filesWords([1_000_001], limits);
  assert.equal(over.tooMuch, true);
  assert.match(over.words, /Make a picture smaller first/);
});
