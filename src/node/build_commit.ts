/** Which sources an executable was made from. `scripts/compile.ts` writes this file anew in the copy that it compiles. */

/**
 * The commit, 40 hexadecimal digits, with `-modified` behind it when files differed from it; `null` when run
 * from sources or when that isn't known.
 */
export const COMMIT: string | null = null;
