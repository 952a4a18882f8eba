/** `install-handler`: has the desktop open g: links with this program. */
import { UserError } from "../node/user_error.ts";
import type { Context, Register } from "./context.ts";
import { desktopEntry, registryFile } from "./handler_entry.ts";
import { fileError } from "./user_files.ts";

const ENTRY = "gossamer-g.desktop";
const SCHEME = "x-scheme-handler/g";

/** Adds `install-handler`. */
export const registerInstallHandler: Register = (program, context) => {
  program.command("install-handler")
    .description("have the desktop open g: links with `gossamer join --ask`, in a terminal")
    .option("--uninstall", "take that back")
    .option(
      "--print",
      "print the entry for all accounts of a machine, for packages; install nothing",
    )
    .addHelpText(
      "after",
      "\nA link does nothing by itself: you are asked before anything is dialled, and before anybody " +
        "is followed.\nOn Windows and macOS it prints what to do.\n\nExample:\n  gossamer install-handler",
    )
    .action(async (flags) => {
      if (flags.print === true) await print(context());
      else await run(context(), flags.uninstall === true);
    });
};

/** With each account's own data folder, and the program as the desktop finds it. */
async function print({ out }: Context): Promise<void> {
  const entry = desktopEntry(["gossamer", "join", "--ask", "--"]);
  await out.result({ entry }, () => entry.trimEnd());
}

async function run(context: Context, uninstall: boolean): Promise<void> {
  const { deps, out } = context;
  if (deps.os === "windows") {
    return await out.result(...printed(await windowsWay(context, uninstall)));
  }
  if (deps.os === "darwin") return await out.result(...printed(MACOS));
  const path = `${applications(context)}/${ENTRY}`;
  return uninstall ? await remove(context, path) : await install(context, path);
}

async function install(context: Context, path: string): Promise<void> {
  const { deps, out } = context;
  const entry = desktopEntry(await command(context));
  try {
    await deps.makeFolder(applications(context));
    await deps.removeFile(path);
    await deps.writeNewFile(path, new TextEncoder().encode(entry));
  } catch (error) {
    throw fileError(error, `write ${path}`);
  }
  const set = await deps.runProgram({ program: "xdg-mime", args: ["default", ENTRY, SCHEME] });
  if (set?.code !== 0) {
    await out.note(
      "The desktop has not been told, since xdg-mime is not there or failed. Choose Gossamer when " +
        "you first open such a link; or install the package xdg-utils, and then do this again.",
    );
  }
  await out.result(
    { installed: true, file: path, default: set?.code === 0 },
    () => `g: links open with Gossamer now, by ${path}`,
  );
}

async function remove({ deps, out }: Context, path: string): Promise<void> {
  let removed: boolean;
  try {
    removed = await deps.removeFile(path);
  } catch (error) {
    throw fileError(error, `remove ${path}`);
  }
  await out.result(
    { installed: false, file: path, default: false },
    () =>
      removed
        ? `Removed ${path}. What still names it in mimeapps.list means nothing any more.`
        : "No handler was installed.",
  );
}

/** The user's own desktop entries, by the XDG base directory specification. */
function applications({ deps }: Context): string {
  const data = deps.env("XDG_DATA_HOME");
  if (data?.startsWith("/")) return `${data}/applications`;
  const home = deps.env("HOME");
  if (home?.startsWith("/")) return `${home}/.local/share/applications`;
  throw new UserError("usage", "Neither XDG_DATA_HOME nor HOME says where your data lies.");
}

/** What a link starts, but for the link. The desktop's environment isn't this shell's, so the folder is named. */
async function command({ deps, dataDir, network }: Context): Promise<readonly string[]> {
  const folder = await deps.realPath(dataDir);
  if (deps.os !== "windows" && !folder.startsWith("/")) {
    throw new UserError("usage", "Give --data-dir as a whole path, from / on.");
  }
  return [...deps.selfCommand, "--data-dir", folder, "--network", network, "join", "--ask", "--"];
}

async function windowsWay(context: Context, uninstall: boolean): Promise<string> {
  if (uninstall) return "In a console: reg delete HKCU\\Software\\Classes\\g /f";
  return [
    "Save what follows as gossamer.reg and open it:",
    "",
    registryFile(await command(context)),
  ].join("\n");
}

const MACOS =
  "macOS opens links only with application bundles, and this program is none. Copy the link and " +
  "give it to: gossamer join 'g:?…'";

function printed(text: string): [{ instructions: string }, () => string] {
  return [{ instructions: text }, () => text];
}
