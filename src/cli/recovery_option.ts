/** `--recovery FILE` and its like: where a recovery sheet goes, and what is said of one that was made. */
import type { Adopted, SheetWish } from "../node/mod.ts";
import { UserError } from "../node/user_error.ts";
import type { KeepWords } from "./keep_words.ts";

/** A file, a name of the program's choosing, or no sheet. Throws a `UserError` for an empty name. */
export function sheetWish(flag: string | boolean | undefined): SheetWish {
  if (flag === "") throw new UserError("usage", "--recovery needs the name of a file.");
  if (flag === false) return null;
  return typeof flag === "string" ? { file: flag } : {};
}

/** What to do with a new recovery sheet and its words. */
export function sheetWords({ file, passphrase }: NonNullable<Adopted["recovery"]>): KeepWords {
  return {
    passphrase,
    before: `The recovery sheet of this identity is in ${file}.\nIts passphrase, shown this once:`,
    after:
      "Write the words down, print the sheet or copy it to a safe place, and keep the two apart: " +
      "whoever\nhas both can end this identity. Then remove the file from this machine; no command " +
      "ever does.",
  };
}
