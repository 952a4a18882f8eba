/** Passphrases of one's own for what leaves the data folder. */
import { MIN_STRENGTH, passphraseStrength, type Secret } from "../keystore/mod.ts";
import { UserError } from "./user_error.ts";

/** Throws a `UserError` "refused" for a passphrase that is easily guessed. */
export async function refuseWeak(passphrase: Secret): Promise<void> {
  const { score, advice } = await passphraseStrength(passphrase);
  if (score >= MIN_STRENGTH) return;
  throw new UserError(
    "refused",
    `That passphrase is too easily guessed (${score} of 4; at least ${MIN_STRENGTH} is asked for). ` +
      `${advice}${advice === "" ? "" : " "}Nothing was written. Without one of your own, the ` +
      "program makes a good one.",
  );
}
