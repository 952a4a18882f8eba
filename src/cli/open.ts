/** `open`: the web page on one's own machine. */
import { join } from "node:path";
import { UserError } from "../node/user_error.ts";
import { MAX_PORT } from "../wire/address.ts";
import type { Context, Register } from "./context.ts";
import { wholeNumber } from "./option_values.ts";
import { type Session, withSession } from "./session.ts";
import { fileError } from "./user_files.ts";

/** Milliseconds in which a browser should have started and followed the link. */
const BROWSER_MS = 15_000;
/** Milliseconds from one look to the next. */
const LOOK_MS = 200;
/** What opens a file with the program that is meant for it. */
const OPENERS: Readonly<Record<string, string>> = { linux: "xdg-open", darwin: "open" };
/** In the data folder, for the owner's eyes alone. */
const FILE = "open.html";

/** Adds `open`. */
export const registerOpen: Register = (program, context) => {
  program.command("open")
    .description("open the running node's web page: it listens on 127.0.0.1 from now on")
    .option(
      "--port <n>",
      "TCP port on 127.0.0.1 (default: the one that it has, or any)",
      wholeNumber(0, MAX_PORT),
    )
    .option("--no-browser", "only print the link; so it is with --json, or away from a terminal")
    .option("--close", "sign all browsers out and listen no more")
    .addHelpText(
      "after",
      "\nThe link signs one browser in, once, within two minutes.\n\n" +
        "Examples:\n  gossamer open\n  gossamer open --close",
    )
    .action((flags) => flags.close ? close(context()) : open(context(), flags));
};

async function open(
  context: Context,
  { port, browser }: { readonly port?: number; readonly browser: boolean },
): Promise<void> {
  const { out, deps } = context;
  await withSession(context, async (session) => {
    const result = await session.backend.call("web", port === undefined ? {} : { port });
    await tellKeys(context, session);
    await out.result(
      result,
      ({ link }) => `The web page, for one browser, once and within two minutes:\n  ${link}`,
    );
    if (browser && !out.json && deps.stdout.isTerminal) await show(context, session, result.link);
  });
}

/** The page unlocks with the `keys` file, and that may have been put there by hand since the node began. */
async function tellKeys({ deps, dataDir, out }: Context, { backend }: Session): Promise<void> {
  try {
    await deps.tellKeysFile({ dir: dataDir, backend });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    await out.note(`The page can't unlock with the keys file as it is: ${error.message}`);
  }
}

/**
 * Has the desktop open a file that leads to the link: whoever lists the programs of this machine sees
 * what they were started with, and the link would be there to be used.
 */
async function show(context: Context, { backend }: Session, link: string): Promise<void> {
  const { deps, out, dataDir } = context;
  const opener = OPENERS[deps.os];
  if (opener === undefined) return;
  const path = join(dataDir, FILE);
  const before = (await backend.call("status", {})).web?.browsers ?? 0;
  const interrupt = deps.interrupt();
  try {
    await deps.removeFile(path);
    // A file of somebody else's, made in between, would lead the browser anywhere.
    if (!await deps.writeNewFile(path, new TextEncoder().encode(leadingTo(link)))) {
      return await out.note(`Open it in a browser: ${path} is there already, and isn't ours.`);
    }
    if (!await deps.launch(opener, [path])) {
      return await out.note(`Open it in a browser: there is no ${opener} here.`);
    }
    for (let left = BROWSER_MS; left > 0 && !interrupt.signal.aborted; left -= LOOK_MS) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      if (((await backend.call("status", {})).web?.browsers ?? 0) > before) {
        return await out.note("A browser is signed in.");
      }
    }
    await out.note("No browser has followed the link yet.");
  } catch (error) {
    throw error instanceof UserError ? error : fileError(error, `write ${path}`);
  } finally {
    interrupt.dispose();
    await deps.removeFile(path).catch(() => {});
  }
}

function leadingTo(link: string): string {
  return `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=${link}">` +
    `<title>Gossamer</title><p><a href="${link}">Gossamer</a></p>\n`;
}

async function close(context: Context): Promise<void> {
  const result = await withSession(context, ({ backend }) => backend.call("web-close", {}));
  await context.out.result(
    result,
    ({ closed }) => closed ? "The web page is closed." : "The web page was not open.",
  );
}
