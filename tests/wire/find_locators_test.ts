import assert from "node:assert/strict";
import fc from "fast-check";
import { findLocators, looksLikeLocator, MAX_FOUND } from "../../src/wire/find_locators.ts";
import { formatIdentity, type IdentityKey } from "../../src/wire/ids.ts";

const ID = formatIdentity(
  "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a" as IdentityKey,
);
const PLAIN = `g:?a=203.0.113.7:14677&i=${ID}&n=main`;

function texts(text: string): readonly string[] {
  return findLocators(text).found.map((one) => one.text);
}

Deno.test("a locator is found in what surrounds it", () => {
  const surrounded = [
    PLAIN,
    PLAIN.toUpperCase(),
    `Come: ${PLAIN}`,
    `Come (${PLAIN}), all of you`,
    `<a href="${PLAIN.replaceAll("&", "&amp;")}">come</a>`,
    `Come to ${PLAIN}.`,
    `[${PLAIN}]`,
    `\n  ${PLAIN}\n\nSee you!\nAda\n`,
    `> ${PLAIN.slice(0, 50)}\n> ${PLAIN.slice(50)}\n\nYes.`,
    `${PLAIN.slice(0, 30)}\r\n${PLAIN.slice(30, 60)}\r\n${PLAIN.slice(60)}\r\n`,
    encodeURIComponent(PLAIN),
    `come: ${encodeURIComponent(PLAIN).toUpperCase()} !`,
    PLAIN.replaceAll("&", " &"),
    PLAIN.replaceAll("&", "&\n"),
  ];
  for (const text of surrounded) assert.deepEqual(texts(text), [PLAIN], text);
});

Deno.test("words are no locators", () => {
  for (
    const text of ["", "g:", "org:?a=1.2.3.4", "a.g:?a=1.2.3.4", "msg:?", "https://x.org/?g=1"]
  ) {
    assert.deepEqual(findLocators(text), { found: [] }, text);
    assert.equal(looksLikeLocator(text), false, text);
  }
});

Deno.test("where the end is open both readings are answered", () => {
  assert.deepEqual(texts("g:?a=example.org see"), [
    "g:?a=example.org:14677&n=main",
    "g:?a=example.orgsee:14677&n=main",
  ]);
  assert.deepEqual(texts("g:?a=203.0.113.7&n=main\nAda"), [
    "g:?a=203.0.113.7:14677&n=main",
    "g:?a=203.0.113.7:14677&n=mainada",
  ]);
});

Deno.test("several are found once each, and no more than the cap", () => {
  const two = "g:?a=203.0.113.8:14677&n=main";
  assert.deepEqual(texts(`${PLAIN}, ${two}, and ${PLAIN}`), [PLAIN, two]);
  const many = Array.from({ length: MAX_FOUND + 1 }, (_, i) => `g:?a=203.0.113.${i}:1,`).join(" ");
  assert.equal(texts(many).length, MAX_FOUND);
});

Deno.test("what can't be read is told why", () => {
  assert.match(findLocators("come: g:?a=300.1.1.1:1 now").reason ?? "", /address/);
  assert.match(findLocators("g:?").reason ?? "", /holds no address/);
});

Deno.test("no text makes it throw or take long", () => {
  const piece = fc.constantFrom(
    "g:?",
    "a=",
    "1.2.3.4",
    "&",
    "%3",
    " ",
    "\n",
    "> ",
    "i=",
    ID,
    "n=x",
    "]",
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 200 }), (pieces) => {
    assert.ok(findLocators(pieces.join("")).found.length <= MAX_FOUND);
  }));
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    findLocators(`g:?${text}`);
  }));
  findLocators("g:?".repeat(300_000));
  findLocators("> ".repeat(300_000));
});
