/**
 * Cuts the notes of one release out of CHANGELOG.md.
 *
 *   deno run --allow-read scripts/release_notes.ts v0.1.0     exit code 1 when there are none, or the version isn't it
 */
import { VERSION } from "../src/node/version.ts";

/** The section of a version, without its heading. `undefined` when there is none, or it says nothing. */
export function releaseNotes(changelog: string, version: string): string | undefined {
  const lines = changelog.replaceAll("\r\n", "\n").split("\n");
  const start = lines.findIndex((line) => headingOf(line) === version);
  if (start < 0) return undefined;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => headingOf(line) !== undefined);
  const notes = rest.slice(0, end < 0 ? rest.length : end).join("\n").trim();
  return notes === "" ? undefined : `${notes}\n`;
}

/** What is wrong with a tag: it has to be `v` and the version that the program says it is. */
export function wrongTag(tag: string, version: string): string | undefined {
  return tag === `v${version}`
    ? undefined
    : `The tag is ${tag}, but src/node/version.ts says ${version}: v${version} is expected.`;
}

/** The version of `## 0.1.0`, `## 0.1.0 (2026-11-30)` or `## Unreleased`. */
function headingOf(line: string): string | undefined {
  return /^## (\S+)(?: \([^)]*\))?\s*$/.exec(line)?.[1];
}

if (import.meta.main) {
  const [tag = ""] = Deno.args;
  const say = (stream: typeof Deno.stdout | typeof Deno.stderr, text: string): void =>
    void stream.writeSync(new TextEncoder().encode(text));
  const changelog = await Deno.readTextFile(new URL("../CHANGELOG.md", import.meta.url));
  const wrong = wrongTag(tag, VERSION);
  const notes = releaseNotes(changelog, VERSION);
  if (wrong !== undefined || notes === undefined) {
    say(Deno.stderr, `${wrong ?? `CHANGELOG.md has no section "## ${VERSION}"`}\n`);
    Deno.exit(1);
  }
  say(Deno.stdout, notes);
}
