/** Shows a generated passphrase, once. */
import type { Context } from "./context.ts";

/** A generated passphrase with what its owner has to know about it. */
export interface KeepWords {
  /** The words; the program can't wipe this string, so it ends soon. */
  readonly passphrase: string;
  /** Said before the words. */
  readonly before: string;
  /** Said after them. */
  readonly after: string;
}

/**
 * Shows the words on stderr, whatever `--quiet` says, as nothing else ever will; with `--json` they
 * stand in the result instead, and only there.
 */
export async function keepWords({ out }: Context, words: KeepWords): Promise<void> {
  if (out.json) return await out.note(`${words.before} see the result.\n${words.after}`);
  await out.complain(`\n${words.before}\n\n    ${words.passphrase}\n\n${words.after}\n`);
}
