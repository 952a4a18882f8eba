/**
 * Plays the evening of tests/e2e/harness/evening.ts with real nodes on this machine and prints what it
 * looks like; with `--write` it puts that into README.md between its two marks.
 */
import { playEvening } from "../tests/e2e/harness/evening.ts";
import { Stage } from "../tests/e2e/harness/stage.ts";

const BEGIN = "<!-- begin of the recording by scripts/evening.ts -->";
const END = "<!-- end of the recording -->";

/** A page with a recording in its place. Throws when it has no place for one. */
export function withRecording(page: string, recording: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`README.md lacks ${BEGIN} … ${END}`);
  const shown = `\n\n\`\`\`console\n${recording}\`\`\`\n\n`;
  return `${page.slice(0, begin + BEGIN.length)}${shown}${page.slice(end)}`;
}

if (import.meta.main) {
  await using stage = new Stage();
  await playEvening(stage);
  if (Deno.args.includes("--write")) {
    const path = new URL("../README.md", import.meta.url);
    const page = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, withRecording(page, stage.recording));
  } else {
    await Deno.stdout.write(new TextEncoder().encode(stage.recording));
  }
}
