/** What is said to whoever asks for what needs keys while they are locked: at a terminal, and on the page. */

const LOCKED = "This needs your keys, and they are locked. Nothing was changed.";

/** At a terminal. */
export const LOCKED_AT_TERMINAL: string =
  `${LOCKED} Give the passphrase (--passphrase-file, or at the ` +
  "prompt), or create an identity first: gossamer identity create";

/** On the page, where nobody has a prompt. */
export const LOCKED_ON_PAGE: string =
  `${LOCKED} Unlock them under Keys and identities; an identity is made at ` +
  "a terminal: gossamer identity create";
