/** The program's version, shown by `version` and nowhere on the wire. */
import { COMMIT } from "./build_commit.ts";
export { COMMIT };

/** Semantic version of this release. */
export const VERSION = "0.1.0";

/** For people: the version, and for an executable the first 12 digits of the commit that it was made from. */
export function versionText(commit: string | null = COMMIT): string {
  if (commit === null) return VERSION;
  const [digits = "", modified] = commit.split("-");
  return `${VERSION} (${digits.slice(0, 12)}${modified === undefined ? "" : `, ${modified}`})`;
}
