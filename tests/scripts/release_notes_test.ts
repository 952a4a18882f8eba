/** Release notes are the section of their version, whole and alone. */
import assert from "node:assert/strict";
import { releaseNotes, wrongTag } from "../../scripts/release_notes.ts";

const PAGE = `# Changes

## Unreleased

Later.

## 0.2.0 (2026-12-01)

**One.** Text.

### Part

Two.

## 0.1.0

First.

## 0.0.9

`;

Deno.test("notes are what stands between two versions", () => {
  assert.equal(releaseNotes(PAGE, "0.2.0"), "**One.** Text.\n\n### Part\n\nTwo.\n");
  assert.equal(releaseNotes(PAGE, "0.1.0"), "First.\n");
  assert.equal(releaseNotes(PAGE.replaceAll("\n", "\r\n"), "0.1.0"), "First.\n");
});

Deno.test("a version without notes has none, and not another's", () => {
  for (const version of ["0.0.9", "0.2", "0.1.00", "1.0.0", ""]) {
    assert.equal(releaseNotes(PAGE, version), undefined, version);
  }
});

Deno.test("a tag that isn't the program's version is wrong", () => {
  assert.equal(wrongTag("v0.1.0", "0.1.0"), undefined);
  for (const tag of ["0.1.0", "v0.1.1", "v0.1.0-rc1", ""]) {
    assert.match(wrongTag(tag, "0.1.0") ?? "", /v0\.1\.0 is expected/, tag);
  }
});
