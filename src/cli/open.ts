/** `open`: the web page on one's own machine. */
import type { Context, Register } from "./context.ts";
import { wholeNumber } from "./option_values.ts";
import { withSession } from "./session.ts";

/** Adds `open`. */
export const registerOpen: Register = (program, context) => {
  program.command("open")
    .description("open the running node's web page: it listens on 127.0.0.1 from now on")
    .option(
      "--port <n>",
      "TCP port on 127.0.0.1 (default: the one that it has, or any)",
      wholeNumber(0, 65_535),
    )
    .option("--close", "sign all browsers out and listen no more")
    .addHelpText(
      "after",
      "\nThe link signs one browser in, once, within two minutes.\n\n" +
        "Examples:\n  gossamer open\n  gossamer open --close",
    )
    .action((flags) => flags.close ? close(context()) : open(context(), flags));
};

async function open(context: Context, { port }: { readonly port?: number }): Promise<void> {
  const result = await withSession(
    context,
    ({ backend }) => backend.call("web", port === undefined ? {} : { port }),
  );
  await context.out.result(result, ({ link }) => `Within two minutes, and once:\n  ${link}`);
}

async function close(context: Context): Promise<void> {
  const result = await withSession(context, ({ backend }) => backend.call("web-close", {}));
  await context.out.result(
    result,
    ({ closed }) => closed ? "The web page is closed." : "The web page was not open.",
  );
}
