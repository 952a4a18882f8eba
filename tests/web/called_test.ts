/** What people are called in headings. */
import assert from "node:assert/strict";
import { called } from "../../src/web/called.ts";
import { OTHER } from "./people.ts";

/** Without the characters that keep a name's direction to itself. */
function plain(name: string): string {
  return called({ id: OTHER, name }).replace(/[\u2066-\u2069]/gu, "");
}

Deno.test("a name of 40 characters is whole, a longer one is cut, and none is the identity's beginning", () => {
  assert.equal(plain("\u{1F41D}".repeat(40)), "\u{1F41D}".repeat(40));
  assert.equal(plain("\u{1F41D}".repeat(41)), `${"\u{1F41D}".repeat(40)}…`);
  assert.equal(plain(" \u200B "), `${OTHER.slice(0, 12)}…`);
});
