/** What the log says of what this machine couldn't do for the node's secrets. */
import { asPlain, type Log } from "./log.ts";

/** Says them once. They are this program's words, but for the names of swap files, which `status` gives. */
export function sayWarnings(log: Log, warnings: readonly string[]): void {
  for (const warning of warnings) log.warn(asPlain(withoutPaths(warning)));
}

/** A swap file can lie in the owner's folder. */
function withoutPaths(warning: string): string {
  return warning.replace(/ \(\/.*\)/, "");
}
