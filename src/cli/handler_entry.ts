/**
 * What a desktop is told to start for a g: link. No shell is ever involved, and the link is always one
 * argument, after `--`: nothing that it holds can become an option or a command.
 */
import { UserError } from "../node/user_error.ts";

/** The freedesktop.org entry; throws a `UserError` of code `usage` for a path that no entry can hold. */
export function desktopEntry(command: readonly string[]): string {
  return `[Desktop Entry]
Type=Application
Name=Gossamer
Comment=Join by a g: locator
Exec=${command.map(execArgument).join(" ")} %u
Terminal=true
NoDisplay=true
StartupNotify=false
MimeType=x-scheme-handler/g;
`;
}

/** The keys of the registry, as a .reg file. */
export function registryFile(command: readonly string[]): string {
  const line = `${command.map(windowsArgument).join(" ")} "%1"`;
  return [
    "Windows Registry Editor Version 5.00",
    "",
    "[HKEY_CURRENT_USER\\Software\\Classes\\g]",
    '@="URL:Gossamer locator"',
    '"URL Protocol"=""',
    "",
    "[HKEY_CURRENT_USER\\Software\\Classes\\g\\shell\\open\\command]",
    `@="${line.replace(/[\\"]/g, "\\$&")}"`,
    "",
  ].join("\r\n");
}

/** One argument of `Exec`: quoted as its section wants, then escaped as every value of an entry. */
function execArgument(text: string): string {
  if (hasControls(text)) throw unusable();
  const quoted = `"${text.replace(/["`$\\]/g, "\\$&")}"`;
  return quoted.replaceAll("\\", "\\\\").replaceAll("%", "%%");
}

/** One argument of a command line of Windows, on which a quote can't stand in a path. */
function windowsArgument(text: string): string {
  if (hasControls(text) || text.includes('"') || text.includes("%")) throw unusable();
  // A backslash before the closing quote would escape it.
  return `"${text.replace(/\\+$/, "$&$&")}"`;
}

function hasControls(text: string): boolean {
  return Array.from(text).some((character) => character < " " || character === "\x7f");
}

function unusable(): UserError {
  return new UserError(
    "usage",
    "The path of the program or of its data holds what no entry can name.",
  );
}
