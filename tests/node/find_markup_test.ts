import { deepEqual, equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import { findMarkup } from "../../src/node/find_markup.ts";
import { MARKUP_TYPES } from "../../src/wire/body.ts";
import { formatIdentity, type IdentityKey, identityKey } from "../../src/wire/ids.ts";
import { MAX_MARKUP, MAX_MARKUP_VALUE_BYTES } from "../../src/wire/limits.ts";
import { cleanMarkup } from "../../src/wire/read_markup.ts";
import { utf8Length } from "../../src/wire/text.ts";

const [ADA, BOB, EVE] = [1, 2, 3].map((n) => identityKey(new Uint8Array(32).fill(n))) as [
  IdentityKey,
  IdentityKey,
  IdentityKey,
];
const NOBODY = { petnames: new Map(), room: MAX_MARKUP };

/** What is found, each as `text=value`. */
function found(text: string, petnames = new Map<IdentityKey, string>()): string[] {
  const { markup } = findMarkup(text, { petnames, room: MAX_MARKUP });
  const points = Array.from(text);
  return markup.map(({ start, end, value }) => `${points.slice(start, end).join("")}=${value}`);
}

Deno.test("links are found as people write them", () => {
  const cases: [string, string[]][] = [
    ["none here", []],
    ["see https://a.example/x?y=1#frag.", [
      "https://a.example/x?y=1#frag=https://a.example/x?y=1#frag",
    ]],
    ["(http://b.de/a_(b))", ["http://b.de/a_(b)=http://b.de/a_(b)"]],
    ["😀 example.com, too", ["example.com=https://example.com"]],
    ["javascript:alert(1) file:///x ftp://a.com mailto:a@b.com //a.com", []],
    ["a@b.com", []],
  ];
  for (const [text, expected] of cases) deepEqual(found(text), expected, text);
});

Deno.test("locators are found, and only those that can be read", () => {
  deepEqual(found("g:?a=203.0.113.7:14677&n=main. See"), [
    "g:?a=203.0.113.7:14677&n=main=g:?a=203.0.113.7:14677&n=main",
  ]);
  deepEqual(found("g:?a= and g:x"), []);
});

Deno.test("tags are words with a letter behind #, and not parts of links", () => {
  deepEqual(found("#cat #1 #2nd #日本 a#b ##c #über-x https://a.de/#no &#x"), [
    "#cat=cat",
    "#2nd=2nd",
    "#日本=日本",
    "#über=über",
    "https://a.de/#no=https://a.de/#no",
  ]);
});

Deno.test("identities are mentioned by their g1…, if it has no typing error", () => {
  const id = formatIdentity(ADA);
  deepEqual(found(`hi @${id}!`), [`@${id}=${id}`]);
  deepEqual(found(`hi @${id.toUpperCase()}`), [`@${id.toUpperCase()}=${id}`]);
  deepEqual(found(`hi ${id}, x@${id}, @${id}q`), []);
  deepEqual(found(`@${id.slice(0, -1)}${id.endsWith("q") ? "p" : "q"}`), []);
});

Deno.test("petnames are mentioned, the longest one that stands there whole and is one person's", () => {
  const petnames = new Map([[ADA, "Ada"], [BOB, "Ada Lovelace"], [EVE, "日本"]]);
  const [ada, bob, eve] = [ADA, BOB, EVE].map(formatIdentity);
  deepEqual(found("@ada, @ADA Lovelace and @日本 @adam x@ada @ad", petnames), [
    `@ada=${ada}`,
    `@ADA Lovelace=${bob}`,
    `@日本=${eve}`,
  ]);
  deepEqual(found("@ada", new Map([[ADA, ""]])), []);
  const twice = findMarkup("hi @ada", {
    petnames: new Map([[ADA, "ada"], [BOB, "Ada"]]),
    room: 32,
  });
  deepEqual(twice.markup, []);
  match(twice.notes.join(), /several people ada/);
});

Deno.test("as many are marked as there is room for, and the rest is named", () => {
  const text = Array.from({ length: 33 }, (_, i) => `#a${i}`).join(" ");
  const { markup, notes } = findMarkup(text, NOBODY);
  equal(markup.length, MAX_MARKUP);
  deepEqual(notes, ["There is too much to mark; these are sent as plain text: #a32"]);
  deepEqual(findMarkup(text.replace(" #a32", ""), NOBODY).notes, []);
});

Deno.test("a link of 512 bytes is marked, and one of 513 isn't", () => {
  const link = (bytes: number): string => {
    const start = "https://a.de/";
    return start + "é".repeat((bytes - start.length) >> 1) + "x".repeat((bytes - start.length) & 1);
  };
  const at = link(MAX_MARKUP_VALUE_BYTES);
  equal(utf8Length(at), MAX_MARKUP_VALUE_BYTES);
  equal(findMarkup(at, NOBODY).markup.length, 1);
  const over = findMarkup(link(MAX_MARKUP_VALUE_BYTES + 1), NOBODY);
  deepEqual(over.markup, []);
  match(over.notes.join(), /too long to be marked/);
});

Deno.test("property: all that is found makes sense to a reader", () => {
  const part = fc.constantFrom(
    ...[
      "https://a.de",
      "g:?a=1.2.3.4:5000",
      "#tag",
      "@ada",
      `@${formatIdentity(BOB)}`,
      "#日",
      "😀",
    ],
    ...[" ", "\n", "(", ")", ".", "/", "@", "#", "e\u0301", "www.x.com"],
  );
  fc.assert(fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
    const text = parts.join("").normalize("NFC");
    const { markup } = findMarkup(text, { petnames: new Map([[ADA, "ada"]]), room: 32 });
    const { links, mentions, tags, locators } = cleanMarkup({ text, markup });
    equal(links.length + mentions.length + tags.length + locators.length, markup.length, text);
    ok([...links, ...locators].every(({ plain }) => plain));
    ok(markup.every(({ type }) => type !== MARKUP_TYPES.warning));
  }));
});
