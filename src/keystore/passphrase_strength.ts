/**
 * How easily a passphrase is guessed, for the ones that people choose themselves to guard what
 * leaves the data folder (docs/PROTOCOL.md section 11). zxcvbn and its dictionaries take some
 * megabytes, so they are loaded only here. It works on a string, which nothing can wipe: the one
 * place where a passphrase becomes one, and only when its owner insists on their own.
 */
import type { Secret } from "./secret.ts";

/** The least score that is taken: "safely unguessable", over 10^8 guesses. */
export const MIN_STRENGTH = 3;

/** What was found. */
export interface Strength {
  /** 0 to 4, as zxcvbn scores. */
  readonly score: number;
  /** What is wrong and what would help, in sentences; may be "". Never the passphrase or a part of it. */
  readonly advice: string;
}

/** Scores a passphrase. Bytes that aren't UTF-8 are scored as if each were the same odd character. */
export async function passphraseStrength(passphrase: Secret): Promise<Strength> {
  const [{ zxcvbn, zxcvbnOptions }, common, english] = await Promise.all([
    import("@zxcvbn-ts/core"),
    import("@zxcvbn-ts/language-common"),
    import("@zxcvbn-ts/language-en"),
  ]);
  zxcvbnOptions.setOptions({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    translations: english.translations,
  });
  const { score, feedback } = passphrase.use((bytes) => zxcvbn(new TextDecoder().decode(bytes)));
  const advice = [feedback.warning ?? "", ...feedback.suggestions];
  return { score, advice: advice.filter((sentence) => sentence !== "").join(" ") };
}
