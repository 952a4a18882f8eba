/** What the man page says beyond the commands. The rest of it is made from their tree. */

/** When these texts last changed: a page has to have a date, and the same sources give the same page. */
export const MAN_DATE = "2026-11-23";

/** What the program is. */
export const DESCRIPTION =
  `Gossamer is a network for short public messages without any server: every node passes on what it \
hears, whether its owner reads it or not. You write under an identity, which is a key pair on your own \
machine, and read whom you follow, from whatever nodes yours meets.

A command talks to the node that runs on its data folder. Without one it works on the folder itself, and \
what it posts goes out when a node next runs. Results go to standard output, all else to standard error.`;

/** Where passphrases come from. */
export const PASSPHRASES =
  `What needs a key and finds the node locked unlocks it for as long as the command lasts, if a \
passphrase is to be had: from --passphrase-file, from the system's key store with --passphrase-store, \
from the file that GOSSAMER_PASSPHRASE_FILE names, from systemd's credential gossamer-passphrase, or by \
asking at the terminal. It is never an argument or a variable's value.`;

/** Every variable that the program may see: those of the permission set in deno.json. */
export const ENVIRONMENT: readonly (readonly [name: string, meaning: string])[] = [
  ["GOSSAMER_DATA_DIR", "The data folder, unless --data-dir names one."],
  ["GOSSAMER_PASSPHRASE_FILE", "A file with the passphrase, unless --passphrase-file names one."],
  ["JOURNAL_STREAM", "Set by systemd: lines for its journal begin with their priority."],
  [
    "CREDENTIALS_DIRECTORY",
    "Set by systemd: the file gossamer-passphrase in it holds the passphrase.",
  ],
  ["XDG_DATA_HOME", "The data folder is gossamer in it; .local/share in HOME if it isn't set."],
  ["HOME", "Your own folder: where data lies if nothing above says where."],
  ["APPDATA", "The same on Windows."],
  ["NO_COLOR", "If set, nothing is coloured."],
  ["FORCE_COLOR", "Read by a library; without effect on what is printed."],
  ["CLICOLOR_FORCE", "Read by a library; without effect on what is printed."],
  ["TERM", "If it is dumb, nothing is coloured."],
];

/** What the exit codes mean, by their names. */
export const EXIT_MEANINGS: Readonly<Record<string, string>> = {
  done: "Done.",
  failed: "It failed: disk, port in use, a second node on one folder, no such message.",
  usage: "Wrong usage; also a folder or a locator of another network.",
  locked:
    "A key is needed and locked, there is no identity, or the passphrase is wrong or missing.",
  noNode: "A running node is needed and there is none, or it went away.",
  refused: "Against a rule: text too long, too many files, an unfit passphrase or name.",
};

/** Where data lie. */
export const FILES =
  `The data folder is $XDG_DATA_HOME/gossamer or ~/.local/share/gossamer, on macOS ~/Library/Application \
Support/gossamer, on Windows %APPDATA%\\gossamer; another network's is a folder of its name in there. \
The service of the Debian package has /var/lib/gossamer. In it:`;

/** What the page warns of. */
export const SECURITY =
  `This is an alpha. It is not fit for anyone who would be in danger if it became known what they wrote \
or that they run it. A post is public, can't be recalled, and is kept by others for as long as they like. \
What is public about you, and what is sealed: gossamer privacy. To destroy what this machine holds: \
gossamer obliterate.`;
