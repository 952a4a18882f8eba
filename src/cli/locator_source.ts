/** Where `join` finds its locator: in its argument, in a file, on standard input, or in a picture. */
import { UserError } from "../node/user_error.ts";
import { findLocators, type FoundLocator, looksLikeLocator } from "../wire/find_locators.ts";
import type { Context } from "./context.ts";
import type { Deps } from "./deps.ts";
import { isPicture, MAX_PICTURE_BYTES, readQrPicture } from "./picture.ts";
import { safeLine } from "../text/safe_text.ts";
import { readUserFile } from "./user_files.ts";

/** Longest text that is searched, in bytes: a long mail. */
const MAX_TEXT_BYTES = 1_048_576;

/** What the owner gave. */
export interface Source {
  /** A text that holds a locator, the path of a file, or `-` for standard input. */
  readonly source: string;
  /** Names no file: the text comes from who knows where. */
  readonly textOnly: boolean;
}

/**
 * The locator that is meant, in its plain form; where there are several, those of this network, and
 * then the owner chooses. Throws a `UserError`: `usage` when there is none, or several and nobody to
 * ask; `failed` or `refused` for a file that can't be read.
 */
export async function findLocator(
  context: Context,
  { source, textOnly }: Source,
): Promise<string> {
  const { found, reason } = findLocators(await textOf(context, { source, textOnly }));
  const here = found.filter(({ locator }) => locator.network === context.network);
  const candidates = here.length > 0 ? here : found;
  const [only, ...others] = candidates;
  if (only === undefined) {
    throw new UserError(
      "usage",
      reason === undefined
        ? "There is no locator in that. One begins with g:? and comes from: gossamer locator"
        : `${reason}.`,
    );
  }
  return others.length === 0 ? only.text : await choose(context, candidates);
}

async function textOf({ deps }: Context, { source, textOnly }: Source): Promise<string> {
  if (textOnly || looksLikeLocator(source)) return source;
  const bytes = source === "-"
    ? await deps.readStdin(MAX_PICTURE_BYTES)
    : await fromFile(deps, source);
  if (isPicture(bytes)) return await readQrPicture(bytes);
  if (bytes.length <= MAX_TEXT_BYTES) return new TextDecoder().decode(bytes);
  throw new UserError(
    "refused",
    `That is no picture, and as a text too long: at most ${MAX_TEXT_BYTES} bytes are searched.`,
  );
}

async function fromFile(deps: Deps, path: string): Promise<Uint8Array> {
  try {
    return await readUserFile(deps, { path, maxBytes: MAX_PICTURE_BYTES, mayBeMissing: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UserError(
      "usage",
      `${safeLine(path)} is neither a locator (g:?…) nor a file that is there.`,
    );
  }
}

/** Shows them one by one until the owner takes one. */
async function choose(
  { deps, out }: Context,
  candidates: readonly FoundLocator[],
): Promise<string> {
  const several = `There are ${candidates.length} locators in that, or ways to read it:`;
  if (!deps.stdinIsTerminal || !deps.stderr.isTerminal) {
    const list = candidates.map(({ text }) => `  ${safeLine(text)}`);
    throw new UserError("usage", [several, ...list, "Give the one that you mean."].join("\n"));
  }
  await out.note(several);
  for (const { text } of candidates) {
    await out.note(`  ${safeLine(text)}`);
    if (await deps.confirm("This one?")) return text;
  }
  throw new UserError("usage", "None was taken. Nothing was changed.");
}
