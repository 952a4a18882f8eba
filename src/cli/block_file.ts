/** A file of identities to block, as people pass them on: one a line, comments behind `#`. */
import { UserError } from "../node/user_error.ts";
import { formatIdentity, parseIdentity } from "../wire/ids.ts";
import type { Deps } from "./deps.ts";
import { readUserFile } from "./user_files.ts";

/** 100,000 lines with a comment of 100 characters behind each. */
const MAX_FILE_BYTES = 16_777_216;
/** Lines named when some are wrong. */
const MAX_NAMED = 10;

/** The identities of such a file, each with the number of the line that names it first. */
export async function readBlockFile(
  deps: Deps,
  path: string,
): Promise<ReadonlyMap<string, number>> {
  const bytes = await readUserFile(deps, { path, maxBytes: MAX_FILE_BYTES });
  const lines = new Map<string, number>();
  const wrong: number[] = [];
  for (const [i, line] of new TextDecoder().decode(bytes).split(/\r\n|\r|\n/u).entries()) {
    const text = line.replace(/#.*$/u, "").trim();
    if (text === "") continue;
    const key = parseIdentity(text);
    if (key === undefined) wrong.push(i + 1);
    else if (!lines.has(formatIdentity(key))) lines.set(formatIdentity(key), i + 1);
  }
  if (wrong.length > 0) {
    throw new UserError(
      "usage",
      `${path}: no identity (g1…) in ${linesInWords(wrong)}. Nobody was blocked.`,
    );
  }
  if (lines.size === 0) throw new UserError("usage", `${path} names nobody. Nobody was blocked.`);
  return lines;
}

/** `line 3`, `lines 3, 5`; of many the first. */
export function linesInWords(numbers: readonly number[]): string {
  const named = numbers.slice(0, MAX_NAMED).join(", ");
  const more = numbers.length - MAX_NAMED;
  return `line${numbers.length === 1 ? "" : "s"} ${named}${more > 0 ? ` and ${more} more` : ""}`;
}
