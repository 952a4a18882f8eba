/** The program's version, shown by `version` and nowhere on the wire. */

/** Semantic version of this release. */
export const VERSION = "0.1.0";
